/*
 * A database server that says anything: the input is its answers, one behind the other, a line a row,
 * a tab between columns, \N for NULL; an answer that begins with ! is an error.  Whatever it says,
 * what asks about a database, its tables and rights ends well, and what was taken is whole.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "db/catalogue.h"
#include "db/columns.h"
#include "db/create.h"
#include "db/fields.h"
#include "db/grants.h"
#include "db/loose.h"

enum { SEPARATOR = 0x1e, ROWS = 40, CELLS = 12 };

/* One answer.  Each row is a block of its own, as long as it has cells. */
struct answer {
	size_t rows, columns, next;
	char **row[ROWS];
	unsigned long lengths[CELLS];
};

static const char *said;
static size_t left;
static unsigned int failed;

static void
add_row(struct answer *a, const char *line, size_t len)
{
	char **cells = calloc(a->columns, sizeof(*cells));
	const char *tab;

	REQUIRE(cells != NULL);
	for (size_t i = 0; i < a->columns; i++) {
		tab = memchr(line, '\t', len);
		size_t n = tab != NULL ? (size_t)(tab - line) : len;

		if (n != 2 || memcmp(line, "\\N", 2) != 0)
			REQUIRE((cells[i] = strndup(line, n)) != NULL);
		line += n + (tab != NULL);
		len -= n + (tab != NULL);
	}
	a->row[a->rows++] = cells;
}

int STDCALL
mysql_real_query(MYSQL *m, const char *sql, unsigned long len)
{
	const char *end;

	(void)m;
	(void)sql;
	(void)len;
	failed = left == 0 || *said == '!' ? 1142 : 0;
	if (failed != 0 && left > 0) {
		end = memchr(said, SEPARATOR, left);
		left -= end != NULL ? (size_t)(end + 1 - said) : left;
		said = end != NULL ? end + 1 : said;
	}
	return failed != 0;
}

int STDCALL
mysql_query(MYSQL *m, const char *sql)
{
	return mysql_real_query(m, sql, strlen(sql));
}

MYSQL_RES *STDCALL
mysql_store_result(MYSQL *m)
{
	const char *end = left > 0 ? memchr(said, SEPARATOR, left) : NULL, *nl;
	size_t all = end != NULL ? (size_t)(end - said) : left, n;
	struct answer *a = calloc(1, sizeof(*a));

	(void)m;
	REQUIRE(a != NULL);
	/* As many columns as the first line has. */
	a->columns = 1;
	for (size_t i = 0; i < all && said[i] != '\n'; i++)
		a->columns += said[i] == '\t' && a->columns < CELLS;
	left -= all + (end != NULL);
	for (; all > 0 && a->rows < ROWS; said += n, all -= n) {
		nl = memchr(said, '\n', all);
		n = nl != NULL ? (size_t)(nl + 1 - said) : all;
		add_row(a, said, n - (nl != NULL));
	}
	said += all + (end != NULL);
	return (MYSQL_RES *)a;
}

MYSQL_ROW STDCALL
mysql_fetch_row(MYSQL_RES *res)
{
	struct answer *a = (struct answer *)res;

	return a != NULL && a->next < a->rows ? a->row[a->next++] : NULL;
}

unsigned long *STDCALL
mysql_fetch_lengths(MYSQL_RES *res)
{
	struct answer *a = (struct answer *)res;
	char *const *cells = a->row[a->next - 1];

	for (size_t i = 0; i < a->columns; i++)
		a->lengths[i] = cells[i] != NULL ? strlen(cells[i]) : 0;
	return a->lengths;
}

void STDCALL
mysql_data_seek(MYSQL_RES *res, unsigned long long to)
{
	((struct answer *)res)->next = (size_t)to;
}

unsigned long long STDCALL
mysql_num_rows(MYSQL_RES *res)
{
	return ((struct answer *)res)->rows;
}

unsigned int STDCALL
mysql_num_fields(MYSQL_RES *res)
{
	return (unsigned int)((struct answer *)res)->columns;
}

void STDCALL
mysql_free_result(MYSQL_RES *res)
{
	struct answer *a = (struct answer *)res;

	for (size_t i = 0; a != NULL && i < a->rows; i++) {
		for (size_t k = 0; k < a->columns; k++)
			free(a->row[i][k]);
		free(a->row[i]);
	}
	free(a);
}

unsigned int STDCALL
mysql_errno(MYSQL *m)
{
	(void)m;
	return failed;
}

const char *STDCALL
mysql_error(MYSQL *m)
{
	(void)m;
	return "\x1b[31mno\n";
}

unsigned int STDCALL
mysql_warning_count(MYSQL *m)
{
	(void)m;
	return left % 2;
}

char *STDCALL
mysql_get_server_info(MYSQL *m)
{
	static char texts[2][20] = {"8.0.36", "10.11.6-MariaDB"};

	(void)m;
	return texts[left % 3 != 0];
}

unsigned long STDCALL
mysql_get_server_version(MYSQL *m)
{
	(void)m;
	return left % 3 == 0 ? 80036 : 101106;
}

my_bool STDCALL
mariadb_connection(MYSQL *m)
{
	(void)m;
	return left % 3 != 0;
}

static void
tables(MYSQL *m, struct catalogue *c)
{
	struct buf out = {0}, keys = {0};
	bool valid = false;

	REQUIRE(c->charset != NULL && c->collation != NULL);
	for (size_t i = 0; i < c->ntables; i++) {
		struct table *t = &c->tables[i];

		REQUIRE(t->name != NULL && t->label != NULL);
		if (t->kind == CATALOGUE_VIEW)
			create_view(m, t, true, false, &out, &valid);
		else if (create_table(m, t, true, &out, &keys) == 0 && t->rows &&
			 columns_read(m, t) == 0)
			REQUIRE(t->ncolumns > 0 && t->select != NULL && t->insert != NULL &&
				t->order != NULL);
	}
	for (size_t i = 0; i < c->nprograms; i++) {
		REQUIRE(c->programs[i].name != NULL);
		create_program(m, &c->programs[i], true, false, &out);
	}
	buf_free(&out);
	buf_free(&keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct selection all;
	MYSQL *m = (MYSQL *)(uintptr_t)0x1000; /* nobody looks into it */
	struct catalogue *c = NULL;
	struct fields f = {0};
	struct grants *g = NULL;
	struct buf out = {0};

	if (size == 0)
		return 0;
	said = (const char *)data + 1;
	left = size - 1;
	switch (data[0] % 4) {
	case 0:
		if (catalogue_read(m, "d", &all, &c) == 0)
			tables(m, c);
		catalogue_free(c);
		break;
	case 1:
		if (fields_read(m, "d", "t", "utf8mb4", &f) == 0)
			for (size_t i = 0; i < f.len; i++)
				REQUIRE(f.items[i].name != NULL);
		fields_free(&f);
		break;
	case 2:
		if (grants_read(m, &g) == 0)
			grants_on(g, "d", "t");
		grants_free(g);
		break;
	default: loose_text(m, "d", NULL, LOOSE_ALL, &out); buf_free(&out);
	}
	return 0;
}
