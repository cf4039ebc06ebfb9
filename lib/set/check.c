#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cap-ng.h>

#include "base/child.h"
#include "base/io.h"
#include "base/num.h"
#include "set/check.h"
#include "set/checkage.h"
#include "set/checkpages.h"
#include "set/checkship.h"
#include "set/findings.h"
#include "set/job.h"
#include "set/space.h"

#define WALK_MAX 50000 /* entries of the application's tree that are looked at */

struct check {
	const struct config *config;
	const char *user;
	char **environment; /* of the tools that we ask */
	struct findings *found;
	bool reader; /* we may read everything */
};

/* Where a key is to be changed. */
static const char *
file(const struct check *k)
{
	const char *path = config_path(k->config);

	return path != NULL ? path : CONFIG_FOLDER "/" CONFIG_DEFAULT ".conf";
}

static void
look_at_us(struct check *k)
{
	const char *path = config_path(k->config);

	if (path != NULL)
		findings_add(k->found, "ok", "configuration", "%s", path);
	else
		findings_add(
		    k->found, "ok", "configuration", "the defaults (%s is not there)", file(k));
	if (k->reader)
		findings_add(k->found, "ok", "rights",
		    "%s, may read every file and change none of others", k->user);
	else
		findings_add(k->found, "ok", "rights", "%s, with the rights of that user alone",
		    k->user);
}

/* Look at a folder that we write to; ${mode} is what it gets where it is made. */
static void
look_at_ours(struct check *k, const char *subject, const char *path, const char *mode)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		findings_add(k->found, "fail", subject, "%s: %s", path, strerror(errno));
		findings_mend(
		    k->found, "install -d -m %s -o %s -g %s %s", mode, k->user, k->user, path);
	} else if (!S_ISDIR(st.st_mode)) {
		findings_add(k->found, "fail", subject, "%s: not a folder", path);
	} else if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0) {
		findings_add(k->found, "fail", subject, "%s: %s may not write there: %s", path,
		    k->user, strerror(errno));
		findings_mend(k->found, "chown %s:%s %s", k->user, k->user, path);
	} else if ((st.st_mode & S_IWOTH) != 0 ||
		   ((st.st_mode & 077) != 0 && strcmp(mode, "0700") == 0)) {
		findings_add(k->found, "warn", subject, "%s: open to others (mode %04o)", path,
		    st.st_mode & 07777U);
		findings_mend(k->found, "chmod %s %s", mode, path);
	} else {
		findings_add(k->found, "ok", subject, "%s", path);
	}
}

/* Look at a folder or file that a job reads.  Return whether it is there. */
static bool
look_at_theirs(
    struct check *k, const char *level, const char *subject, const char *path, const char *key)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1) {
		findings_add(k->found, level, subject, "%s: %s", path, strerror(errno));
		findings_mend(k->found, "sensible-editor %s    # set %s", file(k), key);
		return false;
	}
	close(fd);
	findings_add(k->found, "ok", subject, "%s", path);
	return true;
}

static void
look_at_env(struct check *k)
{
	const char *path = config_get(k->config, "DB_ENV_FILE");
	struct stat st;
	char *real;

	if (lstat(path, &st) != 0) {
		findings_add(k->found, "fail", ".env", "%s: %s", path, strerror(errno));
		findings_mend(
		    k->found, "sensible-editor %s    # set APP_DIR or DB_ENV_FILE", file(k));
	} else if (!S_ISREG(st.st_mode)) {
		real = realpath(path, NULL);
		findings_add(k->found, "fail", ".env", "%s: not a regular file", path);
		findings_mend(k->found, "echo 'DB_ENV_FILE=%s' >> %s",
		    real != NULL ? real : "/path/to/.env", file(k));
		free(real);
	} else if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0) {
		findings_add(k->found, "fail", ".env", "%s: %s", path, strerror(errno));
		findings_mend(k->found, "sudo siantre-run check-config");
	} else if ((st.st_mode & S_IRWXO) != 0) {
		findings_add(k->found, "warn", ".env",
		    "%s: every user of this machine can read it (mode %04o)", path,
		    st.st_mode & 07777U);
		findings_mend(k->found, "chmod o-rwx %s", path);
	} else {
		findings_add(k->found, "ok", ".env", "%s", path);
	}
}

/*
 * Run ${argv} and throw its output away.  Return its exit status, or -1, with what it said on
 * stderr in ${*text}, which the caller frees and which may be NULL.
 */
static int
ask(const struct check *k, char *const argv[], char **text)
{
	struct child c;
	size_t len;
	int said = memfd_create("said", MFD_CLOEXEC), null, status = -1;

	*text = NULL;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (said != -1 && null != -1 &&
	    child_start(&c, argv, k->environment, NULL, 0, null, said) == 0)
		status = child_wait(&c);
	if (said != -1 && lseek(said, 0, SEEK_SET) == 0 &&
	    io_read_file(said, 65536, text, &len) != 0)
		*text = NULL;
	io_close(&said);
	io_close(&null);
	return status;
}

/* Tell what siantre-dump said: lines, the first of which may say why it ended with ${status},
 * and after each perhaps a hint, which is a command. */
static void
tell_database(struct check *k, const char *text, int status)
{
	const char *line = text;
	char why[40] = "";
	int len;

	if (status != 0)
		snprintf(why, sizeof(why), " (siantre-dump ended %d)", status);
	do {
		if (strncmp(line, "siantre-dump: ", 14) == 0)
			line += 14;
		len = (int)strcspn(line, "\n");
		if (strncmp(line, "hint: ", 6) == 0) {
			findings_mend(k->found, "%.*s", len - 6, line + 6);
		} else {
			findings_add(k->found, *why != '\0' ? "fail" : "warn", "database",
			    "%.*s%s", len, line, why);
			*why = '\0';
		}
		line += len;
	} while (*line == '\n' && *++line != '\0');
}

/* Ask siantre-dump whether it could. */
static void
look_at_database(struct check *k)
{
	const char *defaults = config_get(k->config, "DB_DEFAULTS_FILE");
	bool own = *defaults != '\0';
	const char *path = own ? defaults : config_get(k->config, "DB_ENV_FILE");
	char dump[] = "siantre-dump", env[] = "--env-file", ours[] = "--defaults-file",
	     bare[] = "--no-data", quiet[] = "-q", *operand = strdup(path), *text = NULL;
	char *const argv[] = {dump, own ? ours : env, operand, bare, quiet, NULL};
	int status = operand == NULL ? -1 : ask(k, argv, &text);

	if (status == 0)
		findings_add(k->found, "ok", "database", "siantre-dump logs in with %s", path);
	if (status != 0 || (text != NULL && *text != '\0'))
		tell_database(k, text != NULL ? text : "", status);
	free(text);
	free(operand);
}

/* Look for something in the application's folder that this user may not read. */
static void
look_at_tree(struct check *k, const char *path)
{
	char *copy = strdup(path), *roots[2] = {copy, NULL};
	FTS *fts = copy == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *e;
	size_t seen = 0;

	while (fts != NULL && (e = fts_read(fts)) != NULL && seen++ < WALK_MAX) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
		    (e->fts_info == FTS_F &&
			faccessat(AT_FDCWD, e->fts_path, R_OK, AT_EACCESS) != 0)) {
			findings_add(k->found, "warn", "application", "%s: %s may not read it",
			    e->fts_path, k->user);
			findings_mend(k->found,
			    "sudo siantre-run check-config    # root may, and its cron job "
			    "does");
			break;
		}
	}
	if (fts != NULL)
		fts_close(fts);
	free(copy);
}

static void
look_at_application(struct check *k)
{
	const char *app = config_get(k->config, "APP_DIR");
	const char *storage = config_get(k->config, "STORAGE_DIR");
	char *path = NULL;
	struct stat st;

	if (!look_at_theirs(k, "fail", "application", app, "APP_DIR"))
		return;
	if (!k->reader)
		look_at_tree(k, app);
	if (asprintf(&path, "%s%s%s", *storage == '/' ? "" : app, *storage == '/' ? "" : "/",
		storage) == -1)
		return;
	if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		char *real = realpath(path, NULL);

		findings_add(k->found, "fail", "storage", "%s: not a folder", path);
		findings_mend(k->found, "echo 'STORAGE_DIR=%s' >> %s",
		    real != NULL ? real : "/path/to/storage", file(k));
		free(real);
	} else {
		look_at_theirs(k, "fail", "storage", path, "STORAGE_DIR");
	}
	free(path);
}

static void
look_at_web(struct check *k)
{
	const char *set = config_get(k->config, "WEB_CONFIG");
	bool nginx = access("/etc/nginx", F_OK) == 0,
	     apache = access("/etc/apache2", F_OK) == 0;

	if (*set != '\0') {
		look_at_theirs(k, "fail", "web server", set, "WEB_CONFIG");
	} else if (nginx || apache) {
		findings_add(k->found, "ok", "web server", "%s%s%s", nginx ? "/etc/nginx" : "",
		    nginx && apache ? " and " : "", apache ? "/etc/apache2" : "");
	} else {
		findings_add(k->found, "warn", "web server",
		    "neither /etc/nginx nor /etc/apache2: there will be no web_config.conf");
		findings_mend(k->found, "sensible-editor %s    # set WEB_CONFIG", file(k));
	}
}

static void
look_at_place(struct check *k)
{
	const char *root = config_get(k->config, "BACKUP_DIR");
	const char *mount = config_get(k->config, "BACKUP_MOUNT");
	const char *keep = config_get(k->config, "KEEP");
	const char *full = config_get(k->config, "KEEP_FULL");
	char *log = strdup(config_get(k->config, "LOG_FILE")), number[16];
	uint64_t bytes;

	if (*mount != '\0' && space_mounted(mount) != 0) {
		findings_add(
		    k->found, "fail", "backup disk", "nothing is mounted at %s", mount);
		findings_mend(k->found, "mount %s", mount);
	}
	look_at_ours(k, "backup folder", root, "0700");
	if (space_free(root, &bytes) == 0)
		findings_add(k->found, "ok", "free space", "%s",
		    num_human(number, sizeof(number), bytes));
	findings_add(k->found, "ok", "retention", "%s; full: %s; then %s in the trash",
	    *keep != '\0' ? keep : "all sets stay", *full != '\0' ? full : "all sets stay",
	    config_get(k->config, "TRASH"));
	look_at_ours(k, "state folder", config_get(k->config, "STATE_DIR"), "0750");
	if (log != NULL)
		look_at_ours(k, "log folder", dirname(log), "0750");
	free(log);
}

/* Whether the tool ${name} can be started. */
static void
look_at_tool(struct check *k, const char *name)
{
	char version[] = "--version", *tool = strdup(name), *text = NULL;
	char *const argv[] = {tool, version, NULL};

	if (tool == NULL || ask(k, argv, &text) != 0) {
		findings_add(k->found, "fail", "tools", "%s does not start", name);
		findings_mend(k->found, "apt-get install --reinstall siantre-backup");
	}
	free(text);
	free(tool);
}

static void
look_at_jobs(struct check *k, const char *jobs)
{
	static const char *const names[] = {"db", "files", "full"};
	const char *root = config_get(k->config, "BACKUP_DIR");
	char *path, need[16], there[16];
	uint64_t bytes, room = UINT64_MAX;

	if (space_free(root, &room) != 0)
		room = UINT64_MAX; /* the folder itself has been told of */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (job_find(names[i], jobs, &path) != 0) {
			findings_add(
			    k->found, "fail", names[i], "the job has no usable script");
			continue;
		}
		bytes = space_estimate(root, names[i]);
		if (bytes > room)
			findings_add(k->found, "fail", names[i],
			    "the next set may take %s, and %s are free",
			    num_human(need, sizeof(need), bytes),
			    num_human(there, sizeof(there), room));
		else
			findings_add(k->found, "ok", names[i], "%s to %s%s/YYYYmmdd_HHMMSS%s%s",
			    path, root, strcmp(names[i], "full") == 0 ? "/full" : "",
			    bytes > 0 ? ", about " : "",
			    bytes > 0 ? num_human(need, sizeof(need), bytes) : "");
		free(path);
	}
}

int
check_config(const struct config *c, const char *jobs,
    void (*more)(const struct config *c, struct findings *found), bool json)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct check k = {.config = c, .user = pw != NULL ? pw->pw_name : "nobody"};
	const char *exclude = config_get(c, "EXCLUDE_LIST");
	int rc = EX_OSERR;

	k.found = findings_new();
	k.environment = job_environment(c, "check-config", NULL);
	if (k.found == NULL || k.environment == NULL)
		goto out;
	k.reader = capng_get_caps_process() == 0 &&
		   capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH) != 0;
	look_at_us(&k);
	look_at_tool(&k, "siantre-dump");
	look_at_tool(&k, "siantre-pack");
	look_at_tool(&k, "siantre-verify");
	look_at_env(&k);
	look_at_database(&k);
	look_at_application(&k);
	look_at_web(&k);
	look_at_theirs(&k, "warn", "exclude list", exclude, "EXCLUDE_LIST");
	checkage_look(c, k.found);
	look_at_place(&k);
	look_at_jobs(&k, jobs);
	checkship_look(c, k.found);
	checkpages_look(c, k.found);
	more(c, k.found);
	rc = findings_print(k.found, json);
	if (rc == 0 && findings_failed(k.found)) {
		warnx("a nightly run would fail");
		rc = EX_CONFIG;
	}
out:
	findings_free(k.found);
	job_environment_free(k.environment);
	return rc;
}
