#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/*
 * The table of RFC 3629: how long a character is follows from its first byte; the second byte
 * is bound more tightly after some of them (no overlong forms, no surrogates, nothing past
 * U+10FFFF); all others are 80 to BF.  Return how many bytes at ${text} fit that table, and in
 * ${*want} how many the whole character has, 0 where none begins like this.
 */
static size_t
match(const char *text, size_t len, size_t *want)
{
	uint8_t byte, low = 0x80, high = 0xbf;
	size_t i;

	*want = 0;
	if (len == 0)
		return 0;
	byte = (uint8_t)text[0];
	if (byte < 0x80)
		*want = 1;
	else if (byte >= 0xc2 && byte <= 0xdf)
		*want = 2;
	else if (byte >= 0xe0 && byte <= 0xef)
		*want = 3;
	else if (byte >= 0xf0 && byte <= 0xf4)
		*want = 4;
	else
		return 0;
	if (byte == 0xe0)
		low = 0xa0;
	else if (byte == 0xed)
		high = 0x9f;
	else if (byte == 0xf0)
		low = 0x90;
	else if (byte == 0xf4)
		high = 0x8f;
	for (i = 1; i < *want && i < len; i++) {
		byte = (uint8_t)text[i];
		if (byte < low || byte > high)
			break;
		low = 0x80;
		high = 0xbf;
	}
	return i;
}

size_t
utf8_next(const char *text, size_t len)
{
	size_t want, have = match(text, len, &want);

	return have == want ? have : 0;
}

size_t
utf8_skip(const char *text, size_t len)
{
	size_t want, have = match(text, len, &want);

	return have == 0 ? 1 : have;
}

char *
utf8_clean(const char *text, size_t len, const char *other, size_t *out_len)
{
	size_t used = 0, size, n, worst = strlen(other);
	char *out;

	if (worst == 0)
		worst = 1;
	if (__builtin_mul_overflow(len, worst, &size) || size == SIZE_MAX)
		return NULL;
	if ((out = malloc(size + 1)) == NULL)
		return NULL;
	while (len > 0) {
		if ((n = utf8_next(text, len)) > 0) {
			memcpy(out + used, text, n);
			used += n;
		} else {
			n = utf8_skip(text, len);
			memcpy(out + used, other, strlen(other));
			used += strlen(other);
		}
		text += n;
		len -= n;
	}
	out[used] = '\0';
	if (out_len != NULL)
		*out_len = used;
	return out;
}
