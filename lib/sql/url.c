#include "sql/url.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static int
digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* Resolve %XX in place.  Return ${s}, or NULL where nothing is there. */
static const char *
decode(char *s)
{
	char *in = s, *out = s;

	if (s == NULL || *s == '\0')
		return NULL;
	for (; *in != '\0'; in++) {
		if (*in == '%' && digit(in[1]) >= 0 && digit(in[2]) >= 0) {
			*out++ = (char)(digit(in[1]) << 4 | digit(in[2]));
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	return s;
}

/* Cut ${s} at its first ${c}; return what is behind it, or NULL. */
static char *
cut(char *s, char c)
{
	char *at = s != NULL ? strchr(s, c) : NULL;

	if (at != NULL)
		*at++ = '\0';
	return at;
}

int
url_split(char *text, struct url *u)
{
	char *rest = strstr(text, "://"), *query, *path, *at, *password, *end;

	memset(u, 0, sizeof(*u));
	/* What a NUL would end is another name than was meant, or a shorter password. */
	if (rest == NULL || rest == text || strstr(text, "%00") != NULL)
		return -1;
	*rest = '\0';
	rest += 3;
	u->scheme = text;
	query = cut(rest, '?');
	path = cut(rest, '/');
	at = strrchr(rest, '@'); /* the last: a password may hold one */
	if (at != NULL) {
		*at = '\0';
		password = cut(rest, ':');
		if (password != NULL)
			u->password = *password != '\0' ? decode(password) : password;
		u->user = decode(rest);
		rest = at + 1;
	}
	if (*rest == '[' && (end = strchr(rest, ']')) != NULL) { /* an IPv6 address */
		*end++ = '\0';
		u->port = *end == ':' && end[1] != '\0' ? end + 1 : NULL;
		rest++;
	} else {
		end = cut(rest, ':');
		u->port = end != NULL && *end != '\0' ? end : NULL;
	}
	u->host = decode(rest);
	u->database = decode(path);
	for (; query != NULL; query = end) {
		end = cut(query, '&');
		if (strncmp(query, "unix_socket=", 12) == 0)
			u->socket = decode(query + 12);
	}
	return 0;
}
