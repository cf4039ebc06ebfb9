#include "db/target.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/sig.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/quote.h"

/* A statement with one name in it: ${before} `name` ${after}. */
static int
run_named(MYSQL *m, const char *before, const char *name, const char *after)
{
	struct buf b = {0};
	const char *text;
	int rc = EX_OSERR;

	buf_text(&b, before);
	quote_name(&b, name);
	buf_text(&b, after);
	text = buf_string(&b);
	if (text != NULL)
		rc = mysql_real_query(m, text, b.len) == 0 ? 0 : 1;
	buf_free(&b);
	return rc;
}

static int
number(MYSQL *m, struct buf *sql, const char *what, uint64_t *out, bool *found)
{
	char *value = NULL;
	const char *text = buf_string(sql);
	int rc = text == NULL ? EX_OSERR : query_value(m, what, text, &value);

	*out = 0;
	*found = value != NULL;
	if (rc == 0 && value != NULL && num_count(value, 0, UINT64_MAX, out) != 0) {
		warnx("%s: \"%s\" is no number", what, value);
		rc = EX_UNAVAILABLE;
	}
	free(value);
	buf_free(sql);
	return rc;
}

/* Some servers take `A` and `a` for the same database. */
static void
match_name(struct buf *b, const char *column, const char *name)
{
	buf_printf(b, "IF(@@lower_case_table_names = 0, BINARY %s = ", column);
	quote_text(b, name, strlen(name));
	buf_printf(b, ", LOWER(%s) = LOWER(", column);
	quote_text(b, name, strlen(name));
	buf_text(b, "))");
}

int
target_spell(MYSQL *m, const char *name, char **out)
{
	struct buf b = {0};
	int rc = EX_OSERR;

	buf_text(&b, "SELECT IF(@@lower_case_table_names = 1, LOWER(");
	quote_text(&b, name, strlen(name));
	buf_text(&b, "), ");
	quote_text(&b, name, strlen(name));
	buf_text(&b, ")");
	if (buf_string(&b) != NULL)
		rc = query_value(m, "name of the database", b.data, out);
	buf_free(&b);
	return rc == 0 && *out == NULL ? query_misfit("name of the database") : rc;
}

int
target_look(MYSQL *m, const char *name, struct target *t)
{
	static const char *const places[][2] = {{"TABLES", "TABLE_SCHEMA"},
	    {"ROUTINES", "ROUTINE_SCHEMA"}, {"EVENTS", "EVENT_SCHEMA"}};
	struct buf b = {0};
	bool found;
	uint64_t n;
	int rc;

	t->objects = 0;
	buf_text(&b, "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE ");
	match_name(&b, "SCHEMA_NAME", name);
	rc = number(m, &b, "look for the database", &n, &found);
	t->exists = n > 0;
	for (size_t i = 0; rc == 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		buf_printf(
		    &b, "SELECT COUNT(*) FROM information_schema.%s WHERE ", places[i][0]);
		match_name(&b, places[i][1], name);
		rc = number(m, &b, "look into the database", &n, &found);
		t->objects += n;
	}
	return rc;
}

void
target_hint(MYSQL *m, const char *name, bool definer)
{
	struct buf b = {0};
	char *user = NULL;
	const char *text;

	if (mysql_ping(m) != 0 ||
	    query_value(m, "account", "SELECT CURRENT_USER()", &user) != 0 || user == NULL)
		return;
	if (definer) {
		buf_text(&b, "a DEFINER is another account: log in as root, or GRANT ");
		buf_text(&b, mariadb_connection(m) ? "SET USER ON *" : "SET_ANY_DEFINER ON *");
	} else {
		buf_text(&b, "GRANT ALL ON ");
		if (name != NULL)
			quote_pattern(&b, name);
		else
			buf_text(&b, "*");
	}
	buf_text(&b, ".* TO ");
	quote_account(&b, user);
	text = buf_string(&b);
	if (text != NULL)
		hintx("%s;", text);
	buf_free(&b);
	free(user);
}

int
target_create(MYSQL *m, const char *name)
{
	int rc = run_named(
	    m, "CREATE DATABASE ", name, " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");

	if (rc == 1) {
		rc = login_fail(m, "create the database");
		if (rc == EX_NOPERM)
			target_hint(m, name, false);
	}
	return rc;
}

int
target_drop(MYSQL *m, const char *name)
{
	int rc = run_named(m, "DROP DATABASE ", name, "");

	return rc == 1 ? login_fail(m, "drop the database") : rc;
}

/* Whether the dump's rows of a table are those of all times. */
static int
is_versioned(MYSQL *m, const char *database, const char *table, bool *versioned)
{
	struct buf b = {0};
	char *type = NULL;
	const char *text;
	int rc;

	buf_text(&b, "SELECT TABLE_TYPE FROM information_schema.TABLES WHERE ");
	query_match(&b, "TABLE_SCHEMA", database);
	buf_text(&b, " AND ");
	query_match(&b, "TABLE_NAME", table);
	text = buf_string(&b);
	rc = text == NULL ? EX_OSERR : query_value(m, "type of a table", text, &type);
	*versioned = type != NULL && strcmp(type, "SYSTEM VERSIONED") == 0;
	free(type);
	buf_free(&b);
	return rc;
}

int
target_count(MYSQL *m, const char *into, const struct endmark *e, const char *dump)
{
	const struct endmark_table *t;
	struct buf name = {0}, sql = {0};
	uint64_t rows;
	bool found, versioned;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (t = endmark_table(e, i)) != NULL; i++) {
		if (sig_stop())
			return 1;
		quote_name(&name, into != NULL ? into : t->database);
		buf_text(&name, ".");
		quote_name(&name, t->table);
		if (buf_string(&name) == NULL)
			return EX_OSERR;
		rc = is_versioned(m, into != NULL ? into : t->database, t->table, &versioned);
		buf_printf(&sql, "SELECT COUNT(*) FROM %s%s", name.data,
		    versioned ? " FOR SYSTEM_TIME ALL" : "");
		plain_text(name.data);
		if (rc == 0)
			rc = number(m, &sql, name.data, &rows, &found);
		if (rc == 0 && rows != t->rows) {
			warnx("%s: table %s has %ju rows after loading, the dump has %ju", dump,
			    name.data, (uintmax_t)rows, (uintmax_t)t->rows);
			rc = EX_DATAERR;
		}
		buf_free(&name);
	}
	return rc;
}
