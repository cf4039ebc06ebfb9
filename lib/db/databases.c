#include "db/databases.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/grants.h"
#include "db/needs.h"
#include "db/query.h"

int
databases_list(struct login *l, char ***names, size_t *n)
{
	MYSQL *m = NULL;
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
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
		rc = query_rows(m, "databases", "v",
		    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT "
		    "IN"
		    " ('information_schema', 'performance_schema', 'mysql', 'sys')"
		    " ORDER BY BINARY SCHEMA_NAME",
		    &res);
	if (rc == 0 && (*names = calloc(mysql_num_rows(res) + 1, sizeof(**names))) == NULL)
		rc = EX_OSERR;
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		(*names)[*n] = strdup(row[0]);
		rc = (*names)[(*n)++] == NULL ? EX_OSERR : 0;
	}
	mysql_free_result(res);
	if (m != NULL)
		mysql_close(m);
	return rc;
}
