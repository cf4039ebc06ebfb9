#include "db/reader.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/query.h"

/* Report what the server said of ${t}, unless that is no news. */
static int
lost(void *ctx, const struct table *t)
{
	struct reader *r = ctx;

	return r->stopped(r->ctx) ? 1 : hold_cut(r->hold) ? EX_TEMPFAIL : rows_fail(r->m, t);
}

int
reader_rest(struct reader *r)
{
	const struct table *t = r->table;

	r->table = NULL;
	return t == NULL || mysql_query(r->m, "ROLLBACK TO SAVEPOINT t") == 0 ? 0 : lost(r, t);
}

/* Before ${t} is read: give back the lock of another table. */
static int
enter(struct reader *r, const struct table *t)
{
	int rc = 0;

	if (r->table == t)
		return 0;
	rc = reader_rest(r);
	if (rc == 0 && mysql_query(r->m, "SAVEPOINT t") != 0)
		rc = lost(r, t);
	r->table = t;
	return rc;
}

/* Run ${sql}, which concerns ${t}, and free it; its rows go to ${*res}. */
static int
ask(struct reader *r, const struct table *t, struct buf *sql, MYSQL_RES **res)
{
	int rc = buf_string(sql) == NULL ? EX_OSERR : enter(r, t);

	if (rc == 0 &&
	    (mysql_query(r->m, sql->data) != 0 || (*res = mysql_store_result(r->m)) == NULL))
		rc = lost(r, t);
	buf_free(sql);
	return rc;
}

int
reader_keys(struct reader *r, const struct table *t, struct reader_keys *keys)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	range_keys_sql(t, &sql);
	rc = ask(r, t, &sql, &res);
	if (rc == 0)
		rc = query_shape(t->label, "--", res);
	row = rc == 0 ? mysql_fetch_row(res) : NULL;
	*keys = (struct reader_keys){0};
	if (row != NULL && row[0] != NULL && row[1] != NULL) {
		strlcpy(keys->smallest, row[0], sizeof(keys->smallest));
		strlcpy(keys->largest, row[1], sizeof(keys->largest));
	}
	mysql_free_result(res);
	return rc;
}

int
reader_range(
    struct reader *r, const struct range *range, rows_next *next, void *ctx, uint64_t *count)
{
	const struct rows_sink sink = {next, ctx, lost, r};
	const struct table *t = range->table;
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	range_sql(range, &sql);
	if (range->counts) {
		rc = ask(r, t, &sql, &res);
		row = rc == 0 ? mysql_fetch_row(res) : NULL;
		*count = row != NULL && row[0] != NULL ? strtoull(row[0], NULL, 10) : 0;
		mysql_free_result(res);
	} else {
		rc = buf_string(&sql) == NULL ? EX_OSERR : enter(r, t);
		if (rc == 0)
			rc = rows_read(r->m, sql.data, t, &sink);
		buf_free(&sql);
	}
	return rc == 0 && hold_yielded(r->hold) ? reader_rest(r) : rc;
}
