#include "ship/accepted.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/rights.h"
#include "base/tree.h"
#include "set/sets.h"

#define FULL "full/"

struct entry {
	char set[ACCEPTED_SET];
	char hex[HASH_HEX];
};

struct accepted {
	struct entry *list; /* in the order of their names */
	size_t count;
	size_t room;
};

struct accepted *
accepted_new(void)
{
	struct accepted *a = calloc(1, sizeof(*a));

	if (a == NULL)
		warn(ACCEPTED_NAME);
	return a;
}

/* Where the set ${set} is, or would be. */
static size_t
place_of(const struct accepted *a, const char *set)
{
	size_t low = 0, high = a->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(a->list[middle].set, set) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int
accepted_add(struct accepted *a, const char *set, const char hex[HASH_HEX])
{
	struct entry *list;
	size_t room, at = place_of(a, set);

	if (at == a->count || strcmp(a->list[at].set, set) != 0) {
		if (a->count == a->room) {
			room = a->room == 0 ? 64 : a->room * 2;
			if ((list = reallocarray(a->list, room, sizeof(*list))) == NULL) {
				warn(ACCEPTED_NAME);
				return -1;
			}
			a->list = list;
			a->room = room;
		}
		memmove(&a->list[at + 1], &a->list[at], (a->count - at) * sizeof(*a->list));
		a->count++;
	}
	strlcpy(a->list[at].set, set, sizeof(a->list[at].set));
	strlcpy(a->list[at].hex, hex, sizeof(a->list[at].hex));
	return 0;
}

/* Take one line, without its newline, which may be written to; return what is wrong, or NULL. */
static const char *
take_line(struct accepted *a, char *line)
{
	char *hex = strchr(line, ' ');

	if (hex == NULL || hex[1] != ' ')
		return "not a set and a digest";
	*hex = '\0';
	hex += 2;
	if (sets_time(accepted_name(line), NULL) != 0)
		return "not the name of a set";
	if (strlen(hex) != HASH_HEX - 1 || strspn(hex, "0123456789abcdef") != HASH_HEX - 1)
		return "no SHA-256 digest";
	if (a->count > 0 && strcmp(a->list[a->count - 1].set, line) >= 0)
		return "not in order";
	return accepted_add(a, line, hex) == 0 ? NULL : "";
}

int
accepted_parse(const char *text, size_t len, const char *where, struct accepted **out)
{
	struct accepted *a = NULL;
	char *copy = NULL, *rest, *line;
	const char *problem;
	size_t number = 0;
	int rc = EX_OSERR;

	*out = NULL;
	if ((a = accepted_new()) == NULL)
		goto out;
	if (len > 0 && (text[len - 1] != '\n' || memchr(text, '\0', len) != NULL)) {
		warnx("%s: not lines of text, or cut short", where);
		rc = EX_DATAERR;
		goto out;
	}
	if (len > 0 && (copy = strndup(text, len - 1)) == NULL) {
		warn("%s", where);
		goto out;
	}
	rest = copy;
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		if ((problem = take_line(a, line)) == NULL)
			continue;
		if (*problem != '\0') {
			warnx("%s:%zu: %s", where, number, problem);
			rc = EX_DATAERR;
		}
		goto out;
	}
	*out = a;
	a = NULL;
	rc = 0;
out:
	free(copy);
	accepted_free(a);
	return rc;
}

int
accepted_read(const char *path, struct accepted **out)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *text = NULL;
	struct stat st;
	size_t len;
	int rc = EX_IOERR;

	*out = NULL;
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1 || fstat(fd, &st) != 0) {
		warn("%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		rc = EX_DATAERR;
		goto out;
	}
	if (io_read_file(fd, ACCEPTED_MAX, &text, &len) != 0) {
		rc = errno == EFBIG ? EX_DATAERR : EX_IOERR;
		warn("%s", path);
		goto out;
	}
	rc = accepted_parse(text, len, path, out);
out:
	free(text);
	io_close(&fd);
	return rc;
}

/* Whether ACCEPTED in ${dir} has exactly these bytes. */
static bool
says(int dir, const struct buf *b)
{
	int fd = rights_open(dir, ACCEPTED_NAME, O_RDONLY);
	char *text = NULL;
	struct stat st;
	size_t len;
	bool same = false;

	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (size_t)st.st_size == b->len && (st.st_mode & 0444) == 0444 &&
	    io_read_file(fd, b->len, &text, &len) == 0)
		same = len == b->len && (len == 0 || memcmp(text, b->data, len) == 0);
	free(text);
	io_close(&fd);
	return same;
}

/*
 * The folder is in the hands of others: what lies under a name may change at any moment.  So the
 * new file is written through a descriptor that O_EXCL gave, under a name that nobody can guess,
 * and goes to its place by a rename, which follows no link.
 */
int
accepted_write(const struct accepted *a, int dir, const char *where)
{
	char name[sizeof("." ACCEPTED_NAME ".0123456789abcdef")];
	struct buf b = {0};
	uint64_t lot;
	bool made = false;
	int fd = -1, rc = -1;

	for (size_t i = 0; i < a->count; i++)
		buf_printf(&b, "%s  %s\n", a->list[i].set, a->list[i].hex);
	if (b.failed) {
		warnx("%s/" ACCEPTED_NAME ": out of memory", where);
		goto out;
	}
	if (says(dir, &b)) {
		rc = 0;
		goto out;
	}
	if (getrandom(&lot, sizeof(lot), 0) != (ssize_t)sizeof(lot))
		goto fail;
	snprintf(name, sizeof(name), "." ACCEPTED_NAME ".%016jx", (uintmax_t)lot);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		goto fail;
	made = true;
	if (io_write(fd, b.data, b.len) != 0 || fchmod(fd, 0444) != 0 || fsync(fd) != 0 ||
	    io_close(&fd) != 0)
		goto fail;
	/* A folder of that name gives way: it is ours. */
	if (renameat(dir, name, dir, ACCEPTED_NAME) != 0 &&
	    (errno != EISDIR || tree_remove_at(dir, ACCEPTED_NAME, where) != 0 ||
		renameat(dir, name, dir, ACCEPTED_NAME) != 0))
		goto fail;
	made = false;
	if (fsync(dir) != 0)
		goto fail;
	rc = 0;
	goto out;
fail:
	warn("write %s/" ACCEPTED_NAME, where);
out:
	if (made)
		unlinkat(dir, name, 0);
	io_close(&fd);
	buf_free(&b);
	return rc;
}

const char *
accepted_set(const struct accepted *a, size_t i)
{
	return i < a->count ? a->list[i].set : NULL;
}

const char *
accepted_hex(const struct accepted *a, size_t i)
{
	return i < a->count ? a->list[i].hex : NULL;
}

const char *
accepted_name(const char *set)
{
	return strncmp(set, FULL, strlen(FULL)) == 0 ? set + strlen(FULL) : set;
}

const char *
accepted_find(const struct accepted *a, const char *set)
{
	size_t at = place_of(a, set);

	return at < a->count && strcmp(a->list[at].set, set) == 0 ? a->list[at].hex : NULL;
}

void
accepted_free(struct accepted *a)
{
	if (a == NULL)
		return;
	free(a->list);
	free(a);
}
