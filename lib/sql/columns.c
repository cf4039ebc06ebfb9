#include "sql/columns.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/query.h"
#include "sql/quote.h"

/* Character sets in which text does not survive the way to UTF-8 and back. */
static bool
charset_is_foreign(const char *charset)
{
	static const char *const foreign[] = {
	    "gbk", "big5", "sjis", "ujis", "eucjpms", "cp932", "gb2312", "euckr", "gb18030"};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (strcmp(charset, foreign[i]) == 0)
			return true;
	return false;
}

static bool
is_one_of(const char *type, const char *list)
{
	size_t len = strlen(type);
	const char *p;

	for (p = list; (p = strstr(p, type)) != NULL; p += len)
		if (p[-1] == ' ' && p[len] == ' ')
			return true;
	return false;
}

/* How a column is read and written.  Return what to put into the SELECT list. */
static void
add_column(struct row_column *column, struct buf *select, bool mariadb, const char *name,
    const char *type, const char *charset)
{
	if (charset != NULL && charset_is_foreign(charset)) {
		column->kind = ROW_FOREIGN;
		snprintf(column->charset, sizeof(column->charset), "_%s ", charset);
		buf_text(select, "CAST(");
		quote_name(select, name);
		buf_text(select, " AS BINARY)");
		return;
	}
	if (strcmp(type, "float") == 0) { /* its text has six digits; as a DOUBLE it is exact */
		column->kind = ROW_NUMBER;
		buf_text(select, mariadb ? "CAST(" : "(0E0+");
		quote_name(select, name);
		buf_text(select, mariadb ? " AS DOUBLE)" : ")");
		return;
	}
	if (is_one_of(type, " tinyint smallint mediumint int bigint decimal double year "))
		column->kind = ROW_NUMBER;
	else if (is_one_of(type, " date time datetime timestamp uuid inet4 inet6 "))
		column->kind = ROW_PLAIN;
	else if (strcmp(type, "json") == 0 || charset != NULL)
		column->kind = ROW_TEXT;
	else
		column->kind = ROW_HEX;
	quote_name(select, name);
}

/* The primary key: how rows are ordered, and the column whose ranges they are read in. */
static int
read_key(MYSQL *m, struct table *t)
{
	struct buf sql = {0}, order = {0}, key = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql,
	    "SELECT s.COLUMN_NAME, s.SUB_PART, c.DATA_TYPE, c.COLUMN_TYPE FROM"
	    " information_schema.STATISTICS s JOIN information_schema.COLUMNS c ON"
	    " c.TABLE_SCHEMA = s.TABLE_SCHEMA AND c.TABLE_NAME = s.TABLE_NAME AND"
	    " c.COLUMN_NAME = s.COLUMN_NAME AND BINARY c.TABLE_SCHEMA = s.TABLE_SCHEMA"
	    " AND BINARY c.TABLE_NAME = s.TABLE_NAME WHERE s.INDEX_NAME = 'PRIMARY' AND ");
	query_match(&sql, "s.TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "s.TABLE_NAME", t->name);
	buf_text(&sql, " AND ");
	query_match(&sql, "c.TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "c.TABLE_NAME", t->name);
	buf_text(&sql, " ORDER BY s.SEQ_IN_INDEX");
	rc = query_buf(m, t->label, &sql, &res);
	if (rc != 0)
		return rc;
	while ((row = mysql_fetch_row(res)) != NULL) {
		/* Only the first column can be the ranges', and only whole. */
		if (order.len == 0 && row[1] == NULL &&
		    is_one_of(row[2], " tinyint smallint mediumint int bigint ")) {
			quote_name(&key, row[0]);
			t->key_unsigned = strstr(row[3], "unsigned") != NULL;
		}
		buf_text(&order, order.len == 0 ? " ORDER BY " : ",");
		quote_name(&order, row[0]);
	}
	mysql_free_result(res);
	t->order = buf_string(&order) != NULL ? order.data : NULL;
	if (key.len > 0)
		t->key = buf_string(&key) != NULL ? key.data : NULL;
	return t->order == NULL || (key.len > 0 && t->key == NULL) ? EX_OSERR : 0;
}

int
columns_read(MYSQL *m, struct table *t)
{
	struct buf sql = {0}, select = {0}, from = {0}, insert = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	bool mariadb = mariadb_connection(m);
	int rc;

	buf_text(&sql, "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME, EXTRA FROM"
		       " information_schema.COLUMNS WHERE ");
	query_match(&sql, "TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "TABLE_NAME", t->name);
	buf_text(&sql, " ORDER BY ORDINAL_POSITION");
	rc = query_buf(m, t->label, &sql, &res);
	if (rc != 0)
		return rc;
	t->columns = calloc(mysql_num_rows(res) + 1, sizeof(*t->columns));
	if (t->columns == NULL) {
		warn("%s", t->label);
		rc = EX_OSERR;
		goto out;
	}
	buf_text(&select, "SELECT ");
	buf_text(&insert, "INSERT INTO ");
	quote_name(&insert, t->name);
	buf_text(&insert, " (");
	while ((row = mysql_fetch_row(res)) != NULL) {
		if (strstr(row[3], "GENERATED") != NULL &&
		    strstr(row[3], "DEFAULT_GENERATED") == NULL)
			continue; /* the server computes it; MySQL refuses a value */
		if (t->ncolumns > 0) {
			buf_text(&select, ",");
			buf_text(&insert, ",");
		}
		add_column(
		    &t->columns[t->ncolumns++], &select, mariadb, row[0], row[1], row[2]);
		quote_name(&insert, row[0]);
	}
	if (t->ncolumns == 0) {
		/* Nothing to list: either no right to see the columns, or the table cannot be opened. */
		warnx("%s: no columns: the table is damaged, or SELECT on it is missing",
		    t->label);
		rc = EX_DATAERR;
		goto out;
	}
	buf_text(&insert, ") VALUES\n");
	buf_text(&from, " FROM ");
	quote_name(&from, t->database);
	buf_text(&from, ".");
	quote_name(&from, t->name);
	t->select = buf_string(&select) != NULL ? select.data : NULL;
	t->insert = buf_string(&insert) != NULL ? insert.data : NULL;
	t->from = buf_string(&from) != NULL ? from.data : NULL;
	rc = t->select == NULL || t->from == NULL || t->insert == NULL ? EX_OSERR
								       : read_key(m, t);
out:
	if (rc != 0 && t->select == NULL)
		buf_free(&select);
	if (rc != 0 && t->from == NULL)
		buf_free(&from);
	if (rc != 0 && t->insert == NULL)
		buf_free(&insert);
	mysql_free_result(res);
	return rc;
}
