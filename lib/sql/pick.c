#include "sql/pick.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/plain.h"
#include "sql/statement.h"
#include "sql/subject.h"

struct wish {
	char *database, *table; /* where it was found; NULL: not yet */
	bool view, sequence, again;
};

struct pick {
	const struct pick_options *o;
	struct wish *wishes;
	char *current; /* database; empty: it has no name */
	bool used;     /* … it is from a USE */
	char **sequences;
	size_t sequences_len;
};

struct pick *
pick_new(const struct pick_options *o, const char *database)
{
	struct pick *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->o = o;
		p->wishes = calloc(o->n + 1, sizeof(*p->wishes));
		p->current = strdup(database != NULL ? database : "");
	}
	if (p == NULL || p->wishes == NULL || p->current == NULL) {
		warn("choice of tables");
		pick_free(p);
		return NULL;
	}
	return p;
}

/* Whether ${text} names the table: alone, or behind its database and a dot. */
static bool
names(const char *text, const char *database, const char *table)
{
	size_t len = strlen(database);

	return strcmp(text, table) == 0 ||
	       (len > 0 && strncmp(text, database, len) == 0 && text[len] == '.' &&
		   strcmp(text + len + 1, table) == 0);
}

/* The first wish that is about that table; NULL: none. */
static struct wish *
find(const struct pick *p, const char *database, const char *table)
{
	const char *in = *database != '\0' ? database : p->current;

	for (size_t i = 0; i < p->o->n; i++)
		if (names(p->o->tables[i], in, table))
			return &p->wishes[i];
	return NULL;
}

bool
pick_table(const struct pick *p, const char *database, const char *table)
{
	return !p->o->no_data && pick_names(p, database, table);
}

bool
pick_names(const struct pick *p, const char *database, const char *table)
{
	return p->o->n == 0 || find(p, database, table) != NULL;
}

bool
pick_listed(const struct pick *p, const struct tablelist *l)
{
	size_t k;

	for (size_t i = 0; i < p->o->n; i++) {
		for (k = 0; k < l->len; k++)
			if (names(p->o->tables[i], l->items[k].database, l->items[k].table))
				break;
		if (k == l->len)
			return false;
	}
	return p->o->n > 0;
}

static int
no_memory(void)
{
	warnx("out of memory");
	return EX_OSERR;
}

/* A statement makes a table or sequence that is wanted. */
static int
found(struct pick *p, const struct statement *st)
{
	const char *in = *st->database != '\0' ? st->database : p->current;

	for (size_t i = 0; i < p->o->n; i++) {
		struct wish *w = &p->wishes[i];

		if (!names(p->o->tables[i], in, st->name))
			continue;
		w->sequence = !st->table;
		if (w->table != NULL) {
			w->again = w->again || strcmp(w->database, in) != 0;
			continue;
		}
		w->database = strdup(in);
		w->table = strdup(st->name);
		if (w->database == NULL || w->table == NULL)
			return no_memory();
	}
	return 0;
}

static int
add_sequence(struct pick *p, const char *name)
{
	char **all = reallocarray(p->sequences, p->sequences_len + 1, sizeof(*all));

	if (all == NULL)
		return no_memory();
	p->sequences = all;
	if ((all[p->sequences_len] = strdup(name)) == NULL)
		return no_memory();
	p->sequences_len++;
	return 0;
}

/* The one that was made last is asked for most often. */
static bool
is_sequence(const struct pick *p, const char *name)
{
	for (size_t i = p->sequences_len; i > 0; i--)
		if (strcmp(p->sequences[i - 1], name) == 0)
			return true;
	return false;
}

static bool
begins(const struct lex_statement *s, const char *verb, const char *other)
{
	struct tokens all = statement_tokens(s, &token_reader);
	struct token t = token_next(&all);

	return token_is(&t, verb) || token_is(&t, other);
}

/* Triggers, indexes and views: what is not named by sql/statement.h. */
static bool
wants_subject(struct pick *p, const struct lex_statement *s)
{
	struct subject about;
	struct wish *w;

	subject_read(s, &token_reader, &about);
	if (about.kind == SUBJECT_OTHER)
		return false;
	w = find(p, about.database, about.name);
	if (w != NULL && about.kind == SUBJECT_VIEW)
		w->view = true;
	return w != NULL && about.kind != SUBJECT_VIEW;
}

static int
use(struct pick *p, const char *database)
{
	free(p->current);
	p->used = true;
	return (p->current = strdup(database)) != NULL ? 0 : no_memory();
}

/* One that is about tables, where only some are wanted. */
static int
judge(struct pick *p, const struct lex_statement *s, const struct statement *st, bool *keep)
{
	struct wish *w = *st->name != '\0' ? find(p, st->database, st->name) : NULL;

	switch (st->kind) {
	case STATEMENT_NOTHING: return 0;
	case STATEMENT_SETTING: *keep = begins(s, "set", "set"); return 0;
	case STATEMENT_LATE:
	case STATEMENT_OTHER:
		*keep = w != NULL ? !begins(s, "drop", "drop") : wants_subject(p, s);
		break;
	case STATEMENT_TABLE:
	case STATEMENT_ROWS: *keep = w != NULL && !begins(s, "drop", "drop"); break;
	}
	return w != NULL && st->creates ? found(p, st) : 0;
}

int
pick_statement(struct pick *p, const struct lex_statement *s, bool *keep)
{
	struct statement st;
	bool rows;

	*keep = false;
	statement_read(s, &token_reader, &st);
	if (st.kind == STATEMENT_SETTING && *st.database != '\0' && use(p, st.database) != 0)
		return EX_OSERR;
	if (st.creates && !st.table && add_sequence(p, st.name) != 0)
		return EX_OSERR;
	/* Where a sequence stands is written as a row, and is none. */
	rows = begins(s, "insert", "replace") && !is_sequence(p, st.name);
	if (rows && p->o->no_data)
		return 0;
	if (p->o->n > 0)
		return judge(p, s, &st, keep);
	*keep = true;
	return 0;
}

static int
wrong(const char *dump, const char *text, const char *what, const char *hint)
{
	char *name = strdup(text);

	warnx("%s: %s%s", dump, name != NULL ? plain_text(name) : "", what);
	if (hint != NULL)
		hintx("%s", hint);
	free(name);
	return EX_USAGE;
}

int
pick_finish(const struct pick *p, const char *name)
{
	const struct wish *w;

	for (size_t i = 0; i < p->o->n; i++) {
		w = &p->wishes[i];
		if (w->view)
			return wrong(name, p->o->tables[i], " is a view, not a table",
			    "without --table all of the dump is loaded, its views too");
		if (w->sequence)
			return wrong(
			    name, p->o->tables[i], " is a sequence, not a table", NULL);
		if (w->table == NULL) {
			wrong(name, p->o->tables[i], ": no definition of such a table in it",
			    "--list shows what is in it");
			return EX_DATAERR;
		}
		if (w->again)
			return wrong(name, p->o->tables[i], " is in several databases",
			    "--table DATABASE.TABLE");
		if (strcmp(w->database, p->wishes[0].database) != 0)
			return wrong(name, p->o->tables[i], " is in another database",
			    "tables of one database at a time");
	}
	return 0;
}

const char *
pick_found(const struct pick *p, size_t i)
{
	return i < p->o->n ? p->wishes[i].table : NULL;
}

const char *
pick_used(const struct pick *p)
{
	return p->used && p->o->n > 0 ? p->wishes[0].database : NULL;
}

void
pick_free(struct pick *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; p->wishes != NULL && i < p->o->n; i++) {
		free(p->wishes[i].database);
		free(p->wishes[i].table);
	}
	for (size_t i = 0; i < p->sequences_len; i++)
		free(p->sequences[i]);
	free(p->sequences);
	free(p->wishes);
	free(p->current);
	free(p);
}
