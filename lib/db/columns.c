#include "db/columns.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/sig.h"
#include "db/binary.h"
#include "db/query.h"
#include "sql/quote.h"

static bool
is_one_of(const char *type, const char *list)
{
	size_t len = strlen(type);
	const char *p;

	/* A server may name anything, or nothing. */
	for (p = list; len > 0 && (p = strstr(p, type)) != NULL; p += len)
		if (p > list && p[-1] == ' ' && p[len] == ' ')
			return true;
	return false;
}

/*
 * How text in ${charset} is written.  That which comes back from UTF-8 as it was needs no more
 * than that.  Of the others, most have ASCII in their lower half, so that only values with other
 * bytes are written as hexadecimal digits; of those that have not, and of any that is not known,
 * all are.
 */
static enum row_kind
charset_kind(const char *charset)
{
	static const char exact[] =
	    " utf8mb4 utf8mb3 utf8 ucs2 utf16 utf16le utf32 latin1 latin2"
	    " latin5 latin7 cp850 cp852 cp866 keybcs2 koi8r koi8u macce"
	    " macroman ";
	static const char over_ascii[] =
	    " armscii8 ascii big5 cp1250 cp1251 cp1256 cp1257 cp932"
	    " dec8 eucjpms euckr gb18030 gb2312 gbk geostd8 greek"
	    " hebrew hp8 tis620 ujis ";

	return is_one_of(charset, exact)        ? ROW_TEXT
	       : is_one_of(charset, over_ascii) ? ROW_MIXED
						: ROW_FOREIGN;
}

void
columns_form(struct row_column *column, struct buf *select, bool mariadb, const char *name,
    const char *type, const char *charset)
{
	column->kind = charset != NULL ? charset_kind(charset) : ROW_HEX;
	if (column->kind == ROW_MIXED || column->kind == ROW_FOREIGN) {
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
	if (strcmp(type, "json") == 0) { /* MySQL's own type: it takes no binary strings */
		column->kind = ROW_TEXT;
		buf_text(select, "CONVERT(");
		quote_name(select, name);
		buf_text(select, " USING utf8mb4)");
		return;
	}
	if (is_one_of(type, " tinyint smallint mediumint int bigint decimal double year "))
		column->kind = ROW_NUMBER;
	else if (is_one_of(type, " date time datetime timestamp uuid inet4 inet6 "))
		column->kind = ROW_PLAIN;
	quote_name(select, name);
}

/* The primary key: how rows are ordered, and the column whose ranges they are read in.  Rows
 * that were valid one after the other share the key; ${times} tell them apart. */
static int
read_key(MYSQL *m, struct table *t, const char *const *times)
{
	struct buf sql = {0}, order = {0}, key = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT s.COLUMN_NAME, s.SUB_PART, c.DATA_TYPE, c.COLUMN_TYPE FROM"
		       " information_schema.STATISTICS s JOIN information_schema.COLUMNS c ON"
		       " c.COLUMN_NAME = s.COLUMN_NAME WHERE s.INDEX_NAME = 'PRIMARY' AND ");
	/* Each side has its table's name as a constant, and nothing ties one to the other's: where
	 * it is tied, the server looks through all tables of all databases, for each that is asked. */
	query_match(&sql, "s.TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "s.TABLE_NAME", t->name);
	buf_text(&sql, " AND ");
	query_match(&sql, "c.TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "c.TABLE_NAME", t->name);
	buf_text(&sql, " ORDER BY s.SEQ_IN_INDEX");
	rc = query_buf(m, t->label, &sql, "t?tt", &res);
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
	for (size_t i = 0; t->history && order.len > 0 && i < 2; i++) {
		buf_text(&order, ",");
		quote_name(&order, times[i]);
	}
	t->order = buf_string(&order) != NULL ? order.data : NULL;
	if (key.len > 0)
		t->key = buf_string(&key) != NULL ? key.data : NULL;
	return t->order == NULL || (key.len > 0 && t->key == NULL) ? EX_OSERR : 0;
}

#define FIGURES                                                                          \
	" tinyint smallint mediumint int bigint decimal float double year bit date time" \
	" datetime timestamp uuid inet4 inet6 "

/* The statements on their way, and what decides how they are read. */
struct lists {
	struct buf select, insert;
	bool real;             /* there are floating-point numbers */
	bool fixed;            /* some have a fixed number of decimals */
	uint64_t texts;        /* bytes that all other values together can have */
	const char *generated; /* the first column that the server computes; NULL: none */
};

/* Append ${select}, which reads the column ${name} in the form ${column}. */
static void
add_column(struct table *t, struct lists *l, const char *name, const struct row_column *column,
    const char *select)
{
	buf_text(&l->select, t->ncolumns > 0 ? "," : "SELECT ");
	buf_text(&l->select, select);
	if (t->ncolumns > 0)
		buf_text(&l->insert, ",");
	quote_name(&l->insert, name);
	t->columns[t->ncolumns++] = *column;
}

/*
 * When a row of a system-versioned table was valid.  That it still is the server tells by the
 * largest time that there is, which is another one in each of its versions (the one of 11.5 is
 * in 2106): DEFAULT means it in all of them.
 */
static int
add_history(struct table *t, struct lists *l, const char *start, const char *end)
{
	static const struct row_column from = {.kind = ROW_PLAIN}, until = {.kind = ROW_UNTIL};
	struct buf b = {0};
	const char *text;
	int rc = EX_OSERR;

	quote_name(&b, start);
	text = buf_string(&b);
	if (text == NULL)
		goto out;
	add_column(t, l, start, &from, text);
	buf_reset(&b, 1024);
	buf_text(&b, "NULLIF(NULLIF(");
	quote_name(&b, end);
	buf_text(&b, ",'2038-01-19 03:14:07.999999'),'2106-02-07 06:28:15.999999')");
	text = buf_string(&b);
	if (text == NULL)
		goto out;
	add_column(t, l, end, &until, text);
	rc = 0;
out:
	buf_free(&b);
	return rc;
}

/* Add the column that ${row} of columns_read tells of; ${times} is where the names of those go
 * that say when a row is valid. */
static int
add_row(struct table *t, struct lists *l, const MYSQL_ROW row, bool mariadb, const char **times)
{
	struct row_column column = {0};
	struct buf b = {0};
	const char *text, *digits;

	if (row[4] != NULL && t->history &&
	    (strcmp(row[4], "ROW START") == 0 || strcmp(row[4], "ROW END") == 0)) {
		times[strcmp(row[4], "ROW END") == 0] = row[0];
		if (strcmp(row[1], "timestamp") != 0) {
			t->history = false;
			t->history_lost = true;
		}
		return 0;
	}
	if (strstr(row[3], "GENERATED") != NULL &&
	    strstr(row[3], "DEFAULT_GENERATED") == NULL) {
		/* The server computes it; MySQL refuses a value. */
		if (l->generated == NULL)
			l->generated = row[0];
		return 0;
	}
	if (strcmp(row[1], "float") == 0 || strcmp(row[1], "double") == 0) {
		l->real = true;
		l->fixed = l->fixed || strchr(row[6], '(') != NULL;
	}
	/* What is no text and no figure (a geometry, JSON of MySQL's) has no length here. */
	if (row[5] != NULL)
		l->texts += strtoull(row[5], NULL, 10);
	else if (!is_one_of(row[1], FIGURES))
		l->texts += BINARY_MOST + 1;
	columns_form(&column, &b, mariadb, row[0], row[1], row[2]);
	/* As many digits as no DECIMAL has, which a number without exponent is at first. */
	if (strcmp(row[1], "double") == 0 && (digits = strchr(row[6], '(')) != NULL &&
	    strtoul(digits + 1, NULL, 10) > 65)
		column.kind = ROW_PLAIN;
	text = buf_string(&b);
	if (text != NULL)
		add_column(t, l, row[0], &column, text);
	buf_free(&b);
	return text != NULL ? 0 : EX_OSERR;
}

int
columns_read(MYSQL *m, struct table *t)
{
	static const struct row_column computed = {.kind = ROW_UNTIL};
	struct buf sql = {0}, from = {0};
	struct lists l = {0};
	const char *times[2] = {"row_start", "row_end"};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	bool mariadb = mariadb_connection(m);
	int rc;

	/* Thousands of tables are asked for, one after the other. */
	if (sig_stop() != 0)
		return 1;
	buf_text(&sql, "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME, EXTRA,"
		       " GENERATION_EXPRESSION, CHARACTER_OCTET_LENGTH, COLUMN_TYPE"
		       " FROM information_schema.COLUMNS WHERE ");
	query_match(&sql, "TABLE_SCHEMA", t->database);
	buf_text(&sql, " AND ");
	query_match(&sql, "TABLE_NAME", t->name);
	buf_text(&sql, " ORDER BY ORDINAL_POSITION");
	rc = query_buf(m, t->label, &sql, "tt?t??t", &res);
	if (rc != 0)
		return rc;
	t->columns = calloc(mysql_num_rows(res) + 2, sizeof(*t->columns));
	if (t->columns == NULL) {
		warn("%s", t->label);
		rc = EX_OSERR;
		goto out;
	}
	buf_text(&l.insert, "INSERT INTO ");
	quote_name(&l.insert, t->name);
	buf_text(&l.insert, " (");
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		rc = add_row(t, &l, row, mariadb, times);
	/* Of rows that are computed altogether there is but their number: DEFAULT stands for each. */
	if (rc == 0 && t->ncolumns == 0 && l.generated != NULL)
		add_column(t, &l, l.generated, &computed, "NULL");
	if (rc == 0 && t->ncolumns == 0) {
		/* Nothing to list: either no right to see the columns, or the table cannot be opened. */
		warnx("%s: no columns: the table is damaged, or SELECT on it is missing",
		    t->label);
		rc = EX_DATAERR;
	}
	if (rc == 0 && t->history)
		rc = add_history(t, &l, times[0], times[1]);
	if (rc != 0)
		goto out;
	buf_text(&l.insert, ") VALUES\n");
	buf_text(&from, " FROM ");
	quote_name(&from, t->database);
	buf_text(&from, ".");
	quote_name(&from, t->name);
	if (t->history)
		buf_text(&from, " FOR SYSTEM_TIME ALL");
	rc = read_key(m, t, times);
	if (rc == 0 && (buf_string(&l.select) == NULL || buf_string(&l.insert) == NULL ||
			   buf_string(&from) == NULL))
		rc = EX_OSERR;
	if (rc != 0)
		goto out;
	t->binary = l.real && !l.fixed && l.texts <= BINARY_MOST;
	t->select = l.select.data;
	t->insert = l.insert.data;
	t->from = from.data;
	l.select.data = l.insert.data = from.data = NULL;
out:
	buf_free(&l.select);
	buf_free(&l.insert);
	buf_free(&from);
	mysql_free_result(res);
	return rc;
}
