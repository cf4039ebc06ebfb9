#include "sql/sides.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "sql/ddl.h"
#include "sql/dump.h"
#include "sql/query.h"
#include "sql/quote.h"

int
sides_programs(const struct exchange *x, char **text, size_t *len)
{
	const struct dump_options o = {.selection = {.no_data = true},
	    .no_tables = true,
	    .quiet = true,
	    .jobs = 1};
	char *name = strdup(x->target);
	int fd = memfd_create("before.sql", MFD_CLOEXEC);
	int rc = EX_OSERR;

	if (name == NULL || fd < 0)
		warn("memory for the old views");
	else
		rc = dump_write(x->login, &name, 1, &o, fd);
	if (rc == 0 && (lseek(fd, 0, SEEK_SET) != 0 || io_read_file(fd, 1 << 30, text, len) != 0)) {
		warn("the old views");
		rc = EX_OSERR;
	}
	io_close(&fd);
	free(name);
	return rc;
}

int
sides_grants(const struct exchange *x, struct names *out)
{
	struct buf sql = {0};
	MYSQL_RES *res;
	MYSQL_ROW row;
	int rc = 0;

	buf_text(&sql, "SELECT Routine_type, Routine_name, User, Host, Proc_priv FROM "
		       "mysql.procs_priv WHERE ");
	query_match(&sql, "Db", x->target);
	/* Who may not read them has nothing to keep: only root could put them back. */
	if (buf_string(&sql) == NULL || mysql_query(x->m, sql.data) != 0) {
		buf_free(&sql);
		return 0;
	}
	res = mysql_store_result(x->m);
	while (rc == 0 && res != NULL && (row = mysql_fetch_row(res)) != NULL) {
		sql.len = 0;
		buf_printf(&sql, "GRANT %s ON %s ", row[4], row[0]);
		quote_name(&sql, x->target);
		buf_text(&sql, ".");
		quote_name(&sql, row[1]);
		buf_text(&sql, " TO ");
		quote_text(&sql, row[2], strlen(row[2]));
		if (*row[3] != '\0') {
			buf_text(&sql, "@");
			quote_text(&sql, row[3], strlen(row[3]));
		}
		if (buf_string(&sql) == NULL || names_add(out, sql.data) != 0)
			rc = EX_OSERR;
	}
	mysql_free_result(res);
	buf_free(&sql);
	return rc;
}

int
sides_defaults(const struct exchange *x, const char *stage, struct buf *out)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_DEFAULT FROM "
		       "information_schema.COLUMNS WHERE ");
	query_match(&sql, "TABLE_SCHEMA", stage);
	buf_text(&sql, " AND COLUMN_DEFAULT REGEXP '(next|last)val\\\\('");
	rc = query_buf(x->m, "defaults of columns", &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		buf_text(&sql, "ALTER TABLE ");
		quote_name(&sql, stage);
		buf_text(&sql, ".");
		quote_name(&sql, row[0]);
		buf_text(&sql, " ALTER COLUMN ");
		quote_name(&sql, row[1]);
		buf_text(&sql, " DROP DEFAULT");
		rc = query_do(x->m, "defaults of columns", &sql);
		buf_text(out, "ALTER TABLE ");
		quote_name(out, row[0]);
		buf_text(out, " ALTER COLUMN ");
		quote_name(out, row[1]);
		buf_text(out, " SET DEFAULT (");
		ddl_without_database(row[2], stage, out);
		buf_text(out, ");\n");
	}
	mysql_free_result(res);
	return rc != 0 || buf_string(out) != NULL ? rc : EX_OSERR;
}

int
exchange_check(const struct exchange *x)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	char *name = exchange_before(x->target), *text = NULL;
	size_t len;
	int rc;

	if (name == NULL)
		return EX_CANTCREAT;
	free(name);
	buf_text(&sql, "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, REFERENCED_TABLE_NAME FROM "
		       "information_schema.REFERENTIAL_CONSTRAINTS WHERE ");
	query_match(&sql, "UNIQUE_CONSTRAINT_SCHEMA", x->target);
	buf_text(&sql, " AND BINARY CONSTRAINT_SCHEMA <> BINARY UNIQUE_CONSTRAINT_SCHEMA");
	rc = query_buf(x->m, "foreign keys", &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		warnx("table `%s`.`%s` refers to `%s`.`%s`, which is to be exchanged", row[0],
		    row[1], x->target, row[2]);
		fprintf(stderr, "hint: drop that foreign key, and add it again afterwards\n");
		rc = EX_CANTCREAT;
	}
	mysql_free_result(res);
	/* Whether all of it can be seen is known before anything is loaded. */
	if (rc == 0)
		rc = sides_programs(x, &text, &len);
	free(text);
	return rc;
}

