#include "db/tables.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/plain.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/quote.h"

/* Append `database`.`table`. */
static void
full_name(struct buf *b, const char *database, const char *table)
{
	quote_name(b, database);
	buf_text(b, ".");
	quote_name(b, table);
}

/* Whether ${table} is a table of ${database} already; what is there and no table is refused. */
static int
is_there(MYSQL *m, const char *database, const char *table, bool refuse, bool *there)
{
	struct buf sql = {0}, name = {0};
	char *type = NULL;
	int rc = EX_OSERR;

	full_name(&name, database, table);
	buf_text(&sql, "SELECT TABLE_TYPE FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	/* Some servers take `A` and `a` for the same table. */
	buf_text(&sql, " AND IF(@@lower_case_table_names = 0, BINARY TABLE_NAME = ");
	quote_text(&sql, table, strlen(table));
	buf_text(&sql, ", LOWER(TABLE_NAME) = LOWER(");
	quote_text(&sql, table, strlen(table));
	buf_text(&sql, "))");
	if (buf_string(&sql) != NULL && buf_string(&name) != NULL)
		rc = query_value(m, "look for the table", sql.data, &type);
	*there = rc == 0 && type != NULL;
	if (*there && (strcmp(type, "VIEW") == 0 || strcmp(type, "SEQUENCE") == 0)) {
		warnx("%s is there, and is no table", plain_text(name.data));
		hintx("--into names another database");
		rc = EX_CANTCREAT;
	} else if (*there && refuse) {
		warnx("table %s is there already", plain_text(name.data));
		hintx("--into names another database; --yes exchanges it");
		rc = EX_CANTCREAT;
	}
	free(type);
	buf_free(&sql);
	buf_free(&name);
	return rc;
}

int
tables_look(MYSQL *m, const char *database, const struct pick *pick, bool refuse, bool *any)
{
	const char *name;
	bool there;
	int rc = 0;

	*any = false;
	for (size_t i = 0; rc == 0 && (name = pick_found(pick, i)) != NULL; i++) {
		rc = is_there(m, database, name, refuse, &there);
		*any = *any || there;
	}
	return rc;
}

int
tables_made(struct tables *t, const char *name)
{
	char **all = reallocarray(t->names, t->len + 1, sizeof(*all));

	if (all != NULL)
		t->names = all;
	if (all == NULL || (all[t->len] = strdup(name)) == NULL) {
		warn("tables");
		return EX_OSERR;
	}
	t->len++;
	return 0;
}

int
tables_drop(const struct tables *t, MYSQL *m, const char *database)
{
	struct buf sql = {0};
	int rc = 0;

	/* The last one first: it may point to those before it. */
	for (size_t i = t->len; rc == 0 && i > 0; i--) {
		buf_text(&sql, "DROP TABLE IF EXISTS ");
		full_name(&sql, database, t->names[i - 1]);
		rc = buf_string(&sql) == NULL ? EX_OSERR
					      : query_run(m, "drop the table", sql.data);
		buf_free(&sql);
	}
	return rc;
}

void
tables_free(struct tables *t)
{
	for (size_t i = 0; i < t->len; i++)
		free(t->names[i]);
	free(t->names);
	*t = (struct tables){0};
}
