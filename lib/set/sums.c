#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "set/record.h"
#include "set/sums.h"

struct sum {
	char hex[HASH_HEX];
	char *name;
};

struct sums {
	struct sum *list;
	size_t count;
	size_t room;
	char digest[HASH_HEX];
};

struct sums *
sums_new(void)
{
	struct sums *s = calloc(1, sizeof(*s));

	if (s == NULL)
		warn("checksums");
	return s;
}

int
sums_add(struct sums *s, const char *name, const char hex[HASH_HEX])
{
	struct sum *list;
	size_t room;

	if (s->count == s->room) {
		room = s->room == 0 ? 16 : s->room * 2;
		if ((list = reallocarray(s->list, room, sizeof(*list))) == NULL) {
			warn("checksums");
			return -1;
		}
		s->list = list;
		s->room = room;
	}
	strlcpy(s->list[s->count].hex, hex, HASH_HEX);
	if ((s->list[s->count].name = strdup(name)) == NULL) {
		warn("checksums");
		return -1;
	}
	s->count++;
	return 0;
}

int
sums_write(const struct sums *s, const char *folder)
{
	struct buf b = {0};
	char *path = NULL;
	int rc = -1;

	for (size_t i = 0; i < s->count; i++)
		buf_printf(&b, "%s  %s\n", s->list[i].hex, s->list[i].name);
	if (asprintf(&path, "%s/%s", folder, SUMS_NAME) == -1)
		path = NULL;
	if (path == NULL || b.failed) {
		warn("checksums");
		goto out;
	}
	rc = atomic_write(path, 0440, b.data, b.len);
out:
	free(path);
	buf_free(&b);
	return rc;
}

static const char no_memory[] = "out of memory";

/* Take one line, without its newline, which may be written to. */
static const char *
take_line(struct sums *s, char *line)
{
	char *name = line + HASH_HEX - 1;

	if (strspn(line, "0123456789abcdef") != HASH_HEX - 1)
		return "no SHA-256 digest";
	if (name[0] != ' ' || (name[1] != ' ' && name[1] != '*'))
		return "not in the format of sha256sum";
	*name = '\0';
	name += 2;
	if (!sums_plain(name) || strcmp(name, SUMS_NAME) == 0)
		return "not a name for a file of a set";
	if (sums_find(s, name) != NULL)
		return "the name stands twice";
	return sums_add(s, name, line) == 0 ? NULL : no_memory;
}

int
sums_parse(char *text, size_t len, const char *folder, struct sums **out)
{
	struct sums *s = NULL;
	char *rest, *line;
	const char *problem;
	size_t number = 0;
	int rc = EX_DATAERR;

	*out = NULL;
	if (len == 0 || text[len - 1] != '\n' || memchr(text, '\0', len) != NULL) {
		warnx("%s/%s: %s", folder, SUMS_NAME,
		    len == 0 ? "empty" : "not lines of text, or cut short");
		goto out;
	}
	if ((s = sums_new()) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	hash_bytes(text, len, s->digest);
	text[len - 1] = '\0';
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		if ((problem = take_line(s, line)) != NULL) {
			if (problem != no_memory)
				warnx("%s/%s:%zu: %s", folder, SUMS_NAME, number, problem);
			else
				rc = EX_OSERR;
			goto out;
		}
	}
	*out = s;
	s = NULL;
	rc = 0;
out:
	sums_free(s);
	return rc;
}

int
sums_read(const char *folder, struct sums **out)
{
	char *text = NULL;
	size_t len;
	int rc;

	*out = NULL;
	if ((rc = record_read(folder, SUMS_NAME, SUMS_MAX, &text, &len)) == 0)
		rc = sums_parse(text, len, folder, out);
	free(text);
	return rc;
}

const char *
sums_digest(const struct sums *s)
{
	return s->digest;
}

const char *
sums_name(const struct sums *s, size_t i)
{
	return i < s->count ? s->list[i].name : NULL;
}

const char *
sums_hex(const struct sums *s, size_t i)
{
	return i < s->count ? s->list[i].hex : NULL;
}

const char *
sums_find(const struct sums *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->list[i].name, name) == 0)
			return s->list[i].hex;
	}
	return NULL;
}

bool
sums_plain(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > 255 || name[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)name[i]) || name[i] == '/' || name[i] == '\\')
			return false;
	}
	return true;
}

void
sums_free(struct sums *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].name);
	free(s->list);
	free(s);
}
