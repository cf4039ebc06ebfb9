#include "db/locked.h"

#include <stdlib.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "base/sig.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/range.h"

/* How often a lock is tried; each try waits for lock_wait_timeout. */
#define TRIES 10

/* The blocks of a table that no snapshot covers go straight to the writer. */
struct direct {
	MYSQL *m;
	struct rows_writer *writer;
	int rc;
};

static struct rows_block *
direct_next(void *ctx, struct rows_block *full)
{
	struct direct *direct = ctx;

	if (full == NULL) {
		full = rows_block_new();
		direct->rc = full == NULL ? EX_OSERR : 0;
		return full;
	}
	direct->rc = sig_stop() != 0 ? 1 : rows_write(direct->writer, full);
	if (direct->rc != 0) {
		rows_block_free(full);
		return NULL;
	}
	rows_block_reset(full);
	return full;
}

static int
direct_lost(void *ctx, const struct table *t)
{
	const struct direct *direct = ctx;

	return direct->rc != 0 ? direct->rc : rows_fail(direct->m, t);
}

/* Lock ${t} against writing; where others write just then, wait and try again. */
static int
lock(MYSQL *m, const struct table *t)
{
	struct buf sql = {0};
	int rc = EX_OSERR;

	buf_text(&sql, "LOCK TABLES ");
	quote_name(&sql, t->database);
	buf_text(&sql, ".");
	quote_name(&sql, t->name);
	buf_text(&sql, " READ");
	if (buf_string(&sql) != NULL) {
		for (int try = 1; (rc = mysql_query(m, sql.data)) != 0 && try < TRIES; try++)
			if (mysql_errno(m) != ER_LOCK_WAIT_TIMEOUT || sig_stop() != 0)
				break;
		if (rc != 0)
			rc = rows_fail(m, t);
	}
	buf_free(&sql);
	return rc;
}

int
locked_rows(MYSQL *m, struct rows_writer *w)
{
	const struct table *t = w->table;
	struct direct direct = {.m = m, .writer = w};
	const struct rows_sink sink = {direct_next, &direct, direct_lost, &direct};
	struct range all = {.table = t, .first = true, .last = true};
	struct buf sql = {0};
	int rc = lock(m, t);

	range_sql(&all, &sql);
	if (rc == 0)
		rc = buf_string(&sql) == NULL ? EX_OSERR : rows_read(m, sql.data, t, &sink);
	buf_free(&sql);
	if (direct.rc != 0)
		rc = direct.rc;
	if (rc == 0)
		rc = query_run(m, t->label, "UNLOCK TABLES");
	return rc == 0 ? rows_write_end(w) : rc;
}
