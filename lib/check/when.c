/*
 * The part of check-config that is about what starts the jobs: the timers where systemd runs the
 * machine, the lines of cron where it does not, and never both.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crontab.h"
#include "base/language.h"
#include "base/rights.h"
#include "check/parts.h"
#include "set/cronline.h"
#include "set/systemctl.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define CRON_FOLDER SYSCONFDIR "/cron.d"
#define CRON_FILE CRON_FOLDER "/siantre-backup"
#define CRON_READS "/etc/cron.d" /* whatever the prefix of ours is */

/* What is started, by which unit, or by which line. */
static const struct task {
	const char *name, *tool, *verb;
	bool nightly; /* without it there is no backup */
} tasks[] = {
    {"db", "siantre-run", "db", true},
    {"files", "siantre-run", "files", true},
    {"full", "siantre-run", "full", true},
    {"ship", "siantre-run", "ship", false},
    {"verify", "siantre-run", "verify", false},
    {"drill", "siantre-run", "drill", false},
    {"check", "siantre-alert", "check", false},
    {"alert", "siantre-alert", "flush", false},
    {"selftest", "siantre-alert", "test", false},
};

#define TASKS (sizeof(tasks) / sizeof(tasks[0]))

struct when {
	struct check *k;
	const char *instance;
	const char *names[4]; /* what -c may say */
	char *path;
	struct buf rest; /* the others that are fine, with their times */
	json_t *others;  /* the same, for programs */
	struct buf off;  /* timers that do not run, with blanks between */
	bool off_nightly;
	struct buf none; /* what no line of cron starts */
	bool none_nightly;
	size_t lines; /* of cron that were found */
	char *unread; /* a file that has one, where cron does not look */
};

static const char *
moment(char buf[24], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(buf, 24, "%Y-%m-%d %H:%M", &tm) == 0)
		strlcpy(buf, "-", 24);
	return buf;
}

/* ${t} runs at ${next} (0: not known), started by ${by}. */
static void
tell_next(struct when *w, const struct task *t, int64_t next, const char *by)
{
	char at[24], iso[40] = "";
	time_t when = (time_t)next;
	struct tm tm;

	moment(at, next);
	if (next > 0 && localtime_r(&when, &tm) != NULL &&
	    strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%S%z", &tm) == 0)
		*iso = '\0';
	if (!t->nightly) {
		json_object_set_new(w->others, t->name, json_string(iso));
		buf_printf(&w->rest, "%s%s %s", w->rest.len > 0 ? ", " : "", t->name,
		    next > 0 ? at : "-");
		return;
	}
	for (size_t i = 0; i < CHECK_LOCALLY; i++) {
		if (strcmp(check_names[i], t->name) == 0)
			w->k->next[i] = next;
	}
	if (next > 0)
		/* TRANSLATORS: time, timer or file */
		findings_add(w->k->found, "ok", t->name, _("%s by %s"), at, by);
	else
		/* TRANSLATORS: timer */
		findings_add(w->k->found, "ok", t->name, _("%s is active"), by);
	if (*iso != '\0')
		findings_fact(w->k->found, "next", json_string(iso));
	findings_fact(w->k->found, "by", json_string(by));
}

/* "Thu 2026-11-26 02:03:04 WIB", on our clock, or "@1795..."; 0 where it says nothing. */
static int64_t
elapse(const char *text)
{
	struct tm tm = {.tm_isdst = -1};
	long long seconds;

	if (sscanf(text, "@%lld", &seconds) == 1)
		return seconds;
	if (sscanf(text, "%*s %d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		&tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int64_t)mktime(&tm);
}

static void
look_at_timer(struct when *w, const struct task *t)
{
	char unit[160], load[32], active[32], file[32], next[80], *facts = NULL;
	const char *level = t->nightly ? "fail" : "warn";

	/* siantre-alert@ is what tells that a unit failed. */
	if (*w->instance != '\0')
		snprintf(unit, sizeof(unit), "siantre-%s@%s.timer",
		    strcmp(t->name, "alert") == 0 ? "flush" : t->name, w->instance);
	else
		snprintf(unit, sizeof(unit), "siantre-%s.timer", t->name);
	if (systemctl_facts(unit, "LoadState,ActiveState,UnitFileState,NextElapseUSecRealtime",
		&facts) != 0) {
		findings_add(
		    w->k->found, "warn", t->name, _("%s: systemd does not answer"), unit);
		findings_mend(w->k->found, "systemctl status %s", unit);
		return;
	}
	systemctl_fact(facts, "LoadState", load, sizeof(load));
	systemctl_fact(facts, "ActiveState", active, sizeof(active));
	systemctl_fact(facts, "UnitFileState", file, sizeof(file));
	systemctl_fact(facts, "NextElapseUSecRealtime", next, sizeof(next));
	free(facts);
	if (strcmp(load, "masked") == 0) {
		findings_add(w->k->found, level, t->name, _("%s is masked"), unit);
		findings_mend(w->k->found, "systemctl unmask %s && systemctl enable --now %s",
		    unit, unit);
	} else if (strcmp(load, "loaded") != 0) {
		findings_add(
		    w->k->found, level, t->name, _("%s: there is no such timer"), unit);
		findings_mend(w->k->found, "apt-get install --reinstall siantre-backup");
	} else if (strcmp(active, "active") != 0) {
		buf_printf(&w->off, "%s%s", w->off.len > 0 ? " " : "", unit);
		w->off_nightly = w->off_nightly || t->nightly;
	} else {
		tell_next(w, t, elapse(next), unit);
		/* Those of an instance hang on its target. */
		if (strcmp(file, "disabled") == 0 && *w->instance == '\0') {
			findings_add(w->k->found, "warn", t->name,
			    _("%s will not be started when the machine starts"), unit);
			findings_mend(w->k->found, "systemctl enable %s", unit);
		}
	}
}

/* Remember the file ${path} where it is not in the folder that cron reads, nor a link to it there. */
static void
look_for_file(struct when *w, const char *path)
{
	char *read = NULL;
	struct stat ours, theirs;

	if (w->unread != NULL || asprintf(&read, "%s%s", CRON_READS, strrchr(path, '/')) == -1)
		return;
	if (stat(path, &ours) == 0 &&
	    (stat(read, &theirs) != 0 || ours.st_dev != theirs.st_dev ||
		ours.st_ino != theirs.st_ino))
		w->unread = strdup(path);
	free(read);
}

/* Whether the line is what cron takes; tell what is wrong with it. */
static bool
cron_takes(struct when *w, const struct task *t, const struct cronline *l)
{
	const char *level = t->nightly ? "fail" : "warn", *file = findings_word(l->path);
	struct stat st;

	if (stat(l->path, &st) != 0)
		return false;
	if (st.st_uid != 0 || (st.st_mode & 022) != 0) {
		findings_add(w->k->found, level, t->name,
		    _("%s: cron does not read it: not root's alone (mode %04o)"), l->path,
		    st.st_mode & 07777U);
		findings_mend(w->k->found, "chown root:root %s && chmod 0644 %s", file, file);
		return false;
	}
	if (l->needs != NULL && access(l->needs, X_OK) != 0) {
		findings_add(w->k->found, level, t->name,
		    _("%s line %zu: does nothing without %s, which is not there"), l->path,
		    l->number, l->needs);
		findings_mend(w->k->found, "apt-get install --reinstall siantre-backup");
		return false;
	}
	if (getpwnam(l->user) == NULL) {
		findings_add(w->k->found, level, t->name,
		    _("%s line %zu: there is no account %s"), l->path, l->number, l->user);
		findings_mend(
		    w->k->found, "sensible-editor %s    # the sixth field: root", file);
		return false;
	}
	if (strcmp(l->user, "root") != 0 && t->nightly) {
		findings_add(w->k->found, "warn", t->name,
		    _("%s line %zu: as %s, which may not read every file"), l->path, l->number,
		    l->user);
		findings_mend(
		    w->k->found, "sensible-editor %s    # the sixth field: root", file);
	}
	return true;
}

static void
look_at_line(struct when *w, const struct task *t, bool systemd)
{
	struct cronline l;
	time_t next;
	int rc = cronline_find(CRON_FOLDER, t->tool, t->verb, w->names, &l);

	if (rc == 0 && systemd && !l.guarded) {
		findings_add(w->k->found, "warn", t->name,
		    _("%s line %zu runs it too, beside the timer"), l.path, l.number);
		findings_mend(w->k->found,
		    "sensible-editor %s    # if [ ! -d /run/systemd/system ]; then …; fi",
		    findings_word(l.path));
	} else if (rc == 0 && !systemd) {
		w->lines++;
		look_for_file(w, l.path);
		if (!cron_takes(w, t, &l)) {
			/* told */
		} else if (!crontab_next(l.text, (time_t)w->k->now, &next)) {
			findings_add(w->k->found, t->nightly ? "fail" : "warn", t->name,
			    _("%s line %zu: cron will never run it"), l.path, l.number);
			findings_mend(w->k->found, "sensible-editor %s", findings_word(l.path));
		} else {
			tell_next(w, t, (int64_t)next, l.path);
		}
	} else if (rc == 1 && !systemd) {
		buf_printf(&w->none, "%s%s", w->none.len > 0 ? ", " : "", t->name);
		w->none_nightly = w->none_nightly || t->nightly;
	}
	cronline_clear(&l);
}

static void
look_at_daemon(struct when *w)
{
	if (cronline_daemon("/proc", "/run/crond.pid")) {
		findings_add(w->k->found, "ok", "cron", "%s", _("the daemon runs"));
	} else if (access("/usr/sbin/cron", X_OK) == 0) {
		findings_add(w->k->found, "fail", "cron", "%s",
		    _("no daemon runs, and neither does systemd: nothing starts the jobs"));
		findings_mend(w->k->found, "service cron start");
	} else {
		findings_add(w->k->found, "fail", "cron", "%s",
		    _("it is not installed, and systemd does not run: nothing starts the "
		      "jobs"));
		findings_mend(w->k->found, "apt-get install cron && service cron start");
	}
}

/* The timers that are off go in one line, and one command. */
static void
tell_off(struct when *w)
{
	const char *list = buf_string(&w->off);

	if (list == NULL || w->off.len == 0)
		return;
	findings_add(w->k->found, w->off_nightly ? "fail" : "warn", N_("timers"),
	    _("stopped: %s"), list);
	if (*w->instance != '\0')
		findings_mend(
		    w->k->found, "systemctl enable --now siantre@%s.target", w->instance);
	else
		findings_mend(w->k->found, "systemctl enable --now %s", list);
}

/* The target of the timers of an application beside the first. */
static void
look_at_target(struct when *w)
{
	char unit[160], file[32], *facts = NULL;

	snprintf(unit, sizeof(unit), "siantre@%s.target", w->instance);
	if (w->off.len > 0 || systemctl_facts(unit, "UnitFileState", &facts) != 0)
		return; /* the command for those that are off enables it */
	systemctl_fact(facts, "UnitFileState", file, sizeof(file));
	if (strcmp(file, "enabled") != 0 && strcmp(file, "enabled-runtime") != 0) {
		findings_add(w->k->found, "warn", N_("timers"),
		    _("%s will not be started when the machine starts"), unit);
		findings_mend(w->k->found, "systemctl enable %s", unit);
	}
	free(facts);
}

/* What no line of cron starts, with the command that makes the lines. */
static void
tell_none(struct when *w)
{
	const char *list = buf_string(&w->none), *name = w->instance;

	if (list == NULL || w->none.len == 0)
		return;
	findings_add(w->k->found, w->none_nightly ? "fail" : "warn", N_("cron"),
	    _("no line in %s starts: %s"), CRON_FOLDER, list);
	if (*name == '\0')
		findings_mend(w->k->found,
		    "apt-get install --reinstall "
		    "-o Dpkg::Options::=--force-confmiss siantre-backup");
	else
		findings_mend(w->k->found,
		    "sed 's/siantre-run --wait/& -c %s/g; s/siantre-alert [a-z]\\+/& -c "
		    "%s/' " CRON_FILE " > " CRON_FOLDER "/siantre-%s",
		    name, name, name);
}

/* Name the command that puts the configuration ${path} where the units find it. */
static void
mend_place(struct check *k, const char *path)
{
	const char *name = basename(path);
	size_t len = strlen(name);

	if (len > 5 && strcmp(name + len - 5, ".conf") == 0)
		len -= 5;
	findings_mend(k->found, "install -m 0644 %s %s/%.*s.conf", findings_word(path),
	    CONFIG_FOLDER, (int)strspn(name, NAME_BYTES) < (int)len ? 4 : (int)len,
	    strspn(name, NAME_BYTES) < len ? "shop" : name);
}

void
check_when(struct check *k)
{
	struct when w = {.k = k, .instance = check_instance(k)};
	bool systemd = systemctl_running();
	const char *path = config_path(k->config);

	if (w.instance == NULL) {
		findings_add(k->found, "warn", N_("schedule"),
		    _("%s is not in %s: no timer of ours starts it"), path, CONFIG_FOLDER);
		mend_place(k, path);
		return;
	}
	if (!systemd && systemctl_mute()) {
		findings_add(k->found, "warn", N_("schedule"), "%s",
		    _("systemd runs this machine, and cannot be asked without D-Bus"));
		findings_mend(k->found, "apt-get install dbus");
		return;
	}
	if (asprintf(&w.path, "%s/%s.conf", CONFIG_FOLDER,
		*w.instance != '\0' ? w.instance : CONFIG_DEFAULT) == -1)
		return;
	w.others = json_object();
	w.names[0] = *w.instance != '\0' ? w.instance : CONFIG_DEFAULT;
	w.names[1] = w.path;
	w.names[2] = *w.instance != '\0' ? NULL : "";
	for (size_t i = 0; i < TASKS; i++) {
		if (strcmp(tasks[i].name, "ship") == 0 &&
		    *config_get(k->config, "SHIP_TO") == '\0')
			continue;
		if (systemd)
			look_at_timer(&w, &tasks[i]);
		look_at_line(&w, &tasks[i], systemd);
	}
	tell_off(&w);
	if (systemd && *w.instance != '\0')
		look_at_target(&w);
	tell_none(&w);
	if (buf_string(&w.rest) != NULL && w.rest.len > 0) {
		findings_add(k->found, "ok", N_("beside"), "%s", w.rest.data);
		findings_fact(k->found, "next", json_incref(w.others));
	}
	if (w.unread != NULL) {
		findings_add(k->found, "fail", N_("cron"), _("%s: cron reads %s alone"),
		    w.unread, CRON_READS);
		findings_mend(k->found, "ln -sb %s %s/", findings_word(w.unread), CRON_READS);
	}
	if (!systemd && w.lines > 0)
		look_at_daemon(&w);
	json_decref(w.others);
	buf_free(&w.rest);
	buf_free(&w.off);
	buf_free(&w.none);
	free(w.unread);
	free(w.path);
}
