#include "db/libraries.h"

#include <err.h>
#include <sysexits.h>

#include "db/login.h"

int
libraries_read(MYSQL *m, struct names *names)
{
	MYSQL_RES *res;
	MYSQL_ROW row;
	int rc = 0;

	/* Who may not see them may not drop them either. */
	if (mysql_query(m, "SELECT name FROM mysql.func") != 0)
		return 0;
	if ((res = mysql_store_result(m)) == NULL)
		return login_fail(m, "functions from libraries");
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		if (row[0] != NULL && names_add(names, row[0]) != 0) {
			warnx("out of memory");
			rc = EX_OSERR;
		}
	mysql_free_result(res);
	return rc;
}
