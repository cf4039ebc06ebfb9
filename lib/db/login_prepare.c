/* What a session is told before anything else. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "db/login.h"

/* A version goes into messages and notes: printable ASCII, or the server is not believed. */
static bool
version_is_plain(const char *version)
{
	for (; *version != '\0'; version++)
		if (!isascii((unsigned char)*version) || !isprint((unsigned char)*version))
			return false;
	return true;
}

int
login_prepare(MYSQL *m)
{
	static const char *const both[] = {
	    "SET NAMES utf8mb4",
	    "SET SESSION time_zone = '+00:00', sql_mode = '', sql_quote_show_create = 1",
	    "SET SESSION sql_select_limit = 18446744073709551615",
	    "SET SESSION sql_big_selects = 1, completion_type = 0, max_error_count = 64",
	    "SET SESSION wait_timeout = 86400",
	    "SET SESSION net_write_timeout = 86400, net_read_timeout = 86400",
	};
	/* MariaDB's, which not each of its versions knows. */
	static const char *const newer[] = {
	    "SET SESSION idle_transaction_timeout = 0",
	    "SET SESSION idle_readonly_transaction_timeout = 0",
	    "SET SESSION system_versioning_asof = DEFAULT",
	};
	MYSQL_RES *res;
	MYSQL_ROW row;
	bool right;

	if (!version_is_plain(mysql_get_server_info(m))) {
		warnx("connect: the server's version holds control bytes");
		return EX_UNAVAILABLE;
	}
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++)
		if (mysql_query(m, both[i]) != 0)
			return login_fail(m, both[i]);
	if (mysql_query(m, mariadb_connection(m) ? "SET SESSION max_statement_time = 0"
						 : "SET SESSION max_execution_time = 0") != 0)
		return login_fail(m, "set the statement time limit");
	for (size_t i = 0; mariadb_connection(m) && i < sizeof(newer) / sizeof(newer[0]); i++)
		if (mysql_query(m, newer[i]) != 0 &&
		    mysql_errno(m) != ER_UNKNOWN_SYSTEM_VARIABLE)
			return login_fail(m, "prepare the session");
	if (mysql_query(m, "SELECT @@session.time_zone, @@session.character_set_client") != 0 ||
	    (res = mysql_store_result(m)) == NULL)
		return login_fail(m, "read the session's settings");
	row = mysql_fetch_row(res);
	right = row != NULL && row[0] != NULL && strcmp(row[0], "+00:00") == 0 &&
		row[1] != NULL && strcmp(row[1], "utf8mb4") == 0;
	mysql_free_result(res);
	if (!right) {
		warnx("the server did not take the time zone +00:00 and utf8mb4");
		return EX_UNAVAILABLE;
	}
	return 0;
}
