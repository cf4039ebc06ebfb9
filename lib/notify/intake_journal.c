/*
 * The journal as a file that others append to, rotate and, by accident, cut.  Where we were is
 * known by the inode, the offset, and the digest of the last line before it: an inode is used
 * again, and a file that was restored from a copy may be longer than the one we knew.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "notify/intake.h"
#include "notify/intake_parts.h"
#include "set/journal.h"

/*
 * Whether ${fd}, of ${name}, is what ${c} describes: 1, and it stands at ${c->offset}; 0; -1 after
 * reporting, where there is no memory to tell.
 */
static int
is_known(int fd, const char *name, const struct stat *st, const struct state_cursor *c)
{
	char *line = NULL, digest[HASH_HEX] = "";
	int64_t len = c->offset - c->start;
	bool same = false;

	if (c->offset == 0 || (uint64_t)st->st_ino != c->inode || st->st_size < c->offset)
		return 0;
	/* Of a line that was too long only the last part was looked at. */
	if (len > 2 * JOURNAL_LINE)
		return lseek(fd, c->offset, SEEK_SET) == c->offset;
	if ((line = malloc((size_t)len + 1)) == NULL) {
		warn("journal %s", name);
		return -1;
	}
	if (pread(fd, line, (size_t)len, c->start) == len) {
		hash_bytes(line, (size_t)len, digest);
		same = strcmp(digest, c->digest) == 0;
	}
	free(line);
	return same && lseek(fd, c->offset, SEEK_SET) == c->offset;
}

/* Open the file ${path} to read.  Return it, or -1 with errno set. */
static int
open_file(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd != -1 && (fstat(fd, st) == -1 || !S_ISREG(st->st_mode))) {
		io_close(&fd);
		errno = EINVAL;
	}
	return fd;
}

/* Take in what was appended to the old journal, now beside ${path}, before it was rotated. */
static int
finish_old(struct state *s, const char *path, int64_t now)
{
	const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
	struct state_cursor c = s->cursor;
	char *folder = NULL, *old = NULL;
	const struct dirent *d;
	struct stat st;
	DIR *dir = NULL;
	int fd = -1, rc = 0, known = 0;

	folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	if (folder == NULL) {
		warn("%s", path);
		return EX_OSERR;
	}
	if ((dir = opendir(folder)) == NULL) {
		warn("%s", folder);
		rc =
		    errno == ENOMEM || errno == EMFILE || errno == ENFILE ? EX_OSERR : EX_IOERR;
	}
	while (dir != NULL && known == 0 && (d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, base, strlen(base)) != 0 ||
		    d->d_name[strlen(base)] == '\0')
			continue;
		free(old);
		if (asprintf(&old, "%s%s%s", folder, slash == NULL ? "/" : "", d->d_name) ==
		    -1) {
			warn("%s", path);
			old = NULL;
			rc = EX_OSERR;
			break;
		}
		if ((fd = open_file(old, &st)) != -1 &&
		    (known = is_known(fd, old, &st, &c)) == 0)
			io_close(&fd);
	}
	if (known == -1)
		rc = EX_OSERR;
	else if (known == 1)
		rc = intake_rest(s, fd, old, now, &c);
	/* The next call goes on from there. */
	if (known == 1 && rc == EX_OSERR)
		s->cursor = c;
	io_close(&fd);
	if (dir != NULL)
		closedir(dir);
	free(old);
	free(folder);
	return rc;
}

int
intake_journal(struct state *s, const char *path, int64_t now)
{
	struct stat st;
	int fd, rc = 0, known;

	fd = open_file(path, &st);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1) {
		warn("journal %s", path);
		return errno == EACCES ? EX_NOPERM : EX_IOERR;
	}
	known = is_known(fd, path, &st, &s->cursor);
	if (known == 0 && s->cursor.offset > 0)
		rc = finish_old(s, path, now);
	/* Where we were is not forgotten for want of memory. */
	if (known == -1 || rc == EX_OSERR) {
		io_close(&fd);
		return EX_OSERR;
	}
	if (known == 0) {
		memset(&s->cursor, 0, sizeof(s->cursor));
		s->cursor.inode = (uint64_t)st.st_ino;
		if (lseek(fd, 0, SEEK_SET) == -1) {
			warn("journal %s", path);
			rc = EX_IOERR;
		}
	}
	if (rc == 0)
		rc = intake_rest(s, fd, path, now, &s->cursor);
	io_close(&fd);
	return rc;
}
