#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/io.h"
#include "set/journal.h"
#include "set/journal_line.h"

struct journal {
	char *path;
	int fd;
	int next;  /* read behind fd; -1: nothing */
	char *buf; /* JOURNAL_LINE bytes, of which [at, end) are not yet taken */
	size_t at;
	size_t end;
	bool eof;
	bool skipping; /* within a line that is too long */
	size_t garbage;
	size_t torn;
	json_t *event; /* whose texts the caller sees, where they are not in buf */
};

struct journal *
journal_open(const char *path)
{
	struct journal *j = calloc(1, sizeof(*j));
	struct stat st;

	if (j != NULL) {
		j->fd = j->next = -1;
		j->buf = malloc(JOURNAL_LINE);
		j->path = strdup(path);
	}
	if (j == NULL || j->buf == NULL || j->path == NULL)
		goto fail;
	if (strcmp(path, "-") == 0)
		j->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	else
		j->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (j->fd == -1 && (errno != ENOENT || strcmp(path, "-") == 0))
		goto fail;
	/* A FIFO in its place would be waited for without end. */
	if (j->fd != -1 && strcmp(path, "-") != 0) {
		if (fstat(j->fd, &st) != 0)
			goto fail;
		if (!S_ISREG(st.st_mode)) {
			warnx("journal %s: not a regular file", path);
			goto close;
		}
	}
	j->eof = j->fd == -1;
	return j;
fail:
	warn("journal %s", path);
close:
	journal_close(j);
	return NULL;
}

/*
 * The journal is opened before the older file: where it is rotated in between, it is the older file,
 * and is there once.
 */
struct journal *
journal_open_past(const char *path)
{
	struct journal *j = journal_open(path), *old = NULL;
	struct stat now, then;
	char *name = NULL;

	if (j == NULL)
		return NULL;
	if (asprintf(&name, "%s.1", path) == -1) {
		name = NULL;
		warn("journal %s", path);
		goto fail;
	}
	if ((old = journal_open(name)) == NULL)
		goto fail;
	if (old->fd != -1 && j->fd != -1 &&
	    (fstat(j->fd, &now) != 0 || fstat(old->fd, &then) != 0)) {
		warn("journal %s", path);
		goto fail;
	}
	if (old->fd != -1 &&
	    (j->fd == -1 || now.st_ino != then.st_ino || now.st_dev != then.st_dev)) {
		j->next = j->fd;
		j->fd = old->fd;
		j->eof = false;
		old->fd = -1;
	}
	journal_close(old);
	free(name);
	return j;
fail:
	journal_close(old);
	journal_close(j);
	free(name);
	return NULL;
}

/*
 * The older file has ended, and the newer one begins.  What was left of a line is none of its
 * first.
 */
static void
go_on(struct journal *j)
{
	io_close(&j->fd);
	j->fd = j->next;
	j->next = -1;
	j->eof = false;
	j->at = j->end = 0;
	if (j->skipping)
		j->garbage++;
	j->skipping = false;
}

/*
 * Find the next line in the buffer, reading on where it is not whole.  Return 1 with its bytes,
 * which are then no longer in the buffer, 0 at the end, or -1 after reporting.
 */
static int
next_line(struct journal *j, char **line, size_t *len, bool *whole)
{
	char *end;
	ssize_t n;

	for (;;) {
		end = j->at < j->end ? memchr(j->buf + j->at, '\n', j->end - j->at) : NULL;
		if (end != NULL || (j->eof && j->at < j->end)) {
			*line = j->buf + j->at;
			*len = end != NULL ? (size_t)(end - *line) : j->end - j->at;
			*whole = end != NULL;
			j->at += *len + (end != NULL);
			return 1;
		}
		if (j->eof && j->next == -1)
			return 0;
		if (j->eof) {
			go_on(j);
			continue;
		}
		memmove(j->buf, j->buf + j->at, j->end - j->at);
		j->end -= j->at;
		j->at = 0;
		if (j->end == JOURNAL_LINE) { /* go on behind what cannot be a line */
			j->skipping = true;
			j->end = 0;
		}
		n = io_read_some(j->fd, j->buf + j->end, JOURNAL_LINE - j->end);
		if (n == -1) {
			warn("journal %s", j->path);
			return -1;
		}
		j->eof = n == 0;
		j->end += (size_t)n;
	}
}

int
journal_next(struct journal *j, struct event *e)
{
	char *line;
	size_t len;
	bool whole;
	int rc;

	while ((rc = next_line(j, &line, &len, &whole)) == 1) {
		json_decref(j->event);
		j->event = NULL;
		if (!j->skipping) {
			/* Behind a last line without a newline there may be no room. */
			if (whole && journal_line(line, len, e))
				return 1;
			if (journal_event(line, len, e, &j->event))
				return 1;
			if (errno == ENOMEM) {
				warn("journal %s", j->path);
				return -1;
			}
		}
		j->skipping = false;
		if (whole || j->next != -1)
			j->garbage++;
		else
			j->torn = 1;
	}
	/* A line that was too long may end just where the file does. */
	if (rc == 0 && j->skipping) {
		j->skipping = false;
		j->torn = 1;
	}
	return rc;
}

size_t
journal_garbage(const struct journal *j)
{
	return j->garbage;
}

size_t
journal_torn(const struct journal *j)
{
	return j->torn;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	io_close(&j->fd);
	io_close(&j->next);
	json_decref(j->event);
	free(j->buf);
	free(j->path);
	free(j);
}
