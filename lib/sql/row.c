#include "sql/row.h"

#include <stdbool.h>
#include <string.h>

#include "sql/quote.h"

/* Most values are short numbers: a call of memcpy would cost more than the copy. */
static inline void
copy_short(char *out, const char *in, size_t len)
{
	uint64_t a8, b8;
	uint32_t a4, b4;

	if (len > 16) {
		memcpy(out, in, len);
	} else if (len >= 8) {
		memcpy(&a8, in, 8);
		memcpy(&b8, in + len - 8, 8);
		memcpy(out, &a8, 8);
		memcpy(out + len - 8, &b8, 8);
	} else if (len >= 4) {
		memcpy(&a4, in, 4);
		memcpy(&b4, in + len - 4, 4);
		memcpy(out, &a4, 4);
		memcpy(out + len - 4, &b4, 4);
	} else {
		for (size_t i = 0; i < len; i++)
			out[i] = in[i];
	}
}

static inline char *
put_plain(char *o, const char *bytes, size_t len)
{
	*o++ = '\'';
	copy_short(o, bytes, len);
	o += len;
	*o++ = '\'';
	return o;
}

static inline char *
put_text(char *o, const char *bytes, size_t len)
{
	*o++ = '\'';
	o += quote_escape(o, bytes, len);
	*o++ = '\'';
	return o;
}

static inline char *
put_hex(char *o, const char *bytes, size_t len)
{
	if (len == 0)
		return stpcpy(o, "''");
	o = stpcpy(o, "0x");
	quote_digits(o, bytes, len);
	return o + 2 * len;
}

static bool
is_ascii(const char *bytes, size_t len)
{
	uint64_t w, any = 0;

	for (; len >= sizeof(w); len -= sizeof(w), bytes += sizeof(w)) {
		memcpy(&w, bytes, sizeof(w));
		any |= w;
	}
	while (len-- > 0)
		any |= (uint64_t)(uint8_t)*bytes++;
	return (any & 0x8080808080808080U) == 0;
}

static inline char *
add_value(char *o, const struct row_column *c, const char *value, size_t len)
{
	if (value == NULL && c->kind == ROW_UNTIL)
		return stpcpy(o, "DEFAULT");
	if (value == NULL)
		return stpcpy(o, "NULL");
	switch (c->kind) {
	case ROW_NUMBER: copy_short(o, value, len); return o + len;
	case ROW_PLAIN:
	case ROW_UNTIL: return put_plain(o, value, len);
	case ROW_TEXT: return put_text(o, value, len);
	case ROW_HEX: return put_hex(o, value, len);
	case ROW_MIXED:
		if (is_ascii(value, len))
			return put_text(o, value, len);
		break;
	case ROW_FOREIGN: break;
	}
	return put_hex(stpcpy(o, c->charset), value, len);
}

char *
row_value(char *out, const struct row_column *c, const char *value, size_t len)
{
	return add_value(out, c, value, len);
}

char *
row_open(char *out, const struct row_column *c, const char *value, size_t len, bool *hex)
{
	*hex = c->kind == ROW_HEX || c->kind == ROW_FOREIGN ||
	       (c->kind == ROW_MIXED && !is_ascii(value, len));
	return stpcpy(
	    *hex && c->kind != ROW_HEX ? stpcpy(out, c->charset) : out, *hex ? "0x" : "'");
}

char *
row_piece(char *out, bool hex, const char *bytes, size_t len)
{
	if (!hex)
		return out + quote_escape(out, bytes, len);
	quote_digits(out, bytes, len);
	return out + 2 * len;
}

char *
row_close(char *out, bool hex)
{
	return stpcpy(out, hex ? "" : "'");
}

size_t
row_format(struct buf *b, const struct row_column *columns, unsigned int n, const MYSQL_ROW row,
    const unsigned long *lengths)
{
	size_t room = 8, start = b->len;
	char *o;

	/* What a value can grow to: every byte doubled, its charset and punctuation. */
	for (unsigned int i = 0; i < n; i++)
		room += 2 * lengths[i] + 80;
	if (buf_room(b, room + 64) != 0)
		return 0;

	o = b->data + start;
	*o++ = '(';
	for (unsigned int i = 0; i < n; i++) {
		if (i > 0)
			*o++ = ',';
		o = add_value(o, &columns[i], row[i], lengths[i]);
	}
	memcpy(o, "),\n", 3);
	o += 3;
	b->len = (size_t)(o - b->data);
	return b->len - start;
}

bool
row_ends_statement(const char *bytes, size_t len)
{
	uint64_t h = len, w;
	size_t n = len < 64 ? len : 64;

	/* The first bytes hold the key, which tells rows apart; multiplying mixes upwards. */
	for (; n >= 8; n -= 8, bytes += 8) {
		memcpy(&w, bytes, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15U;
		h ^= h >> 29;
	}
	for (; n > 0; n--)
		h = (h ^ (uint8_t)*bytes++) * 0x9e3779b97f4a7c15U;
	h ^= h >> 32;
	return len >= ROW_STATEMENT_SPREAD || (h & (ROW_STATEMENT_SPREAD - 1)) < len;
}
