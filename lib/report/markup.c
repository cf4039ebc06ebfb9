#include "report/markup.h"

#include <stdint.h>
#include <string.h>

#include "base/language.h"
#include "base/utf8.h"

/* The code point of a character of ${n} bytes that utf8_next() has found whole. */
static uint32_t
point(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	switch (n) {
	case 1: return p[0];
	case 2: return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3fu);
	case 3:
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 |
		       (p[2] & 0x3fu);
	default:
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3fu);
	}
}

/* Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm. */
static bool
turns(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* C1, line and paragraph separators, the byte order mark, and what is no character at all. */
static bool
forbidden(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void
put(struct buf *b, const char *text, size_t n)
{
	uint32_t c = point(text, n);

	switch (c) {
	case '&': buf_text(b, "&amp;"); return;
	case '<': buf_text(b, "&lt;"); return;
	case '>': buf_text(b, "&gt;"); return;
	case '"': buf_text(b, "&quot;"); return;
	case '\n':
	case '\r':
	case '\t': buf_text(b, " "); return;
	case 0x7f: buf_text(b, "\xe2\x90\xa1"); return; /* U+2421 */
	default: break;
	}
	if (c < 0x20)
		buf_printf(b, "\xe2\x90%c", (char)(0x80 + c)); /* U+2400 and so on */
	else if (turns(c))
		buf_printf(b, "[U+%04X]", c);
	else if (forbidden(c))
		buf_text(b, "\xef\xbf\xbd");
	else
		buf_add(b, text, n);
}

/* At most ${most} characters; return whether that was all. */
static bool
characters(struct buf *b, const char *text, size_t most)
{
	size_t len = strlen(text), n;

	for (; len > 0 && most > 0; text += n, len -= n, most--) {
		n = utf8_next(text, len);
		if (n > 0) {
			put(b, text, n);
		} else {
			n = utf8_skip(text, len);
			buf_text(b, "\xef\xbf\xbd");
		}
	}
	return len == 0;
}

void
markup_text(struct buf *b, const char *text)
{
	characters(b, text, SIZE_MAX);
}

void
markup_foreign(struct buf *b, const char *text, size_t most)
{
	bool all;

	buf_text(b, "<bdi>");
	all = characters(b, text, most);
	buf_text(b, "</bdi>");
	if (!all) {
		buf_text(b, "\xe2\x80\xa6 <small>");
		buf_printf(b, P_("(%zu byte)", "(%zu bytes)", strlen(text)), strlen(text));
		buf_text(b, "</small>");
	}
}

void
markup_message(struct buf *b, const char *text, size_t most)
{
	buf_text(b, "<span lang=\"en\">");
	markup_foreign(b, text, most);
	buf_text(b, "</span>");
}
