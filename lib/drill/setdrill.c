#include "drill/setdrill.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dotenv.h"
#include "base/io.h"
#include "base/sig.h"
#include "drill/client.h"
#include "drill/outside.h"
#include "drill/tree.h"
#include "set/decrypt.h"
#include "set/verified.h"
#include "sql/quote.h"

#define ENV "env_backup.env"

static enum drill_part
part_of(const char *job)
{
	return strcmp(job, "db") == 0      ? DRILL_DATABASE
	       : strcmp(job, "files") == 0 ? DRILL_FILES
					   : DRILL_OTHER;
}

/* As an administrator does before he relies on it. */
static int
prove(struct protocol *p, const struct choice_set *set, const char *identity)
{
	char program[] = "siantre-verify", quiet[] = "-q", level[] = "--level=structure";
	char line[OUTSIDE_SAID], *path = strdup(set->path);
	char *key = identity != NULL ? outside_argument("--identity=%s", identity) : NULL;
	char *const argv[] = {program, quiet, level, path, key, NULL};
	int status = 1;

	protocol_begin(p, set->job, set->name, part_of(set->job), "prove the set");
	line[0] = '\0';
	if (path != NULL)
		status = outside_run(argv, -1, line);
	if (status != 0 && (status < EX__BASE || status > EX__MAX))
		status = 1;
	protocol_end(p, status == 0 ? DRILL_OK : DRILL_FAIL, status, line);
	free(key);
	free(path);
	return status;
}

/* Give the room back, for the next dump and for the end. */
static void
drop(struct setdrill_place *place)
{
	static const char others[] =
	    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN "
	    "('information_schema', 'mysql', 'performance_schema', 'sys')";
	char line[OUTSIDE_SAID], nothing[16], names[16384], *rest = names, *name;
	struct buf sql = {0};
	const char *text;

	if (place->given != NULL) {
		if (given_drop(place->given, place->landing.database) == 0)
			scratch_keep_database(place->scratch, "");
		return;
	}
	/* Whatever it holds, half of a dump too: the next one finds an empty server. */
	if (client_query(place->landing.options, NULL, others, names, sizeof(names), line) != 0)
		return;
	while ((name = strsep(&rest, "\n")) != NULL) {
		if (*name == '\0')
			continue;
		buf_text(&sql, "DROP DATABASE ");
		quote_name(&sql, name);
		buf_text(&sql, "; ");
	}
	if (sql.len > 0 && (text = buf_string(&sql)) != NULL)
		client_query(
		    place->landing.options, NULL, text, nothing, sizeof(nothing), line);
	buf_free(&sql);
}

/* A database beside the live one, of which a note on the disk tells the next drill. */
static int
make_scratch_database(struct setdrill_place *place, const struct choice_set *set)
{
	const char *name = place->landing.database;
	int rc;

	protocol_begin(place->protocol, set->job, set->name, part_of(set->job),
	    "make the database %s", name);
	rc = scratch_keep_database(place->scratch, name) != 0
		 ? EX_CANTCREAT
		 : given_create(place->given, name);
	protocol_end(place->protocol, rc == 0 ? DRILL_OK : DRILL_FAIL, rc,
	    rc == EX_NOPERM ? "the account may not" : NULL);
	return rc;
}

static int
drill_dump(struct setdrill_place *place, const struct choice_set *set, const char *file)
{
	int rc = 0;

	if (place->given != NULL && (rc = make_scratch_database(place, set)) != 0) {
		scratch_keep_database(place->scratch, "");
		return rc;
	}
	rc = database_drill(place->protocol, &place->landing, set, file, part_of(set->job));
	if (rc == 0 && place->landing.loaded[0] != '\0' && !place->checked) {
		checks_run(place->checks, place->protocol, set->job, set->name,
		    place->landing.options, place->landing.loaded);
		place->checked = true;
	}
	drop(place);
	return rc;
}

/* The one file without which nothing starts on a new server. */
static int
drill_env(struct protocol *p, const struct choice_set *set, const struct manifest_file *f,
    const char *identity)
{
	struct dotenv *d = NULL;
	char *path = NULL;
	const char *key;
	int fd = -1, rc = EX_OSERR;

	protocol_begin(p, set->job, set->name, DRILL_FILES, "read %s", f->name);
	if (asprintf(&path, "%s/%s", set->path, f->name) == -1) {
		path = NULL;
		warn("drill");
	} else if ((rc = decrypt_open(set->path, ENV, identity, &fd)) == 0) {
		d = dotenv_read(fd, path);
	}
	if (d == NULL) {
		if (rc == 0 || rc == EX_NOINPUT)
			rc = EX_DATAERR;
		protocol_end(p, DRILL_FAIL, rc, "it cannot be read");
	} else if ((key = dotenv_get(d, "APP_KEY")) == NULL || *key == '\0') {
		warnx("%s: warning: no APP_KEY", path);
		protocol_end(p, DRILL_WARN, 0,
		    "no APP_KEY: what the application encrypted would be lost");
	} else {
		protocol_end(p, DRILL_OK, 0, "with its APP_KEY");
	}
	dotenv_free(d);
	io_close(&fd);
	free(path);
	return rc;
}

/* A file of that name, with whatever behind it says how it is packed; no index of one. */
static bool
has(const struct choice_set *set, const char *name)
{
	struct manifest_file f;

	for (size_t i = 0; manifest_file(set->manifest, i, &f) == 0; i++)
		if (strncmp(f.name, name, strlen(name)) == 0 && f.bytes > 0 &&
		    (choice_is_dump(&f) || choice_is_tar(&f) || choice_is_encrypted(&f) ||
			strcmp(f.name, name) == 0))
			return true;
	return false;
}

/*
 * What the procedure wants in the nightly sets: where it is missing, nothing below fails for it.
 * One that was not there that night was told of then.
 */
static int
look_for(struct protocol *p, const struct choice_set *set)
{
	static const struct {
		const char *job;
		const char *name;
		bool needed;
	} parts[] = {{"db", "db_backup.sql", true}, {"files", "app_files.tar", true},
	    {"files", "storage_files.tar", true}, {"files", "env_backup.env", false},
	    {"files", "web_config.conf", false}};
	char lacks[160] = "";
	bool bad = false;

	if (part_of(set->job) == DRILL_OTHER)
		return 0;
	protocol_begin(p, set->job, set->name, part_of(set->job), "look for every part");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(parts[i].job, set->job) != 0 || has(set, parts[i].name))
			continue;
		bad = bad || parts[i].needed;
		strlcat(lacks, *lacks != '\0' ? ", " : "not there: ", sizeof(lacks));
		strlcat(lacks, parts[i].name, sizeof(lacks));
	}
	if (*lacks != '\0')
		warnx("%s: %s%s", set->path, bad ? "" : "warning: ", lacks);
	protocol_end(p,
	    bad              ? DRILL_FAIL
	    : *lacks != '\0' ? DRILL_WARN
			     : DRILL_OK,
	    bad ? EX_DATAERR : 0, lacks);
	return bad ? EX_DATAERR : 0;
}

/* One file of the set. */
static int
drill_file(
    struct setdrill_place *place, const struct choice_set *set, const struct manifest_file *f)
{
	enum drill_part part = part_of(set->job);
	const char *identity = place->landing.identity;

	if (choice_is_encrypted(f) && identity == NULL) {
		protocol_begin(place->protocol, set->job, set->name, part, "open %s", f->name);
		warnx("%s/%s: encrypted: --identity FILE is needed: not rehearsed", set->path,
		    f->name);
		protocol_end(place->protocol, DRILL_FAIL, EX_CONFIG,
		    "not rehearsed: encrypted, --identity FILE is needed");
		return EX_CONFIG;
	}
	if (choice_is_dump(f))
		return drill_dump(place, set, f->name);
	if (choice_is_tar(f))
		return tree_drill(place->protocol, place->scratch, set, f, identity, part);
	if (strcmp(f->name, ENV) == 0 || strcmp(f->name, ENV ".age") == 0)
		return drill_env(place->protocol, set, f, identity);
	return 0;
}

/* Whether a server of another series, whose answer says little about the set, had the dump. */
static bool
other_series(const struct landing *l, const struct choice_set *set)
{
	struct manifest_file f;
	const char *server;
	size_t len;

	for (size_t i = 0; l->version != NULL && manifest_file(set->manifest, i, &f) == 0;
	     i++) {
		server = json_string_value(json_object_get(f.dump, "server"));
		if (server == NULL)
			continue;
		len = strcspn(server, ".");
		len += server[len] == '.' ? 1 + strcspn(server + len + 1, ".-") : 0;
		if (strncmp(server, l->version, len) != 0)
			return true;
	}
	return false;
}

/*
 * What did not come back is no backup that an older one may be removed for.  But a tool that
 * could not do its work says nothing about the set, and another server than the dump's not much.
 */
static void
record(const struct setdrill_place *place, const struct choice_set *set, int code)
{
	if (code != 0 && (code != EX_DATAERR || other_series(&place->landing, set)))
		return;
	if (access(set->path, W_OK) != 0) {
		warnx("%s: warning: %s cannot be written there", set->path, VERIFIED_NAME);
		return;
	}
	verified_write(set->path, "drill", code == 0,
	    code == 0 ? NULL : "did not come back as it was saved");
}

void
setdrill_run(struct setdrill_place *place, const struct choice_set *set)
{
	struct manifest_file f;
	int rc = prove(place->protocol, set, place->landing.identity), one;
	bool whole = rc == 0;

	if (whole)
		rc = look_for(place->protocol, set);
	/* One failure does not hide the next. */
	for (size_t i = 0; whole && sig_stop() == 0 && manifest_file(set->manifest, i, &f) == 0;
	     i++) {
		one = drill_file(place, set, &f);
		rc = one != 0 && rc != EX_DATAERR ? one : rc;
	}
	if (sig_stop() == 0)
		record(place, set, rc);
}
