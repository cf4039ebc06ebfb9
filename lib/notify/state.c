#include "notify/state_parts.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "base/lock.h"
#include "notify/outbox.h"

/* Room on the disk that is given up when there is no other: the state and some messages. */
#define SPARE (64 << 10)

struct state *
state_new(void)
{
	struct state *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		warn("state");
		return NULL;
	}
	s->lock = -1;
	if ((s->incidents = incidents_new()) == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->test_count; i++)
		free(s->tests[i].name);
	state_jobs_clear(s);
	state_good_clear(s);
	free(s->tests);
	free(s->jobs);
	free(s->good);
	free(s->folder);
	incidents_free(s->incidents);
	io_close(&s->lock);
	free(s);
}

char *
state_folder(const char *folder, const char *name)
{
	char *path = NULL, *above;

	if (name != NULL) {
		if ((above = state_folder(folder, NULL)) == NULL)
			return NULL;
		free(above);
	}
	if (asprintf(&path, "%s/alert%s%s", folder, name != NULL ? "/" : "",
		name != NULL ? name : "") == -1) {
		warn("%s", folder);
		return NULL;
	}
	if (mkdir(path, 0700) == -1 && errno != EEXIST) {
		warn("create %s", path);
		free(path);
		return NULL;
	}
	return path;
}

/*
 * Read ${folder}/alert/state.json into ${s}; where there is none (not ${*found}), it stays empty.
 * Return 0, or the exit code after reporting.
 */
static int
load(const char *folder, struct state *s, bool *found)
{
	char *path = NULL, *text = NULL;
	struct stat st;
	size_t len;
	int fd = -1, rc = EX_IOERR;

	*found = false;
	if (asprintf(&path, "%s/alert/" STATE_FILE, folder) == -1) {
		path = NULL;
		warn("%s", folder);
		goto out;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	*found = fd != -1 || errno != ENOENT;
	if (!*found) {
		rc = 0;
		goto out;
	}
	if (fd == -1 || fstat(fd, &st) == -1) {
		rc = errno == EACCES ? EX_NOPERM : EX_IOERR;
		warn("%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		rc = EX_DATAERR;
		goto out;
	}
	if (io_read_file(fd, STATE_FILE_MAX, &text, &len) == -1) {
		rc = errno == EFBIG ? EX_DATAERR : EX_IOERR;
		warn("%s", path);
		goto out;
	}
	rc = state_parse(text, len, s);
out:
	io_close(&fd);
	free(text);
	free(path);
	return rc;
}

int
state_read(const char *folder, struct state **out)
{
	bool found;
	int rc;

	*out = NULL;
	if ((*out = state_new()) == NULL)
		return EX_OSERR;
	if ((rc = load(folder, *out, &found)) != 0) {
		state_close(*out);
		*out = NULL;
	}
	return rc;
}

/* What cannot be read is kept for whoever wants to know why. */
static int
put_aside(const struct state *s)
{
	char *from = NULL, *to = NULL;
	int rc = -1;

	if (asprintf(&from, "%s/" STATE_FILE, s->folder) == -1)
		from = NULL;
	if (asprintf(&to, "%s/state.damaged", s->folder) == -1)
		to = NULL;
	if (from == NULL || to == NULL || rename(from, to) == -1) {
		warn("%s", s->folder);
		goto out;
	}
	warnx("%s: begun anew; what it was is in %s", from, to);
	rc = 0;
out:
	free(from);
	free(to);
	return rc;
}

/* What a kill left half-written; nobody else writes here, we hold the lock. */
static void
sweep(const char *folder)
{
	static const char half[] = "." STATE_FILE ".";
	DIR *dir = opendir(folder);
	const struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, half, sizeof(half) - 1) == 0)
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
}

/*
 * A state without a past.  Messages of an earlier one may still be on their way: what has a number
 * there keeps it, or a new incident would supersede them.  It is written at once, so that whoever is
 * killed behind this makes the same messages again.
 */
static void
begin(const char *folder, struct state *s)
{
	struct outbox box = {0};
	uint64_t next = 1;

	/* On a full disk there may be no outbox at all, and what is wrong is told all the same. */
	if (outbox_load(folder, &box) == 0) {
		for (size_t i = 0; i < box.count; i++) {
			const struct outbox_item *item = &box.items[i];

			if (item->order >= s->order && item->order < INT64_MAX - 1)
				s->order = item->order + 1;
			for (size_t k = 0; k < item->incident_count; k++) {
				if (item->incidents[k] >= next &&
				    item->incidents[k] < INT64_MAX - 1)
					next = item->incidents[k] + 1;
			}
		}
		incidents_number(s->incidents, next);
		(void)state_save(s);
	}
	outbox_free(&box);
}

int
state_open(const char *folder, int64_t wait, struct state **out)
{
	struct state *s = NULL;
	char *alert = NULL, *path = NULL;
	int lock = -1, rc = EX_CANTCREAT;
	bool found = true;

	*out = NULL;
	if ((alert = state_folder(folder, NULL)) == NULL)
		goto out;
	if (asprintf(&path, "%s/lock", alert) == -1) {
		path = NULL;
		warn("%s", alert);
		goto out;
	}
	if ((lock = lock_hold(path, wait)) == -1) {
		if (errno == EWOULDBLOCK) {
			warnx("%s: another siantre-alert is at work", path);
			rc = EX_TEMPFAIL;
		}
		goto out;
	}
	sweep(alert);
	for (int tries = 0; tries < 2; tries++) {
		rc = EX_OSERR;
		if ((s = state_new()) == NULL)
			goto out;
		s->folder = alert;
		alert = NULL;
		rc = load(folder, s, &found);
		if (rc != EX_DATAERR || tries == 1 || put_aside(s) == -1)
			break;
		alert = s->folder;
		s->folder = NULL;
		state_close(s);
		s = NULL;
	}
	if (rc != 0)
		goto out;
	if (!found)
		begin(folder, s);
	s->lock = lock;
	lock = -1;
	*out = s;
	s = NULL;
out:
	state_close(s);
	io_close(&lock);
	free(path);
	free(alert);
	return rc;
}

/* Keep room for the day when the disk is full, or not: it is no failure of today. */
static void
keep_spare(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) == 0)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	if (posix_fallocate(fd, 0, SPARE) != 0)
		unlink(path);
	io_close(&fd);
}

bool
state_make_room(const struct state *s)
{
	char *spare = NULL;
	bool was;

	if (asprintf(&spare, "%s/spare", s->folder) == -1)
		return false;
	was = unlink(spare) == 0;
	free(spare);
	return was;
}

int
state_save(struct state *s)
{
	struct buf b = {0};
	char *path = NULL, *spare = NULL;
	int rc = EX_IOERR;

	if (asprintf(&path, "%s/" STATE_FILE, s->folder) == -1)
		path = NULL;
	if (asprintf(&spare, "%s/spare", s->folder) == -1)
		spare = NULL;
	if (path == NULL || spare == NULL) {
		warn("%s", s->folder);
		goto out;
	}
	if (state_format(s, &b) == -1)
		goto out;
	if (atomic_write(path, 0600, b.data, b.len) == -1 &&
	    (!state_make_room(s) || atomic_write(path, 0600, b.data, b.len) == -1))
		goto out;
	keep_spare(spare);
	rc = 0;
out:
	buf_free(&b);
	free(path);
	free(spare);
	return rc;
}
