#include "db/fields.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "db/query.h"
#include "sql/quote.h"

static bool
among(const char *word, const char *const *words)
{
	while (*words != NULL && strcasecmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

/* Whether the bytes of a text in ${client} are those of it in ${column}, and wrong in both alike. */
static bool
same_charset(const char *column, const char *client)
{
	static const char *const utf8mb3[] = {"utf8mb3", "utf8", NULL};

	return strcasecmp(column, client) == 0 ||
	       (among(column, utf8mb3) &&
		   (among(client, utf8mb3) || strcasecmp(client, "utf8mb4") == 0));
}

/* ${type} and ${charset} (NULL: none) are those of information_schema. */
static void
classify(struct field *f, const char *type, const char *charset, const char *client)
{
	static const char *const numbers[] = {"tinyint", "smallint", "mediumint", "int",
	    "bigint", "decimal", "float", "double", NULL};
	static const char *const times[] = {"date", "time", "datetime", "timestamp", NULL};
	static const char *const binaries[] = {
	    "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit", NULL};
	static const char *const others[] = {"uuid", "inet4", "inet6", "json", NULL};

	if (among(type, numbers)) {
		f->class = FIELD_NUMBER;
	} else if (strcasecmp(type, "year") == 0) {
		f->class = FIELD_YEAR;
	} else if (among(type, times)) {
		f->class = FIELD_TEXT;
	} else if (among(type, binaries)) {
		f->class = FIELD_BINARY;
	} else if (among(type, others)) {
		f->class = FIELD_TEXT;
		f->convert = true;
	} else if (charset != NULL) {
		f->class = FIELD_TEXT;
		f->convert = !same_charset(charset, client);
	}
}

static int
no_memory(struct fields *f, MYSQL_RES *res)
{
	warnx("out of memory");
	mysql_free_result(res);
	fields_free(f);
	return EX_OSERR;
}

/* One row for each column: name, type, character set, nullable, extra, expression, key. */
static int
read_columns(MYSQL *m, struct buf *sql, const char *client, bool lenient, struct fields *f)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	struct field *c;
	int rc = query_buf(m, "columns of a table", "-------", sql, &res);

	if (rc != 0)
		return rc;
	f->items = calloc((size_t)mysql_num_rows(res) + 1, sizeof(*f->items));
	if (f->items == NULL)
		return no_memory(f, res);
	while ((row = mysql_fetch_row(res)) != NULL) {
		c = &f->items[f->len];
		if (row[0] == NULL || row[1] == NULL || row[3] == NULL || row[4] == NULL ||
		    (c->name = strdup(row[0])) == NULL)
			return no_memory(f, res);
		f->len++;
		c->nullable = strcmp(row[3], "YES") == 0;
		f->keyed = f->keyed || (row[6] != NULL && strcmp(row[6], "PRI") == 0);
		if (strcasestr(row[4], "auto_increment") != NULL)
			f->increments = true;
		if (strcasestr(row[4], "generated") != NULL && row[5] != NULL &&
		    *row[5] != '\0')
			c->class = lenient ? FIELD_COMPUTED : FIELD_NEVER;
		else
			classify(c, row[1], row[2], client);
		if (strcasestr(row[4], "invisible") != NULL)
			f->hidden = true;
	}
	mysql_free_result(res);
	return 0;
}

/* Whether this session stores rows that name values for generated columns, and computes those. */
static int
is_lenient(MYSQL *m, bool *lenient)
{
	char *mode = NULL;
	int rc = query_value(m, "sql_mode", "SELECT @@SESSION.sql_mode", &mode);

	*lenient = mariadb_connection(m) && mode != NULL && strstr(mode, "STRICT_") == NULL;
	free(mode);
	return rc;
}

int
fields_read(
    MYSQL *m, const char *database, const char *table, const char *client, struct fields *f)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	bool lenient;
	int rc;

	*f = (struct fields){0};
	buf_text(&sql, "SELECT ENGINE, TABLE_TYPE FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND ");
	query_match(&sql, "TABLE_NAME", table);
	rc = query_buf(m, "engine of a table", "--", &sql, &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	f->fit = row != NULL && row[0] != NULL && row[1] != NULL &&
		 strcasecmp(row[0], "InnoDB") == 0 && strcmp(row[1], "BASE TABLE") == 0;
	mysql_free_result(res);
	if (!f->fit)
		return 0;
	buf_text(&sql,
	    "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_SET_NAME, IS_NULLABLE, EXTRA, "
	    "GENERATION_EXPRESSION, COLUMN_KEY FROM information_schema.COLUMNS WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND ");
	query_match(&sql, "TABLE_NAME", table);
	buf_text(&sql, " ORDER BY ORDINAL_POSITION");
	rc = is_lenient(m, &lenient);
	if (rc == 0)
		rc = read_columns(m, &sql, client, lenient, f);
	else
		buf_free(&sql);
	return rc;
}

const struct field *
fields_find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->len; i++)
		if (strcasecmp(f->items[i].name, name) == 0)
			return &f->items[i];
	return NULL;
}

void
fields_statement(const char *database, const char *table, const struct field *const *used,
    size_t n, const char *client, struct buf *out)
{
	const char *before = " SET ";

	buf_text(out, "LOAD DATA LOCAL INFILE 'rows' INTO TABLE ");
	if (*database != '\0') {
		quote_name(out, database);
		buf_text(out, ".");
	}
	quote_name(out, table);
	buf_text(out, " CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
		      "LINES TERMINATED BY '\\n' (");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_text(out, ",");
		if (used[i]->convert || used[i]->class == FIELD_COMPUTED)
			buf_printf(out, "@v%zu", i);
		else
			quote_name(out, used[i]->name);
	}
	buf_text(out, ")");
	for (size_t i = 0; i < n; i++) {
		if (!used[i]->convert)
			continue;
		buf_text(out, before);
		quote_name(out, used[i]->name);
		buf_printf(out, " = CONVERT(@v%zu USING %s)", i, client);
		before = ", ";
	}
}

void
fields_free(struct fields *f)
{
	for (size_t i = 0; i < f->len; i++)
		free(f->items[i].name);
	free(f->items);
	*f = (struct fields){0};
}
