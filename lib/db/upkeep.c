#include "db/upkeep.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "db/exchange.h"
#include "db/exchange_name.h"
#include "db/query.h"
#include "db/target.h"

int
upkeep_settle(struct login *l, const char *into, const struct load_options *o)
{
	struct exchange_result result = {0};
	struct exchange x = o->exchange;
	MYSQL *m = NULL;
	char *spelt = NULL;
	int rc = login_connect(l, NULL, false, &m);

	if (rc == 0)
		rc = target_spell(m, into, &spelt);
	if (rc != 0)
		goto out;
	x.login = l;
	x.m = m;
	x.target = spelt;
	if (access(x.folder, X_OK) != 0 && errno == EACCES) {
		warn("%s", x.folder);
		rc = EX_NOPERM;
	} else {
		rc = exchange_settle(&x, o->dry_run, &result);
	}
	if (rc == 0 && result.settled == EXCHANGE_NONE && !o->quiet)
		printf("database `%s`: no exchange was interrupted\n", into);
out:
	exchange_result_free(&result);
	mysql_close(m);
	free(spelt);
	return rc;
}

/* Whether ${name} is ${into}_before_YYYYmmdd_HHMMSS. */
static bool
is_kept(const char *name, const char *into)
{
	static const char shape[] = "_before_dddddddd_dddddd";
	const size_t len = strlen(into);

	if (strncmp(name, into, len) != 0 || strlen(name + len) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++) {
		const char c = name[len + i];

		/* The d of "before" stands for itself; there is none. */
		if (shape[i] == 'd' ? !isdigit((unsigned char)c) : c != shape[i])
			return false;
	}
	return true;
}

static int
drop(const struct exchange *x, const char *name)
{
	char *file = exchange_name_kept(x, name);
	int rc = file != NULL ? target_drop(x->m, name) : EX_OSERR;

	if (rc == 0)
		unlink(file);
	free(file);
	return rc;
}

int
upkeep_drop_old(struct login *l, const char *into, const struct load_options *o)
{
	struct exchange_result result = {0};
	struct exchange x = o->exchange;
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	MYSQL *m = NULL;
	const bool yes = o->yes && !o->dry_run;
	char *spelt = NULL;
	size_t n = 0;
	int rc = login_connect(l, NULL, false, &m);

	if (rc == 0)
		rc = target_spell(m, into, &spelt);
	if (rc != 0)
		goto out;
	x.login = l;
	x.m = m;
	x.target = spelt;
	/* What is half-way may still be needed there. */
	rc = exchange_settle(&x, o->dry_run, &result);
	if (rc == 0)
		rc = query_rows(m, "databases",
		    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME",
		    "?", &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (row[0] == NULL || !is_kept(row[0], spelt))
			continue;
		n++;
		if (yes)
			rc = drop(&x, row[0]);
		if (rc == 0 && !o->quiet)
			printf("%s `%s`\n", yes ? "dropped" : "would drop", row[0]);
	}
	if (rc == 0 && n == 0 && !o->quiet)
		printf("no old database is kept of `%s`\n", into);
	if (rc == 0 && n > 0 && !o->yes)
		hintx("--yes drops what is named");
out:
	mysql_free_result(res);
	exchange_result_free(&result);
	mysql_close(m);
	free(spelt);
	return rc;
}
