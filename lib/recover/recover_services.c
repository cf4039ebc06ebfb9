/* Steps: the scheduler's cron line, and the queue worker. */
#include "recover/recover.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "recover/fetch.h"
#include "set/cronline.h"
#include "set/systemctl.h"

#define FILE_MAX (1 << 20)
#define PATH_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

/* Whether ${line} names the folder ${app}, and not only one whose path has that in it. */
static bool
names_folder(const char *line, const char *app)
{
	const char *at = line;
	size_t len = strlen(app);

	for (; (at = strstr(at, app)) != NULL; at++)
		if ((at == line || strchr(PATH_BYTES, at[-1]) == NULL) &&
		    (at[len] == '\0' || strchr(PATH_BYTES, at[len]) == NULL))
			return true;
	return false;
}

/* Whether a line of the file ${path}, no comment, runs the scheduler of the application. */
static bool
schedules(const char *path, const char *app)
{
	char *text = NULL, *rest, *line;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool found = false;
	size_t len;

	if (fd != -1 && io_read_file(fd, FILE_MAX, &text, &len) == 0) {
		rest = text;
		while (!found && (line = strsep(&rest, "\n")) != NULL)
			found = line[strspn(line, " \t")] != '#' &&
				strstr(line, "artisan schedule:run") != NULL &&
				names_folder(line, app);
	}
	free(text);
	(void)io_close(&fd);
	return found;
}

/* The same for every file of ${folder} that cron takes; its path goes to ${path}. */
static bool
one_schedules(const char *folder, bool dots, const char *app, char *path)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (d != NULL && !found && (entry = readdir(d)) != NULL)
		found = entry->d_name[0] != '.' &&
			(dots || strchr(entry->d_name, '.') == NULL) &&
			snprintf(path, PATH_MAX, "%s/%s", folder, entry->d_name) < PATH_MAX &&
			schedules(path, app);
	if (d != NULL)
		closedir(d);
	return found;
}

static int
is_active(void *ctx, const struct systemctl_unit *unit)
{
	bool *active = ctx;

	*active = strcmp(unit->active, "active") == 0;
	return 0;
}

/* Whether systemd says that the unit ${name} is active. */
static bool
active(const char *name)
{
	char *copy = strdup(name);
	char *const list[] = {copy, NULL};
	bool is = false;

	if (copy != NULL)
		(void)systemctl_show(list, is_active, &is);
	free(copy);
	return is;
}

bool
recover_cron_runs(void)
{
	if (systemctl_running())
		return active("cron.service");
	return cronline_daemon("/proc", "/run/crond.pid");
}

bool
recover_cron_there(struct recover *r)
{
	const char *app = config_get(r->config, "APP_DIR");
	const char *ours = config_get(r->config, "CRON_FILE");
	char path[PATH_MAX];

	strlcpy(path, ours, sizeof(path));
	if (!schedules(path, app)) {
		strlcpy(path, "/etc/crontab", sizeof(path));
		if (!schedules(path, app) && !one_schedules("/etc/cron.d", false, app, path) &&
		    !one_schedules("/var/spool/cron/crontabs", true, app, path)) {
			recover_say(r, "no line runs artisan schedule:run");
			return false;
		}
	}
	recover_say(r, "%s", path);
	return true;
}

int
recover_cron(struct recover *r)
{
	const char *path = config_get(r->config, "CRON_FILE");
	const char *app = config_get(r->config, "APP_DIR");
	struct buf b = {0};
	char *old = NULL;
	size_t len;
	int fd, rc = EX_CONFIG;

	if (strpbrk(app, "'%\\") != NULL) {
		recover_say(r, "APP_DIR=%s does not fit into a cron line", app);
		return rc;
	}
	/* What other lines are there stays. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if ((fd == -1 && errno != ENOENT && errno != ENOTDIR) ||
	    (fd != -1 && io_read_file(fd, FILE_MAX, &old, &len) != 0)) {
		warn("%s", path);
		(void)io_close(&fd);
		return EX_CANTCREAT;
	}
	(void)io_close(&fd);
	if (old != NULL) {
		buf_add(&b, old, len);
		if (len > 0 && old[len - 1] != '\n')
			buf_text(&b, "\n");
		free(old);
	}
	buf_printf(&b,
	    "# The scheduler of %s; written by siantre-restore.\n"
	    "* * * * * %s cd '%s' && php artisan schedule:run >/dev/null 2>&1\n",
	    config_get(r->config, "APP_NAME"), config_get(r->config, "APP_USER"), app);
	if (buf_string(&b) != NULL)
		rc = atomic_write(path, 0644, b.data, b.len) == 0 ? 0 : EX_CANTCREAT;
	buf_free(&b);
	if (rc == 0)
		recover_say(r, "%s", path);
	return rc;
}

/* The name of the worker's unit: the last part of WORKER_UNIT. */
static const char *
unit_name(const struct recover *r)
{
	return strrchr(config_get(r->config, "WORKER_UNIT"), '/') + 1;
}

bool
recover_worker_runs(const struct recover *r)
{
	return systemctl_running() && active(unit_name(r));
}

bool
recover_worker_there(struct recover *r)
{
	const char *path = config_get(r->config, "WORKER_UNIT");

	if (access(path, F_OK) != 0) {
		recover_say(r, "%s: not there", path);
		return false;
	}
	if (systemctl_running() && !recover_worker_runs(r)) {
		recover_say(r, "%s is not active", unit_name(r));
		return false;
	}
	recover_say(r, "%s", path);
	return true;
}

static int
put_unit(void *ctx, const struct fetch_entry *e)
{
	(void)ctx;
	if (e->target != NULL)
		return 0;
	return atomic_write(e->path, 0644, e->text, e->len) == 0 ? 0 : EX_CANTCREAT;
}

int
recover_worker(struct recover *r)
{
	const char *path = config_get(r->config, "WORKER_UNIT");
	const char *app = config_get(r->config, "APP_DIR");
	struct buf b = {0};
	int rc = EX_CANTCREAT;

	if (!systemctl_is_unit(unit_name(r))) {
		recover_say(r, "WORKER_UNIT=%s is not the name of a unit", path);
		return EX_CONFIG;
	}
	/* The old server's own, where a full backup has it. */
	if (access(path, F_OK) != 0 && r->backups.archive != NULL)
		(void)fetch_each(r->backups.archive, r->identity, path, put_unit, NULL);
	if (access(path, F_OK) != 0) {
		if (strpbrk(app, " \"'%$\\") != NULL) {
			recover_say(r, "APP_DIR=%s does not fit into a unit", app);
			return EX_CONFIG;
		}
		buf_printf(&b,
		    "[Unit]\nDescription=Queue worker of %s\nAfter=network.target "
		    "mariadb.service "
		    "mysql.service redis-server.service\n\n"
		    "[Service]\nUser=%s\nWorkingDirectory=%s\nRestart=always\nRestartSec=5\n"
		    "ExecStart=/usr/bin/php artisan queue:work --sleep=3 --tries=3 "
		    "--max-time=3600\n\n"
		    "[Install]\nWantedBy=multi-user.target\n",
		    config_get(r->config, "APP_NAME"), config_get(r->config, "APP_USER"), app);
		if (buf_string(&b) != NULL && atomic_write(path, 0644, b.data, b.len) == 0)
			rc = 0;
		buf_free(&b);
		if (rc != 0)
			return rc;
	}
	if (!systemctl_running()) {
		recover_say(r, "%s; systemd does not run here", path);
		return 0;
	}
	rc = systemctl_run("daemon-reload", NULL);
	if (rc == 0)
		rc = systemctl_run("enable", unit_name(r));
	if (rc == 0)
		rc = systemctl_run("start", unit_name(r));
	if (rc == 0)
		recover_say(r, "%s, enabled and started", path);
	return rc;
}
