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

size_t
row_format(struct buf *b, const struct row_column *columns, unsigned int n, const MYSQL_ROW row,
    const unsigned long *lengths)
{
	size_t room = 8, len, start = b->len;
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
		if (row[i] == NULL) {
			memcpy(o, "NULL", 4);
			o += 4;
			continue;
		}
		len = lengths[i];
		switch (columns[i].kind) {
		case ROW_NUMBER:
			copy_short(o, row[i], len);
			o += len;
			break;
		case ROW_PLAIN:
			*o++ = '\'';
			copy_short(o, row[i], len);
			o += len;
			*o++ = '\'';
			break;
		case ROW_TEXT:
			*o++ = '\'';
			o += quote_escape(o, row[i], len);
			*o++ = '\'';
			break;
		case ROW_FOREIGN:
			o = stpcpy(o, columns[i].charset);
			/* fall through */
		case ROW_HEX:
			if (len == 0) {
				memcpy(o, "''", 2);
				o += 2;
			} else {
				memcpy(o, "0x", 2);
				quote_digits(o + 2, row[i], len);
				o += 2 + 2 * len;
			}
			break;
		}
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
