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
 * Deliberately not done: rolling two bytes at a time and comparing lanes with vector
 * instructions; compression is the slower part by far.
 */
#include "gz/cut.h"

#define WINDOW 64
#define NORMAL_BITS 17
#define UPPER_BITS(n) (~(uint64_t)0 << (64 - (n)))
#define MASK_BEFORE UPPER_BITS(NORMAL_BITS + 2)
#define MASK_BEHIND UPPER_BITS(NORMAL_BITS - 2)

_Static_assert(CUT_NORMAL == 1U << NORMAL_BITS, "the masks belong to CUT_NORMAL");
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

/* Roll up to length ${upto}; stop behind a byte where the bits of ${mask} are all zero. */
static size_t
roll(struct cut *c, const uint8_t *buf, size_t len, size_t upto, uint64_t mask, int *found)
{
	uint64_t hash = c->hash;
	size_t i, n;

	if (c->length >= upto)
		return 0;
	n = upto - c->length < len ? upto - c->length : len;
	for (i = 0; i < n;) {
		hash = (hash << 1) + gear[buf[i++]];
		if ((hash & mask) == 0 && mask != 0) {
			*found = 1;
			break;
		}
	}
	c->hash = hash;
	c->length += i;
	return i;
}

size_t
cut_next(struct cut *c, const uint8_t *buf, size_t len)
{
	size_t done;
	int found = 0;

	done = skip(c, len, CUT_MIN - WINDOW);
	done += roll(c, buf + done, len - done, CUT_MIN - 1, 0, &found);
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
