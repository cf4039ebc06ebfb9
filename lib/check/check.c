#include "check/check.h"

#include <err.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <cap-ng.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/language.h"
#include "base/rights.h"
#include "check/age.h"
#include "check/pages.h"
#include "check/parts.h"
#include "check/ship.h"
#include "set/configs.h"
#include "set/job.h"

#define OUTPUT_MAX (32 << 20) /* a plan of very many tables */

const char *const check_names[CHECK_LOCALLY] = {"db", "files", "full"};

const char *
check_file(const struct config *c)
{
	return findings_word(config_path(c));
}

const char *
check_instance(const struct check *k)
{
	return configs_instance(config_name(k->config));
}

const char *
check_again(const struct check *k)
{
	static char command[1100];
	const char *name = config_name(k->config);

	snprintf(command, sizeof(command), "sudo siantre-run%s%s check-config",
	    *name != '\0' ? " -c " : "", *name != '\0' ? findings_word(name) : "");
	return command;
}

/* What is in the memory file ${fd}, or NULL. */
static char *
content(int fd)
{
	char *text = NULL;
	size_t len;

	if (lseek(fd, 0, SEEK_SET) != 0 || io_read_file(fd, OUTPUT_MAX, &text, &len) != 0)
		return NULL;
	return text;
}

int
check_ask(const struct check *k, char *const argv[], char **out, char **said)
{
	struct child c;
	int words = memfd_create("said", MFD_CLOEXEC), null, status = -1;

	null = out != NULL ? memfd_create("out", MFD_CLOEXEC)
			   : open("/dev/null", O_WRONLY | O_CLOEXEC);
	*said = NULL;
	if (words != -1 && null != -1 &&
	    child_start(&c, argv, k->environment, NULL, 0, null, words) == 0)
		status = child_wait(&c);
	if (words != -1)
		*said = content(words);
	if (out != NULL)
		*out = null != -1 ? content(null) : NULL;
	io_close(&words);
	io_close(&null);
	return status;
}

static void
look_at_us(struct check *k)
{
	const char *path = config_path(k->config);

	if (config_found(k->config))
		findings_add(k->found, "ok", N_("configuration"), "%s", path);
	else
		findings_add(k->found, "ok", N_("configuration"),
		    _("the defaults (%s is not there)"), path);
	if (k->reader)
		findings_add(k->found, "ok", N_("rights"),
		    _("%s: reads every file, changes none of others"), k->user);
	else if (strcmp(k->user, RIGHTS_USER) == 0)
		findings_add(k->found, "ok", N_("rights"),
		    _("%s, with the rights of that user alone"), k->user);
	else {
		findings_add(k->found, "warn", N_("rights"),
		    _("%s, with the rights of that user alone; the nightly runs have others"),
		    k->user);
		findings_mend(k->found, "%s", check_again(k));
	}
	findings_fact(k->found, "user", json_string(k->user));
}

/* Whether the tool ${name} can be started. */
static void
look_at_tool(struct check *k, const char *name)
{
	char version[] = "--version", *tool = strdup(name), *text = NULL;
	char *const argv[] = {tool, version, NULL};

	if (tool == NULL || check_ask(k, argv, NULL, &text) != 0) {
		findings_add(k->found, "fail", N_("tools"), _("%s does not start"), name);
		findings_mend(k->found, "apt-get install --reinstall siantre-backup");
	}
	free(text);
	free(tool);
}

bool
check_trusts(uid_t uid)
{
	const struct passwd *account = getpwnam(RIGHTS_USER);

	return uid == 0 || uid == geteuid() || (account != NULL && uid == account->pw_uid);
}

/* What keeps a rehearsal from its work: it is too late to hear of it in three months. */
static void
look_at_drill_keys(struct check *k)
{
	const char *sql = config_get(k->config, "DRILL_SQL"), *word = findings_word(sql);
	struct stat st;

	if (stat(sql, &st) == 0 &&
	    ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 || !check_trusts(st.st_uid))) {
		findings_add(k->found, "warn", N_("drill"),
		    _("DRILL_SQL=%s: others may write it (mode %04o): a drill would not begin"),
		    sql, st.st_mode & 07777U);
		findings_mend(k->found, "chown root %s && chmod go-w %s", word, word);
	}
	if (child_exists("mariadbd") &&
	    config_number(k->config, "DRILL_MEMORY") < CONFIG_DRILL_MEMORY_MIN) {
		findings_add(k->found, "warn", N_("drill"), "%s",
		    _("DRILL_MEMORY: a server needs 384M at least: a drill would fail"));
		findings_mend(k->found, "sensible-editor %s    # set DRILL_MEMORY",
		    check_file(k->config));
	}
}

/* The rehearsal has a server of its own, where there is the program of one. */
static void
look_at_drill(struct check *k)
{
	bool client = child_exists("mariadb") || child_exists("mysql");

	if (child_exists("mariadbd") && !client) {
		findings_add(k->found, "warn", N_("drill"), "%s",
		    _("mariadbd is here, and no client: a drill would fail"));
		findings_mend(k->found, "apt-get install mariadb-client-core");
	} else if (child_exists("mariadbd")) {
		findings_add(k->found, "ok", N_("drill"), "%s",
		    _("a server of its own (mariadbd), without network"));
	} else {
		findings_add(k->found, "warn", N_("drill"), "%s",
		    _("no mariadbd here: it would restore beside the database of the "
		      "application"));
		findings_mend(k->found, "apt-get install mariadb-server-core%s",
		    client ? "" : " mariadb-client-core");
	}
	look_at_drill_keys(k);
}

/* One line that says it all. */
static void
conclude(struct check *k)
{
	size_t fails = findings_count(k->found, "fail"),
	       warns = findings_count(k->found, "warn");
	struct buf b = {0};
	char at[24];
	struct tm tm;
	time_t t;

	findings_part(k->found, "");
	if (fails > 0) {
		findings_add(k->found, "fail", N_("tonight"),
		    P_("a run would fail: %zu thing to mend, marked \"fail\"",
			"a run would fail: %zu things to mend, marked \"fail\"", fails),
		    fails);
		goto out;
	}
	for (size_t i = 0; i < CHECK_LOCALLY; i++) {
		t = (time_t)k->next[i];
		if (t > 0 && localtime_r(&t, &tm) != NULL &&
		    strftime(at, sizeof(at), "%Y-%m-%d %H:%M", &tm) > 0)
			buf_printf(&b, "%s%s %s", b.len > 0 ? ", " : "", check_names[i], at);
	}
	findings_add(k->found, "ok", N_("tonight"), "%s%s%s",
	    buf_string(&b) != NULL && b.len > 0 ? _("the next runs will work: ")
						: _("a run would work"),
	    b.len > 0 ? b.data : "", warns > 0 ? _("; see what is marked \"warn\"") : "");
out:
	findings_fact(k->found, "fail", json_integer((json_int_t)fails));
	findings_fact(k->found, "warn", json_integer((json_int_t)warns));
	buf_free(&b);
}

int
check_config(
    const struct config *c, const char *jobs, const struct check_above *above, bool json)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct check k = {.config = c,
	    .jobs = jobs,
	    .user = pw != NULL ? pw->pw_name : "nobody",
	    .now = (int64_t)time(NULL)};
	const char *exclude = config_get(c, "EXCLUDE_LIST");
	int rc = EX_OSERR;

	/* What programs read is the same everywhere. */
	language_set(json ? "en" : config_get(c, "LANGUAGE"));
	k.found = findings_new();
	k.environment = job_environment(c, "check-config", NULL);
	if (k.found == NULL || k.environment == NULL)
		goto out;
	k.reader = capng_get_caps_process() == 0 &&
		   capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH) != 0;
	findings_part(k.found, N_("What is saved"));
	look_at_us(&k);
	look_at_tool(&k, "siantre-dump");
	look_at_tool(&k, "siantre-pack");
	look_at_tool(&k, "siantre-verify");
	if (check_env(&k))
		check_database(&k);
	check_application(&k);
	check_web(&k);
	check_extras(&k);
	if (check_readable(&k, "warn", N_("exclude list"), exclude, "EXCLUDE_LIST"))
		findings_add(k.found, "ok", N_("exclude list"), "%s", exclude);
	findings_part(k.found, N_("Where to"));
	checkage_look(c, k.found);
	check_place(&k);
	check_sizes(&k);
	if (above->disk != NULL)
		above->disk(c, k.found);
	checkpages_look(c, k.found);
	checkship_look(c, k.found);
	look_at_drill(&k);
	findings_part(k.found, N_("When"));
	check_when(&k);
	check_units(&k);
	findings_part(k.found, N_("Who is told"));
	if (above->alert != NULL)
		above->alert(c, k.found);
	conclude(&k);
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
