#include "ship/deposit.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/sig.h"
#include "set/age.h"
#include "set/kind.h"
#include "set/sets.h"
#include "ship/accepted.h"
#include "ship/far.h"
#include "sql/endmark.h"

#define CHUNK ((size_t)256 << 10)

struct deposit {
	const char *name;
	int in;
	bool require_end;
	struct progress *progress;
	struct hash hash;
	char sha256[HASH_HEX];
	uint64_t bytes;
	/* Who reads along: one of them, or nobody. */
	struct child pack; /* pid 0: not started */
	struct age *age;
	struct endmark *mark;
	int code; /* of the end; -1: not yet */
	char *path;
	int spool; /* open and locked as long as it is there, or -1 */
};

bool
deposit_is_name(const char *name)
{
	/* What means something else in a place, beside the names of sets. */
	static const char *const taken[] = {FAR_MARK, ACCEPTED_NAME, "full"};
	size_t len =
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(name, taken[i]) == 0)
			return false;
	return len > 0 && len <= 200 && name[len] == '\0' && *name != '.' && *name != '-' &&
	       sets_time(name, NULL) != 0;
}

/* Start siantre-pack, which unpacks to nowhere. */
static int
start_pack(struct deposit *d)
{
	char pack[] = "siantre-pack", unpack[] = "-d", quiet[] = "-q",
	     whole[] = "--require-end";
	char *argv[] = {pack, unpack, quiet, d->require_end ? whole : NULL, NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), rc;

	rc = null == -1
		 ? -1
		 : child_start(&d->pack, argv, NULL, NULL, CHILD_IN | CHILD_GROUP, null, -1);
	if (rc != 0)
		d->pack.pid = 0;
	io_close(&null);
	return rc;
}

struct deposit *
deposit_new(const char *name, int in, bool require_end, struct progress *progress)
{
	struct deposit *d = calloc(1, sizeof(*d));
	int rc = 0;

	if (d == NULL) {
		warn("%s", name);
		return NULL;
	}
	d->name = name;
	d->in = in;
	d->require_end = require_end;
	d->progress = progress;
	d->code = d->spool = -1;
	hash_start(&d->hash);
	if (kind_promises_age(name))
		rc = (d->age = age_new()) == NULL ? -1 : 0;
	else if (kind_promises_gzip(name))
		rc = start_pack(d);
	else if (require_end)
		rc = (d->mark = endmark_new()) == NULL ? -1 : 0;
	if (rc != 0) {
		deposit_free(d);
		return NULL;
	}
	return d;
}

const char *
deposit_name(const struct deposit *d)
{
	return d->name;
}

/* Let whoever reads along see ${len} bytes.  Return -1 where they know enough. */
static int
show(struct deposit *d, const char *buf, size_t len)
{
	if (d->age != NULL)
		age_add(d->age, buf, len);
	if (d->mark != NULL)
		return endmark_add(d->mark, buf, len);
	if (d->pack.pid != 0)
		return io_write(d->pack.in, buf, len);
	return 0;
}

int
deposit_feed(void *ctx, int fd)
{
	struct deposit *d = ctx;
	char *chunk = malloc(CHUNK);
	ssize_t got = -1;
	int rc = 0;

	if (chunk == NULL) {
		warn("%s", d->name);
		return EX_OSERR;
	}
	while (rc == 0 && (got = io_read_some(d->in, chunk, CHUNK)) > 0) {
		hash_add(&d->hash, chunk, (size_t)got);
		d->bytes += (uint64_t)got;
		progress_add(d->progress, (uint64_t)got);
		if (show(d, chunk, (size_t)got) != 0)
			rc = deposit_end(d);
		else if (io_write(fd, chunk, (size_t)got) != 0)
			rc = 1;
	}
	if (rc == 0 && got < 0) {
		if (sig_stop() == 0)
			warn("read stdin");
		rc = EX_IOERR;
	}
	free(chunk);
	return rc;
}

static int
end(struct deposit *d)
{
	const char *what;
	int status;

	if (d->pack.pid != 0) {
		status = child_wait(&d->pack);
		d->pack.pid = 0;
		/* It has said what is wrong. */
		if (status != 0)
			return status > 0 && status < 128 ? status : EX_DATAERR;
	}
	if (d->bytes == 0) {
		warnx("stdin: empty");
		return EX_DATAERR;
	}
	if (d->age != NULL && (what = age_finish(d->age)) != NULL) {
		warnx("stdin: %s", what);
		return EX_DATAERR;
	}
	if (d->mark != NULL && endmark_finish(d->mark) != 0) {
		warnx("stdin: %s", endmark_error(d->mark));
		return endmark_exit(d->mark);
	}
	return 0;
}

int
deposit_end(struct deposit *d)
{
	if (d->code == -1) {
		hash_take(&d->hash, d->sha256);
		d->code = end(d);
	}
	/* Whoever asks us to stop may be the reason why the stream ended. */
	return d->code == 0 && sig_stop() != 0 ? 1 : d->code;
}

const char *
deposit_sha256(const struct deposit *d)
{
	return d->sha256;
}

int
deposit_open(const char *path, int *fd)
{
	struct stat mine, named;
	int rc = EX_CANTCREAT;

	*fd =
	    open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (*fd == -1 || fstat(*fd, &mine) != 0 || !S_ISREG(mine.st_mode)) {
		warn("create %s", path);
		goto fail;
	}
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0 || stat(path, &named) != 0 ||
	    named.st_ino != mine.st_ino) {
		warnx("%s: another run is writing it", path);
		rc = EX_TEMPFAIL;
		goto fail;
	}
	if (ftruncate(*fd, 0) == 0)
		return 0;
	warn("create %s", path);
fail:
	io_close(fd);
	return rc;
}

bool
deposit_is_busy(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool busy = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

	io_close(&fd);
	return busy;
}

/* Remove the files in ${folder} that nobody writes any more. */
static void
sweep(const char *folder)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (deposit_is_name(entry->d_name) &&
		    !deposit_is_busy(dirfd(dir), entry->d_name))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
}

int
deposit_claim(struct deposit *d, const char *folder)
{
	int rc;

	sweep(folder);
	if (asprintf(&d->path, "%s/%s", folder, d->name) == -1) {
		d->path = NULL;
		warn("%s", d->name);
		return EX_OSERR;
	}
	if ((rc = deposit_open(d->path, &d->spool)) != 0) {
		free(d->path);
		d->path = NULL;
	}
	return rc;
}

int
deposit_spool(struct deposit *d)
{
	int rc = deposit_feed(d, d->spool);

	if (rc == 1 && sig_stop() == 0) {
		warn("write %s", d->path);
		rc = EX_IOERR;
	}
	return rc == 0 ? deposit_end(d) : rc;
}

const char *
deposit_path(const struct deposit *d)
{
	return d->path;
}

void
deposit_free(struct deposit *d)
{
	if (d == NULL)
		return;
	if (d->pack.pid != 0)
		(void)child_wait(&d->pack);
	if (d->path != NULL)
		unlink(d->path);
	io_close(&d->spool);
	free(d->path);
	age_free(d->age);
	endmark_free(d->mark);
	free(d);
}
