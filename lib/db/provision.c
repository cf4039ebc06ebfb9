#include "db/provision.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/plain.h"
#include "db/query.h"
#include "sql/quote.h"

/* The first column of the first row of what ${sql} finds, as a number. */
static bool
number(MYSQL *m, const char *sql, uint64_t *out)
{
	MYSQL_RES *res;
	MYSQL_ROW row;
	bool ok;

	if (mysql_query(m, sql) != 0 || (res = mysql_store_result(m)) == NULL)
		return false;
	row = mysql_fetch_row(res);
	ok = row != NULL && row[0] != NULL && num_count(row[0], 0, UINT64_MAX, out) == 0;
	mysql_free_result(res);
	return ok;
}

bool
provision_try(struct login *app, uint64_t *objects, char why[256])
{
	const char *database = login_database(app);
	uint64_t n = 0;
	MYSQL *m;
	bool ok = true;

	if (database == NULL) {
		strlcpy(why, "no DB_DATABASE", 256);
		return false;
	}
	if ((m = login_try(app, database, why)) == NULL)
		return false;
	if (objects != NULL) {
		ok = number(m,
		    "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
		    "DATABASE()",
		    &n);
		if (!ok) {
			strlcpy(why, mysql_error(m), 256);
			plain_text(why);
		}
		*objects = n;
	}
	mysql_close(m);
	return ok;
}

bool
provision_rows(MYSQL *m, const char *table, uint64_t *rows)
{
	struct buf b = {0};
	uint64_t versioned = 0;
	bool ok;

	buf_text(&b, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
		     "DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED' AND ");
	query_match(&b, "TABLE_NAME", table);
	ok = buf_string(&b) != NULL && number(m, b.data, &versioned);
	buf_free(&b);
	if (!ok)
		return false;
	buf_text(&b, "SELECT COUNT(*) FROM ");
	quote_name(&b, table);
	/* The dump's rows are those of all times. */
	if (versioned > 0)
		buf_text(&b, " FOR SYSTEM_TIME ALL");
	ok = buf_string(&b) != NULL && number(m, b.data, rows);
	buf_free(&b);
	return ok;
}

/*
 * Whether routines of other accounts are hidden from those that may not read mysql.proc.  Where
 * there is no such table, the right is SHOW_ROUTINE.
 */
static bool
proc_table(MYSQL *m)
{
	uint64_t n;

	return number(m,
		   "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
		   "'mysql' "
		   "AND TABLE_NAME = 'proc'",
		   &n) &&
	       n > 0;
}

/* Make the account of ${app} at ${host}, or let it have what it lacks. */
static int
account(MYSQL *m, const struct login *app, const char *host, bool change)
{
	const char *const verbs[] = {"CREATE USER IF NOT EXISTS ", "ALTER USER ",
	    "GRANT ALL ON ",
	    /* Without it tonight's dump would lack the routines of others, and fail. */
	    proc_table(m) ? "GRANT SELECT ON mysql.proc TO " : "GRANT SHOW_ROUTINE ON *.* TO "};
	struct buf who = {0}, b = {0};
	int rc = 0;

	buf_printf(&who, "%s@%s", login_user(app), host);
	if (buf_string(&who) == NULL)
		return EX_OSERR;
	for (size_t i = 0; rc == 0 && i < 4; i++) {
		if (i == 1 && !change)
			continue;
		/* All at once: growing would leave copies of the password behind. */
		if (buf_room(&b, 4096 + 2 * strlen(login_user(app))) != 0) {
			rc = EX_OSERR;
			break;
		}
		buf_text(&b, verbs[i]);
		if (i == 2) {
			quote_pattern(&b, login_database(app));
			buf_text(&b, ".* TO ");
		}
		quote_account(&b, who.data);
		if (i < 2)
			login_identified_by(app, &b);
		rc = buf_string(&b) == NULL ? EX_OSERR
					    : query_run(m, "make the account", b.data);
		if (i == 3 && rc != EX_OSERR)
			rc = 0; /* it is said; the application works without it */
		explicit_bzero(b.data, b.size);
		buf_reset(&b, SIZE_MAX);
	}
	buf_free(&b);
	buf_free(&who);
	return rc;
}

int
provision_make(struct login *admin, const struct login *app, bool change)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "::1"};
	const char *database = login_database(app), *user = login_user(app);
	struct buf b = {0};
	MYSQL *m = NULL;
	int rc;

	if (database == NULL || *user == '\0') {
		warnx("the .env has no DB_DATABASE or no DB_USERNAME");
		return EX_CONFIG;
	}
	if ((rc = login_connect(admin, NULL, false, &m)) != 0)
		return rc;
	buf_text(&b, "CREATE DATABASE IF NOT EXISTS ");
	quote_name(&b, database);
	buf_text(&b, " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
	rc = buf_string(&b) == NULL ? EX_OSERR : query_run(m, "make the database", b.data);
	for (size_t i = 0; rc == 0 && strcmp(user, "root") != 0 && i < 3; i++)
		rc = account(m, app, hosts[i], change);
	buf_free(&b);
	mysql_close(m);
	return rc;
}
