#include "db/create.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "sql/ddl.h"
#include "db/needs.h"
#include "db/query.h"
#include "sql/quote.h"

static void
drop_statement(struct buf *out, const char *type, const char *name)
{
	buf_printf(out, "DROP %s IF EXISTS ", type);
	quote_name(out, name);
	buf_text(out, ";\n");
}

/* SHOW CREATE ${type} `db`.`name` */
static int
show_create(MYSQL *m, const char *type, const char *database, const char *name,
    const char *what, const char *columns, MYSQL_RES **res)
{
	struct buf sql = {0};
	int rc;

	buf_printf(&sql, "SHOW CREATE %s ", type);
	quote_name(&sql, database);
	buf_text(&sql, ".");
	quote_name(&sql, name);
	rc = query_buf(m, what, &sql, columns, res);
	/* It was there when the dump began. */
	return rc != 0 && mysql_errno(m) == ER_NO_SUCH_TABLE ? EX_TEMPFAIL : rc;
}

/*
 * Where a sequence stands: all that its one row holds.  SETVAL would only ever move it forward,
 * and forgets whether it ran out; a row that is inserted takes the place of the one there.
 */
static int
sequence_state(MYSQL *m, const struct table *t, struct buf *out)
{
	static const char columns[] =
	    "next_not_cached_value,minimum_value,maximum_value,start_value,increment,"
	    "cache_size,cycle_option,cycle_count";
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_printf(&sql, "SELECT %s FROM ", columns);
	quote_name(&sql, t->database);
	buf_text(&sql, ".");
	quote_name(&sql, t->name);
	rc = query_buf(m, t->label, &sql, "tttttttt", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL) {
		warnx("%s: no state", t->label);
		rc = EX_DATAERR;
	} else {
		buf_text(out, "INSERT INTO ");
		quote_name(out, t->name);
		buf_printf(out, " (%s) VALUES ", columns);
		for (unsigned int i = 0; i < 8; i++)
			buf_printf(out, "%s%s", i == 0 ? "(" : ",", row[i]);
		buf_text(out, ");\n");
	}
	mysql_free_result(res);
	return rc;
}

int
create_table(MYSQL *m, const struct table *t, bool drop, struct buf *out, struct buf *keys)
{
	bool sequence = t->kind == CATALOGUE_SEQUENCE;
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	struct buf text = {0};
	int rc;

	rc = show_create(
	    m, sequence ? "SEQUENCE" : "TABLE", t->database, t->name, t->label, "??", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL || row[1] == NULL) {
		warnx("%s: no definition", t->label);
		rc = EX_DATAERR;
		goto out;
	}
	if (drop)
		drop_statement(out, sequence ? "SEQUENCE" : "TABLE", t->name);
	if (sequence) {
		buf_text(out, row[1]);
		buf_text(out, ";\n");
		rc = sequence_state(m, t, out);
		goto out;
	}
	ddl_without_database(row[1], t->database, &text);
	if (buf_string(&text) != NULL && strcmp(t->engine, "ARCHIVE") == 0 && t->rows &&
	    t->est_rows > 0) {
		/* Its rows raise the number themselves; those below it would not be taken. */
		struct buf whole = text;

		memset(&text, 0, sizeof(text));
		ddl_without_counter(whole.data, &text);
		buf_free(&whole);
	}
	if (buf_string(&text) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	if (ddl_split_keys(t->name, text.data, out, keys) != 0) {
		warnx("%s: the server's CREATE TABLE is not understood", t->label);
		rc = EX_DATAERR;
		goto out;
	}
	buf_text(out, ";\n");
out:
	buf_free(&text);
	mysql_free_result(res);
	return rc;
}

int
create_text(MYSQL *m, const struct table *t, struct buf *out)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc = show_create(m, "TABLE", t->database, t->name, t->label, "??", &res);

	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL || row[1] == NULL) {
		warnx("%s: no definition", t->label);
		rc = EX_DATAERR;
	} else {
		ddl_without_counter(row[1], out);
		rc = buf_string(out) != NULL ? 0 : EX_OSERR;
	}
	mysql_free_result(res);
	return rc;
}

/* Whether the statement just run warned that a view refers to what is not there. */
static int
view_is_invalid(MYSQL *m, const char *what, bool *invalid)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc = 0;

	*invalid = false;
	if (mysql_warning_count(m) == 0)
		return 0;
	rc = query_rows(m, what, "SHOW WARNINGS", "?t", &res);
	if (rc != 0)
		return rc;
	while ((row = mysql_fetch_row(res)) != NULL)
		if (strtoul(row[1], NULL, 10) == ER_VIEW_INVALID)
			*invalid = true;
	mysql_free_result(res);
	return 0;
}

/* MySQL 8 refuses a mode that was among the default ones before, and is about GRANT alone. */
static void
session_mode(struct buf *out, const char *mode)
{
	static const char gone[] = "NO_AUTO_CREATE_USER";
	const char *at = strstr(mode, gone);
	const char *behind = at != NULL ? at + sizeof(gone) - 1 : NULL;
	struct buf rest = {0};

	if (at != NULL) {
		buf_add(&rest, mode, (size_t)(at - mode));
		if (*behind == ',')
			behind++;
		else if (rest.len > 0)
			rest.len--; /* the comma in front */
		buf_text(&rest, behind);
		buf_text(out, "SET sql_mode = ");
		quote_text(out, rest.len > 0 ? rest.data : "", rest.len);
		buf_text(out, ";\n/*M!100000 ");
	}
	buf_text(out, "SET sql_mode = ");
	quote_text(out, mode, strlen(mode));
	buf_text(out, at != NULL ? " */;\n" : ";\n");
	out->failed = out->failed || rest.failed;
	buf_free(&rest);
}

/* The session in which a definition was made, around its statement. */
static void
session_open(struct buf *out, const char *mode, const char *client, const char *collation,
    const char *zone)
{
	if (mode != NULL)
		session_mode(out, mode);
	if (zone != NULL) {
		buf_text(out, "SET time_zone = ");
		quote_text(out, zone, strlen(zone));
		buf_text(out, ";\n");
	}
	buf_printf(out, "SET character_set_client = %s, collation_connection = %s;\n", client,
	    collation);
}

static void
session_close(struct buf *out, bool mode, bool zone)
{
	if (mode)
		buf_text(out, "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\n");
	if (zone)
		buf_text(out, "SET time_zone = '+00:00';\n");
	buf_text(out, "SET NAMES utf8mb4;\n");
}

int
create_comment(const char *why, const char *text, struct buf *out)
{
	const char *line;

	for (; *text != '\0'; text = *line == '\0' ? line : line + 1) {
		line = strchrnul(text, '\n');
		buf_printf(out, "-- %s: ", why);
		buf_add(out, text, (size_t)(line - text));
		buf_text(out, "\n");
	}
	return buf_string(out) != NULL ? 0 : EX_OSERR;
}

int
create_view(
    MYSQL *m, const struct table *t, bool drop, bool definer, struct buf *out, bool *valid)
{
	struct buf text = {0}, bare = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	bool invalid;
	int rc;

	rc = show_create(m, "VIEW", t->database, t->name, t->label, "??tt", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL || row[1] == NULL) {
		warnx("%s: no definition", t->label);
		rc = EX_DATAERR;
		goto out;
	}
	rc = view_is_invalid(m, t->label, &invalid);
	if (rc != 0)
		goto out;
	*valid = !invalid;

	session_open(out, NULL, row[2], row[3], NULL);
	if (drop)
		drop_statement(out, "VIEW", t->name);
	/* Sequences are named with their database even where that is the current one ... */
	ddl_without_database(row[1], t->database, &text);
	/* ... and beside a JSON_TABLE so is everything. */
	if (buf_string(&text) != NULL && strcasestr(text.data, "json_table") != NULL)
		ddl_view_without_database(text.data, t->database, &bare);
	else if (text.data != NULL)
		buf_text(&bare, text.data);
	if (buf_string(&bare) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	if (definer)
		buf_text(out, bare.data);
	else
		ddl_without_definer(bare.data, out);
	buf_text(out, ";\n");
	session_close(out, false, false);
out:
	buf_free(&text);
	buf_free(&bare);
	mysql_free_result(res);
	return rc;
}

/* Which columns of SHOW CREATE … hold what; -1: none. */
struct shape {
	const char *type;
	int mode, zone, text, client, collation;
};

static const struct shape shapes[] = {
    {"TRIGGER", 1, -1, 2, 3, 4},
    {"FUNCTION", 1, -1, 2, 3, 4},
    {"PROCEDURE", 1, -1, 2, 3, 4},
    {"PACKAGE", 1, -1, 2, 3, 4},
    {"PACKAGE BODY", 1, -1, 2, 3, 4},
    {"EVENT", 1, 2, 3, 4, 5},
};

int
create_program(MYSQL *m, const struct program *p, bool drop, bool definer, struct buf *out)
{
	const struct shape *shape = &shapes[0];
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	const char *zone;
	char delimiter[16];
	bool other;
	int rc;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(shapes[i].type, p->type) == 0)
			shape = &shapes[i];
	rc = show_create(m, p->type, p->database, p->name, p->label,
	    shape->zone >= 0 ? "?t??ttt" : "?t?ttt", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL) {
		warnx("%s: no definition", p->label);
		rc = EX_DATAERR;
		goto out;
	}
	if (row[shape->text] == NULL) {
		rc = needs_text(m, p->label);
		goto out;
	}
	zone = shape->zone >= 0 ? row[shape->zone] : NULL;
	/* What its variables are in, where nothing says so: that of the database when it was made. */
	other = strcmp(row[shape->collation + 1], p->collation) != 0;
	if (other)
		buf_printf(out, "ALTER DATABASE COLLATE %s;\n", row[shape->collation + 1]);
	session_open(out, row[shape->mode], row[shape->client], row[shape->collation], zone);
	if (drop)
		drop_statement(out, p->type, p->name);
	ddl_delimiter(row[shape->text], delimiter);
	buf_printf(out, "DELIMITER %s\n", delimiter);
	if (definer)
		buf_text(out, row[shape->text]);
	else
		ddl_without_definer(row[shape->text], out);
	/* On a line of its own: the text may end in a comment. */
	buf_printf(out, "\n%s\nDELIMITER ;\n", delimiter);
	session_close(out, true, zone != NULL);
	if (other)
		buf_printf(out, "ALTER DATABASE COLLATE %s;\n", p->collation);
out:
	mysql_free_result(res);
	return rc;
}
