/* The promises that take little: the mount, the page, the clock. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/event.h"
#include "base/num.h"
#include "notify/promise_parts.h"
#include "set/journal.h"
#include "set/mounted.h"

#define OFTEN 3                    /* moves of a clock that is not to be trusted */
#define STALE ((int64_t)26 * 3600) /* a page that is written each night */

int
promise_mount(struct promise_view *v)
{
	const char *point = config_get(v->c, "BACKUP_MOUNT");
	int mounted;

	v->mounted = true;
	if (*point == '\0')
		return 0;
	mounted = mounted_at(point);
	v->mounted = mounted == 1;
	if (mounted == -1)
		promise_say(v, "mount", "mount", PROMISE_BROKEN, "mount point %s: %s", point,
		    strerror(errno));
	else if (mounted == 0)
		promise_say(v, "mount", "mount", PROMISE_BROKEN,
		    "mount point %s: nothing is mounted there", point);
	else
		promise_say(
		    v, "mount", "mount", PROMISE_KEPT, "mount point %s: mounted", point);
	return 0;
}

int
promise_dashboard(struct promise_view *v)
{
	const char *page = config_get(v->c, "DASHBOARD");
	struct stat st;
	char age[24];
	int64_t from = v->installed;
	bool there;

	if (*page == '\0')
		return 0;
	there = stat(page, &st) == 0;
	if (!there && errno != ENOENT) {
		promise_say(v, "dashboard", "dashboard", PROMISE_WARN, "dashboard %s: %s", page,
		    strerror(errno));
		return 0;
	}
	if (there)
		from = (int64_t)st.st_mtime;
	num_elapsed(age, sizeof(age), (double)(v->at->now > from ? v->at->now - from : 0));
	if (v->unsettled)
		promise_say(
		    v, "dashboard", "dashboard", PROMISE_UNKNOWN, "the clock was moved");
	else if (from > v->at->now + PROMISE_AHEAD)
		promise_say(v, "dashboard", "dashboard", PROMISE_WARN,
		    "dashboard %s: it is dated in the future", page);
	else if (v->at->now - from <= STALE)
		promise_say(v, "dashboard", "dashboard", there ? PROMISE_KEPT : PROMISE_UNKNOWN,
		    there ? "dashboard %s: %s old" : "dashboard %s: not yet there", page, age);
	else if (there)
		promise_say(v, "dashboard", "dashboard", PROMISE_WARN,
		    "dashboard %s: %s old: it no longer shows what stands", page, age);
	else
		promise_say(
		    v, "dashboard", "dashboard", PROMISE_WARN, "dashboard %s: missing", page);
	return 0;
}

/*
 * The time of the last line of the journal, -1 where it has none.  What we write here ourselves has
 * the time of this clock, and says nothing about it.
 */
static int64_t
last_event(const struct promise_view *v)
{
	struct journal *j = journal_open_past(config_journal(v->c));
	struct event e;
	int64_t last = -1, when;

	while (j != NULL && journal_next(j, &e) > 0) {
		if (strcmp(e.event, "check") != 0 && event_time(e.time, &when) == 0)
			last = when;
	}
	journal_close(j);
	return last;
}

int
promise_clock(struct promise_view *v)
{
	int64_t now = v->at->now, event, by = memory_number(v->memory, "look", "by");
	char ahead[24];

	if (now < RELEASED) {
		promise_say(v, "clock", "clock", PROMISE_BROKEN,
		    "the clock shows a time before this version of siantre-backup was made");
		return 0;
	}
	if (*v->ahead != '\0') {
		promise_say(v, "clock", "clock", PROMISE_BROKEN,
		    "the set %s is dated %s in the future: it, or the clock, is wrong",
		    v->ahead, num_elapsed(ahead, sizeof(ahead), (double)(v->ahead_time - now)));
		return 0;
	}
	event = last_event(v);
	if (event > now + PROMISE_AHEAD)
		promise_say(v, "clock", "clock", PROMISE_BROKEN,
		    "the journal has a line that is dated %s in the future: the clock was, or "
		    "is, wrong",
		    num_elapsed(ahead, sizeof(ahead), (double)(event - now)));
	else if (v->unsettled && memory_number(v->memory, "look", "times") >= OFTEN)
		promise_say(v, "clock", "clock", PROMISE_BROKEN,
		    "the clock was moved %jd times, the last time %s by %s",
		    (intmax_t)memory_number(v->memory, "look", "times"),
		    by < 0 ? "back" : "forward",
		    num_elapsed(ahead, sizeof(ahead), (double)(by < 0 ? -by : by)));
	else if (v->unsettled)
		promise_say(v, "clock", "clock", PROMISE_WARN, "the clock was moved %s by %s",
		    by < 0 ? "back" : "forward",
		    num_elapsed(ahead, sizeof(ahead), (double)(by < 0 ? -by : by)));
	else
		promise_say(v, "clock", "clock", PROMISE_KEPT, "the clock is right");
	return 0;
}
