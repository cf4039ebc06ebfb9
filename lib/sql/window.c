#include "sql/window.h"

#include <string.h>
#include <strings.h>

struct place
window_place(struct window *w, size_t index)
{
	const char *p = w->buf.data + w->mark, *end = w->buf.data + index, *nl;

	while (p < end && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		w->line++;
		w->column = 1;
		p = nl + 1;
	}
	w->column += (uint64_t)(end - p);
	w->mark = index;
	return (struct place){w->line, w->column};
}

void
window_drop(struct window *w, size_t len)
{
	if (len == 0)
		return;
	window_place(w, len);
	memmove(w->buf.data, w->buf.data + len, w->buf.len - len);
	w->buf.len -= len;
	w->pos -= len;
	w->dropped += len;
	w->mark = 0;
}

void
window_skip(struct window *w, uint64_t bytes, uint64_t lines)
{
	window_drop(w, w->pos);
	w->dropped += bytes;
	if (lines > 0) {
		w->line += lines;
		w->column = 1;
	}
}

int
window_ahead(const struct window *w, const char *text, bool fold)
{
	size_t len = strlen(text), have = w->buf.len - w->pos, n = have < len ? have : len;
	const char *p = w->buf.data + w->pos;

	if ((fold ? strncasecmp(p, text, n) : memcmp(p, text, n)) != 0)
		return 0;
	return n == len ? 1 : w->ended ? 0 : -1;
}

int
window_peek(const struct window *w, size_t n)
{
	if (w->pos + n < w->buf.len)
		return (unsigned char)w->buf.data[w->pos + n];
	return w->ended ? 0 : -1;
}
