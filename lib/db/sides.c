#include "db/sides.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "db/dump.h"
#include "db/loose.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/swap.h"

int
sides_programs(const struct exchange *x, char **text, size_t *len)
{
	struct dump_options o = {
	    .selection = {.no_data = true}, .no_tables = true, .quiet = true, .jobs = 1};
	char *name = strdup(x->target), *dump = NULL;
	struct names part = {0};
	struct buf all = {0};
	size_t dump_len = 0;
	int fd = memfd_create("before.sql", MFD_CLOEXEC);
	int rc = EX_OSERR;

	if (name == NULL || fd < 0)
		warn("memory for the old views");
	else
		rc = x->part != NULL ? swap_tables_of(x->m, x->target, x->part, &part) : 0;
	for (size_t i = 0; rc == 0 && i < part.len; i++)
		if (selection_add(&o.selection.tables, part.items[i]) != 0)
			rc = EX_OSERR;
	if (rc == 0 && (x->part == NULL || part.len > 0))
		rc = dump_write(x->login, &name, 1, &o, fd);
	if (rc == 0 &&
	    (lseek(fd, 0, SEEK_SET) != 0 || io_read_file(fd, 1 << 30, &dump, &dump_len) != 0)) {
		warn("the old views");
		rc = EX_OSERR;
	}
	if (rc == 0)
		rc = loose_text(x->m, x->target, x->part, LOOSE_KEYS, &all);
	if (rc == 0) {
		buf_add(&all, dump, dump_len);
		rc = buf_string(&all) != NULL ? 0 : EX_OSERR;
	}
	if (rc == 0) {
		*text = all.data;
		*len = all.len;
	} else {
		buf_free(&all);
	}
	free(dump);
	names_free(&part);
	selection_free(&o.selection);
	io_close(&fd);
	free(name);
	return rc;
}

static int
has_routines(const struct exchange *x, bool *out)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	int rc;

	buf_text(&sql, "SELECT 1 FROM information_schema.ROUTINES WHERE ");
	query_match(&sql, "ROUTINE_SCHEMA", x->target);
	buf_text(&sql, " LIMIT 1");
	rc = query_buf(x->m, "routines", &sql, "?", &res);
	*out = rc == 0 && mysql_num_rows(res) > 0;
	mysql_free_result(res);
	return rc;
}

/* Whether GRANT OPTION is among the rights ${list}, where it stands last, and goes. */
static bool
take_option(char *list)
{
	char *last = strrchr(list, ',');

	last = last != NULL ? last : list;
	if (strcmp(*last == ',' ? last + 1 : last, "Grant") != 0)
		return false;
	*last = '\0';
	return true;
}

int
sides_grants(const struct exchange *x, struct names *out)
{
	struct buf sql = {0};
	MYSQL_RES *res;
	MYSQL_ROW row;
	bool option, routines = false;
	int rc = has_routines(x, &routines);

	if (rc != 0 || !routines)
		return rc;
	buf_text(&sql, "SELECT Routine_type, Routine_name, User, Host, Proc_priv FROM "
		       "mysql.procs_priv WHERE ");
	query_match(&sql, "Db", x->target);
	/* The server keeps those on routines that went with a database. */
	buf_text(&sql, " AND Routine_name IN (SELECT ROUTINE_NAME FROM "
		       "information_schema.ROUTINES WHERE ");
	query_match(&sql, "ROUTINE_SCHEMA", x->target);
	buf_text(&sql, ")");
	if (buf_string(&sql) == NULL || mysql_query(x->m, sql.data) != 0) {
		buf_free(&sql);
		warnx("database `%s`: this account cannot see who may call its routines: such "
		      "rights have to be given again",
		    x->target);
		hintx("log in as root");
		return 0;
	}
	res = mysql_store_result(x->m);
	rc = res == NULL ? login_fail(x->m, "rights on routines")
			 : query_shape("rights on routines", "ttttt", res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		sql.len = 0;
		option = take_option(row[4]);
		buf_printf(&sql, "GRANT %s ON %s ", *row[4] != '\0' ? row[4] : "USAGE", row[0]);
		quote_name(&sql, x->target);
		buf_text(&sql, ".");
		quote_name(&sql, row[1]);
		buf_text(&sql, " TO ");
		quote_text(&sql, row[2], strlen(row[2]));
		if (*row[3] != '\0') {
			buf_text(&sql, "@");
			quote_text(&sql, row[3], strlen(row[3]));
		}
		if (option)
			buf_text(&sql, " WITH GRANT OPTION");
		if (buf_string(&sql) == NULL || names_add(out, sql.data) != 0)
			rc = EX_OSERR;
	}
	mysql_free_result(res);
	buf_free(&sql);
	return rc;
}
