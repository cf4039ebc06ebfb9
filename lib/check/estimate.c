#include "check/estimate.h"

#include <string.h>
#include <unistd.h>

#include "set/journal.h"
#include "set/space.h"

void
estimate_job(const struct config *c, const char *job, struct estimate *out)
{
	struct journal *j;
	struct event e;

	*out = (struct estimate){.seconds = -1};
	out->bytes =
	    space_estimate(config_get(c, "BACKUP_DIR"), config_get(c, "APP_NAME"), job);
	out->known = out->bytes > 0;
	if (access(config_journal(c), R_OK) != 0 ||
	    (j = journal_open(config_journal(c))) == NULL)
		return;
	while (journal_next(j, &e) == 1) {
		if (e.job != NULL && strcmp(e.job, job) == 0 && strcmp(e.event, "run") == 0 &&
		    strcmp(e.status, "fail") != 0 && e.seconds >= 0)
			out->seconds = e.seconds;
	}
	journal_close(j);
}
