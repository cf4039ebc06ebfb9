#include "db/parts.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc64.h>

/* What a statement named.  Numbers of epochs count from 1; 0: never. */
struct object {
	char *database, *name;
	size_t made;    /* created in this epoch, last */
	size_t changed; /* … by a late statement */
	size_t filled;
	bool sequence;
	size_t table; /* in the epoch that filled it */
};

static int
compare(const void *a, const void *b)
{
	const struct object *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order != 0 ? order : strcmp(one->database, other->database);
}

static void
free_object(void *object)
{
	struct object *o = object;

	free(o->database);
	free(o->name);
	free(o);
}

static int
no_memory(void)
{
	warnx("out of memory for the plan of a dump");
	return -1;
}

struct parts *
parts_new(const char *target)
{
	struct parts *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->target = strdup(target != NULL ? target : "");
		p->current = strdup("");
	}
	if (p == NULL || p->target == NULL || p->current == NULL) {
		no_memory();
		parts_free(p);
		return NULL;
	}
	return p;
}

/* The database that ${st} is about; the one that the dump is loaded into has one name only. */
static const char *
database_of(const struct parts *p, const char *current, const struct statement *st)
{
	const char *name = *st->database != '\0' ? st->database : current;

	return strcmp(name, p->target) == 0 ? "" : name;
}

/* Make room for one more of ${size} bytes in ${items}.  Return the array, or NULL. */
static void *
grow(void *items, size_t len, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 16 : *room * 2;
	void *all;

	if (len < *room)
		return items;
	if ((all = reallocarray(items, more, size)) != NULL)
		*room = more;
	return all;
}

#define GROW(p, what)                                                                        \
	({                                                                                   \
		void *all_ =                                                                 \
		    grow((p)->what, (p)->what##_len, &(p)->what##_size, sizeof(*(p)->what)); \
		if (all_ != NULL)                                                            \
			(p)->what = all_;                                                    \
		all_ != NULL;                                                                \
	})

static struct object *
find_object(struct parts *p, const struct statement *st)
{
	const char *database = database_of(p, p->current, st);
	struct object key = {
	    .database = (char *)(uintptr_t)database, .name = (char *)(uintptr_t)st->name};
	struct object **found = tfind(&key, &p->objects, compare), *o;

	if (found != NULL)
		return *found;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		return NULL;
	o->database = strdup(database);
	o->name = strdup(st->name);
	if (o->database == NULL || o->name == NULL ||
	    tsearch(o, &p->objects, compare) == NULL) {
		free_object(o);
		return NULL;
	}
	return o;
}

static int
begin_epoch(struct parts *p, const struct lex_statement *s)
{
	struct epoch *e;

	if (!GROW(p, epochs))
		return no_memory();
	e = &p->epochs[p->epochs_len++];
	*e = (struct epoch){.first_part = p->parts_len, .first_table = p->tables_len};
	lex_state(s, &e->from);
	return 0;
}

static int
begin_table(struct parts *p, struct object *o)
{
	struct part_table *t;

	if (!GROW(p, tables))
		return no_memory();
	t = &p->tables[p->tables_len];
	*t = (struct part_table){.first = PART_NONE, .last = PART_NONE};
	t->database = strdup(o->database);
	t->name = strdup(o->name);
	if (t->database == NULL || t->name == NULL) {
		free(t->database);
		free(t->name);
		return no_memory();
	}
	o->table = p->tables_len++;
	o->filled = p->epochs_len;
	p->epochs[p->epochs_len - 1].tables++;
	return 0;
}

static int
begin_part(struct parts *p, struct part_table *t, const struct lex_statement *s)
{
	struct part *part;

	if (!GROW(p, parts))
		return no_memory();
	part = &p->parts[p->parts_len];
	*part = (struct part){.after = PART_NONE};
	lex_state(s, &part->from);
	if (t->first == PART_NONE)
		t->first = p->parts_len;
	else
		p->parts[t->last].after = p->parts_len;
	t->last = p->parts_len++;
	p->epochs[p->epochs_len - 1].parts++;
	p->open = true;
	return 0;
}

/* The last part is complete; ${s} stands behind it. */
static void
end_part(struct parts *p, const struct lex_statement *s)
{
	if (p->open)
		lex_state(s, &p->parts[p->parts_len - 1].next);
	p->open = false;
}

static int
add_rows(struct parts *p, const struct lex_statement *s, struct object *o)
{
	const uint64_t end = s->offset + s->len + strlen(s->delimiter);
	struct part_table *t;
	struct part *part;

	if (o->filled != p->epochs_len && begin_table(p, o) != 0)
		return -1;
	t = &p->tables[o->table];
	if (p->open &&
	    (t->last != p->parts_len - 1 || end - p->parts[t->last].from.offset > PART_MOST))
		end_part(p, s);
	if (!p->open && begin_part(p, t, s) != 0)
		return -1;
	part = &p->parts[t->last];
	part->end = end;
	part->sum = parts_sum(part->sum, s);
	t->bytes += s->len;
	return 0;
}

/* Whether the epoch has to end before ${st}, which is about ${o} (NULL: about nothing). */
static bool
ends_epoch(const struct parts *p, const struct statement *st, const struct object *o)
{
	const size_t epoch = p->epochs_len;
	const struct epoch *e = epoch > 0 ? &p->epochs[epoch - 1] : NULL;

	if (e == NULL)
		return true;
	if (st->kind == STATEMENT_OTHER)
		return e->parts > 0 || e->late;
	if (st->kind == STATEMENT_ROWS && p->parts_len >= PARTS_MOST && e->parts > 0)
		return true;
	if (o == NULL)
		return false;
	if (st->kind == STATEMENT_TABLE)
		return o->made == epoch || o->changed == epoch || o->filled == epoch;
	return st->kind == STATEMENT_ROWS && o->changed == epoch;
}

int
parts_add(struct parts *p, const struct lex_statement *s, const struct token_server *server,
    bool query)
{
	struct object *o = NULL;
	struct statement st;
	struct epoch *e;
	char *current;

	statement_read(s, server, &st);
	if (query && st.kind == STATEMENT_ROWS)
		st.kind = STATEMENT_OTHER;
	if (*st.name != '\0' && (o = find_object(p, &st)) == NULL)
		return no_memory();
	if (ends_epoch(p, &st, o)) {
		end_part(p, s);
		if (begin_epoch(p, s) != 0)
			return -1;
	}
	if (st.kind == STATEMENT_ROWS && o != NULL && !o->sequence && p->parts_len < PARTS_MOST)
		return add_rows(p, s, o);
	end_part(p, s);
	e = &p->epochs[p->epochs_len - 1];
	e->sum = parts_sum(e->sum, s);
	e->late = e->late || st.kind == STATEMENT_LATE;
	if (st.kind == STATEMENT_TABLE && st.creates && o != NULL) {
		o->made = p->epochs_len;
		o->sequence = !st.table;
	} else if (st.kind == STATEMENT_LATE && o != NULL) {
		o->changed = p->epochs_len;
	} else if (st.kind == STATEMENT_SETTING && *st.database != '\0') {
		if ((current = strdup(database_of(p, "", &st))) == NULL)
			return no_memory();
		free(p->current);
		p->current = current;
	}
	return 0;
}

uint64_t
parts_sum(uint64_t sum, const struct lex_statement *s)
{
	sum = crc64_ecma_refl(sum, (const unsigned char *)s->text, s->len);
	return crc64_ecma_refl(sum, (const unsigned char *)s->delimiter, strlen(s->delimiter));
}

const struct part_table *
parts_table(const struct parts *p, const char *current, const struct statement *st)
{
	struct object key = {.database = (char *)(uintptr_t)database_of(p, current, st),
	    .name = (char *)(uintptr_t)st->name};
	struct object *const *found = tfind(&key, &p->objects, compare);

	return found != NULL && (*found)->filled > 0 ? &p->tables[(*found)->table] : NULL;
}

uint64_t
parts_bytes(const struct parts *p)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->tables_len; i++)
		bytes += p->tables[i].bytes;
	return bytes;
}

void
parts_free(struct parts *p)
{
	if (p == NULL)
		return;
	tdestroy(p->objects, free_object);
	for (size_t i = 0; i < p->tables_len; i++) {
		free(p->tables[i].database);
		free(p->tables[i].name);
	}
	free(p->tables);
	free(p->parts);
	free(p->epochs);
	free(p->current);
	free(p->target);
	free(p);
}
