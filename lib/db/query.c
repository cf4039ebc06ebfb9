#include "db/query.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/login.h"
#include "sql/quote.h"

int
query_run(MYSQL *m, const char *what, const char *sql)
{
	if (mysql_query(m, sql) != 0)
		return login_fail(m, what);
	return 0;
}

int
query_do(MYSQL *m, const char *what, struct buf *sql)
{
	const char *text = buf_string(sql);
	int rc = text == NULL ? EX_OSERR : 0;

	if (rc == 0 && mysql_real_query(m, text, sql->len) != 0)
		rc = login_fail(m, what);
	buf_free(sql);
	return rc;
}

int
query_misfit(const char *what)
{
	warnx("%s: what answers is no such server: columns or values are missing", what);
	return EX_UNAVAILABLE;
}

int
query_shape(const char *what, const char *shape, MYSQL_RES *res)
{
	const size_t n = strlen(shape);
	bool fits = mysql_num_fields(res) >= n;
	MYSQL_ROW row;

	while (fits && strchr(shape, 't') != NULL && (row = mysql_fetch_row(res)) != NULL)
		for (size_t i = 0; i < n; i++)
			fits = fits && (shape[i] != 't' || row[i] != NULL);
	mysql_data_seek(res, 0);
	return fits ? 0 : query_misfit(what);
}

int
query_rows(MYSQL *m, const char *what, const char *sql, const char *shape, MYSQL_RES **out)
{
	int rc;

	if (mysql_query(m, sql) != 0 || (*out = mysql_store_result(m)) == NULL)
		return login_fail(m, what);
	if ((rc = query_shape(what, shape, *out)) != 0) {
		mysql_free_result(*out);
		*out = NULL;
	}
	return rc;
}

int
query_buf(MYSQL *m, const char *what, struct buf *sql, const char *shape, MYSQL_RES **out)
{
	const char *text = buf_string(sql);
	int rc = text == NULL ? EX_OSERR : query_rows(m, what, text, shape, out);

	buf_free(sql);
	return rc;
}

int
query_value(MYSQL *m, const char *what, const char *sql, char **out)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc = query_rows(m, what, sql, "?", &res);

	*out = NULL;
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row != NULL && row[0] != NULL && (*out = strdup(row[0])) == NULL) {
		warn("%s", what);
		rc = EX_OSERR;
	}
	mysql_free_result(res);
	return rc;
}

void
query_match(struct buf *b, const char *column, const char *value)
{
	buf_text(b, column);
	buf_text(b, " = ");
	quote_text(b, value, strlen(value));
	buf_text(b, " AND BINARY ");
	buf_text(b, column);
	buf_text(b, " = ");
	quote_text(b, value, strlen(value));
}
