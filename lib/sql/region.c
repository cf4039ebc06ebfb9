#include "sql/region.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

/*
 * Rows never hold a raw newline, so the first byte of a line says what it is, and memchr finds
 * the next.  Names may hold one, in backquotes: the lines of `INSERT INTO ` are read byte by
 * byte, which are few; a backquote that is doubled opens its name again at once.  Only the 12 bytes of `INSERT INTO ` may be cut by the end of a buffer: they are
 * not held back, only counted, for their text is known.  Bytes are hashed in runs as long as
 * the buffer, not line by line.
 */
static const char word[] = "INSERT INTO ";
enum { WORD_LEN = sizeof(word) - 1 };

struct region {
	struct hash hash;
	struct region_sum sum;
	bool in_line;
	bool in_names; /* … which begins with word */
	bool quoted;   /* in a name there */
	size_t seen;   /* at the start of a line: bytes of word */
};

struct region *
region_new(void)
{
	struct region *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		warn("rows region");
		return NULL;
	}
	hash_start(&r->hash);
	return r;
}

void
region_start(struct region *r)
{
	memset(&r->sum, 0, sizeof(r->sum));
	r->in_line = r->in_names = r->quoted = false;
	r->seen = 0;
}

static void
add(struct region *r, const char *p, size_t len)
{
	hash_add(&r->hash, p, len);
	r->sum.bytes += len;
}

/*
 * At the start of a line, or in its first bytes: see what it is.  ${*p} moves over what was
 * seen.  Return false where the bytes at hand do not say, or say that it is not ours.
 */
static bool
line_is_ours(struct region *r, const char **p, const char *end)
{
	r->in_names = r->seen > 0 || **p != '(';
	if (!r->in_names) {
		r->sum.rows++;
		return true;
	}
	while (r->seen < WORD_LEN && *p < end && **p == word[r->seen]) {
		r->seen++;
		(*p)++;
	}
	return r->seen == WORD_LEN;
}

/* Find the newline that ends the line at ${p}; NULL where it is not here yet. */
static const char *
line_end(struct region *r, const char *p, const char *end)
{
	if (!r->in_names)
		return memchr(p, '\n', (size_t)(end - p));
	for (; p < end; p++) {
		if (*p == '\n' && !r->quoted)
			return p;
		r->quoted = r->quoted != (*p == '`');
		r->sum.lines += *p == '\n';
	}
	return NULL;
}

size_t
region_add(struct region *r, const char *buf, size_t len, bool *ended)
{
	const char *p = buf, *end = buf + len, *nl;
	const char *sure = buf;  /* bytes before it are the region's */
	size_t before = r->seen; /* bytes of this line that came with earlier buffers */

	while (p < end) {
		if (!r->in_line) {
			if (!line_is_ours(r, &p, end))
				break;
			add(r, word, before);
			r->in_line = true;
			r->seen = before = 0;
		}
		nl = line_end(r, p, end);
		if (nl == NULL) {
			p = sure = end;
			break;
		}
		p = sure = nl + 1;
		r->sum.lines++;
		r->in_line = false;
	}
	add(r, buf, (size_t)(sure - buf));
	*ended = p < end;
	return (size_t)(p - buf);
}

const char *
region_rest(const struct region *r, size_t *len)
{
	*len = r->seen;
	return word;
}

void
region_take(struct region *r, struct region_sum *sum)
{
	hash_take(&r->hash, r->sum.sha256);
	*sum = r->sum;
}

void
region_free(struct region *r)
{
	if (r == NULL)
		return;
	free(r);
}
