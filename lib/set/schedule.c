#include "set/schedule.h"

#include <string.h>
#include <time.h>

#include "base/crontab.h"

/* The one place where the hours stand, beside cron.d/siantre-backup and systemd/. */
static const char *const lines[] = {
    "0 2 * * * db",
    "0 3 * * * files",
    "0 4 * * 0 full",
    "0 6 * * * ship",
    "0 5 * * 6 verify",
    "0 5 1 1,4,7,10 * drill",
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

int64_t
schedule_next(const char *job, int64_t now)
{
	time_t next;

	for (size_t i = 0; i < LINES; i++) {
		if (strcmp(strrchr(lines[i], ' ') + 1, job) == 0)
			return crontab_next(lines[i], (time_t)now, &next) ? (int64_t)next : -1;
	}
	return -1;
}
