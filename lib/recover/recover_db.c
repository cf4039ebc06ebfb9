/* Steps: the database with its account, and its rows. */
#include "recover/recover.h"

#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/child.h"
#include "recover/contents.h"
#include "set/manifest.h"
#include "db/login.h"
#include "db/provision.h"

#define SAID_MAX (64 << 10)

/* The login of the application; NULL after saying why not. */
static struct login *
application(struct recover *r)
{
	const char *path = config_get(r->config, "DB_ENV_FILE");
	struct login *l;

	if (access(path, F_OK) != 0) {
		recover_say(r, "%s: not there", path);
		return NULL;
	}
	if ((l = login_new()) != NULL && login_env_file(l, path) == 0)
		return l;
	recover_say(r, "%s names no database", path);
	login_free(l);
	return NULL;
}

/* The socket that the .env names, for the caller to free; NULL: none. */
static char *
socket_of(const struct recover *r)
{
	struct dotenv *d = recover_env(config_get(r->config, "DB_ENV_FILE"));
	const char *value = d != NULL ? dotenv_get(d, "DB_SOCKET") : NULL;
	char *copy = value != NULL && *value != '\0' ? strdup(value) : NULL;

	dotenv_free(d);
	return copy;
}

/*
 * Let ${l} be root at the socket, but not where that leads to another server of this machine than
 * the one that ${app} means: one in a container has its port alone.
 */
static int
root(struct recover *r, struct login *l, const struct login *app, const char *socket)
{
	if (login_set(l, 'u', "root") != 0 ||
	    (socket != NULL && login_set(l, 'S', socket) != 0))
		return EX_OSERR;
	if (!login_elsewhere(l, app))
		return 0;
	recover_say(r, "the server at the socket is another one than that of the .env: "
		       "--defaults-file FILE names its root");
	return EX_CONFIG;
}

bool
recover_database_there(struct recover *r)
{
	struct login *app = application(r);
	char why[256];
	bool ok = false;

	if (app == NULL)
		return false;
	if ((ok = provision_try(app, NULL, why)))
		recover_say(r, "`%s` answers %s", login_database(app), login_user(app));
	else
		recover_say(r, "%s", why);
	login_free(app);
	return ok;
}

int
recover_database(struct recover *r)
{
	struct login *app = application(r), *admin = NULL;
	char *socket = socket_of(r), why[256];
	int rc = EX_CONFIG;

	if (app == NULL)
		goto out;
	if (!login_is_local(app)) {
		recover_say(r, "the server is another machine: make `%s` and its account there",
		    login_database(app) != NULL ? login_database(app) : "");
		goto out;
	}
	rc = EX_OSERR;
	if ((admin = login_new()) == NULL)
		goto out;
	if (r->defaults_file != NULL)
		rc = login_defaults(admin, r->defaults_file, false);
	else
		rc = root(r, admin, app, socket);
	if (rc == 0 && (rc = provision_make(admin, app, r->yes)) == 0) {
		if (provision_try(app, NULL, why))
			recover_say(
			    r, "`%s` made for %s", login_database(app), login_user(app));
		else {
			/* It was there, with another password. */
			recover_say(r, "%s%s", why,
			    r->yes ? ""
				   : " (--yes gives the account the password of the .env)");
			rc = 1;
		}
	}
out:
	login_free(admin);
	login_free(app);
	free(socket);
	return rc;
}

/*
 * The path of the file that stands from the first table to the last trigger, so that what a load
 * that failed or was killed has left does not count as there; false where it is too long.
 */
static bool
unfinished(const struct recover *r, char *path)
{
	return snprintf(path, PATH_MAX, "%s/%s.rows-unfinished",
		   config_get(r->config, "STATE_DIR"),
		   config_get(r->config, "APP_NAME")) < PATH_MAX;
}

enum rows { ROWS_MISSING, ROWS_PART, ROWS_THERE };

/* What of the dump is there, which is said, too. */
static enum rows
look_at_rows(struct recover *r)
{
	struct login *app = application(r);
	uint64_t objects = 0;
	char why[256], mark[PATH_MAX];
	enum rows found = ROWS_MISSING;

	if (app == NULL)
		return found;
	if (!provision_try(app, &objects, why))
		recover_say(r, "%s", why);
	else if (objects == 0)
		recover_say(r, "`%s` is empty", login_database(app));
	else if (unfinished(r, mark) && access(mark, F_OK) == 0) {
		recover_say(r,
		    "`%s` holds a part of the dump, whose load did not end (--yes loads it "
		    "anew; without %s it counts as whole)",
		    login_database(app), mark);
		found = ROWS_PART;
	} else {
		recover_say(
		    r, "`%s` has %" PRIu64 " tables and views", login_database(app), objects);
		found = ROWS_THERE;
	}
	login_free(app);
	return found;
}

bool
recover_rows_there(struct recover *r)
{
	return look_at_rows(r) == ROWS_THERE;
}

int
recover_rows(struct recover *r)
{
	struct login *app = application(r), *admin = NULL;
	char self[PATH_MAX], mark[PATH_MAX], why[256];
	char *socket = socket_of(r), *said = NULL, *nl;
	uint64_t objects = 0;
	bool again = unfinished(r, mark) && access(mark, F_OK) == 0;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *list[26];
	char *argv[26];
	size_t k = 0;
	int rc = EX_DATAERR;

	if (app == NULL || n <= 0)
		goto out;
	self[n] = '\0';
	if (r->backups.dump == NULL) {
		recover_say(r, "no backup of the database");
		goto out;
	}
	if (again && !r->yes) {
		if (look_at_rows(r) == ROWS_PART)
			goto out;
		buf_reset(&r->said, SIZE_MAX);
	}
	if (r->defaults_file == NULL && login_is_local(app) &&
	    ((admin = login_new()) == NULL || (rc = root(r, admin, app, socket)) != 0))
		goto out;
	if (access(config_get(r->config, "STATE_DIR"), W_OK) == 0 &&
	    atomic_write(mark, 0600, "", 0) != 0) {
		rc = EX_CANTCREAT;
		goto out;
	}
	list[k++] = self;
	list[k++] = "db";
	list[k++] = "--no-units"; /* nothing can use what is not there yet */
	if (*config_name(r->config) != '\0') {
		list[k++] = "--config";
		list[k++] = config_name(r->config);
	}
	if (r->quiet)
		list[k++] = "--quiet";
	if (r->defaults_file != NULL) {
		list[k++] = "--defaults-file";
		list[k++] = r->defaults_file;
	} else if (!login_is_local(app)) {
		list[k++] = "--env-file";
		list[k++] = config_get(r->config, "DB_ENV_FILE");
	} else {
		list[k++] = "--user";
		list[k++] = "root";
		if (socket != NULL) {
			list[k++] = "--socket";
			list[k++] = socket;
		}
	}
	if (r->identity != NULL) {
		list[k++] = "--identity";
		list[k++] = r->identity;
	}
	/* What a load has left there is kept beside it. */
	if (again && r->yes)
		list[k++] = "--yes";
	list[k++] = "--into";
	list[k++] = login_database(app);
	list[k++] = r->backups.dump;
	list[k] = NULL;
	/* argv's type knows no constants, and nobody writes there. */
	memcpy(argv, list, (k + 1) * sizeof(argv[0]));
	rc = child_output(argv, SAID_MAX, &said);
	if (rc == 0 || (provision_try(app, &objects, why) && objects == 0))
		(void)unlink(mark);
	if (rc == 0 && (nl = strchr(said, '\n')) != NULL) {
		*nl = '\0';
		recover_say(r, "%s", said);
	}
out:
	free(said);
	free(socket);
	login_free(admin);
	login_free(app);
	return rc == -1 ? EX_OSERR : rc;
}

/* Hold the tables that the list ${tables} has against those of ${m}. */
static bool
agree(struct recover *r, MYSQL *m, const json_t *tables)
{
	const json_t *t, *rows_told;
	uint64_t rows, all = 0;
	const char *name;
	json_int_t want;
	size_t i;

	for (i = 0; (t = json_array_get(tables, i)) != NULL; i++) {
		name = json_string_value(json_object_get(t, "table"));
		rows_told = json_object_get(t, "rows");
		if (name == NULL || !json_is_integer(rows_told) ||
		    (want = json_integer_value(rows_told)) < 0)
			continue;
		if (!provision_rows(m, name, &rows)) {
			recover_say(r, "`%s` is missing", name);
			return false;
		}
		if (rows != (uint64_t)want) {
			recover_say(r, "`%s` has %" PRIu64 " rows, the backup %" PRIu64, name,
			    rows, (uint64_t)want);
			return false;
		}
		all += rows;
	}
	recover_say(r, "%zu tables, %" PRIu64 " rows, as in the backup", i, all);
	return true;
}

/* The tables of the encrypted dump ${name}, which set.json does not tell, as its note has them. */
static json_t *
look_into(const struct recover *r, const char *name)
{
	struct dumpfile *d = NULL;
	struct contents *c = NULL;
	json_t *tables = json_array();
	char *path = NULL;

	if (asprintf(&path, "%s/%s", r->backups.dump, name) == -1)
		path = NULL;
	if (path != NULL && dumpfile_open(path, r->identity, &d) == 0 &&
	    contents_read(d, false, true, &c) == 0) {
		for (size_t i = 0; i < c->len; i++)
			json_array_append_new(
			    tables, json_pack("{s:s,s:I}", "table", c->tables[i].table, "rows",
					(json_int_t)c->tables[i].rows));
	} else {
		json_decref(tables);
		tables = NULL;
	}
	contents_free(c);
	dumpfile_free(d);
	free(path);
	return tables;
}

/* Whether ${f} is the dump of the job, encrypted or not. */
static bool
is_dump(const struct manifest_file *f)
{
	return f->dump != NULL && (strcmp(f->name, "db_backup.sql.gz") == 0 ||
				      strcmp(f->name, "db_backup.sql.gz.age") == 0);
}

bool
recover_rows_agree(struct recover *r)
{
	json_t *tables;
	struct login *app = application(r);
	struct manifest *manifest = NULL;
	struct manifest_file f;
	char why[256];
	MYSQL *m = NULL;
	bool ok = false;

	if (app == NULL)
		return false;
	if (r->backups.dump == NULL || manifest_read(r->backups.dump, &manifest) != 0)
		recover_say(r, "the backup does not say how many there should be");
	else if ((m = login_try(app, login_database(app), why)) == NULL)
		recover_say(r, "%s", why);
	else {
		for (size_t i = 0; !ok && manifest_file(manifest, i, &f) == 0; i++)
			if (is_dump(&f)) {
				tables = json_incref(json_object_get(f.dump, "tables"));
				if (tables == NULL)
					tables = look_into(r, f.name);
				if (tables != NULL)
					ok = agree(r, m, tables);
				else
					recover_say(r, "%s cannot be read", f.name);
				json_decref(tables);
				break;
			}
		mysql_close(m);
	}
	manifest_free(manifest);
	login_free(app);
	return ok;
}
