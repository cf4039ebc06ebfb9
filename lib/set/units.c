#include "set/units.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/sig.h"
#include "set/systemctl.h"

#define UNITS_MAX 64
#define LOCK_WAIT 60

struct units {
	const struct config *config; /* NULL: no unit is ever stopped */
	bool automatic;
	char *stopped; /* the paths of the two files */
	char *lock_path;
	int lock;
	char *names[UNITS_MAX + 1]; /* up to a NULL, in the order of stopping */
	size_t count;
	size_t down; /* of them, from the first: those that we have to start */
	struct buf text;
};

/* What is stopped by itself, in this order. */
static const char *const web[] = {"nginx.service", "apache2.service"};
static const char php[] = "php*-fpm.service";

static void
forget(struct units *u)
{
	while (u->count > 0)
		free(u->names[--u->count]);
	u->names[0] = NULL;
}

/* Append ${len} bytes of ${name}, unless it is there already. */
static int
add(struct units *u, const char *name, size_t len)
{
	for (size_t i = 0; i < u->count; i++)
		if (strlen(u->names[i]) == len && strncmp(u->names[i], name, len) == 0)
			return 0;
	if (u->count == UNITS_MAX) {
		warnx("more than %d units", UNITS_MAX);
		return -1;
	}
	if ((u->names[u->count] = strndup(name, len)) == NULL) {
		warn("units");
		return -1;
	}
	u->names[++u->count] = NULL;
	return 0;
}

/* Take one that is active into u->names. */
static int
take(void *ctx, const struct systemctl_unit *unit)
{
	struct units *u = ctx;

	if (strcmp(unit->load, "not-found") == 0 && !u->automatic) {
		warnx("RESTORE_UNITS: there is no unit %s", unit->id);
		hintx("systemctl list-units --type=service");
		return EX_CONFIG;
	}
	if (strcmp(unit->active, "active") != 0 && strcmp(unit->active, "reloading") != 0 &&
	    strcmp(unit->active, "activating") != 0)
		return 0;
	return add(u, unit->id, strlen(unit->id)) == 0 ? 0 : EX_CONFIG;
}

/* Ask for those that the configuration means.  Return 0, or an exit code after reporting. */
static int
ask(const struct units *u, struct units *asked)
{
	const char *list = config_get(u->config, "RESTORE_UNITS");
	const char *worker = strrchr(config_get(u->config, "WORKER_UNIT"), '/') + 1;
	int rc = 0;

	if (!u->automatic) {
		for (const char *c = list; rc == 0 && *(c += strspn(c, " ")) != '\0';
		     c += strcspn(c, " "))
			rc = add(asked, c, strcspn(c, " "));
		return rc == 0 ? 0 : EX_CONFIG;
	}
	for (size_t i = 0; rc == 0 && i < sizeof(web) / sizeof(web[0]); i++)
		rc = add(asked, web[i], strlen(web[i]));
	/* systemctl refuses the name of a template, and all that it is asked with it. */
	if (rc == 0 && systemctl_is_unit(worker) && strstr(worker, "@.") == NULL)
		rc = add(asked, worker, strlen(worker));
	if (rc == 0)
		rc = add(asked, php, strlen(php));
	return rc == 0 ? 0 : EX_OSERR;
}

/* Put those that are active into u->names.  Return 0, or the exit code after reporting. */
static int
find(struct units *u)
{
	struct units asked = {.count = 0};
	const char *list = config_get(u->config, "RESTORE_UNITS");
	int rc;

	forget(u);
	if (strcmp(list, "none") == 0)
		return 0;
	if (!systemctl_running()) {
		if (u->automatic)
			return 0;
		warnx("RESTORE_UNITS=%s: systemd does not run here", list);
		hintx("--no-units, or RESTORE_UNITS=none in %s", config_path(u->config));
		return EX_CONFIG;
	}
	if ((rc = ask(u, &asked)) == 0)
		rc = systemctl_show(asked.names, take, u);
	forget(&asked);
	return rc;
}

/* Append the names in the file ${path}, where it can be believed. */
static int
read_stopped(struct units *u, const char *path)
{
	struct stat st;
	char *text = NULL, *rest, *line;
	size_t len;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc = -1;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1 || fstat(fd, &st) == -1) {
		warn("%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		warnx("%s: not written by siantre-restore, passed over", path);
		hintx("rm %s", path);
		goto out;
	}
	if (io_read_file(fd, UNITS_MAX * 256, &text, &len) != 0) {
		warn("%s", path);
		goto out;
	}
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (systemctl_is_unit(line) && add(u, line, strlen(line)) != 0)
			goto out;
	rc = 0;
out:
	free(text);
	(void)io_close(&fd);
	return rc;
}

/* Let the file name these ${n} units, or be gone.  Return 0, or -1 after reporting. */
static int
write_stopped(const struct units *u, char *const *names, size_t n)
{
	struct buf b = {0};
	const char *text;
	int rc = -1;

	if (n == 0) {
		if (unlink(u->stopped) == 0 || errno == ENOENT)
			return atomic_sync_folder(config_get(u->config, "STATE_DIR"));
		warn("remove %s", u->stopped);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\n", names[i]);
	if ((text = buf_string(&b)) != NULL)
		rc = atomic_write(u->stopped, 0600, text, b.len);
	buf_free(&b);
	return rc;
}

/* Start the first u->down units, the last one first; the file keeps those that do not start. */
static int
start(struct units *u)
{
	char *failed[UNITS_MAX];
	size_t n = 0;

	while (u->down > 0)
		if (systemctl_run("start", u->names[--u->down]) != 0)
			failed[UNITS_MAX - ++n] = u->names[u->down];
	(void)write_stopped(u, failed + UNITS_MAX - n, n);
	return n == 0 ? 0 : 1;
}

static int
make(const struct config *c, struct units **out)
{
	struct units *u = calloc(1, sizeof(*u));

	*out = u;
	if (u == NULL)
		goto fail;
	u->lock = -1;
	u->config = c;
	if (c == NULL)
		return 0;
	u->automatic = strcmp(config_get(c, "RESTORE_UNITS"), "auto") == 0;
	if (asprintf(&u->stopped, "%s/%s.stopped", config_get(c, "STATE_DIR"),
		config_get(c, "APP_NAME")) == -1)
		u->stopped = NULL;
	if (asprintf(&u->lock_path, "%s/%s.restore.lock", config_get(c, "STATE_DIR"),
		config_get(c, "APP_NAME")) == -1)
		u->lock_path = NULL;
	if (u->stopped != NULL && u->lock_path != NULL)
		return 0;
fail:
	warn("units");
	units_free(u);
	*out = NULL;
	return EX_OSERR;
}

int
units_settle(const struct config *c)
{
	struct units *u = NULL;
	int rc;

	if ((rc = make(c, &u)) != 0 || access(u->stopped, F_OK) != 0)
		goto out;
	/* Whoever has the lock is at work, and starts them himself. */
	if ((u->lock = lock_take(u->lock_path, 0)) == -1) {
		rc = errno == EWOULDBLOCK ? 0 : 1;
		goto out;
	}
	rc = 1;
	if (read_stopped(u, u->stopped) != 0)
		goto out;
	for (size_t i = u->count; i-- > 0;)
		warnx("%s: left stopped by an earlier call, is started", u->names[i]);
	if (u->count > 0 && !systemctl_running()) {
		warnx("systemd does not run here: %s stays", u->stopped);
		goto out;
	}
	u->down = u->count;
	rc = start(u);
out:
	units_free(u);
	return rc;
}

bool
units_concern(const struct config *c, const char *path)
{
	const char *keys[] = {"APP_DIR", "STORAGE_DIR"}, *value;
	char *real;
	bool concern = false;

	for (size_t i = 0; i < 2; i++) {
		value = config_get(c, keys[i]);
		if (*value != '/') /* in APP_DIR */
			continue;
		real = realpath(value, NULL);
		if (real != NULL)
			value = real;
		concern |= config_inside(path, value) || config_inside(value, path);
		free(real);
	}
	return concern;
}

int
units_open(const struct config *c, struct units **out)
{
	int rc;

	if ((rc = make(c, out)) != 0 || c == NULL)
		return rc;
	if ((rc = find(*out)) == 0) {
		for (size_t i = 0; i < (*out)->count; i++)
			buf_printf(&(*out)->text, "%s%s", i > 0 ? " " : "", (*out)->names[i]);
		buf_text(&(*out)->text, "");
		if (buf_string(&(*out)->text) == NULL)
			rc = EX_OSERR;
	}
	if (rc != 0) {
		units_free(*out);
		*out = NULL;
	}
	return rc;
}

const char *
units_names(const struct units *u)
{
	return u->text.data != NULL ? u->text.data : "";
}

/* Find those that are active once more, now that the others have to wait for us. */
static int
prepare(struct units *u)
{
	int rc;

	u->lock = lock_take(u->lock_path, LOCK_WAIT);
	if (u->lock == -1) {
		if (errno != EWOULDBLOCK)
			return sig_stop() != 0 ? 1 : EX_CANTCREAT;
		warnx("another siantre-restore (process %" PRId64
		      ") has the application stopped",
		    lock_owner(u->lock_path));
		return EX_TEMPFAIL;
	}
	if ((rc = find(u)) != 0)
		return rc;
	/* Those that an earlier call could not start again are not forgotten. */
	(void)read_stopped(u, u->stopped);
	if (u->count > 0 && write_stopped(u, u->names, u->count) != 0)
		return EX_CANTCREAT;
	/* From here on all of them are to be started: one that runs does not mind. */
	u->down = u->count;
	return 0;
}

int
units_stop(struct units *u)
{
	int rc;

	/* Where nobody ever stopped any there is no lock, and on a new server no folder for it. */
	if (u->config == NULL || (u->count == 0 && access(u->lock_path, F_OK) != 0))
		return 0;
	if ((rc = prepare(u)) != 0)
		goto fail;
	for (size_t i = 0; i < u->count && rc == 0; i++)
		rc = sig_stop() != 0 ? 1 : systemctl_run("stop", u->names[i]);
	if (rc == 0)
		return 0;
	if (sig_stop() == 0)
		warnx("nothing was exchanged");
fail:
	(void)units_start(u);
	return rc;
}

int
units_start(struct units *u)
{
	int rc = u->down > 0 ? start(u) : 0;

	lock_release(u->lock);
	u->lock = -1;
	return rc;
}

void
units_free(struct units *u)
{
	if (u == NULL)
		return;
	(void)units_start(u);
	forget(u);
	buf_free(&u->text);
	free(u->stopped);
	free(u->lock_path);
	free(u);
}
