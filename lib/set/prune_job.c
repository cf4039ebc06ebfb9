#include "set/prune_job.h"

#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/sig.h"
#include "set/prune.h"
#include "set/retained.h"

#define NAMED 10 /* sets whose names are in the event */

struct pruning {
	const struct prune_wish *wish;
	struct buf names;
	size_t count;
};

static void
note(const struct retention_set *s, void *context)
{
	struct pruning *p = context;
	struct buf why = {0};

	retention_why(s, prune_rules(p->wish, s), &why);
	warnx("%s: %s to the trash: %s", s->job, s->name,
	    buf_string(&why) != NULL ? why.data : "");
	buf_free(&why);
	if (p->count < NAMED)
		buf_printf(&p->names, "%s%s", p->count > 0 ? ", " : ": ", s->name);
	else if (p->count == NAMED)
		buf_text(&p->names, ", …");
	p->count++;
}

/* Write the event, where there is something to say. */
static int
tell(const struct config *c, const char *job, const struct prune *p, const struct pruning *said,
    int rc, double seconds)
{
	struct event e = {.job = job,
	    .event = "prune",
	    .status = "ok",
	    .exit = rc,
	    .seconds = seconds,
	    .bytes = -1};
	const struct retention_set *sets = NULL;
	struct buf message = {0};
	size_t n = 0;

	if (p != NULL)
		sets = prune_sets(p, &n);
	if (said->count > 0)
		buf_printf(&message, "%zu of %zu sets moved to the trash%s", said->count, n,
		    said->names.data);
	for (size_t i = 0; i < n && strcmp(e.status, "ok") == 0; i++) {
		if (sets[i].hold == RETENTION_FREE)
			continue;
		e.status = "warn";
		buf_text(&message, "nothing is removed: ");
		retention_hold_why(&sets[i], &message);
	}
	if (rc != 0) {
		e.status = "fail";
		if (sig_stop() != 0)
			e.exit = 128 + sig_stop();
		buf_printf(&message, "%sit failed, and the new set stands",
		    message.len > 0 ? "; " : "");
		warnx(
		    "%s: the set stands; pruning the older ones failed (exit %d)", job, e.exit);
	}
	if (message.len > 0 && buf_string(&message) != NULL) {
		e.message = message.data;
		if (event_append(config_journal(c), &e) != 0) {
			warnx("%s: the journal does not know of this", job);
			rc = rc != 0 ? rc : EX_IOERR;
		}
	}
	buf_free(&message);
	return rc;
}

int
prune_job(const struct config *c, const char *job)
{
	struct prune_wish wish = {.root = config_get(c, "BACKUP_DIR"),
	    .job = job,
	    .application = config_get(c, "APP_NAME"),
	    .guards = {.now = (int64_t)time(NULL), .floor = RETENTION_FLOOR}};
	struct pruning said = {.wish = &wish};
	const struct retention_set *sets;
	struct timespec from;
	struct prune_done done;
	struct prune *p = NULL;
	size_t n;
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &from);
	/* They were judged when the configuration was read. */
	retention_rules_parse(config_get(c, "KEEP"), &wish.rules);
	retention_rules_parse(config_get(c, "KEEP_FULL"), &wish.full);
	if ((rc = prune_judge(&wish, &p)) == 0) {
		sets = prune_sets(p, &n);
		retained_warn(sets, n, true);
		rc = prune_remove(p, config_number(c, "TRASH"), note, &said, &done);
		if (done.gone > 0)
			warnx("%s: %zu gone from the trash for good", job, done.gone);
	}
	rc = tell(c, job, p, &said, rc, event_seconds(&from));
	prune_free(p);
	buf_free(&said.names);
	return rc;
}
