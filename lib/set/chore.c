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
static size_t
count_events(struct journal *j, const char *job)
{
	struct event e;
	size_t count = 0;

	while (j != NULL && journal_next(j, &e) > 0)
		count += strcmp(e.event, job) == 0;
	journal_close(j);
	return count;
}

size_t
chore_events(const struct config *c, const char *job)
{
	return count_events(journal_open(config_journal(c)), job);
}

int
chore_tell(const struct config *c, const char *job, size_t before, int code, double seconds,
    const char *message)
{
	const struct event e = {.job = job,
	    .event = job,
	    .status = code == 0 ? "ok" : "fail",
	    .exit = code,
	    .seconds = seconds,
	    .bytes = -1,
	    .message = message};
	size_t count = chore_events(c, job);

	/* Rotated meanwhile: what it wrote before that lies in the older file. */
	if (count < before)
		count = count_events(journal_open_past(config_journal(c)), job);
	/* Another one at work tells of itself. */
	if (code == EX_TEMPFAIL || count > before || event_append(config_journal(c), &e) == 0)
		return code;
	warnx("%s: the journal does not know of this", job);
	return code != 0 ? code : EX_IOERR;
}
