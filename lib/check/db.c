/* The part of check-config that is about the database and its .env. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <fcntl.h>
#include <unistd.h>

#include <jansson.h>

#include "base/child.h"
#include "base/language.h"
#include "base/num.h"
#include "check/parts.h"
#include "set/record.h"
#include "set/systemctl.h"

bool
check_env(struct check *k)
{
	const char *path = config_get(k->config, "DB_ENV_FILE");
	bool needed = *config_get(k->config, "DB_DEFAULTS_FILE") == '\0';
	struct stat st;
	char *real;

	if (lstat(path, &st) != 0) {
		/* The job files notes that it was not there. */
		findings_add(k->found, needed ? "fail" : "warn", ".env", "%s: %s", path,
		    strerror(errno));
		findings_mend(k->found, "sensible-editor %s    # set APP_DIR or DB_ENV_FILE",
		    check_file(k->config));
		return !needed;
	} else if (!S_ISREG(st.st_mode)) {
		real = realpath(path, NULL);
		findings_add(k->found, "fail", ".env", _("%s: not a regular file"), path);
		findings_mend(k->found, CHECK_SET, "DB_ENV_FILE",
		    findings_word(real != NULL ? real : "/path/to/.env"),
		    check_file(k->config));
		free(real);
		return !needed;
	} else if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0) {
		findings_add(k->found, "fail", ".env", "%s: %s", path, strerror(errno));
		findings_mend(k->found, "%s", check_again(k));
		return !needed;
	} else if ((st.st_mode & S_IRWXO) != 0) {
		findings_add(k->found, "warn", ".env",
		    _("%s: every user of this machine can read it (mode %04o)"), path,
		    st.st_mode & 07777U);
		findings_mend(k->found, "chmod o-rwx %s", findings_word(path));
	} else {
		findings_add(k->found, "ok", ".env", "%s", path);
	}
	return true;
}

/*
 * Name the command for what siantre-dump has none for: the server does not run, or the login in
 * ${path} is not right.
 */
static void
mend_login(struct check *k, const char *path, bool own, const char *line, int status)
{
	static const char *const here[] = {"local server", "'localhost'", "'127.", "'::1'"};
	bool local = false;
	const char *name = child_exists("mariadbd") ? "mariadb"
			   : child_exists("mysqld") ? "mysql"
						    : NULL;

	for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		local = local || strstr(line, here[i]) != NULL;
	if (status == EX_UNAVAILABLE && local && name != NULL && systemctl_running())
		findings_mend(k->found, "systemctl start %s", name);
	else if (status == EX_UNAVAILABLE && local && name != NULL)
		findings_mend(k->found, "service %s start", name);
	else
		findings_mend(k->found, "sensible-editor %s    # %s", findings_word(path),
		    own ? "host, socket, user, password, database" : "the keys DB_...");
}

/* Tell what siantre-dump said: lines, the first of which may say why it ended with ${status},
 * and after each perhaps a hint, which is a command. */
static void
tell_said(struct check *k, const char *path, bool own, const char *text, int status)
{
	const char *line = text;
	char why[80] = "";
	int len;

	if (status != 0)
		snprintf(why, sizeof(why), _(" (siantre-dump ended %d)"), status);
	do {
		if (strncmp(line, "siantre-dump: ", 14) == 0)
			line += 14;
		len = (int)strcspn(line, "\n");
		if (strncmp(line, "hint: ", 6) == 0) {
			findings_mend(k->found, "%.*s", len - 6, line + 6);
		} else {
			findings_add(k->found, *why != '\0' ? "fail" : "warn", N_("database"),
			    "%.*s%s", len, line, why);
			if (*why != '\0' && strncmp(line + len, "\nhint: ", 7) != 0)
				mend_login(k, path, own, line, status);
			*why = '\0';
		}
		line += len;
	} while (*line == '\n' && *++line != '\0');
}

static size_t
count_kind(const json_t *tables, const char *kind)
{
	const char *is;
	const json_t *o;
	size_t i, n = 0;

	json_array_foreach(tables, i, o)
	{
		is = record_text(o, "kind");
		n += is != NULL && strcmp(is, kind) == 0;
	}
	return n;
}

/* How the snapshot will come about: ${way} is that of siantre-dump's plan, NULL for none. */
static void
tell_snapshot(struct check *k, const char *way)
{
	if (way == NULL) {
		findings_add(k->found, "ok", N_("snapshot"), "%s",
		    _("one connection: this account may not lock tables"));
	} else if (strcmp(way, "position") == 0) {
		findings_add(k->found, "ok", N_("snapshot"), "%s",
		    _("parallel, without a lock: the binary log tells"));
	} else if (strcmp(way, "lock-tables") == 0) {
		findings_add(k->found, "ok", N_("snapshot"), "%s",
		    _("parallel; LOCK TABLES holds writers for a moment"));
	} else {
		findings_add(k->found, "ok", N_("snapshot"), "%s",
		    _("parallel; a read lock holds writers for a moment"));
	}
	findings_fact(k->found, "lock", way != NULL ? json_string(way) : json_null());
}

/* Remember where the server is, if it is not here: "db1 via TCP/IP". */
static void
note_host(struct check *k, const char *connection)
{
	size_t len = connection != NULL ? strcspn(connection, " ") : 0;

	if (len == 0 || len >= sizeof(k->far) || strstr(connection, "TCP/IP") == NULL)
		return;
	k->tcp = true;
	memcpy(k->far, connection, len);
	k->far[len] = '\0';
	if (strcmp(k->far, "localhost") == 0 || strncmp(k->far, "127.", 4) == 0 ||
	    strcmp(k->far, "::1") == 0)
		k->far[0] = '\0';
}

static void
tell_plan(struct check *k, const json_t *plan)
{
	const json_t *tables = json_object_get(plan, "tables");
	const char *account = record_text(plan, "account"),
		   *server = record_text(plan, "server");
	const char *name =
	    json_string_value(json_array_get(json_object_get(plan, "databases"), 0));
	const char *connection = record_text(plan, "connection");
	size_t ntables = count_kind(tables, "table"), nviews = count_kind(tables, "view");
	json_int_t bytes = json_integer_value(json_object_get(plan, "bytes"));
	char size[16];

	k->has_database = true;
	k->database = bytes > 0 ? (uint64_t)bytes : 0;
	note_host(k, connection);
	/* TRANSLATORS: name of the database, version of the server, how it is reached, account */
	findings_add(k->found, "ok", N_("database"), _("%s on %s (%s) as %s"),
	    name != NULL ? name : "-", server != NULL ? server : "-",
	    connection != NULL ? connection : "-", account != NULL ? account : "-");
	/* TRANSLATORS: the numbers of tables and views, the size of the rows */
	findings_add(k->found, "ok", N_("database"),
	    _("tables: %zu, views: %zu; about %s by server statistics"), ntables, nviews,
	    num_human(size, sizeof(size), k->database));
	findings_fact(k->found, "database", json_string(name != NULL ? name : ""));
	findings_fact(k->found, "server", json_string(server != NULL ? server : ""));
	findings_fact(k->found, "account", json_string(account != NULL ? account : ""));
	findings_fact(k->found, "tables", json_integer((json_int_t)ntables));
	findings_fact(k->found, "views", json_integer((json_int_t)nviews));
	findings_fact(k->found, "bytes", json_integer(bytes));
	tell_snapshot(k, record_text(plan, "snapshot"));
}

/* What the account lacks and would be dumped wrongly for; ${told}: the probe has said that. */
static void
tell_missing(struct check *k, const json_t *plan, const char *told)
{
	const char *text, *grant;
	const json_t *o;
	size_t i;

	json_array_foreach(json_object_get(plan, "missing"), i, o)
	{
		text = record_text(o, "text");
		grant = record_text(o, "grant");
		if (text == NULL || (told != NULL && strstr(told, text) != NULL))
			continue;
		findings_add(k->found,
		    json_is_true(json_object_get(o, "fatal")) ? "fail" : "warn", N_("database"),
		    "%s", text);
		if (grant != NULL)
			findings_mend(k->found, "%s;", grant);
	}
}

void
check_database(struct check *k)
{
	const char *defaults = config_get(k->config, "DB_DEFAULTS_FILE");
	bool own = *defaults != '\0';
	const char *path = own ? defaults : config_get(k->config, "DB_ENV_FILE");
	char dump[] = "siantre-dump", env[] = "--env-file", ours[] = "--defaults-file",
	     bare[] = "--no-data", quiet[] = "-q", plan[] = "--plan", json[] = "--json",
	     *operand = strdup(path), *said = NULL, *out = NULL, *again = NULL;
	char *const probe[] = {dump, own ? ours : env, operand, bare, quiet, NULL};
	char *const look[] = {dump, own ? ours : env, operand, plan, json, NULL};
	int status = operand == NULL ? -1 : check_ask(k, probe, NULL, &said);
	json_t *facts = NULL;

	if (status == 0)
		findings_add(
		    k->found, "ok", N_("database"), _("siantre-dump logs in with %s"), path);
	if (operand != NULL && check_ask(k, look, &out, &again) == 0 && out != NULL &&
	    (facts = json_loads(out, 0, NULL)) != NULL)
		tell_plan(k, facts);
	if (status != 0 || (said != NULL && *said != '\0'))
		tell_said(k, path, own, said != NULL ? said : "", status);
	if (facts != NULL)
		tell_missing(k, facts, said);
	json_decref(facts);
	free(again);
	free(out);
	free(said);
	free(operand);
}
