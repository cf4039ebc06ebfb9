#include "notify/promise.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/event.h"
#include "base/io.h"
#include "base/plain.h"
#include "notify/promise_parts.h"

#define INSTALLED_NAME "installed"
#define INSTALLED_MAX 64
#define SHIFT 3600 /* a clock that was set by less was put right */

const char *
promise_word(enum promise_state state)
{
	static const char *const words[] = {
	    [PROMISE_KEPT] = "ok",
	    [PROMISE_WARN] = "warn",
	    [PROMISE_BROKEN] = "fail",
	    [PROMISE_UNKNOWN] = "unknown",
	};

	return words[state];
}

static int __attribute__((format(printf, 6, 0))) add(struct promises *p, const char *host,
    const char *job, const char *what, enum promise_state state, const char *format, va_list ap)
{
	struct promise *list, *x;
	size_t room;

	if (p->count == p->room) {
		room = p->room == 0 ? 32 : p->room * 2;
		if ((list = reallocarray(p->list, room, sizeof(*list))) == NULL) {
			warn("%s %s", job, what);
			return EX_OSERR;
		}
		p->list = list;
		p->room = room;
	}
	x = &p->list[p->count++];
	strlcpy(x->host, host != NULL ? host : "", sizeof(x->host));
	strlcpy(x->job, job, sizeof(x->job));
	x->what = what;
	x->state = state;
	vsnprintf(x->message, sizeof(x->message), format, ap);
	plain_text(x->message);
	return 0;
}

int
promises_add(struct promises *p, const char *host, const char *job, const char *what,
    enum promise_state state, const char *format, ...)
{
	va_list ap;
	int rc;

	va_start(ap, format);
	rc = add(p, host, job, what, state, format, ap);
	va_end(ap);
	return rc;
}

void
promises_free(struct promises *p)
{
	free(p->list);
	memset(p, 0, sizeof(*p));
}

void
promise_say(struct promise_view *v, const char *job, const char *what, enum promise_state state,
    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (add(v->p, NULL, job, what, state, format, ap) != 0)
		v->failed = true;
	va_end(ap);
}

bool
promise_was_kept(const struct promise_view *v, const char *job, const char *what)
{
	const char *told =
	    memory_told(v->memory, &(struct memory_key){.job = job, .what = what});

	return told == NULL || strcmp(told, "ok") == 0;
}

int64_t
promise_moved(const struct promise_moment *at, const struct memory *memory)
{
	int64_t last = memory_number(memory, "look", "time");
	int64_t up = memory_number(memory, "look", "up"), by;

	if (last == -1)
		return 0;
	/* A machine that was off has a clock that went on; it never goes back. */
	if (at->now < last - SHIFT)
		return at->now - last;
	if (up == -1 || at->up == -1 || *at->boot == '\0' ||
	    strcmp(at->boot, memory_boot(memory)) != 0)
		return 0;
	by = (at->now - last) - (at->up - up);
	return by > SHIFT || by < -SHIFT ? by : 0;
}

int
promise_mind(
    const struct promise_moment *at, struct memory *memory, int64_t patience, int64_t *moved)
{
	int64_t by = promise_moved(at, memory), times = memory_number(memory, "look", "times");
	bool lately;

	*moved = memory_number(memory, "look", "moved");
	if (*moved > at->now)
		*moved = -1;
	lately = *moved != -1 && at->now - *moved <= patience;
	if (by != 0) {
		if (!lately)
			*moved = at->now;
		times = times > 0 ? times + 1 : 1;
	} else if (!lately)
		times = 0;
	if ((by != 0 && memory_set_number(memory, "look", "by", by) != 0) ||
	    memory_set_number(memory, "look", "moved", *moved) != 0 ||
	    memory_set_number(memory, "look", "times", times) != 0 ||
	    memory_set_number(memory, "look", "time", at->now) != 0 ||
	    memory_set_number(memory, "look", "up", at->up) != 0 ||
	    memory_set_boot(memory, at->boot) != 0)
		return EX_OSERR;
	return 0;
}

/*
 * When we were installed: the time in STATE_DIR/installed, which is made where it is missing.  What
 * holds no time, or one ahead of the clock, counts as installed long ago.
 */
static int64_t
installed(const struct promise_view *v)
{
	const char *state = config_get(v->c, "STATE_DIR");
	char *path = NULL, *text = NULL;
	int64_t when = 0, first;
	size_t len = 0;
	int fd = -1;

	if (asprintf(&path, "%s/" INSTALLED_NAME, state) == -1) {
		warn("%s", state);
		return 0;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		char now[24];

		/* Where it cannot be written, what is remembered of the first look counts. */
		first = memory_number(v->memory, "look", "first");
		when = first != -1 ? first : v->at->now;
		(void)memory_set_number(v->memory, "look", "first", when);
		event_stamp(now, when);
		strlcat(now, "\n", sizeof(now));
		(void)atomic_write(path, 0644, now, strlen(now));
	} else if (fd == -1 || io_read_file(fd, INSTALLED_MAX, &text, &len) != 0) {
		warn("%s", path);
	} else {
		text[strcspn(text, "\n")] = '\0';
		if (event_time(text, &when) != 0) {
			warnx("%s: not a time", path);
			when = 0;
		}
	}
	if (when > v->at->now)
		when = 0;
	io_close(&fd);
	free(text);
	free(path);
	return when;
}

int
promise_look(const struct config *c, const struct promise_moment *at, struct memory *memory,
    struct promises *p)
{
	struct promise_view v = {.c = c,
	    .at = at,
	    .memory = memory,
	    .p = p,
	    .patience = config_number(c, "RPO") + config_number(c, "GRACE")};
	int rc;

	memset(p, 0, sizeof(*p));
	if ((rc = promise_mind(at, memory, v.patience, &v.moved)) != 0)
		return rc;
	v.unsettled = v.moved != -1 && at->now - v.moved <= v.patience;
	v.installed = installed(&v);
	if ((rc = promise_mount(&v)) == 0 && (rc = promise_sets_read(&v)) == 0 &&
	    (rc = promise_clock(&v)) == 0 && (rc = promise_age(&v)) == 0 &&
	    (rc = promise_remote(&v)) == 0 && (rc = promise_drill(&v)) == 0 &&
	    (rc = promise_reread(&v)) == 0 && (rc = promise_disk(&v)) == 0 &&
	    (rc = promise_dashboard(&v)) == 0)
		rc = promise_channel(&v);
	promise_sets_free(&v);
	return rc == 0 && v.failed ? EX_OSERR : rc;
}
