#include "set/planned.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crontab.h"
#include "set/configs.h"
#include "set/cronline.h"
#include "set/schedule.h"

int64_t
planned_next(const struct config *c, const char *job, int64_t now)
{
	const char *name = c != NULL ? configs_instance(config_name(c)) : NULL,
		   *names[4] = {NULL};
	int64_t when = schedule_next(job, now);
	struct cronline l = {0};
	char path[160];
	time_t next;

	/* Timers would have to be asked for, which takes a while. */
	if (when < 0 || name == NULL || access("/run/systemd/system", F_OK) == 0)
		return when;
	snprintf(path, sizeof(path), "%s/%s.conf", CONFIG_FOLDER,
	    *name != '\0' ? name : CONFIG_DEFAULT);
	names[0] = *name != '\0' ? name : CONFIG_DEFAULT;
	names[1] = path;
	names[2] = *name != '\0' ? NULL : "";
	if (cronline_find(SYSCONFDIR "/cron.d", "siantre-run", job, names, &l) == 0 &&
	    crontab_next(l.text, (time_t)now, &next))
		when = (int64_t)next;
	cronline_clear(&l);
	return when;
}
