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

char *
row_open(char *out, const struct row_column *c)
{
	switch (c->kind) {
	case ROW_NUMBER: return out;
	case ROW_PLAIN:
	case ROW_TEXT: *out = '\''; return out + 1;
	case ROW_FOREIGN: out = stpcpy(out, c->charset); break;
	case ROW_HEX: break;
	}
	memcpy(out, "0x", 2);
	return out + 2;
}

char *
row_piece(char *out, const struct row_column *c, const char *bytes, size_t len)
{
	switch (c->kind) {
	case ROW_NUMBER:
	case ROW_PLAIN: copy_short(out, bytes, len); return out + len;
	case ROW_TEXT: return out + quote_escape(out, bytes, len);
	case ROW_FOREIGN:
	case ROW_HEX: break;
	}
	quote_digits(out, bytes, len);
	return out + 2 * len;
}

char *
row_close(char *out, const struct row_column *c)
{
	if (c->kind == ROW_PLAIN || c->kind == ROW_TEXT)
		*out++ = '\'';
	return out;
}

static inline char *
add_value(char *o, const struct row_column *c, const char *value, size_t len)
{
	if (value == NULL) {
		memcpy(o, "NULL", 4);
		return o + 4;
	}
	switch (c->kind) {
	case ROW_NUMBER: copy_short(o, value, len); return o + len;
	case ROW_PLAIN:
		*o++ = '\'';
		copy_short(o, value, len);
		o[len] = '\'';
		return o + len + 1;
	case ROW_TEXT:
		*o++ = '\'';
		o += quote_escape(o, value, len);
		*o = '\'';
		return o + 1;
	case ROW_FOREIGN: o = stpcpy(o, c->charset); break;
	case ROW_HEX: break;
	}
	if (len == 0) {
		memcpy(o, "''", 2);
		return o + 2;
	}
	memcpy(o, "0x", 2);
	quote_digits(o + 2, value, len);
	return o + 2 + 2 * len;
}

char *
row_value(char *out, const struct row_column *c, const char *value, size_t len)
{
	return add_value(out, c, value, len);
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
