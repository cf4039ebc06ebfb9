#include "db/exchange_check.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/plain.h"
#include "sql/exchange_file.h"
#include "db/exchange_name.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/sides.h"
#include "db/target.h"

/* Whether there is a row of ${sql}, in which every ? is the name of the target. */
static int
find(const struct exchange *x, const char *sql, bool *out)
{
	struct buf b = {0};
	MYSQL_RES *res = NULL;
	int rc;

	for (const char *c; (c = strchr(sql, '?')) != NULL; sql = c + 1) {
		buf_add(&b, sql, (size_t)(c - sql));
		quote_text(&b, x->target, strlen(x->target));
	}
	buf_text(&b, sql);
	rc = query_buf(x->m, "rights of this account", &b, "?", &res);
	*out = rc == 0 && mysql_num_rows(res) > 0;
	mysql_free_result(res);
	return rc;
}

/*
 * Whether this account has one of ${rights} everywhere.  Where a role gives it its rights, and
 * where the server has no such lists, they are not looked up: it is said to have it.
 */
static bool
has_right(const struct exchange *x, const char *rights)
{
	static const char may[] =
	    "SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN (%s) AND "
	    "GRANTEE = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''') UNION ALL "
	    "SELECT 1 FROM information_schema.APPLICABLE_ROLES LIMIT 1";
	struct buf sql = {0};
	MYSQL_RES *res;
	bool has;

	buf_printf(&sql, may, rights);
	if (buf_string(&sql) == NULL || mysql_query(x->m, sql.data) != 0) {
		buf_free(&sql);
		return true;
	}
	res = mysql_store_result(x->m);
	has = res == NULL || mysql_num_rows(res) > 0;
	mysql_free_result(res);
	buf_free(&sql);
	return has;
}

/* Whether this account, which may drop the old views and routines, may also make them again. */
static int
check_rights(const struct exchange *x)
{
	static const char others[] =
	    "SELECT 1 FROM (SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?"
	    " UNION ALL SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = "
	    "?"
	    " UNION ALL SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = "
	    "?"
	    " UNION ALL SELECT DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?) d"
	    " WHERE DEFINER <> CURRENT_USER() LIMIT 1";
	/* Of a part, only triggers are dropped. */
	static const char other_triggers[] =
	    "SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?"
	    " AND DEFINER <> CURRENT_USER() LIMIT 1";
	static const char logged[] =
	    "SELECT 1 FROM (SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?"
	    " AND ROUTINE_TYPE = 'FUNCTION'"
	    " UNION ALL SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?) d"
	    " WHERE @@log_bin AND NOT @@log_bin_trust_function_creators LIMIT 1";
	static const char logged_triggers[] =
	    "SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?"
	    " AND @@log_bin AND NOT @@log_bin_trust_function_creators LIMIT 1";
	static const char unsafe[] =
	    "SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND "
	    "ROUTINE_TYPE = 'FUNCTION' AND IS_DETERMINISTIC = 'NO' AND SQL_DATA_ACCESS NOT IN "
	    "('NO SQL', 'READS SQL DATA') AND "
	    "@@log_bin AND NOT @@log_bin_trust_function_creators LIMIT 1";
	static const struct {
		const char *needed, *of_part; /* NULL: never */
		const char *rights;           /* NULL: nobody may */
		const char *what;
		bool definer;
	} checks[] = {
	    {others, other_triggers, "'SUPER', 'SET USER', 'SET_USER_ID', 'SET_ANY_DEFINER'",
		"this account could not make its views, routines, triggers and events again",
		true},
	    {logged, logged_triggers, "'SUPER', 'BINLOG ADMIN'",
		"this account could not make its routines and triggers again", false},
	    {unsafe, NULL, NULL, "the server would not take all of its functions again", false},
	};
	bool is, may_do;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(checks) / sizeof(checks[0]); i++) {
		const char *sql = x->part != NULL ? checks[i].of_part : checks[i].needed;

		if (sql == NULL)
			continue;
		rc = find(x, sql, &is);
		if (rc != 0 || !is)
			continue;
		may_do = checks[i].rights != NULL && has_right(x, checks[i].rights);
		if (may_do)
			continue;
		warnx("database `%s`: %s", x->target, checks[i].what);
		if (checks[i].definer)
			target_hint(x->m, x->target, true);
		else
			hintx("SET GLOBAL log_bin_trust_function_creators = ON;");
		rc = EX_NOPERM;
	}
	return rc;
}

/* Whether tables that stay refer to tables that go. */
static int
check_keys(const struct exchange *x)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, REFERENCED_TABLE_NAME FROM "
		       "information_schema.REFERENTIAL_CONSTRAINTS WHERE ");
	query_match(&sql, "UNIQUE_CONSTRAINT_SCHEMA", x->target);
	rc = query_buf(x->m, "foreign keys", &sql, "ttt", &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		const bool here = strcmp(row[0], x->target) == 0;

		if (here && (x->part == NULL || names_has(x->part, row[1])))
			continue;
		if (x->part != NULL && !names_has(x->part, row[2]))
			continue;
		warnx("table `%s`.`%s` refers to `%s`.`%s`, which is to be exchanged",
		    plain_text(row[0]), plain_text(row[1]), x->target, plain_text(row[2]));
		hintx("%s",
		    here ? "name that table, too, or drop its foreign key and add it again "
			   "afterwards"
			 : "drop that foreign key, and add it again afterwards");
		rc = EX_CANTCREAT;
	}
	mysql_free_result(res);
	return rc;
}

int
exchange_check(const struct exchange *x)
{
	char *name = exchange_name_before(x->target), *text = NULL;
	size_t len;
	int rc;

	if (name == NULL)
		return EX_CANTCREAT;
	free(name);
	if (exchange_file_folder(x->folder) != 0) {
		warn("%s", x->folder);
		return EX_CANTCREAT;
	}
	rc = check_keys(x);
	/* Whether all of it can be seen is known before anything is loaded. */
	if (rc == 0)
		rc = sides_programs(x, &text, &len);
	if (rc == 0)
		rc = check_rights(x);
	free(text);
	return rc;
}
