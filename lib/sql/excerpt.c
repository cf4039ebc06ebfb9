#include "sql/excerpt.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "sql/cursor.h"

enum { PIECE = 64 << 10 };

struct place {
	uint64_t start; /* in the excerpt */
	uint64_t len;
	uint64_t from; /* in the base */
	char *text;    /* NULL: it is there */
	bool rows;
};

struct excerpt {
	const struct sql_source *base;
	char *name;
	struct place *places;
	size_t len, size;
	uint64_t total;
	struct sql_stream *first;
	struct sql_source source;
};

struct sql_stream {
	const struct excerpt *x;
	size_t place;
	uint64_t at; /* in it */
	struct cursor base;
};

struct excerpt *
excerpt_new(const struct sql_source *base, const char *name)
{
	struct excerpt *x = calloc(1, sizeof(*x));

	if (x == NULL || (x->name = strdup(name)) == NULL) {
		warn("%s", name);
		excerpt_free(x);
		return NULL;
	}
	x->base = base;
	return x;
}

static int
add(struct excerpt *x, struct place p)
{
	size_t size = x->size == 0 ? 64 : x->size * 2;
	struct place *all;

	if (x->len == x->size) {
		all = reallocarray(x->places, size, sizeof(*all));
		if (all == NULL) {
			warn("%s", x->name);
			free(p.text);
			return EX_OSERR;
		}
		x->places = all;
		x->size = size;
	}
	p.start = x->total;
	x->places[x->len++] = p;
	x->total += p.len;
	return 0;
}

int
excerpt_range(struct excerpt *x, uint64_t from, uint64_t to)
{
	return from == to ? 0 : add(x, (struct place){.from = from, .len = to - from});
}

int
excerpt_rows(struct excerpt *x, uint64_t from, uint64_t to)
{
	return from == to
		   ? 0
		   : add(x, (struct place){.from = from, .len = to - from, .rows = true});
}

int
excerpt_text(struct excerpt *x, const char *text, size_t len)
{
	struct place p = {.text = malloc(len + 1), .len = len};

	if (p.text == NULL) {
		warn("%s", x->name);
		return EX_OSERR;
	}
	memcpy(p.text, text, len);
	return add(x, p);
}

void
excerpt_extend(struct excerpt *x, uint64_t to)
{
	struct place *p = &x->places[x->len - 1];

	x->total += to - p->from - p->len;
	p->len = to - p->from;
}

uint64_t
excerpt_size(const struct excerpt *x)
{
	return x->total;
}

static int
on_next(struct sql_stream *s, void *buf, size_t size, size_t *len)
{
	const struct excerpt *x = s->x;
	const struct place *p;
	int rc = 0;

	*len = 0;
	while (s->place < x->len && s->at == x->places[s->place].len) {
		s->place++;
		s->at = 0;
	}
	if (s->place == x->len)
		return 0;
	p = &x->places[s->place];
	if (p->len - s->at < size)
		size = (size_t)(p->len - s->at);
	if (p->text != NULL) {
		memcpy(buf, p->text + s->at, size);
		*len = size;
	} else {
		rc = cursor_read(&s->base, p->from + s->at, buf, size, len);
		if (rc == 0 && *len == 0) {
			warnx("%s: became shorter while it was read", x->name);
			rc = EX_DATAERR;
		}
	}
	s->at += *len;
	return rc;
}

static void
on_close(struct sql_stream *s)
{
	if (s == NULL)
		return;
	cursor_close(&s->base);
	free(s);
}

static int
on_open(void *ctx, uint64_t offset, struct sql_stream **out)
{
	const struct excerpt *x = ctx;
	struct sql_stream *s = calloc(1, sizeof(*s));
	size_t low = 0, high = x->len, middle;

	*out = s;
	if (s == NULL) {
		warn("%s", x->name);
		return EX_OSERR;
	}
	while (low < high) { /* the first place that ends behind it */
		middle = low + (high - low) / 2;
		if (x->places[middle].start + x->places[middle].len <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	s->x = x;
	s->base.source = x->base;
	s->place = low;
	s->at = low < x->len ? offset - x->places[low].start : 0;
	return 0;
}

static int
on_rewind(void *ctx)
{
	struct excerpt *x = ctx;

	on_close(x->first);
	return on_open(x, 0, &x->first);
}

static int
on_read(void *ctx, void *buf, size_t size, size_t *len)
{
	struct excerpt *x = ctx;

	*len = 0;
	if (x->first == NULL && on_rewind(x) != 0)
		return EX_OSERR;
	return on_next(x->first, buf, size, len);
}

static uint64_t
on_done(void *ctx)
{
	const struct excerpt *x = ctx;
	const struct sql_stream *s = x->first;

	if (s == NULL)
		return 0;
	return s->place < x->len ? x->places[s->place].start + s->at : x->total;
}

int
excerpt_schema(const struct excerpt *x, char hex[HASH_HEX])
{
	struct sql_stream s = {.x = x, .base = {.source = x->base}};
	struct hash hash;
	char *buf = malloc(PIECE);
	size_t len = 1;
	int rc = buf != NULL ? 0 : EX_OSERR;

	hash_start(&hash);
	for (; rc == 0 && s.place < x->len; s.at = 0, s.place++) {
		const struct place *p = &x->places[s.place];

		while (rc == 0 && !p->rows && s.at < p->len) {
			rc = on_next(&s, buf, PIECE, &len);
			hash_add(&hash, buf, len);
		}
	}
	cursor_close(&s.base);
	if (rc == 0)
		hash_take(&hash, hex);
	free(buf);
	return rc;
}

const struct sql_source *
excerpt_source(struct excerpt *x)
{
	x->source = (struct sql_source){.read = on_read,
	    .rewind = on_rewind,
	    .done = on_done,
	    .open = on_open,
	    .next = on_next,
	    .close = on_close,
	    .ctx = x,
	    .name = x->name,
	    .size = x->total,
	    .straight = true,
	    .plain = x->total};
	return &x->source;
}

void
excerpt_free(struct excerpt *x)
{
	if (x == NULL)
		return;
	on_close(x->first);
	for (size_t i = 0; i < x->len; i++)
		free(x->places[i].text);
	free(x->places);
	free(x->name);
	free(x);
}
