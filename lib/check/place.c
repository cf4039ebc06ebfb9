/* The part of check-config that is about where the sets go, how large they become, and the room. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/rights.h"
#include "check/estimate.h"
#include "check/parts.h"
#include "set/job.h"
#include "set/manifest.h"
#include "set/retention_rules.h"
#include "set/sets.h"
#include "set/space.h"

/*
 * Before there is a set to learn from.  Deliberately on the careful side: a small office server
 * with a disk that turns does this much, others more; SQL packs to a fifth or better, and what lies
 * in an application (pictures, archives) often not at all.
 */
#define RATE (40 * (uint64_t)1000000) /* bytes a second, read, packed and proven */
#define PACKED 4                      /* a packed dump is at most such a part of the database */

#define DAY ((int64_t)86400)
#define FAR (10 * 365) /* days: further nobody looks */

/* Look at a folder that we write to; ${mode} is what it gets where it is made. */
static void
look_at_ours(struct check *k, const char *subject, const char *path, const char *mode)
{
	const char *word = findings_word(path);
	const struct passwd *ours;
	int problem;
	struct stat st;

	if (stat(path, &st) != 0) {
		problem = errno;
		findings_add(k->found, "fail", subject, "%s: %s", path, strerror(problem));
		if (problem == EACCES && !k->reader)
			findings_mend(k->found, "%s", check_again(k));
		else
			findings_mend(k->found, "install -d -m %s -o %s -g %s %s", mode,
			    k->user, k->user, word);
	} else if (!S_ISDIR(st.st_mode)) {
		findings_add(k->found, "fail", subject, _("%s: not a folder"), path);
	} else if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0) {
		findings_add(k->found, "fail", subject, _("%s: %s may not write there: %s"),
		    path, k->user, strerror(errno));
		/* To the account of the nightly runs, whoever looks. */
		if (st.st_uid == geteuid())
			findings_mend(k->found, "chmod %s %s", mode, word);
		else if ((ours = getpwnam(RIGHTS_USER)) != NULL && st.st_uid == ours->pw_uid)
			findings_mend(k->found, "%s", check_again(k));
		else
			findings_mend(k->found, "chown %s:%s %s", k->user, k->user, word);
	} else if ((st.st_mode & S_IWOTH) != 0 ||
		   ((st.st_mode & 077) != 0 && strcmp(mode, "0700") == 0)) {
		findings_add(k->found, "warn", subject, _("%s: open to others (mode %04o)"),
		    path, st.st_mode & 07777U);
		findings_mend(k->found, "chmod %s %s", mode, word);
	} else {
		findings_add(k->found, "ok", subject, "%s", path);
	}
}

/* Sets of another application in ours: it has rules of its own, or none any more. */
static void
look_for_others(struct check *k)
{
	const char *root = config_get(k->config, "BACKUP_DIR"), *other;
	struct sets *sets = NULL;
	struct manifest *m = NULL;
	bool found = access(root, R_OK | X_OK) != 0 || sets_list(root, &sets) != 0;

	for (size_t i = sets != NULL ? sets_count(sets) : 0; i-- > 0 && !found;) {
		if (manifest_read(sets_path(sets, i), &m) == 0) {
			other = manifest_text(m, "application");
			found = !manifest_is_of(m, config_get(k->config, "APP_NAME"));
			if (found) {
				findings_add(k->found, "warn", N_("backup folder"),
				    _("%s: sets of the application %s lie there, too, and are "
				      "not pruned here"),
				    root, plain_name(other));
				findings_mend(k->found, "sensible-editor %s    # BACKUP_DIR",
				    check_file(k->config));
			}
		}
		manifest_free(m);
		m = NULL;
	}
	sets_free(sets);
}

void
check_place(struct check *k)
{
	const char *mount = config_get(k->config, "BACKUP_MOUNT");
	const char *keep = config_get(k->config, "KEEP");
	const char *full = config_get(k->config, "KEEP_FULL");
	char *log = strdup(config_get(k->config, "LOG_FILE"));

	if (*mount != '\0' && space_mounted(mount) != 0) {
		findings_add(
		    k->found, "fail", N_("backup disk"), _("nothing is mounted at %s"), mount);
		findings_mend(k->found, "mount %s", findings_word(mount));
	}
	look_at_ours(k, N_("backup folder"), config_get(k->config, "BACKUP_DIR"), "0700");
	look_for_others(k);
	look_at_ours(k, N_("state folder"), config_get(k->config, "STATE_DIR"), "0750");
	if (log != NULL)
		look_at_ours(k, N_("log folder"), dirname(log), "0750");
	free(log);
	findings_add(k->found, "ok", N_("retention"), _("%s; full: %s; then %s in the trash"),
	    *keep != '\0' ? keep : _("all sets stay"),
	    *full != '\0' ? full : _("all sets stay"), config_get(k->config, "TRASH"));
	findings_fact(k->found, "keep", json_string(keep));
	findings_fact(k->found, "keep_full", json_string(full));
}

/* What a job reads and makes, where no run has shown it yet.  Return whether that is known. */
static bool
guess(const struct check *k, const char *job, struct estimate *e)
{
	bool db = strcmp(job, "files") != 0, files = strcmp(job, "db") != 0;
	uint64_t read = 0;

	if ((db && !k->has_database) || (files && !k->has_files))
		return false;
	e->bytes = 0;
	if (db) {
		read += k->database;
		e->bytes += k->database / PACKED;
	}
	if (files) {
		read += k->files + (strcmp(job, "files") == 0 ? k->uploads : 0);
		e->bytes += k->files + (strcmp(job, "files") == 0 ? k->uploads : 0);
	}
	e->seconds = (double)read / (double)RATE;
	return true;
}

/* Tell of one job; return the bytes of its next set. */
static uint64_t
tell_job(struct check *k, const char *job, uint64_t room)
{
	const char *root = config_get(k->config, "BACKUP_DIR"), *least = "";
	const char *folder = strcmp(job, "full") == 0 ? "/full" : "";
	char *path = NULL, need[16], there[16], took[40] = "";
	struct estimate e;
	bool fine;

	if (job_find(job, k->jobs, &path) != 0) {
		findings_add(k->found, "fail", job, "%s", _("the job has no usable script"));
		return 0;
	}
	estimate_job(k->config, job, &e);
	fine = e.known || guess(k, job, &e);
	if (!e.known && k->more_files && strcmp(job, "db") != 0)
		least = _("at least ");
	num_human(need, sizeof(need), e.bytes);
	if (e.seconds >= 0)
		num_elapsed(took, sizeof(took), e.seconds < 1 ? 1 : e.seconds);
	if (fine && e.bytes > room)
		findings_add(k->found, "fail", job,
		    _("the next set may take %s, and %s are free"), need,
		    num_human(there, sizeof(there), room));
	else if (!fine)
		findings_add(k->found, "ok", job, "%s%s/YYYYmmdd_HHMMSS", root, folder);
	else if (e.known && *took != '\0')
		/* TRANSLATORS: folder, size, time */
		findings_add(k->found, "ok", job,
		    _("%s%s/YYYYmmdd_HHMMSS, about %s in %s, as the last one"), root, folder,
		    need, took);
	else if (e.known)
		findings_add(k->found, "ok", job, _("%s%s/YYYYmmdd_HHMMSS, about %s"), root,
		    folder, need);
	else
		/* TRANSLATORS: folder, "at least " or nothing, size, time */
		findings_add(k->found, "ok", job,
		    _("%s%s/YYYYmmdd_HHMMSS, %sabout %s in %s (a guess: 40 MB/s)"), root,
		    folder, least, need, took);
	findings_fact(k->found, "script", json_string(path));
	if (fine)
		findings_fact(k->found, "bytes", json_integer((json_int_t)e.bytes));
	if (fine && e.seconds >= 0)
		findings_fact(k->found, "seconds", json_real(e.seconds));
	findings_fact(k->found, "measured", json_boolean(e.known));
	free(path);
	return fine ? e.bytes : 0;
}

/* The bytes of all sets that are there: they go again as new ones come. */
static uint64_t
held(const char *root)
{
	struct sets *s = NULL;
	struct manifest *m;
	uint64_t bytes = 0;

	if (access(root, R_OK | X_OK) != 0 || sets_list(root, &s) != 0)
		return 0;
	for (size_t i = 0; i < sets_count(s); i++) {
		m = NULL;
		if (access(sets_path(s, i), R_OK | X_OK) == 0 &&
		    manifest_read(sets_path(s, i), &m) == 0)
			bytes += (uint64_t)manifest_bytes(m);
		manifest_free(m);
	}
	sets_free(s);
	return bytes;
}

/* For how many days there is room, at so many bytes a day. */
static void
tell_room(struct check *k, uint64_t room, uint64_t daily)
{
	struct retention_rules rules = {0};
	uint64_t all = room + held(config_get(k->config, "BACKUP_DIR"));
	int64_t kept, days = daily > 0 && all / daily < FAR ? (int64_t)(all / daily) : FAR;
	char there[16], each[16];

	(void)retention_rules_parse(config_get(k->config, "KEEP"), &rules);
	kept = retention_rules_reach(&rules) / DAY;
	num_human(there, sizeof(there), room);
	num_human(each, sizeof(each), daily);
	if (daily == 0)
		findings_add(k->found, "ok", N_("free space"), "%s", there);
	else if (days == FAR)
		findings_add(k->found, "ok", N_("free space"),
		    _("%s: room for years of sets (about %s a day)"), there, each);
	else
		findings_add(k->found, days < kept ? "warn" : "ok", N_("free space"),
		    P_("%s: room for about %jd day of sets (about %s a day)",
			"%s: room for about %jd days of sets (about %s a day)", days),
		    there, (intmax_t)days, each);
	if (daily > 0 && days < kept)
		findings_mend(k->found,
		    "sensible-editor %s    # set KEEP, or BACKUP_DIR on a "
		    "larger disk",
		    check_file(k->config));
	findings_fact(k->found, "free", json_integer((json_int_t)room));
	if (daily > 0) {
		findings_fact(k->found, "daily", json_integer((json_int_t)daily));
		findings_fact(k->found, "days", json_integer((json_int_t)days));
	}
}

void
check_sizes(struct check *k)
{
	uint64_t room = UINT64_MAX, size, daily = 0, more = 0;
	char *trash = NULL;
	bool measured;

	/* The folder itself has been told of. */
	measured = space_free(config_get(k->config, "BACKUP_DIR"), &room) == 0;
	/* A run that lacks room empties the trash. */
	if (measured &&
	    asprintf(&trash, "%s/.trash", config_get(k->config, "BACKUP_DIR")) != -1) {
		more = held(trash);
		free(trash);
	}
	for (size_t i = 0; i < CHECK_LOCALLY; i++) {
		size = tell_job(k, check_names[i], room + more);
		daily += strcmp(check_names[i], "full") == 0 ? size / 7 : size;
	}
	if (measured)
		tell_room(k, room, daily);
}
