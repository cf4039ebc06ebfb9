#include "ship/accept_copy.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/rights.h"
#include "base/sig.h"

#define CHUNK ((size_t)1 << 20)

/* Open ${name} for reading: 0, 1 where there is none, or the exit code after reporting. */
static int
open_regular(const struct accept_copy *c, const char *name, int *fd, struct stat *st)
{
	if ((*fd = rights_open(c->from, name, O_RDONLY)) == -1 || fstat(*fd, st) != 0) {
		if (errno == ENOENT)
			return 1;
		if (errno == ELOOP || errno == ENXIO || errno == EXDEV) {
			warnx("%s/%s: not a regular file", c->where, name);
			return EX_DATAERR;
		}
		warn("%s/%s", c->where, name);
		return EX_IOERR;
	}
	if (!S_ISREG(st->st_mode)) {
		warnx("%s/%s: not a regular file", c->where, name);
		return EX_DATAERR;
	}
	if (st->st_nlink > 1) {
		warnx("%s/%s: has other names too (hard links)", c->where, name);
		return EX_DATAERR;
	}
	return 0;
}

int
accept_copy_read(
    const struct accept_copy *c, const char *name, size_t max, char **text, size_t *len)
{
	struct stat st;
	int fd = -1, rc;

	*text = NULL;
	if ((rc = open_regular(c, name, &fd, &st)) != 0)
		goto out;
	if (io_read_file(fd, max, text, len) != 0) {
		rc = errno == EFBIG ? EX_DATAERR : EX_IOERR;
		warn("%s/%s", c->where, name);
	}
out:
	io_close(&fd);
	return rc;
}

/* Start the copy ${name}. */
static int
create(const struct accept_copy *c, const char *name)
{
	return openat(c->to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Make the copy ${fd} durable, and close it. */
static int
finish(int *fd)
{
	return fchmod(*fd, 0440) != 0 || fsync(*fd) != 0 || io_close(fd) != 0 ? -1 : 0;
}

int
accept_copy_put(const struct accept_copy *c, const char *name, const char *text, size_t len)
{
	int fd = create(c, name), rc = 0;

	if (fd == -1 || io_write(fd, text, len) != 0 || finish(&fd) != 0) {
		warn("write %s/%s", c->there, name);
		rc = EX_IOERR;
	}
	io_close(&fd);
	return rc;
}

/* Copy ${bytes} bytes, or as many as there are; their digest goes to ${hex}. */
static int
copy_bytes(const struct accept_copy *c, const char *name, int from, int to, uint64_t bytes,
    char hex[HASH_HEX])
{
	struct hash h;
	char *chunk = malloc(CHUNK);
	ssize_t n = 1;
	int rc = 1;

	hash_start(&h);
	if (chunk == NULL) {
		warn("%s/%s", c->where, name);
		goto out;
	}
	while (bytes > 0 && n > 0 && sig_stop() == 0) {
		n = io_read(from, chunk, bytes < CHUNK ? (size_t)bytes : CHUNK);
		if (n < 0) {
			if (sig_stop() == 0)
				warn("%s/%s", c->where, name);
			rc = sig_stop() == 0 ? EX_IOERR : 1;
			goto out;
		}
		hash_add(&h, chunk, (size_t)n);
		if (io_write(to, chunk, (size_t)n) != 0) {
			if (sig_stop() == 0)
				warn("write %s/%s", c->there, name);
			rc = sig_stop() == 0 ? EX_IOERR : 1;
			goto out;
		}
		bytes -= (uint64_t)n;
		progress_add(c->progress, (uint64_t)n);
	}
	hash_take(&h, hex);
	rc = sig_stop() == 0 ? 0 : 1;
out:
	free(chunk);
	return rc;
}

int
accept_copy_file(
    const struct accept_copy *c, const char *name, uint64_t bytes, const char hex[HASH_HEX])
{
	char got[HASH_HEX];
	struct stat st;
	int from = -1, to = -1, rc;

	if ((rc = open_regular(c, name, &from, &st)) == 1) {
		warnx("%s/%s: listed in SHA256SUMS but missing", c->where, name);
		rc = EX_DATAERR;
	}
	if (rc != 0)
		goto out;
	if ((uint64_t)st.st_size != bytes) {
		warnx("%s/%s: size differs: %ju bytes, and set.json says %ju", c->where, name,
		    (uintmax_t)st.st_size, (uintmax_t)bytes);
		rc = EX_DATAERR;
		goto out;
	}
	if ((to = create(c, name)) == -1) {
		warn("write %s/%s", c->there, name);
		rc = EX_IOERR;
		goto out;
	}
	if ((rc = copy_bytes(c, name, from, to, bytes, got)) != 0)
		goto out;
	if (strcmp(got, hex) != 0) {
		warnx("%s/%s: checksum differs", c->where, name);
		rc = EX_DATAERR;
		goto out;
	}
	if (finish(&to) != 0) {
		warn("write %s/%s", c->there, name);
		rc = EX_IOERR;
	}
out:
	io_close(&from);
	io_close(&to);
	return rc;
}
