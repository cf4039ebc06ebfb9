#include "db/definitions.h"

#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "db/create.h"
#include "db/login.h"
#include "db/query.h"

int
definitions_digest(
    MYSQL *m, const struct catalogue *c, const struct selection *s, char hex[HASH_HEX])
{
	struct catalogue *now = NULL;
	struct hash h;
	struct buf b = {0};
	bool valid;
	int rc = catalogue_read(m, c->database, s, &now);

	hash_start(&h);
	/* A view's text depends on which database is the current one. */
	if (rc == 0 && mysql_select_db(m, c->database) != 0)
		rc = login_fail(m, c->database);
	if (rc == 0)
		rc = query_run(m, "character set", "SET character_set_results = NULL");
	for (size_t i = 0; rc == 0 && i < now->ntables; i++) {
		if (now->tables[i].kind != CATALOGUE_VIEW)
			continue;
		buf_reset(&b, 1 << 20);
		rc = create_view(m, &now->tables[i], false, true, &b, &valid);
		hash_add(&h, b.data, b.len);
	}
	for (size_t i = 0; rc == 0 && i < now->nprograms; i++) {
		buf_reset(&b, 1 << 20);
		rc = create_program(m, &now->programs[i], true, true, &b);
		hash_add(&h, b.data, b.len);
	}
	if (rc == 0)
		rc = query_run(m, "character set", "SET character_set_results = utf8mb4");
	hash_take(&h, hex);
	buf_free(&b);
	catalogue_free(now);
	return rc;
}

static bool
is_same(const struct table *a, const struct table *b)
{
	return strcmp(a->name, b->name) == 0 && a->kind == b->kind &&
	       strcmp(a->engine, b->engine) == 0 && a->history == b->history;
}

int
definitions_tables(MYSQL *m, const struct catalogue *c, const struct selection *s, bool *same)
{
	struct catalogue *now = NULL;
	int rc = catalogue_read(m, c->database, s, &now);
	size_t i = 0;

	if (rc != 0)
		return rc;
	while (i < now->ntables && i < c->ntables && is_same(&now->tables[i], &c->tables[i]))
		i++;
	*same = i == now->ntables && i == c->ntables && now->nprograms == c->nprograms;
	for (i = 0; *same && i < c->nprograms; i++)
		*same = strcmp(now->programs[i].label, c->programs[i].label) == 0;
	catalogue_free(now);
	return 0;
}
