#include "sql/optfile.h"

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/rights.h"

static char *
trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return s;
}

/* Cut a trailing comment, take off the quotes and resolve the escapes, in place. */
static char *
value_of(char *s)
{
	char quote = '\0', *in, *out;

	if (*s == '\'' || *s == '"') {
		quote = *s;
		in = out = ++s;
	} else {
		in = out = s;
	}
	for (; *in != '\0'; in++) {
		if (quote != '\0' ? *in == quote : *in == '#')
			break;
		if (*in == '\\' && in[1] != '\0') {
			in++;
			switch (*in) {
			case 'b': *out++ = '\b'; break;
			case 't': *out++ = '\t'; break;
			case 'n': *out++ = '\n'; break;
			case 'r': *out++ = '\r'; break;
			case 's': *out++ = ' '; break;
			case '\\':
			case '"':
			case '\'': *out++ = *in; break;
			default: *out++ = '\\'; *out++ = *in;
			}
			continue;
		}
		*out++ = *in;
	}
	*out = '\0';
	return quote != '\0' ? s : trim(s);
}

static bool
our_group(const char *name)
{
	static const char *const groups[] = {
	    "client", "client-server", "client-mariadb", "siantre"};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(name, groups[i]) == 0)
			return true;
	return false;
}

int
optfile_read(
    const char *path, int (*set)(void *ctx, const char *key, const char *value), void *ctx)
{
	char *text = NULL, *line, *next, *s, *eq;
	size_t len = 0, number = 0;
	bool ours = false;
	int fd = -1, rc = EX_CONFIG;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		warn("%s", path);
		goto out;
	}
	if (rights_private(fd, path) != 0)
		goto out;
	if (io_read_file(fd, 1 << 20, &text, &len) != 0) {
		warn("%s", path);
		goto out;
	}
	if (strlen(text) != len) {
		warnx("%s: a NUL byte in an option file", path);
		goto out;
	}
	for (line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		s = trim(line);
		if (*s == '\0' || *s == '#' || *s == ';')
			continue;
		if (*s == '[') {
			eq = strchr(s, ']');
			if (eq == NULL) {
				warnx("%s:%zu: group without ]", path, number);
				goto out;
			}
			*eq = '\0';
			ours = our_group(s + 1);
			continue;
		}
		if (*s == '!') {
			warnx("%s:%zu: %s is not followed", path, number, s);
			continue;
		}
		if (!ours)
			continue;
		eq = strchr(s, '=');
		if (eq != NULL)
			*eq = '\0';
		s = trim(s);
		if (*s == '\0') /* a value of nothing */
			continue;
		for (char *p = s; *p != '\0'; p++)
			if (*p == '_')
				*p = '-';
		rc = set(ctx, s, eq != NULL ? value_of(trim(eq + 1)) : "");
		if (rc != 0)
			goto out;
		rc = EX_CONFIG;
	}
	rc = 0;
out:
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	io_close(&fd);
	return rc;
}
