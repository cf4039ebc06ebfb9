/*
 * Schubfach, after Raffaello Giulietti, "The Schubfach way to render doubles" (2021): the three
 * numbers that bound what rounds to ${x}, and ${x} itself, are scaled by a power of ten that
 * leaves one or two decimals of interest, in 128 bits and rounded to odd, which is exact enough
 * for every double.  Why not a library: none of Debian's in C does it, and printf(3) takes
 * several times as long for one try, of which up to three are needed.
 *
 * The powers of ten, 10^-292 to 10^324, are computed when the first number is written.
 */
#include "base/shortest.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEAST (-292)
#define MOST 324
#define WORDS 40 /* of 32 bits: 10^324, and 128 bits more */

struct power {
	uint64_t high, low; /* 10^k without its exponent: the highest bit is set */
};

static struct power powers[MOST - LEAST + 1];
static pthread_once_t once = PTHREAD_ONCE_INIT;

struct big {
	uint32_t word[WORDS]; /* the lowest first */
};

static void
times_ten(struct big *b)
{
	uint64_t carry = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		carry += (uint64_t)b->word[i] * 10;
		b->word[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

static void
twice(struct big *b)
{
	for (unsigned i = WORDS; i-- > 0;)
		b->word[i] = b->word[i] << 1 | (i > 0 ? b->word[i - 1] >> 31 : 0);
}

/* Subtract ${other} if it is not larger; return whether it was not. */
static bool
subtract(struct big *b, const struct big *other)
{
	struct big left;
	int64_t borrow = 0;

	for (unsigned i = 0; i < WORDS; i++) {
		borrow += (int64_t)b->word[i] - other->word[i];
		left.word[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	if (borrow < 0)
		return false;
	*b = left;
	return true;
}

static int
bits_of(const struct big *b)
{
	for (int i = WORDS; i-- > 0;)
		if (b->word[i] != 0)
			return i * 32 + 32 - __builtin_clz(b->word[i]);
	return 0;
}

static bool
bit(const struct big *b, int i)
{
	return i >= 0 && (b->word[i / 32] >> i % 32 & 1);
}

static void
push_bit(struct power *p, bool set)
{
	p->high = p->high << 1 | p->low >> 63;
	p->low = p->low << 1 | set;
}

/* A power that is not exact is rounded up. */
static void
add_one(struct power *p)
{
	p->high += ++p->low == 0;
}

static void
compute_powers(void)
{
	struct big ten = {{1}}, rest;
	struct power *up = &powers[-LEAST], *down = &powers[-LEAST];

	for (int k = 0; k <= MOST; k++, up++, times_ten(&ten)) {
		int bits = bits_of(&ten);

		for (int i = 1; i <= 128; i++)
			push_bit(up, bit(&ten, bits - i));
		for (int i = 0; i < bits - 128; i++) {
			if (bit(&ten, i)) {
				add_one(up);
				break;
			}
		}
		if (k == 0 || k > -LEAST)
			continue;
		down--;
		/* 10^-k: a power of two divided by 10^k, bit by bit from the first that is one. */
		rest = (struct big){{0}};
		rest.word[(bits - 1) / 32] = 1U << (bits - 1) % 32;
		for (int i = 0; i < 128; i++) {
			twice(&rest);
			push_bit(down, subtract(&rest, &ten));
		}
		add_one(down);
	}
}

/* Floors of logarithms, by fixed point; exact as far as doubles go. */
static int
log10_of_pow2(int e)
{
	return (e * 1262611) >> 22;
}

static int
log10_of_three_quarters_pow2(int e)
{
	return (e * 1262611 - 524031) >> 22;
}

static int
log2_of_pow10(int e)
{
	return (e * 1741647) >> 19;
}

static uint64_t
round_to_odd(const struct power *g, uint64_t c)
{
	unsigned __int128 x = (unsigned __int128)g->low * c;
	unsigned __int128 y = (unsigned __int128)g->high * c + (uint64_t)(x >> 64);

	return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/* ${fraction} and ${exponent} are those of a double; return digits and let ${*k} be their exponent. */
static uint64_t
to_decimal(uint64_t fraction, int exponent, int *k)
{
	const uint64_t hidden = UINT64_C(1) << 52;
	const uint64_t c = exponent != 0 ? hidden | fraction : fraction;
	const int q = exponent != 0 ? exponent - 1075 : -1074;
	const bool odd = c & 1, closer = fraction == 0 && exponent > 1;
	const struct power *g;
	uint64_t below, here, above, s, tens;
	bool one, other;
	int h;

	if (-52 <= q && q <= 0 && (c & ((UINT64_C(1) << -q) - 1)) == 0) {
		*k = 0;
		return c >> -q;
	}
	*k = closer ? log10_of_three_quarters_pow2(q) : log10_of_pow2(q);
	h = q + log2_of_pow10(-*k) + 1;
	g = &powers[-*k - LEAST];
	below = round_to_odd(g, (4 * c - 2 + closer) << h) + odd;
	here = round_to_odd(g, (4 * c) << h);
	above = round_to_odd(g, (4 * c + 2) << h) - odd;
	s = here / 4;
	if (s >= 10) {
		tens = s / 10;
		one = below <= 40 * tens;
		other = 40 * tens + 40 <= above;
		if (one != other) {
			++*k;
			return tens + other;
		}
	}
	one = below <= 4 * s;
	other = 4 * s + 4 <= above;
	if (one != other)
		return s + other;
	return s + (here > 4 * s + 2 || (here == 4 * s + 2 && (s & 1)));
}

/* Write ${n} in decimal, in front of ${end}; return where it begins. */
static char *
put_digits(char *end, uint64_t n)
{
	do {
		*--end = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	return end;
}

size_t
shortest_double(char *out, double x)
{
	char text[24], *digits, *o = out;
	uint64_t bits, n;
	size_t len;
	int k, point; /* where the decimal point stands, counted from the first digit */

	pthread_once(&once, compute_powers);
	memcpy(&bits, &x, sizeof(bits));
	if (bits >> 63)
		*o++ = '-';
	if (bits << 1 == 0) {
		*o++ = '0';
		return (size_t)(o - out);
	}
	n = to_decimal(bits & ((UINT64_C(1) << 52) - 1), (int)(bits >> 52 & 0x7ff), &k);
	for (; n % 10 == 0; n /= 10)
		k++;
	digits = put_digits(text + sizeof(text), n);
	len = (size_t)(text + sizeof(text) - digits);
	point = (int)len + k;
	if (point < -14 || (point > 15 && (size_t)point >= len)) {
		*o++ = *digits;
		if (len > 1)
			*o++ = '.';
		memcpy(o, digits + 1, len - 1);
		o += len - 1;
		*o++ = 'e';
		if (--point < 0)
			*o++ = '-';
		digits = put_digits(text + sizeof(text), (uint64_t)abs(point));
		len = (size_t)(text + sizeof(text) - digits);
		memcpy(o, digits, len);
		return (size_t)(o + len - out);
	}
	if (point <= 0) {
		*o++ = '0';
		*o++ = '.';
		memset(o, '0', (size_t)-point);
		o += -point;
		memcpy(o, digits, len);
		return (size_t)(o + len - out);
	}
	if ((size_t)point >= len) {
		memcpy(o, digits, len);
		memset(o + len, '0', (size_t)point - len);
		return (size_t)(o + point - out);
	}
	memcpy(o, digits, (size_t)point);
	o[point] = '.';
	memcpy(o + point + 1, digits + point, len - (size_t)point);
	return (size_t)(o + len + 1 - out);
}
