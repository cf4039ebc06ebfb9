#include "set/chore.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include "base/event.h"
#include "set/journal.h"
#include "set/space.h"

bool
chore_is(const char *job)
{
	return strcmp(job, "ship") == 0 || strcmp(job, "drill") == 0 ||
	       strcmp(job, "verify") == 0 || strcmp(job, "check") == 0;
}

bool
chore_idle(const struct config *c, const char *job)
{
	return strcmp(job, "ship") == 0 && *config_get(c, "SHIP_TO") == '\0';
}

int
chore_ready(const struct config *c, const char *job)
{
	return strcmp(job, "verify") == 0 ? space_mounted(config_get(c, "BACKUP_MOUNT")) : 0;
}

/* How many events of ${job} there are in ${j}, which is closed. */
static struct chore_count
count_events(struct journal *j, const char *job)
{
	struct chore_count n = {0};
	struct event e;

	while (j != NULL && journal_next(j, &e) > 0) {
		if (strcmp(e.event, job) != 0)
			continue;
		n.all++;
		n.failed += strcmp(e.status, "fail") == 0;
	}
	journal_close(j);
	return n;
}

struct chore_count
chore_events(const struct config *c, const char *job)
{
	return count_events(journal_open(config_journal(c)), job);
}

int
chore_tell(const struct config *c, const char *job, struct chore_count before, int code,
    double seconds, const char *message)
{
	const struct event e = {.job = job,
	    .event = job,
	    .status = code == 0 ? "ok" : "fail",
	    .exit = code,
	    .seconds = seconds,
	    .bytes = -1,
	    .message = message};
	struct chore_count now = chore_events(c, job);
	bool told;

	/* Rotated meanwhile: what it wrote before that lies in the older file. */
	if (now.all < before.all)
		now = count_events(journal_open_past(config_journal(c)), job);
	/* That one place of several has its copies says nothing of what came then. */
	told = code == 0 ? now.all > before.all : now.failed > before.failed;
	/* Another one at work tells of itself. */
	if (code == EX_TEMPFAIL || told || event_append(config_journal(c), &e) == 0)
		return code;
	warnx("%s: the journal does not know of this", job);
	return code != 0 ? code : EX_IOERR;
}
