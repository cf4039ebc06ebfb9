#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/event.h"
#include "base/host.h"
#include "base/io.h"
#include "base/json.h"

/* Set ${key} to ${value}, which is taken over; a failed allocation is remembered in ${*bad}. */
static void
set(json_t *object, const char *key, json_t *value, bool *bad)
{
	if (json_object_set_new(object, key, value) == -1)
		*bad = true;
}

static void
set_text(json_t *object, const char *key, const char *text, bool *bad)
{
	if (text != NULL)
		set(object, key, json_text(text), bad);
}

char *
event_line(const struct event *e)
{
	char now[24], host[HOST_SIZE], *line = NULL;
	json_t *o = NULL;
	bool bad = false;
	size_t len;

	json_starved(); /* whatever lacked memory before, this is not part of it */
	if ((o = json_object()) == NULL)
		goto out;
	set_text(o, "time", e->time[0] != '\0' ? e->time : event_now(now), &bad);
	set_text(o, "host", e->host != NULL ? e->host : host_name(host), &bad);
	set_text(o, "job", e->job, &bad);
	set_text(o, "event", e->event, &bad);
	set_text(o, "status", e->status, &bad);
	set(o, "exit", json_integer(e->exit), &bad);
	/* A tenth is as much as anyone reads. */
	if (e->seconds >= 0)
		set(o, "seconds", json_real((double)(int64_t)(e->seconds * 10 + 0.5) / 10),
		    &bad);
	if (e->bytes >= 0)
		set(o, "bytes", json_integer(e->bytes), &bad);
	set_text(o, "set", e->set, &bad);
	set_text(o, "message", e->message, &bad);
	set_text(o, "what", e->what, &bad);
	if (e->has_free)
		set(o, "free", json_integer(e->free), &bad);
	if (!bad)
		line = json_line(o, &len);
out:
	if (line == NULL)
		warn("event line");
	json_decref(o);
	return line;
}

/*
 * Open the journal and lock it.  The lock is held for the time of one write; after ten seconds
 * somebody is stuck, and no call blocks for ever.  A stop signal is no reason to give up
 * sooner: the event that tells of it is still to be written.
 */
static int
open_locked(const char *path)
{
	const int flags = O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	int fd, tries = 1000;

	while ((fd = flopen(path, flags, 0640)) == -1) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || --tries == 0)
			break;
		nanosleep(&pause, NULL);
	}
	return fd;
}

/* A journal that we have just made: readable by its group whatever the umask, and the nightly user's. */
static int
settle(int fd, const char *path)
{
	char *folder = NULL;
	int rc = -1;

	if (fchmod(fd, 0640) == -1 || atomic_adopt(fd, path) == -1 ||
	    (folder = atomic_folder(path)) == NULL)
		warn("%s", path);
	else
		rc = atomic_sync_folder(folder);
	free(folder);
	return rc;
}

int
event_append(const char *path, const struct event *e)
{
	char *line = NULL, last = '\n';
	struct stat st;
	size_t len;
	int fd = -1, rc = -1;

	if ((line = event_line(e)) == NULL)
		goto out;
	len = strlen(line);
	if ((fd = open_locked(path)) == -1 || fstat(fd, &st) == -1) {
		warn("open %s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		goto out;
	}
	if (st.st_size == 0 && st.st_uid == geteuid() && settle(fd, path) == -1)
		goto out;
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1) {
		warn("read %s", path);
		goto out;
	}
	if (last != '\n') {
		memmove(line + 1, line, len);
		line[0] = '\n';
		len++;
	}
	if (json_append(fd, line, len) == -1) {
		warn("write %s", path);
		goto out;
	}
	if (fsync(fd) == -1) {
		warn("fsync %s", path);
		goto out;
	}
	rc = 0;
out:
	if (io_close(&fd) == -1) {
		warn("close %s", path);
		rc = -1;
	}
	free(line);
	return rc;
}

const char *
event_stamp(char buf[24], int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL || strftime(buf, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		memcpy(buf, "1970-01-01T00:00:00Z", 21);
	return buf;
}

const char *
event_now(char buf[24])
{
	return event_stamp(buf, (int64_t)time(NULL));
}

double
event_seconds(const struct timespec *from)
{
	struct timespec to;

	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from->tv_sec) + (double)(to.tv_nsec - from->tv_nsec) / 1e9;
}

/* The number that the ${n} digits at ${text} are. */
static int
digits(const char *text, size_t n)
{
	int value = 0;

	while (n-- > 0)
		value = value * 10 + (*text++ - '0');
	return value;
}

/*
 * By arithmetic, as a journal has a million of them: days from the civil calendar, with years that
 * begin in March, so that the odd day of February is the last one.
 */
int
event_time(const char *text, int64_t *out)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, hour, minute, second;
	int64_t y, m, days;
	size_t i;
	bool leap;

	for (i = 0; i < sizeof(shape); i++) {
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return -1;
	}
	year = digits(text, 4);
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	hour = digits(text + 11, 2);
	minute = digits(text + 14, 2);
	second = digits(text + 17, 2);
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && leap) || hour > 23 || minute > 59 ||
	    second > 59)
		return -1;
	y = year - (month <= 2);
	m = (month + 9) % 12;
	days = 365 * y + (y >= 0 ? y / 4 - y / 100 + y / 400 : -1) + (153 * m + 2) / 5 + day -
	       1 - 719468;
	*out = days * 86400 + hour * 3600 + minute * 60 + second;
	return 0;
}
