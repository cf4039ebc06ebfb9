#include "notify/mailplace.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/language.h"
#include "base/num.h"

bool
mailplace_loopback(const char *host)
{
	char text[INET6_ADDRSTRLEN + 2] = "";
	struct in6_addr six;
	struct in_addr four;

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (*host == '[' && strlen(host) < sizeof(text)) {
		strlcpy(text, host + 1, sizeof(text));
		text[strcspn(text, "]")] = '\0';
		host = text;
	}
	/* inet_pton() knows but one way to write a number; others may be names elsewhere. */
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* Undo %XX in ${len} bytes at ${text} into ${out} of ${size} bytes; false where it cannot be. */
static bool
decode(const char *text, size_t len, char *out, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			if (len - i < 3 || !isxdigit((unsigned char)text[i + 1]) ||
			    !isxdigit((unsigned char)text[i + 2]))
				return false;
			c = (char)((strchr(hex, tolower(text[i + 1])) - hex) * 16 +
				   (strchr(hex, tolower(text[i + 2])) - hex));
			i += 2;
		}
		if (iscntrl((unsigned char)c) || used + 1 >= size)
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return used > 0;
}

static const char *
parse_host(const char *text, struct mailplace *out)
{
	size_t len = *text == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":/");
	struct in6_addr six;
	uint64_t port;

	if (*text == '[' ? len < 3 || text[len - 1] != ']' : len == 0)
		return N_("the host is missing");
	if (len >= sizeof(out->host))
		return N_("the host is too long");
	memcpy(out->host, text + (*text == '['), len);
	out->host[*text == '[' ? len - 2 : len] = '\0';
	if (*text == '[') {
		if (inet_pton(AF_INET6, out->host, &six) != 1)
			return N_("not an address of IPv6 in its brackets");
	} else if (out->host[strspn(out->host,
		       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		       "0123456789.-_")] != '\0' ||
		   out->host[0] == '-')
		return N_("not the name of a host");
	text += len;
	if (*text == ':') {
		char digits[6] = "";

		len = strcspn(++text, "/");
		if (len >= sizeof(digits))
			return N_("not a port");
		memcpy(digits, text, len);
		if (num_count(digits, 1, 65535, &port) != 0)
			return N_("not a port");
		out->port = (unsigned)port;
		text += len;
	}
	return *text == '\0' || strcmp(text, "/") == 0 ? NULL
						       : N_("something follows the host");
}

const char *
mailplace_parse(const char *text, struct mailplace *out)
{
	const char *at, *problem;

	*out = (struct mailplace){0};
	if (strcmp(text, "none") == 0)
		return NULL;
	out->kind = MAILPLACE_SENDMAIL;
	if (strcmp(text, "sendmail") == 0)
		return NULL;
	if (strncmp(text, "smtp://", 7) == 0)
		out->kind = MAILPLACE_SMTP;
	else if (strncmp(text, "smtps://", 8) == 0)
		out->kind = MAILPLACE_SMTPS;
	else
		return N_("not sendmail, none, smtp://USER@HOST:PORT or smtps://USER@HOST");
	text = strstr(text, "://") + 3;
	/* A USER may be a mail address: the last one counts. */
	if ((at = strrchr(text, '@')) != NULL) {
		if (memchr(text, ':', (size_t)(at - text)) != NULL)
			return N_("a password in it, which everybody could read: it belongs "
				  "into the secret mail");
		if (!decode(text, (size_t)(at - text), out->user, sizeof(out->user)))
			return N_("not the name of an account before the @");
		text = at + 1;
	}
	if ((problem = parse_host(text, out)) != NULL)
		return problem;
	if (out->port == 0)
		out->port = out->kind == MAILPLACE_SMTPS ? 465
			    : out->user[0] != '\0'       ? 587
							 : 25;
	out->loopback = mailplace_loopback(out->host);
	return NULL;
}
