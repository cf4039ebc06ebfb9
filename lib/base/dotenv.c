/*
 * Laravel's .env as vlucas/phpdotenv 5 understands it, quirks included: what the application
 * reads there is what we must read.  It was learned by running that parser, which stays the
 * judge in tests/10-dotenv.bats.
 *
 * The file becomes one copy in memory: UTF-8 (a ? for what is not), no byte order mark, every
 * line end a \n.  All further work happens in that copy, since no step makes text longer:
 *
 * - Entries.  A line that holds =" and closes no quote behind it opens an entry of several
 *   lines, up to the line that closes it.  (A comment can open one: a quirk.)  Such an entry is
 *   still one stretch of the copy.
 * - Names.  What stands before the first =, without `export `, without quotes around it.
 * - Values.  Read and made into texts by dotenv_value.c.
 *
 * A line `NAME` without = unsets NAME, as there.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/dotenv.h"
#include "base/dotenv_value.h"
#include "base/io.h"
#include "base/utf8.h"

#define MAX_TEXT (1 << 20)
#define MAX_KEYS 4096

struct entry {
	char *key;
	char *value; /* NULL: unset again */
};

struct dotenv {
	struct entry *entries;
	size_t count;
	size_t room;
};

static const char no_memory[] = "out of memory";
static const char blanks[] = " \t\n\r\v"; /* what PHP's trim() takes, but for NUL */

/* Cut blanks off both ends of ${*text}, which ends at ${*end}. */
static void
trim(char **text, char **end)
{
	while (*text < *end && strchr(blanks, **text) != NULL)
		(*text)++;
	while (*text < *end && strchr(blanks, (*end)[-1]) != NULL)
		(*end)--;
}

/* The entry of ${len} bytes at ${key}, or NULL. */
static struct entry *
find(const struct dotenv *d, const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (strncmp(d->entries[i].key, key, len) == 0 && d->entries[i].key[len] == '\0')
			return &d->entries[i];
	}
	return NULL;
}

/* Set ${key} (${len} bytes) to ${value}, which is taken over.  NULL, or what went wrong. */
static const char *
set(struct dotenv *d, const char *key, size_t len, char *value)
{
	struct entry *e = find(d, key, len), *more;

	if (e == NULL) {
		if (d->count == MAX_KEYS)
			return "too many keys";
		if (d->count == d->room) {
			more = reallocarray(d->entries, d->room + 64, sizeof(*more));
			if (more == NULL)
				return no_memory;
			d->entries = more;
			d->room += 64;
		}
		e = &d->entries[d->count];
		e->value = NULL;
		if ((e->key = strndup(key, len)) == NULL)
			return no_memory;
		d->count++;
	}
	if (e->value != NULL)
		dotenv_value_free(e->value, strlen(e->value));
	e->value = value;
	return NULL;
}

/* Take the entry ${text}..${end}, which has no blank or comment lines.  NULL, or what is wrong. */
static const char *
take_entry(struct dotenv *d, char *text, char *end)
{
	char *equals = memchr(text, '=', (size_t)(end - text)), *name = text, *name_end = end;
	char *from, *value = NULL;
	const char *what = NULL;
	size_t len;

	if (equals != NULL) {
		name_end = equals;
		trim(&name, &name_end);
	}
	if (name == name_end)
		return "no name before the equals sign";
	if (name_end - name > 8 && strncmp(name, "export", 6) == 0 &&
	    strchr(blanks, name[6]) != NULL) {
		name += 6;
		while (name < name_end && strchr(blanks, *name) != NULL)
			name++;
	}
	len = (size_t)(name_end - name);
	if (len > 2 && (*name == '"' || *name == '\'') && name[len - 1] == *name) {
		name++;
		len -= 2;
	}
	if (len == 0 || strspn(name, DOTENV_NAME) < len)
		return "a name has only letters, digits, _ and .";
	if (equals != NULL) {
		from = equals + 1;
		trim(&from, &end);
		if ((what = dotenv_value_read(from, &end)) == NULL)
			what = dotenv_value_resolve(d, from, end, &value);
	}
	if (what == NULL && (what = set(d, name, len, value)) == NULL)
		value = NULL;
	if (value != NULL)
		dotenv_value_free(value, strlen(value));
	return what;
}

/*
 * Whether a line closes the double quote that it or (not ${opened}) a line above it opened: it
 * is a lone quote, or has another quote (the second, counting the opening one) behind a byte
 * that is no backslash, pairs of backslashes not counted.
 */
static bool
closes(const char *line, const char *end, bool opened)
{
	int quotes = 0;
	char before = '\0';

	if (end - line == 1 && *line == '"')
		return true;
	for (; line < end; line++) {
		if (*line == '\\' && line + 1 < end && line[1] == '\\') {
			line++;
			continue;
		}
		if (*line == '"' && before != '\0' && before != '\\')
			quotes++;
		before = *line;
	}
	return quotes > (opened ? 1 : 0);
}

/* Take all entries of ${text}..${end}.  Return 0, or -1 after reporting. */
static int
take_entries(struct dotenv *d, char *text, char *end, const char *name)
{
	char *line, *line_end, *next, *entry = NULL, *from, *to;
	size_t number = 0, first = 0;
	const char *what;
	bool opened;

	for (line = text; line <= end; line = next) {
		if ((line_end = memchr(line, '\n', (size_t)(end - line))) == NULL)
			line_end = end;
		next = line_end + 1;
		number++;
		opened = memmem(line, (size_t)(line_end - line), "=\"", 2) != NULL &&
			 !closes(line, line_end, true);
		if (entry == NULL) {
			entry = line;
			first = number;
			if (opened)
				continue;
		} else if (!closes(line, line_end, opened)) {
			continue;
		}
		from = entry;
		to = line_end;
		trim(&from, &to);
		/* A name without an equals sign is not trimmed there, so neither is it here. */
		if (from < to && *from != '#' &&
		    (what = take_entry(d, entry, line_end)) != NULL) {
			warnx("%s:%zu: %s", name, first, what);
			return -1;
		}
		entry = NULL;
	}
	if (entry != NULL)
		warnx(
		    "%s:%zu: missing closing quote: nothing from here on counts", name, first);
	return 0;
}

struct dotenv *
dotenv_parse(const char *text, size_t len, const char *name)
{
	static const char mark[] = "\xef\xbb\xbf"; /* byte order */
	struct dotenv *d = NULL, *parsed = NULL;
	char *copy = NULL, *start, *from, *to;
	const char *nul;
	size_t size = 0, line = 1;

	if (len > 0 && (nul = memchr(text, '\0', len)) != NULL) {
		for (; text < nul; text++)
			line += *text == '\n';
		warnx("%s:%zu: a NUL byte", name, line);
		goto out;
	}
	if ((d = calloc(1, sizeof(*d))) == NULL ||
	    (copy = utf8_clean(text, len, "?", &size)) == NULL) {
		warn("%s", name);
		goto out;
	}
	start = copy + (strncmp(copy, mark, 3) == 0 ? 3 : 0);
	for (from = to = start; *from != '\0'; from++) {
		if (*from == '\r' && from[1] == '\n')
			continue;
		*to++ = *from == '\r' ? '\n' : *from;
	}
	if (take_entries(d, start, to, name) == -1)
		goto out;
	parsed = d;
	d = NULL;
out:
	dotenv_value_free(copy, size);
	dotenv_free(d);
	return parsed;
}

struct dotenv *
dotenv_read(int fd, const char *name)
{
	struct dotenv *d = NULL;
	char *text;
	ssize_t n;

	/* In one piece: a buffer that grows would leave unwiped copies behind. */
	if ((text = malloc(MAX_TEXT + 1)) == NULL ||
	    (n = io_read(fd, text, MAX_TEXT + 1)) == -1)
		warn("read %s", name);
	else if (n > MAX_TEXT)
		warnx("%s: larger than 1 MiB", name);
	else
		d = dotenv_parse(text, (size_t)n, name);
	dotenv_value_free(text, MAX_TEXT + 1);
	return d;
}

const char *
dotenv_get(const struct dotenv *d, const char *key)
{
	const struct entry *e = find(d, key, strlen(key));

	return e == NULL ? NULL : e->value;
}

const char *
dotenv_key(const struct dotenv *d, size_t i)
{
	for (size_t k = 0; k < d->count; k++) {
		if (d->entries[k].value != NULL && i-- == 0)
			return d->entries[k].key;
	}
	return NULL;
}

void
dotenv_free(struct dotenv *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->count; i++) {
		if (d->entries[i].value != NULL)
			dotenv_value_free(d->entries[i].value, strlen(d->entries[i].value));
		free(d->entries[i].key);
	}
	free(d->entries);
	free(d);
}
