#include "ship/digests.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"
#include "set/sums.h"
#include "set/verified.h"

struct line {
	char *name;
	char hex[HASH_HEX];
};

struct digests {
	struct line *lines;
	size_t count;
	size_t room;
};

static int
add(struct digests *d, const char *name, size_t len, const char *hex)
{
	struct line *lines;
	size_t room;

	if (d->count == d->room) {
		room = d->room == 0 ? 16 : d->room * 2;
		if ((lines = reallocarray(d->lines, room, sizeof(*lines))) == NULL)
			goto memory;
		d->lines = lines;
		d->room = room;
	}
	if ((d->lines[d->count].name = strndup(name, len)) == NULL)
		goto memory;
	strlcpy(d->lines[d->count].hex, hex, HASH_HEX);
	d->count++;
	return 0;
memory:
	warn("digests");
	return EX_OSERR;
}

static const struct line *
find(const struct digests *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->lines[i].name, name) == 0)
			return &d->lines[i];
	return NULL;
}

/* Add the file ${name} of the folder ${dir} as it is read. */
static int
read_file(struct digests *d, int dir, const char *folder, const char *name)
{
	char hex[HASH_HEX];
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rc = EX_IOERR, error = 0;

	if (fd == -1 || fstat(fd, &st) != 0) {
		rc = errno == ELOOP ? EX_DATAERR : EX_IOERR;
		digests_differ(folder, name, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		digests_differ(folder, name, "not a regular file");
		rc = EX_DATAERR;
	} else {
		/* What was just written is to come from the disk, not from memory. */
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		if (hash_fd(fd, hex, NULL) != 0)
			error = errno;
		/* Bytes that the disk does not give back twice are damaged, and can be mended. */
		if (error == EIO && sig_stop() == 0 && lseek(fd, 0, SEEK_SET) == 0)
			error = hash_fd(fd, hex, NULL) != 0 ? errno : 0;
		if (error != 0) {
			if (sig_stop() == 0)
				digests_differ(folder, name, strerror(error));
			rc = sig_stop() != 0 ? 1 : error == EIO ? EX_DATAERR : EX_IOERR;
		} else
			rc = add(d, name, strlen(name), hex);
	}
	io_close(&fd);
	return rc;
}

int
digests_promised(const char *folder, bool sums, struct digests **out)
{
	struct digests *d = calloc(1, sizeof(*d));
	struct sums *s = NULL;
	const char *name;
	int rc = EX_OSERR;

	*out = NULL;
	if (d == NULL) {
		warn("%s", folder);
		goto out;
	}
	if ((rc = sums_read(folder, &s)) != 0)
		goto out;
	for (size_t i = 0; rc == 0 && (name = sums_name(s, i)) != NULL; i++)
		rc = add(d, name, strlen(name), sums_hex(s, i));
	if (rc == 0 && sums)
		rc = add(d, SUMS_NAME, strlen(SUMS_NAME), sums_digest(s));
	if (rc == 0) {
		*out = d;
		d = NULL;
	}
out:
	sums_free(s);
	digests_free(d);
	return rc;
}

int
digests_told(const char *text, struct digests **out)
{
	struct digests *d = calloc(1, sizeof(*d));
	char hex[HASH_HEX];
	size_t len;
	int rc = 0;

	*out = NULL;
	if (d == NULL) {
		warn("digests");
		return EX_OSERR;
	}
	for (; rc == 0 && *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len == 0)
			continue;
		if (strspn(text, "0123456789abcdef") != HASH_HEX - 1 || len < HASH_HEX + 2 ||
		    text[HASH_HEX - 1] != ' ' ||
		    (text[HASH_HEX] != ' ' && text[HASH_HEX] != '*')) {
			strlcpy(hex, text, len + 1 < sizeof(hex) ? len + 1 : sizeof(hex));
			warnx("not a digest: %s", plain_text(hex));
			rc = EX_DATAERR;
			break;
		}
		strlcpy(hex, text, sizeof(hex));
		rc = add(d, text + HASH_HEX + 1, len - HASH_HEX - 1, hex);
	}
	if (rc == 0)
		*out = d;
	else
		digests_free(d);
	return rc;
}

int
digests_read(const char *folder, struct digests **out)
{
	struct digests *d = calloc(1, sizeof(*d));
	const struct dirent *entry;
	DIR *dir = NULL;
	int rc = EX_OSERR;

	*out = NULL;
	if (d == NULL || (dir = opendir(folder)) == NULL) {
		warn("%s", folder);
		rc = d == NULL ? EX_OSERR : EX_IOERR;
		goto out;
	}
	rc = 0;
	while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = read_file(d, dirfd(dir), folder, entry->d_name);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", folder);
		rc = EX_IOERR;
	}
	if (rc == 0) {
		*out = d;
		d = NULL;
	}
out:
	if (dir != NULL)
		closedir(dir);
	digests_free(d);
	return rc;
}

void
digests_differ(const char *where, const char *name, const char *how)
{
	char *text = strdup(name);

	warnx("%s/%s: %s", where, text != NULL ? plain_text(text) : "?", how);
	free(text);
}

/*
 * Whether ${name} is what a killed rsync, or we, left of one of the files that ${promised} names:
 * ".NAME.XXXXXX".
 */
static bool
unfinished(const struct digests *promised, const char *name)
{
	size_t len = strlen(name);
	char *plain;
	bool yes;

	if (*name != '.' || len < 9 || name[len - 7] != '.' ||
	    (plain = strndup(name + 1, len - 8)) == NULL)
		return false;
	yes = find(promised, plain) != NULL || strcmp(plain, SUMS_NAME) == 0 ||
	      strcmp(plain, VERIFIED_NAME) == 0;
	free(plain);
	return yes;
}

int
digests_hold(
    const struct digests *promised, const struct digests *got, const char *where, bool sums)
{
	const struct line *line;
	int rc = 0;

	for (size_t i = 0; i < promised->count; i++) {
		line = find(got, promised->lines[i].name);
		if (line != NULL && strcmp(line->hex, promised->lines[i].hex) == 0)
			continue;
		digests_differ(where, promised->lines[i].name,
		    line == NULL ? "it is not there" : "other bytes than were sent");
		rc = EX_DATAERR;
	}
	for (size_t i = 0; i < got->count; i++) {
		line = &got->lines[i];
		if (find(promised, line->name) != NULL ||
		    strcmp(line->name, VERIFIED_NAME) == 0 ||
		    unfinished(promised, line->name) ||
		    (!sums && strcmp(line->name, SUMS_NAME) == 0))
			continue;
		digests_differ(where, line->name, "it does not belong to the set");
		rc = EX_DATAERR;
	}
	return rc;
}

void
digests_free(struct digests *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->count; i++)
		free(d->lines[i].name);
	free(d->lines);
	free(d);
}
