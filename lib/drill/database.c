#include "drill/database.h"

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/sig.h"
#include "drill/client.h"
#include "drill/definers.h"
#include "drill/outside.h"
#include "drill/tables.h"
#include "set/decrypt.h"
#include "set/kind.h"
#include "sql/endmark.h"

#define PIECE ((size_t)256 << 10)
#define DETAIL 1024
#define DUMP_HEAD "-- siantre-dump "

struct visit {
	struct protocol *protocol;
	struct landing *landing;
	const struct choice_set *set;
	enum drill_part part;
	const char *file;
	char *path;
	char *inner;              /* the name of the dump before it was encrypted */
	int plain;                /* the decrypted dump; -1: it is not encrypted */
	struct endmark *saved;    /* what the set's dump is … */
	struct endmark *restored; /* … and what came back */
	struct definers *definers;
	char line[OUTSIDE_SAID];
	char detail[DETAIL];
	char head[sizeof(DUMP_HEAD)]; /* the first bytes of what was saved */
	bool foreign;                 /* they are not those of a dump of ours */
};

/* Push all of ${fd} into ${e}, and past ${d} (NULL: nobody looks).  Return 0, or -1. */
static int
push(struct visit *v, int fd, struct endmark *e, struct definers *d)
{
	char *piece = malloc(PIECE);
	ssize_t n = -1;
	bool bad = false, begun = false;

	/* Also behind an error: whoever writes shall end on his own. */
	while (piece != NULL && sig_stop() == 0 && (n = io_read(fd, piece, PIECE)) > 0) {
		bad = bad || endmark_add(e, piece, (size_t)n) != 0;
		if (!begun && d != NULL)
			memcpy(v->head, piece,
			    (size_t)n < sizeof(v->head) - 1 ? (size_t)n : sizeof(v->head) - 1);
		begun = true;
		if (d != NULL)
			definers_add(d, piece, (size_t)n);
	}
	free(piece);
	return n == 0 && !bad && endmark_finish(e) == 0 ? 0 : -1;
}

/* End a step that failed for what ${v}'s line says, or ${otherwise}. */
static int
failed(struct visit *v, int code, const char *otherwise)
{
	if (code < EX__BASE || code > EX__MAX)
		code = 1;
	protocol_end(v->protocol, DRILL_FAIL, code, *v->line != '\0' ? v->line : otherwise);
	return code;
}

/* The end of ${argv}, whose stdin is ${in} (-1: none) and stdout a dump, read into ${e}. */
static int
read_dump(struct visit *v, char *const argv[], int in, struct endmark *e, struct definers *d)
{
	struct outside o;
	const char *problem;
	int status, good;

	if (outside_start(&o, argv, CHILD_OUT, in, -1) != 0)
		return failed(v, 1, argv[0]);
	good = push(v, o.child.out, e, d);
	status = outside_end(&o, v->line);
	if (sig_stop() != 0)
		return failed(v, 1, "stopped");
	if (status != 0)
		return failed(v, status, argv[0]);
	if (good != 0 && d != NULL && strcmp(v->head, DUMP_HEAD) != 0) {
		warnx("%s: not a dump of siantre-dump: not drilled", v->path);
		v->foreign = true;
		protocol_end(v->protocol, DRILL_WARN, 0, "foreign SQL, without digests");
		return 1;
	}
	if (good != 0) {
		problem = endmark_error(e) != NULL ? endmark_error(e) : "it cannot be read";
		warnx("%s: %s", v->path, problem);
		return failed(
		    v, endmark_error(e) != NULL ? endmark_exit(e) : EX_IOERR, problem);
	}
	return 0;
}

/* What was saved. */
static int
read_saved(struct visit *v)
{
	char program[] = "siantre-pack", unpack[] = "-d", quiet[] = "-q";
	char cat[] = "cat", end[] = "--", sizes[32];
	bool encrypted = kind_promises_age(v->file);
	char *file = encrypted ? NULL : v->path; /* else stdin */
	char *const packed[] = {program, unpack, quiet, file, NULL};
	char *const plain[] = {cat, end, file, NULL};
	int fd = -1, rc = 0;

	protocol_begin(v->protocol, v->set->job, v->set->name, DRILL_OTHER, "read %s", v->file);
	if (encrypted &&
	    ((fd = open(v->path, O_RDONLY | O_CLOEXEC)) == -1 ||
		(rc = decrypt_fd(fd, v->path, v->landing->identity, true, &v->plain)) != 0)) {
		io_close(&fd);
		return failed(v, rc != 0 ? rc : EX_IOERR, "it cannot be decrypted");
	}
	io_close(&fd);
	rc = read_dump(
	    v, kind_promises_gzip(v->inner) ? packed : plain, v->plain, v->saved, v->definers);
	if (rc != 0)
		return rc;
	num_human(sizes, sizeof(sizes), endmark_bytes(v->saved));
	snprintf(v->detail, sizeof(v->detail), "%zu tables, %" PRIu64 " rows, %s",
	    endmark_tables(v->saved), endmark_rows(v->saved), sizes);
	protocol_end(v->protocol, DRILL_OK, 0, v->detail);
	return 0;
}

/* The accounts that a new server needs. */
static int
make_definers(struct visit *v)
{
	struct buf sql = {0};
	char nothing[16];
	const char *text;
	int rc = 1;

	definers_sql(v->definers, &sql);
	if ((text = buf_string(&sql)) != NULL)
		rc = client_query(
		    v->landing->options, NULL, text, nothing, sizeof(nothing), v->line);
	buf_free(&sql);
	return rc;
}

/* The one database that was dumped, or NULL for several. */
static const char *
only_database(const struct visit *v)
{
	const struct endmark *e = v->saved;
	const struct endmark_table *t, *first = endmark_table(e, 0);
	const json_t *list = NULL;
	struct manifest_file f;

	/* One without tables is known from set.json alone. */
	for (size_t i = 0; manifest_file(v->set->manifest, i, &f) == 0; i++)
		if (strcmp(f.name, v->file) == 0)
			list = json_object_get(f.dump, "databases");
	if (json_array_size(list) == 1 && json_is_string(json_array_get(list, 0)))
		return json_string_value(json_array_get(list, 0));
	for (size_t i = 1; (t = endmark_table(e, i)) != NULL; i++)
		if (strcmp(t->database, first->database) != 0)
			return NULL;
	return first != NULL ? first->database : NULL;
}

static int
load(struct visit *v)
{
	const char *into = v->landing->database;
	char program[] = "siantre-restore", db[] = "db", quiet[] = "-q", units[] = "--no-units";
	/* Digests are compared in a step of their own, which tells more. */
	char compare[] = "--compare=rows", to[] = "--into", *name = NULL;
	char *defaults = outside_argument("--defaults-file=%s", v->landing->options);
	char *config = outside_argument("--config=%s", v->landing->config);
	const char *identity = v->landing->identity;
	char with[] = "--identity",
	     *key = outside_argument("%s", identity != NULL ? identity : "");
	int rc = 1;

	protocol_begin(v->protocol, v->set->job, v->set->name, v->part, "load %s", v->file);
	if (into == NULL)
		into = only_database(v);
	strlcpy(v->landing->loaded, into != NULL ? into : "", sizeof(v->landing->loaded));
	name = outside_argument("%s", v->landing->loaded);
	if (name == NULL || defaults == NULL || config == NULL || key == NULL)
		goto out;
	char *argv[16] = {program, db, quiet, units, compare, config, defaults, v->path};
	size_t n = 8;

	if (identity != NULL) {
		argv[n++] = with;
		argv[n++] = key;
	}
	if (into != NULL) {
		argv[n++] = to;
		argv[n++] = name;
	}

	if (v->landing->database == NULL && definers_count(v->definers) > 0 &&
	    (rc = make_definers(v)) != 0)
		goto out;
	rc = outside_run(argv, -1, v->line);
out:
	if (rc != 0)
		rc = failed(v, rc, program);
	else
		protocol_end(v->protocol, DRILL_OK, 0,
		    v->landing->database == NULL && definers_count(v->definers) > 0
			? "with the accounts of its definers"
			: NULL);
	free(name);
	free(key);
	free(config);
	free(defaults);
	return rc;
}

/*
 * Definitions are text of the server's making, and another version words them otherwise: rows
 * prove the restore, and a difference here is for somebody to look at.
 */
static enum drill_state
compare_definitions(struct visit *v, bool named)
{
	char more[256] = "";
	enum drill_state state = DRILL_OK;

	if (!named)
		strlcpy(
		    more, "definitions not compared: they name another database", sizeof(more));
	else if (strcmp(endmark_schema(v->saved), endmark_schema(v->restored)) != 0) {
		snprintf(more, sizeof(more),
		    "definitions read differently on this server (%s; digest %.12s, not %.12s)",
		    v->landing->version, endmark_schema(v->restored), endmark_schema(v->saved));
		state = DRILL_WARN;
	}
	snprintf(v->detail, sizeof(v->detail), "%zu tables, %" PRIu64 " rows are the same%s%s",
	    endmark_tables(v->saved), endmark_rows(v->saved),
	    named && state == DRILL_OK ? ", and so are all definitions" : "",
	    *more != '\0' ? "; " : "");
	strlcat(v->detail, more, sizeof(v->detail));
	return state;
}

static int
compare(struct visit *v)
{
	char program[] = "siantre-dump", quiet[] = "-q", several[] = "-B";
	char *defaults = outside_argument("--defaults-file=%s", v->landing->options);
	char *name = outside_argument("%s", v->landing->loaded), *argv[1024] = {program, quiet};
	const struct endmark_table *t;
	bool named = v->landing->database == NULL;
	size_t n = 2;
	int rc = 1;

	protocol_begin(v->protocol, v->set->job, v->set->name, v->part,
	    "dump again and compare %s", v->file);
	v->line[0] = '\0';
	if (name == NULL || defaults == NULL) {
		rc = failed(v, 1, "no memory");
		goto out;
	}
	argv[n++] = defaults;
	if (*name != '\0') {
		argv[n++] = name;
	} else {
		/* Several, in the order in which they were dumped. */
		argv[n++] = several;
		for (size_t i = 0; (t = endmark_table(v->saved, i)) != NULL; i++)
			if ((n == 4 || strcmp(argv[n - 1], t->database) != 0) &&
			    n < sizeof(argv) / sizeof(argv[0]) - 1 &&
			    (argv[n] = strdup(t->database)) != NULL)
				n++;
	}
	if ((rc = read_dump(v, argv, -1, v->restored, NULL)) != 0)
		goto out;
	if (tables_compare(v->saved, v->restored, named, v->detail, sizeof(v->detail)) > 0) {
		rc = EX_DATAERR;
		warnx("%s: %s", v->path, v->detail);
		protocol_end(v->protocol, DRILL_FAIL, rc, v->detail);
	} else {
		enum drill_state state = compare_definitions(v, named);

		if (state == DRILL_WARN)
			warnx("%s: warning: %s", v->path, v->detail);
		protocol_end(v->protocol, state, 0, v->detail);
	}
out:
	for (size_t i = 4; *v->landing->loaded == '\0' && i < n; i++)
		free(argv[i]);
	free(defaults);
	free(name);
	return rc;
}

/*
 * The database did not come back, and has no time.  Foreign SQL in a set of the administrator's
 * own is no fault of it, but the nightly one has to come back.
 */
static void
not_loaded(struct visit *v, int code)
{
	bool fine = v->foreign && v->part == DRILL_OTHER;

	protocol_begin(v->protocol, v->set->job, v->set->name, v->part, "load %s", v->file);
	protocol_end(v->protocol, fine ? DRILL_WARN : DRILL_FAIL, fine ? 0 : code, "not begun");
}

int
database_drill(struct protocol *p, struct landing *l, const struct choice_set *set,
    const char *file, enum drill_part part)
{
	struct visit v = {
	    .protocol = p, .landing = l, .set = set, .part = part, .file = file, .plain = -1};
	int rc = EX_OSERR;

	l->loaded[0] = '\0';
	if (asprintf(&v.path, "%s/%s", set->path, file) == -1) {
		v.path = NULL;
		warn("drill");
		goto out;
	}
	if ((v.inner = decrypt_name(file)) == NULL || (v.saved = endmark_new()) == NULL ||
	    (v.restored = endmark_new()) == NULL || (v.definers = definers_new()) == NULL)
		goto out;
	if ((rc = read_saved(&v)) != 0)
		not_loaded(&v, rc);
	else if ((rc = load(&v)) == 0)
		rc = compare(&v);
	if (rc != 0)
		l->loaded[0] = '\0';
out:
	endmark_free(v.saved);
	endmark_free(v.restored);
	definers_free(v.definers);
	io_close(&v.plain);
	free(v.inner);
	free(v.path);
	return rc;
}
