/*
 * Quoting for SQL.  The two inner loops, escaping text and writing hexadecimal, are where a
 * dump spends its own time, so they work on whole vectors:
 *
 * Escaping copies 16 bytes at a time and asks of each vector which bytes are one of the six
 * that need a backslash.  Three comparisons find out; nearly all text has none, and then the
 * copy already stands in the output.  A vector that has one goes byte by byte through a table.
 */
#include "sql/quote.h"

#include <stdint.h>
#include <string.h>

#include "base/vec.h"

/* What follows the backslash, for the six bytes that need one. */
static const char escapes[256] = {
    ['\0'] = '0', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\', ['\''] = '\'', [0x1a] = 'Z'};

size_t
quote_escape(char *out, const char *text, size_t len)
{
	char *o = out;
	const char *t = text, *end = text + len;
	vec v;
	char e;

	while (end - t >= (ptrdiff_t)sizeof(v)) {
		memcpy(&v, t, sizeof(v));
		memcpy(o, &v, sizeof(v));
		/* Control bytes below 0x1b are rare enough to share one comparison. */
		if (vec_any((vec)(v < (uint8_t)0x1b) | (vec)(v == (uint8_t)'\'') |
			    (vec)(v == (uint8_t)'\\')) == 0) {
			t += sizeof(v);
			o += sizeof(v);
			continue;
		}
		for (size_t i = 0; i < sizeof(v); i++) {
			e = escapes[(uint8_t)*t];
			*o = *t++;
			if (e != 0) {
				*o++ = '\\';
				*o = e;
			}
			o++;
		}
	}
	while (t < end) {
		e = escapes[(uint8_t)*t];
		*o = *t++;
		if (e != 0) {
			*o++ = '\\';
			*o = e;
		}
		o++;
	}
	return (size_t)(o - out);
}

void
quote_digits(char *out, const char *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i = 0;
	vec v, high, low, pair[2];

	for (; len - i >= sizeof(v); i += sizeof(v)) {
		memcpy(&v, bytes + i, sizeof(v));
		high = v >> 4;
		low = v & 15;
		high += '0' + ((vec)(high > (uint8_t)9) & ('A' - '0' - 10));
		low += '0' + ((vec)(low > (uint8_t)9) & ('A' - '0' - 10));
		pair[0] = __builtin_shufflevector(
		    high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
		pair[1] = __builtin_shufflevector(
		    high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
		memcpy(out + 2 * i, pair, sizeof(pair));
	}
	for (; i < len; i++) {
		out[2 * i] = digits[(uint8_t)bytes[i] >> 4];
		out[2 * i + 1] = digits[(uint8_t)bytes[i] & 15];
	}
}

void
quote_name(struct buf *b, const char *name)
{
	const char *p;

	buf_add(b, "`", 1);
	for (p = name; *p != '\0'; p++)
		buf_add(b, *p == '`' ? "``" : p, *p == '`' ? 2 : 1);
	buf_add(b, "`", 1);
}

void
quote_pattern(struct buf *b, const char *name)
{
	buf_add(b, "`", 1);
	for (; *name != '\0'; name++) {
		if (strchr("_%\\", *name) != NULL)
			buf_add(b, "\\", 1);
		buf_add(b, *name == '`' ? "``" : name, *name == '`' ? 2 : 1);
	}
	buf_add(b, "`", 1);
}

void
quote_text(struct buf *b, const char *text, size_t len)
{
	if (buf_room(b, 2 * len + 66) != 0)
		return;
	b->data[b->len++] = '\'';
	b->len += quote_escape(b->data + b->len, text, len);
	b->data[b->len++] = '\'';
}

void
quote_account(struct buf *b, const char *account)
{
	const char *at = strrchr(account, '@'); /* no host name has one */
	size_t len = at != NULL ? (size_t)(at - account) : strlen(account);

	quote_text(b, account, len);
	buf_text(b, "@");
	quote_text(b, at != NULL ? at + 1 : "%", at != NULL ? strlen(at + 1) : 1);
}
