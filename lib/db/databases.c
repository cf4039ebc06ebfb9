#include "db/databases.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/grants.h"
#include "db/needs.h"
#include "db/query.h"
#include "sql/guard.h"

int
databases_list(struct login *l, char ***names, size_t *n)
{
	MYSQL *m = NULL;
	MYSQL_RES *res = NULL;
	MYSQL_ROW row = NULL;
	struct grants *g = NULL;
	int rc = login_connect(l, NULL, false, &m);

	*names = NULL;
	*n = 0;
	if (rc == 0)
		rc = grants_read(m, &g);
	if (rc == 0)
		rc = needs_databases(g);
	grants_free(g);
	if (rc == 0)
		rc = query_rows(m, "databases",
		    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"
		    " ORDER BY BINARY SCHEMA_NAME",
		    "t", &res);
	if (rc == 0)
		*names = calloc(mysql_num_rows(res) + 1, sizeof(**names));
	while (rc == 0 && *names != NULL && (row = mysql_fetch_row(res)) != NULL) {
		if (guard_server_own(row[0]))
			continue;
		if (((*names)[*n] = strdup(row[0])) == NULL)
			break;
		++*n;
	}
	if (rc == 0 && (*names == NULL || row != NULL)) {
		warn("databases");
		rc = EX_OSERR;
	}
	mysql_free_result(res);
	mysql_close(m);
	return rc;
}
