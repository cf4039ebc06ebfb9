#include "set/planned.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crontab.h"
#include "set/cronline.h"
#include "set/schedule.h"

const char *
planned_instance(const struct config *c)
{
	static char instance[72];
	const char *name = config_name(c);
	size_t len = strlen(CONFIG_FOLDER "/");

	if (strchr(name, '/') == NULL)
		return strcmp(name, CONFIG_DEFAULT) == 0 ? "" : name;
	if (strncmp(name, CONFIG_FOLDER "/", len) != 0 || strchr(name + len, '/') != NULL)
		return NULL;
	snprintf(instance, sizeof(instance), "%s", name + len);
	len = strlen(instance);
	if (len < 6 || strcmp(instance + len - 5, ".conf") != 0)
		return NULL;
	instance[len - 5] = '\0';
	return strcmp(instance, CONFIG_DEFAULT) == 0 ? "" : instance;
}

int64_t
planned_next(const struct config *c, const char *job, int64_t now)
{
	const char *name = c != NULL ? planned_instance(c) : NULL, *names[4] = {NULL};
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
