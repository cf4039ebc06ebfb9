#include "db/grants.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "db/query.h"
#include "sql/quote.h"
#include "sql/token.h"

#define NAME_SIZE 512 /* 64 characters, each escaped, and more */

/* To whom rights were given: each sort finds its own pattern, and what they find adds up. */
enum holder { HOLDER_ACCOUNT, HOLDER_ROLE, HOLDER_PUBLIC, HOLDERS };

struct grant {
	enum holder holder;
	bool revoke;
	unsigned int rights;
	char *database; /* pattern, a name where there is a table; NULL: everything */
	char *table;    /* NULL: all of them */
};

struct grants {
	char *account;
	bool caseless;
	bool show_routine;
	bool revokes; /* with partial revokes, wildcards in patterns are none */
	struct grant *items;
	size_t n;
};

static const struct {
	const char *name;
	unsigned int right;
} names[] = {
    {"ALL", GRANTS_ALL},
    {"ALL PRIVILEGES", GRANTS_ALL},
    {"SELECT", GRANTS_SELECT},
    {"SHOW VIEW", GRANTS_SHOW_VIEW},
    {"TRIGGER", GRANTS_TRIGGER},
    {"EVENT", GRANTS_EVENT},
    {"LOCK TABLES", GRANTS_LOCK_TABLES},
    {"EXECUTE", GRANTS_ROUTINE},
    {"CREATE ROUTINE", GRANTS_ROUTINE},
    {"ALTER ROUTINE", GRANTS_ROUTINE},
    {"SHOW CREATE ROUTINE", GRANTS_ROUTINE},
    {"SHOW_ROUTINE", GRANTS_ROUTINE},
    {"SHOW DATABASES", GRANTS_SHOW_DATABASES},
};

struct grants *
grants_new(const char *account, bool caseless, bool show_routine)
{
	struct grants *g = calloc(1, sizeof(*g));

	if (g == NULL || (g->account = strdup(account)) == NULL) {
		warn("grants");
		free(g);
		return NULL;
	}
	g->caseless = caseless;
	g->show_routine = show_routine;
	return g;
}

static unsigned int
find_right(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].right;
	return 0;
}

/* Read "RIGHT, RIGHT (columns), …", of which ${t} is the first token, up to ON or whatever else
 * ends it, which goes to ${t}.  A right on some columns is none: the others would be lost. */
static unsigned int
read_rights(struct tokens *s, struct token *t)
{
	char name[64] = "";
	unsigned int rights = 0;
	size_t len = 0;

	for (;; *t = token_next(s)) {
		if (t->kind == TOKEN_WORD && !token_is(t, "on") && !token_is(t, "to")) {
			if (len < sizeof(name))
				len += (size_t)snprintf(name + len, sizeof(name) - len,
				    "%s%.*s", len > 0 ? " " : "", (int)t->len, t->text);
		} else if (token_mark(t, '(')) {
			while (t->kind != TOKEN_END && !token_mark(t, ')'))
				*t = token_next(s);
			*name = '\0';
		} else {
			rights |= find_right(name);
			*name = '\0';
			len = 0;
			if (!token_mark(t, ','))
				return rights;
		}
	}
}

/* Read "*.*", "`pattern`.*" or "`database`.`table`"; an empty name stands for "*".  Return 0, or
 * -1 for anything else, such as "PROCEDURE `a`.`b`". */
static int
read_object(struct tokens *s, char database[NAME_SIZE], char table[NAME_SIZE])
{
	struct token t = token_next(s);

	*database = *table = '\0';
	if (!token_mark(&t, '*') && token_name(&t, database, NAME_SIZE) != 0)
		return -1;
	t = token_next(s);
	if (!token_mark(&t, '.'))
		return -1;
	t = token_next(s);
	if (token_mark(&t, '*'))
		return 0;
	/* A table of no database is none. */
	return *database == '\0' ? -1 : token_name(&t, table, NAME_SIZE);
}

/* Read "TO `user`@`host`", "FROM …", "TO `role`" or "TO PUBLIC". */
static enum holder
read_holder(struct tokens *s)
{
	struct token name, mark;

	token_next(s);
	name = token_next(s);
	mark = token_next(s);
	return token_mark(&mark, '@')      ? HOLDER_ACCOUNT
	       : token_is(&name, "public") ? HOLDER_PUBLIC
					   : HOLDER_ROLE;
}

int
grants_add(struct grants *g, const char *line)
{
	struct tokens s = {.p = line, .end = line + strlen(line)};
	struct token t = token_next(&s);
	struct grant grant = {.revoke = token_is(&t, "revoke")}, *items;
	char database[NAME_SIZE], table[NAME_SIZE];

	if (!grant.revoke && !token_is(&t, "grant"))
		return 0;
	t = token_next(&s);
	grant.rights = read_rights(&s, &t);
	/* Rights that do not count here do: they may be all that there is on a database. */
	if (!token_is(&t, "on") || read_object(&s, database, table) != 0)
		return 0;
	grant.holder = read_holder(&s);
	items = reallocarray(g->items, g->n + 1, sizeof(*items));
	if (items != NULL)
		g->items = items;
	if (items == NULL ||
	    (*database != '\0' && (grant.database = strdup(database)) == NULL) ||
	    (*table != '\0' && (grant.table = strdup(table)) == NULL)) {
		warn("grants");
		free(grant.database);
		return -1;
	}
	g->items[g->n++] = grant;
	g->revokes |= grant.revoke;
	return 0;
}

static bool
same(const struct grants *g, const char *a, const char *b)
{
	return g->caseless ? strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}

/* Whether ${c}, unescaped in a pattern, is a wildcard. */
static bool
is_wild(const struct grants *g, char c)
{
	return !g->revokes && (c == '%' || c == '_');
}

static bool
has_wild(const struct grants *g, const char *pattern)
{
	for (const char *p = pattern; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (is_wild(g, *p))
			return true;
	}
	return false;
}

/* Step over one character of UTF-8. */
static const char *
step(const char *p)
{
	for (p++; (*p & 0xc0) == 0x80; p++)
		;
	return p;
}

static bool
matches(const struct grants *g, const char *pattern, const char *name)
{
	for (; *pattern != '\0'; pattern++) {
		if (is_wild(g, *pattern)) {
			if (*pattern == '%') {
				for (;; name++) {
					if (matches(g, pattern + 1, name))
						return true;
					if (*name == '\0')
						return false;
				}
			}
			if (*name == '\0')
				return false;
			name = step(name);
			continue;
		}
		if (*pattern == '\\' && pattern[1] != '\0')
			pattern++;
		if (strncmp(pattern, name, 1) != 0 &&
		    !(g->caseless && strncasecmp(pattern, name, 1) == 0))
			return false;
		name++;
	}
	return *name == '\0';
}

/* What the patterns of ${holder} give on ${database}; ${*pattern} is the one that does, NULL for
 * none. */
static unsigned int
of_patterns(
    const struct grants *g, enum holder holder, const char *database, const char **pattern)
{
	unsigned int exact = 0, wild = GRANTS_ALL;
	bool is_exact = false;

	*pattern = NULL;
	for (size_t i = 0; i < g->n; i++) {
		const struct grant *p = &g->items[i];

		if (p->holder != holder || p->revoke || p->database == NULL ||
		    p->table != NULL || !matches(g, p->database, database))
			continue;
		if (!has_wild(g, p->database)) {
			if (!is_exact)
				*pattern = p->database;
			is_exact = true;
			exact |= p->rights;
		} else {
			if (*pattern == NULL)
				*pattern = p->database;
			wild &= p->rights;
		}
	}
	return is_exact ? exact : *pattern != NULL ? wild : 0;
}

unsigned int
grants_on(const struct grants *g, const char *database, const char *table)
{
	unsigned int rights = 0;
	const char *pattern;

	for (size_t i = 0; i < g->n; i++)
		if (g->items[i].database == NULL && !g->items[i].revoke)
			rights |= g->items[i].rights;
	if (database == NULL)
		return rights;
	for (size_t i = 0; i < g->n; i++)
		if (g->items[i].revoke && g->items[i].database != NULL &&
		    matches(g, g->items[i].database, database))
			rights &= ~g->items[i].rights;
	for (enum holder h = 0; h < HOLDERS; h++)
		rights |= of_patterns(g, h, database, &pattern);
	for (size_t i = 0; table != NULL && i < g->n; i++)
		if (g->items[i].table != NULL && same(g, g->items[i].database, database) &&
		    same(g, g->items[i].table, table))
			rights |= g->items[i].rights;
	return rights;
}

bool
grants_known(const struct grants *g, const char *database)
{
	const struct grant *p;

	for (size_t i = 0; i < g->n; i++) {
		p = &g->items[i];
		if (p->database == NULL
			? (p->rights | GRANTS_SHOW_DATABASES) != GRANTS_SHOW_DATABASES
		    : p->table == NULL ? matches(g, p->database, database)
				       : same(g, p->database, database))
			return true;
	}
	return false;
}

void
grants_statement(const struct grants *g, const char *rights, const char *database,
    const char *table, struct buf *out)
{
	const char *pattern = NULL;

	if (database != NULL)
		of_patterns(g, HOLDER_ACCOUNT, database, &pattern);
	buf_printf(out, "GRANT %s ON ", rights);
	if (database == NULL)
		buf_text(out, "*");
	else if (table != NULL)
		quote_name(out, database);
	else if (pattern != NULL)
		quote_name(out, pattern);
	else
		quote_pattern(out, database);
	buf_text(out, ".");
	if (table != NULL)
		quote_name(out, table);
	else
		buf_text(out, "*");
	buf_text(out, " TO ");
	quote_account(out, g->account);
}

bool
grants_show_routine(const struct grants *g)
{
	return g->show_routine;
}

int
grants_read(MYSQL *m, struct grants **out)
{
	char *account = NULL, *folding = NULL;
	MYSQL_RES *res = NULL;
	struct grants *g = NULL;
	MYSQL_ROW row;
	int rc = query_value(m, "rights", "SELECT CURRENT_USER()", &account);

	if (rc == 0)
		rc = query_value(m, "rights", "SELECT @@lower_case_table_names", &folding);
	if (rc == 0)
		rc = query_rows(m, "rights", "SHOW GRANTS", "?", &res);
	if (rc != 0)
		goto out;
	rc = EX_OSERR;
	g = grants_new(account != NULL ? account : "",
	    folding != NULL && strcmp(folding, "0") != 0,
	    !mariadb_connection(m) && mysql_get_server_version(m) >= 80020);
	if (g == NULL)
		goto out;
	while ((row = mysql_fetch_row(res)) != NULL)
		if (row[0] != NULL && grants_add(g, row[0]) != 0)
			goto out;
	*out = g;
	g = NULL;
	rc = 0;
out:
	grants_free(g);
	mysql_free_result(res);
	free(account);
	free(folding);
	return rc;
}

void
grants_free(struct grants *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++) {
		free(g->items[i].database);
		free(g->items[i].table);
	}
	free(g->items);
	free(g->account);
	free(g);
}
