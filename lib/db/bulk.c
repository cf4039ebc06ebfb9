#include "db/bulk.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/sig.h"
#include "sql/guard.h"
#include "db/infile.h"
#include "db/login.h"
#include "sql/replay.h"

/* What servers say that have local_infile off; not all libraries have names for it. */
enum { NO_LOCAL_MARIADB = 4166, NO_LOCAL_MYSQL = 3948 };

#define LONG ((size_t)16 << 20) /* a statement from here on is not copied once more */

/* A part that is being sent. */
struct sending {
	struct bulk *b;
	const struct part_table *table;
	struct replay *replay;
	struct guard *guard; /* once more: the file may have been changed */
	uint64_t end;
	struct convert convert;
	struct lex_statement s; /* the one at hand; a NULL text: there is none */
	bool loaded;            /* its lines are, or were, among those below */
	uint64_t sum;

	/* While a LOAD DATA runs: its lines, and how far they went. */
	struct buf lines;
	size_t sent;
	uint64_t rows;
	int rc; /* what ended it early */
};

/* Step to the next statement. */
static int
step(struct sending *g)
{
	int rc = replay_next(g->replay, &g->s);

	g->loaded = false;
	if (rc == 0 && g->s.text != NULL)
		g->sum = parts_sum(g->sum, &g->s);
	return rc;
}

static int
send_one(struct sending *g)
{
	if (guard_check(g->guard, &g->s) != 0)
		return guard_report(g->guard, &g->s, g->b->source->name);
	return send_statement(&g->b->send, &g->s);
}

/* Convert the statement at hand behind the lines that are there.  Return whether it could be. */
static bool
take(struct sending *g, bool first)
{
	uint64_t rows;
	bool same;
	size_t len = g->lines.len;

	if (g->s.len >= LONG ||
	    !convert_rows(&g->convert, &g->s, &g->b->server, &g->lines, &rows, &same))
		return false;
	if (!first && !same) { /* other columns: a LOAD DATA of its own */
		g->lines.len = len;
		convert_free(&g->convert);
		return false;
	}
	g->rows += rows;
	g->loaded = true;
	atomic_fetch_add(g->b->done, g->s.len);
	return true;
}

static int
feed_init(void **ctx, const char *name, void *user)
{
	(void)name;
	*ctx = user;
	return 0;
}

static int
feed_read(void *ctx, char *buf, unsigned int len)
{
	struct sending *g = ctx;
	size_t n;

	while (g->sent == g->lines.len) {
		g->lines.len = g->sent = 0;
		if ((g->rc = step(g)) != 0)
			return -1;
		if (g->s.text == NULL || !take(g, false))
			return 0;
	}
	n = g->lines.len - g->sent < len ? g->lines.len - g->sent : len;
	memcpy(buf, g->lines.data + g->sent, n);
	g->sent += n;
	return (int)n;
}

static void
feed_end(void *ctx)
{
	(void)ctx;
}

static int
feed_error(void *ctx, char *text, unsigned int len)
{
	(void)ctx;
	strlcpy(text, "the rows could not be read", len);
	return ER_UNKNOWN_ERROR;
}

/* Run a LOAD DATA that begins with the lines that are there.  Return whether all went well. */
static bool
run_load(struct sending *g, const struct buf *sql)
{
	MYSQL *m = g->b->send.m;
	int failed;

	mysql_set_local_infile_handler(m, feed_init, feed_read, feed_end, feed_error, g);
	failed = mysql_real_query(m, sql->data, sql->len);
	infile_refuse(m);
	if (failed != 0) {
		if (mysql_errno(m) == NO_LOCAL_MARIADB || mysql_errno(m) == NO_LOCAL_MYSQL ||
		    mysql_errno(m) == ER_NOT_ALLOWED_COMMAND)
			g->b->no_load = true;
		return false;
	}
	return mysql_warning_count(m) == 0 && mysql_affected_rows(m) == g->rows &&
	       mysql_commit(m) == 0;
}

/* Send the statements from ${from} to the one at hand as they stand; that one, if it was loaded. */
static int
send_again(struct sending *g, const struct lex_state *from)
{
	const struct lex_statement last = g->s;
	struct replay *now = g->replay;
	uint64_t end = last.text == NULL ? UINT64_MAX : last.offset + (g->loaded ? 1 : 0);
	int rc = replay_open(g->b->source, from, g->end, &g->replay);

	while (rc == 0 && (rc = replay_next(g->replay, &g->s)) == 0 && g->s.text != NULL &&
	       g->s.offset < end)
		rc = send_one(g);
	replay_free(g->replay);
	g->replay = now;
	g->s = last;
	return rc;
}

/*
 * The statement at hand is converted: load it and those behind it, up to one that cannot be.
 * ${*wanted} becomes false where the server did not like what INSERT statements can do.
 */
static int
load(struct sending *g, atomic_bool *wanted)
{
	MYSQL *m = g->b->send.m;
	struct lex_state from;
	struct buf sql = {0};
	bool well;
	int rc;

	/* What was sent as it stands must not go with a LOAD DATA that is rolled back. */
	if (g->b->send.pending > 0 && mysql_commit(m) != 0)
		return login_fail(m, "commit");
	g->b->send.pending = 0;
	lex_state(&g->s, &from);
	fields_statement(
	    g->b->database, g->table->name, g->convert.used, g->convert.n, g->b->client, &sql);
	if (buf_string(&sql) == NULL)
		return EX_OSERR;
	g->rc = 0;
	well = run_load(g, &sql);
	buf_free(&sql);
	g->lines.len = g->sent = 0;
	g->rows = 0;
	if (g->rc != 0)
		return g->rc;
	if (!well) {
		if (sig_stop())
			return 1;
		if (mysql_rollback(m) != 0)
			return login_fail(m, "rollback");
		if ((rc = send_again(g, &from)) != 0)
			return rc;
		*wanted = false;
	}
	return g->s.text != NULL && g->loaded ? step(g) : 0;
}

int
bulk_part(struct bulk *b, const struct part *p, const struct part_table *t, atomic_bool *wanted)
{
	struct sending g = {
	    .b = b, .table = t, .end = p->end, .convert = {.fields = b->fields}};
	int rc = EX_OSERR;

	g.guard = guard_new(b->database, true, &b->server);
	if (g.guard != NULL)
		guard_resume(g.guard, &p->from);
	if (g.guard != NULL && b->replay == NULL)
		rc = replay_open(b->source, &p->from, p->end, &b->replay);
	else if (g.guard != NULL)
		rc = replay_move(b->replay, &p->from, p->end);
	g.replay = b->replay;
	if (rc == 0)
		rc = step(&g);
	while (rc == 0 && g.s.text != NULL) {
		if (*wanted && !b->no_load && b->fields != NULL && take(&g, true)) {
			rc = load(&g, wanted);
			continue;
		}
		atomic_fetch_add(b->done, g.s.len);
		rc = send_one(&g);
		if (rc == 0)
			rc = step(&g);
	}
	if (rc == 0 && g.sum != p->sum) {
		warnx(
		    "%s: the second reading gave other bytes than the first", b->source->name);
		rc = EX_DATAERR;
	}
	guard_free(g.guard);
	convert_free(&g.convert);
	buf_free(&g.lines);
	if (rc == 0 && mysql_commit(b->send.m) != 0)
		rc = login_fail(b->send.m, "commit");
	return rc;
}

void
bulk_end(struct bulk *b)
{
	replay_free(b->replay);
	b->replay = NULL;
}
