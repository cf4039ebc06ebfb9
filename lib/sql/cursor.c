#include "sql/cursor.h"

/*
 * As far, reading on is quicker than to begin again; where a source needs no point to begin at,
 * only as far as there is nothing between that would not be unpacked anyway.
 */
#define NEAR ((uint64_t)4 << 20)
#define NEAR_STRAIGHT ((uint64_t)64 << 10)

int
cursor_read(struct cursor *c, uint64_t from, void *buf, size_t size, size_t *len)
{
	const struct sql_source *s = c->source;
	const uint64_t near = s->straight ? NEAR_STRAIGHT : NEAR;
	size_t n = 1;
	int rc = 0;

	*len = 0;
	if (c->stream == NULL || from < c->at || from - c->at > near) {
		cursor_close(c);
		rc = s->open(s->ctx, from, &c->stream);
		c->at = from;
	}
	for (; rc == 0 && n > 0 && c->at < from; c->at += n)
		rc = s->next(
		    c->stream, buf, from - c->at < size ? (size_t)(from - c->at) : size, &n);
	if (rc == 0 && n > 0)
		rc = s->next(c->stream, buf, size, len);
	c->at += *len;
	return rc;
}

void
cursor_close(struct cursor *c)
{
	c->source->close(c->stream);
	c->stream = NULL;
}
