#include "db/loose.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include "sql/ddl.h"
#include "db/query.h"
#include "sql/quote.h"

/*
 * Table, constraint, its columns, the table that it refers to, that one's columns, rules, and
 * whether that table is there.
 */
static int
find_keys(MYSQL *m, const char *database, MYSQL_RES **out)
{
	static const char columns[] =
	    "SELECT GROUP_CONCAT(CONCAT('`', REPLACE(%s, '`', '``'), '`') ORDER BY "
	    "ORDINAL_POSITION) FROM information_schema.KEY_COLUMN_USAGE k WHERE "
	    "k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.TABLE_NAME = r.TABLE_NAME AND "
	    "BINARY k.TABLE_NAME = r.TABLE_NAME AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME";
	struct buf sql = {0};

	buf_text(&sql, "SELECT TABLE_NAME, CONSTRAINT_NAME, (");
	buf_printf(&sql, columns, "COLUMN_NAME");
	buf_text(&sql, "), REFERENCED_TABLE_NAME, (");
	buf_printf(&sql, columns, "REFERENCED_COLUMN_NAME");
	buf_text(&sql, "), DELETE_RULE, UPDATE_RULE, BINARY REFERENCED_TABLE_NAME IN (SELECT "
		       "BINARY TABLE_NAME FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, ") FROM information_schema.REFERENTIAL_CONSTRAINTS r WHERE ");
	query_match(&sql, "CONSTRAINT_SCHEMA", database);
	buf_text(&sql, " AND ");
	query_match(&sql, "UNIQUE_CONSTRAINT_SCHEMA", database);
	buf_text(&sql, " ORDER BY BINARY TABLE_NAME, BINARY CONSTRAINT_NAME");
	return query_buf(m, "foreign keys", &sql, "tt?t?tt?", out);
}

/* The next row of ${keys} that is loose, or NULL. */
static MYSQL_ROW
next_key(MYSQL_RES *keys, const struct names *part)
{
	MYSQL_ROW row;

	while (keys != NULL && (row = mysql_fetch_row(keys)) != NULL) {
		const bool there = row[7] != NULL && strcmp(row[7], "1") == 0;

		if (part == NULL ? !there : names_has(part, row[0]) && !names_has(part, row[3]))
			return row;
	}
	return NULL;
}

/* Table, column, DEFAULT. */
static int
find_defaults(MYSQL *m, const char *database, MYSQL_RES **out)
{
	struct buf sql = {0};

	buf_text(&sql, "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT FROM "
		       "information_schema.COLUMNS WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND COLUMN_DEFAULT REGEXP '(next|last)val\\\\('");
	return query_buf(m, "defaults of columns", &sql, "ttt", out);
}

static void
alter(struct buf *sql, const char *database, const char *table)
{
	buf_text(sql, "ALTER TABLE ");
	if (database != NULL) {
		quote_name(sql, database);
		buf_text(sql, ".");
	}
	quote_name(sql, table);
}

static void
make_key(struct buf *out, const MYSQL_ROW row)
{
	alter(out, NULL, row[0]);
	buf_text(out, " ADD CONSTRAINT ");
	quote_name(out, row[1]);
	buf_printf(out, " FOREIGN KEY (%s) REFERENCES ", row[2] != NULL ? row[2] : "");
	quote_name(out, row[3]);
	buf_printf(out, " (%s)", row[4] != NULL ? row[4] : "");
	/* Said aloud, what goes without saying would be shown as something else. */
	if (strcmp(row[5], "RESTRICT") != 0)
		buf_printf(out, " ON DELETE %s", row[5]);
	if (strcmp(row[6], "RESTRICT") != 0)
		buf_printf(out, " ON UPDATE %s", row[6]);
	buf_text(out, ";\n");
}

int
loose_text(
    MYSQL *m, const char *database, const struct names *part, enum loose what, struct buf *out)
{
	MYSQL_RES *keys = NULL, *defaults = NULL;
	MYSQL_ROW row;
	int rc = what & LOOSE_DEFAULTS ? find_defaults(m, database, &defaults) : 0;

	while (defaults != NULL && (row = mysql_fetch_row(defaults)) != NULL) {
		alter(out, NULL, row[0]);
		buf_text(out, " ALTER COLUMN ");
		quote_name(out, row[1]);
		buf_text(out, " SET DEFAULT (");
		ddl_without_database(row[2], database, out);
		buf_text(out, ");\n");
	}
	if (rc == 0 && what & LOOSE_KEYS)
		rc = find_keys(m, database, &keys);
	row = next_key(keys, part);
	if (row != NULL) {
		buf_text(out, "SET SESSION foreign_key_checks = 0;\n");
		for (; row != NULL; row = next_key(keys, part))
			make_key(out, row);
		buf_text(out, "SET SESSION foreign_key_checks = 1;\n");
	}
	mysql_free_result(keys);
	mysql_free_result(defaults);
	return rc != 0 || buf_string(out) != NULL ? rc : EX_OSERR;
}

/* Alter the table of ${row}: ${before}, the other name in it, ${after}. */
static int
alter_one(
    MYSQL *m, const char *database, const MYSQL_ROW row, const char *before, const char *after)
{
	struct buf sql = {0};

	alter(&sql, database, row[0]);
	buf_text(&sql, before);
	quote_name(&sql, row[1]);
	buf_text(&sql, after);
	return query_do(m, "what does not follow a table", &sql);
}

int
loose_drop(MYSQL *m, const char *database, const struct names *part, enum loose what)
{
	MYSQL_RES *keys = NULL, *defaults = NULL;
	MYSQL_ROW row;
	int rc = what & LOOSE_DEFAULTS ? find_defaults(m, database, &defaults) : 0;

	while (rc == 0 && defaults != NULL && (row = mysql_fetch_row(defaults)) != NULL)
		rc = alter_one(m, database, row, " ALTER COLUMN ", " DROP DEFAULT");
	if (rc == 0 && what & LOOSE_KEYS)
		rc = find_keys(m, database, &keys);
	while (rc == 0 && (row = next_key(keys, part)) != NULL)
		rc = alter_one(m, database, row, " DROP FOREIGN KEY ", "");
	mysql_free_result(keys);
	mysql_free_result(defaults);
	return rc;
}

int
loose_keys(MYSQL *m, const char *database, bool others)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT TABLE_NAME, CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, "
		       "REFERENCED_TABLE_NAME FROM "
		       "information_schema.REFERENTIAL_CONSTRAINTS WHERE ");
	query_match(&sql, "CONSTRAINT_SCHEMA", database);
	if (others) {
		buf_text(&sql, " AND BINARY UNIQUE_CONSTRAINT_SCHEMA <> ");
		quote_text(&sql, database, strlen(database));
	}
	rc = query_buf(m, "foreign keys", &sql, "tttt", &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		if ((rc = alter_one(m, database, row, " DROP FOREIGN KEY ", "")) == 0 && others)
			warnx("`%s`.`%s`: its foreign key `%s` to `%s`.`%s` was dropped",
			    database, row[0], row[1], row[2], row[3]);
	mysql_free_result(res);
	return rc;
}
