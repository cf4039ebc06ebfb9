#include "db/range.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Turning the sign bit over makes signed numbers compare as unsigned ones. */
#define SIGN (1ULL << 63)

static bool
is_cut(const struct table *t)
{
	return t->key != NULL && t->est_bytes >= RANGE_TABLE_BYTES;
}

const struct table *
cursor_table(const struct cursor *c)
{
	return c->current < c->ntables ? c->tables[c->current] : NULL;
}

bool
cursor_needs_keys(const struct cursor *c)
{
	return !c->open && c->current < c->ntables && is_cut(c->tables[c->current]);
}

static uint64_t
bias(const struct table *t, const char *text)
{
	return t->key_unsigned ? strtoull(text, NULL, 10)
			       : (uint64_t)strtoll(text, NULL, 10) ^ SIGN;
}

void
cursor_keys(struct cursor *c, const char *smallest, const char *largest)
{
	const struct table *t = c->tables[c->current];

	c->open = true;
	c->first = true;
	c->key = c->last_key = 0;
	c->width = 1;
	if (*smallest != '\0') {
		c->key = bias(t, smallest);
		c->last_key = bias(t, largest);
		c->width = (c->last_key - c->key) / (t->est_bytes / RANGE_BYTES + 1) + 1;
	}
}

void
cursor_cut(struct cursor *c, struct range *r)
{
	memset(r, 0, sizeof(*r));
	r->table = c->tables[c->current];
	if (!is_cut(r->table)) {
		r->first = r->last = r->final = true;
	} else if (c->width == 0) {
		r->counts = r->final = true;
	} else {
		r->first = c->first;
		c->first = false;
		r->from = c->key;
		/* Subtracting cannot wrap; adding the width could. */
		if (c->last_key - c->key < c->width) {
			r->last = true;
			c->width = 0;
		} else {
			r->to = c->key + c->width;
			c->key = r->to;
		}
	}
	if (r->final) {
		c->current++;
		c->open = false;
	}
}

void
cursor_steer(struct cursor *c, const struct range *r)
{
	if (cursor_table(c) != r->table || !c->open || c->width == 0 || r->counts)
		return;
	if (r->bytes < RANGE_BYTES / 2 && c->width < 1ULL << 60)
		c->width *= r->bytes < RANGE_BYTES / 8 ? 4 : 2;
	else if (r->bytes > RANGE_BYTES * 2 && c->width > 1)
		c->width /= 2;
}

/* FROM, and the condition that all rows must meet. */
static void
add_source(struct buf *b, const struct table *t)
{
	buf_text(b, t->from);
	if (t->where != NULL) {
		buf_text(b, " WHERE (");
		buf_text(b, t->where);
		buf_text(b, ")");
	}
}

void
range_keys_sql(const struct table *t, struct buf *b)
{
	buf_printf(b, "SELECT MIN(%s), MAX(%s)", t->key, t->key);
	add_source(b, t);
}

static void
add_key(struct buf *b, const struct table *t, uint64_t key)
{
	if (t->key_unsigned)
		buf_printf(b, "%" PRIu64, key);
	else
		buf_printf(b, "%" PRId64, (int64_t)(key ^ SIGN));
}

void
range_sql(const struct range *r, struct buf *b)
{
	const struct table *t = r->table;
	bool first = t->where == NULL; /* condition */

	buf_text(b, r->counts ? "SELECT COUNT(*)" : t->select);
	add_source(b, t);
	if (r->counts)
		return;
	if (!r->first) {
		buf_printf(b, " %s %s >= ", first ? "WHERE" : "AND", t->key);
		add_key(b, t, r->from);
		first = false;
	}
	if (!r->last) {
		buf_printf(b, " %s %s < ", first ? "WHERE" : "AND", t->key);
		add_key(b, t, r->to);
	}
	buf_text(b, t->order);
}

uint64_t
range_estimate(const struct table *t)
{
	return is_cut(t) ? t->est_bytes / RANGE_BYTES + 1 : 1;
}
