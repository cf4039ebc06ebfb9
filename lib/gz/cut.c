/*
 * Content-defined cut points.
 *
 * A gear hash is rolled over the bytes: shifted left by one, plus a random number that stands
 * for the byte.  Its upper bits depend on the last 64 bytes and on nothing else.  Where chosen
 * upper bits are all zero, a fragment ends.  The number of chosen bits decides how far apart
 * that happens: normalised chunking asks for two bits more than log2(CUT_NORMAL) up to that
 * length and for two bits less behind it, which draws the lengths together around it.  What
 * still has no cut at CUT_MAX is cut there.
 *
 * Nothing can end before CUT_MIN, so the bytes up to there are not looked at, but for the 64
 * before it: the window is full when the first decision falls, and the decision is the same
 * wherever the fragment began.
 *
 * Each step of the hash waits for the one before it, but a hash is known 64 bytes after any start.
 * So two stretches of bytes, one behind the other, are rolled side by side, which keeps the
 * processor busy; where the second one finds a cut first, the first one is finished before that
 * counts.
 */
#include "gz/cut.h"

#include <stdbool.h>

#define WINDOW 64
#define LANE ((size_t)2048) /* bytes of a stretch */
#define UPPER_BITS(n) (~(uint64_t)0 << (64 - (n)))
#define MASK_BEFORE UPPER_BITS(CUT_BITS + 2)
#define MASK_BEHIND UPPER_BITS(CUT_BITS - 2)

_Static_assert(CUT_MIN > WINDOW && CUT_MIN < CUT_NORMAL && CUT_NORMAL < CUT_MAX, "sizes rise");

/* splitmix64 (Steele, Lea, Flood 2014) as constant expressions: no table of magic numbers. */
#define MIX0(i) (((uint64_t)(i) + 1) * UINT64_C(0x9e3779b97f4a7c15))
#define MIX1(z) (((z) ^ ((z) >> 30)) * UINT64_C(0xbf58476d1ce4e5b9))
#define MIX2(z) (((z) ^ ((z) >> 27)) * UINT64_C(0x94d049bb133111eb))
#define MIX3(z) ((z) ^ ((z) >> 31))
#define GEAR(i) MIX3(MIX2(MIX1(MIX0(i))))
#define GEAR4(i) GEAR(i), GEAR((i) + 1), GEAR((i) + 2), GEAR((i) + 3)
#define GEAR16(i) GEAR4(i), GEAR4((i) + 4), GEAR4((i) + 8), GEAR4((i) + 12)
#define GEAR64(i) GEAR16(i), GEAR16((i) + 16), GEAR16((i) + 32), GEAR16((i) + 48)

static const uint64_t gear[256] = {GEAR64(0), GEAR64(64), GEAR64(128), GEAR64(192)};

/* Skip bytes that cannot end a fragment and leave no trace in the hash. */
static size_t
skip(struct cut *c, size_t len, size_t upto)
{
	size_t n;

	if (c->length >= upto)
		return 0;
	n = upto - c->length < len ? upto - c->length : len;
	c->length += n;
	return n;
}

static inline uint64_t
step(uint64_t hash, uint8_t byte)
{
	return (hash << 1) + gear[byte];
}

/* Roll ${len} bytes, or up to and with the first one where the bits of ${mask} are all zero. */
static size_t
roll_one(uint64_t *hash, const uint8_t *buf, size_t len, uint64_t mask, bool *found)
{
	uint64_t h = *hash;
	size_t i = 0;

	while (i < len) {
		h = step(h, buf[i++]);
		if ((h & mask) == 0) {
			*found = true;
			break;
		}
	}
	*hash = h;
	return i;
}

/* The same for 2 * LANE bytes. */
static size_t
roll_two(uint64_t *hash, const uint8_t *buf, uint64_t mask, bool *found)
{
	const uint8_t *behind = buf + LANE;
	uint64_t first = *hash, second = 0;
	size_t i, n;

	for (i = 0; i < WINDOW; i++)
		second = step(second, buf[LANE - WINDOW + i]);
	for (i = 0; i < LANE; i++) {
		first = step(first, buf[i]);
		second = step(second, behind[i]);
		if ((first & mask) == 0 || (second & mask) == 0)
			break;
	}
	*found = i < LANE;
	if (!*found) {
		*hash = second;
		return 2 * LANE;
	}
	*hash = first;
	if ((first & mask) == 0)
		return i + 1;
	/* The second lane has one at ${i}, which counts unless the first one has another. */
	*found = false;
	n = i + 1 + roll_one(hash, buf + i + 1, LANE - i - 1, mask, found);
	if (*found)
		return n;
	*found = true;
	*hash = second;
	return LANE + i + 1;
}

/* Roll up to length ${upto}; stop behind a byte where the bits of ${mask} are all zero. */
static size_t
roll(struct cut *c, const uint8_t *buf, size_t len, size_t upto, uint64_t mask, bool *found)
{
	size_t i = 0, n;

	if (c->length >= upto)
		return 0;
	n = upto - c->length < len ? upto - c->length : len;
	while (!*found && n - i >= 2 * LANE)
		i += roll_two(&c->hash, buf + i, mask, found);
	if (!*found)
		i += roll_one(&c->hash, buf + i, n - i, mask, found);
	c->length += i;
	return i;
}

/* Roll up to length ${upto} without looking. */
static size_t
warm(struct cut *c, const uint8_t *buf, size_t len, size_t upto)
{
	size_t i, n;

	if (c->length >= upto)
		return 0;
	n = upto - c->length < len ? upto - c->length : len;
	for (i = 0; i < n; i++)
		c->hash = step(c->hash, buf[i]);
	c->length += n;
	return n;
}

size_t
cut_next(struct cut *c, const uint8_t *buf, size_t len)
{
	size_t done;
	bool found = false;

	done = skip(c, len, CUT_MIN - WINDOW);
	done += warm(c, buf + done, len - done, CUT_MIN - 1);
	done += roll(c, buf + done, len - done, CUT_NORMAL, MASK_BEFORE, &found);
	if (!found)
		done += roll(c, buf + done, len - done, CUT_MAX, MASK_BEHIND, &found);
	if (found || c->length == CUT_MAX)
		*c = (struct cut){0};
	return done;
}

uint64_t
cut_gear(uint8_t byte)
{
	return gear[byte];
}
