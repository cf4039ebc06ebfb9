#ifndef GZ_POINTS_H
#define GZ_POINTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where in a packed file unpacking can begin again, learned while it was unpacked once from its
 * start: at some of its blocks, with the plain bytes that matches behind them may reach back to.
 *
 * Few are kept: GZ_POINTS at most, 32 KiB each.  Where they do not suffice, every second one is
 * dropped, and those that follow are twice as far apart.
 */
#define GZ_POINTS 512
#define GZ_WINDOW ((size_t)32 << 10)

struct gz_point {
	uint64_t plain;  /* bytes before it */
	uint64_t packed; /* whole bytes before it */
	uint8_t bits;    /* of the last one of those, this many belong to what follows … */
	uint8_t value;   /* … and are these */
	uint8_t *window; /* the last bytes before it */
	size_t window_length;
};

struct gz_points {
	struct gz_point *items;
	size_t len;
	uint64_t apart; /* plain bytes between two of them, at least */
};

/**
 * gz_points_want(p, plain):
 * Whether a point behind ${plain} bytes would be of use.
 */
int gz_points_want(const struct gz_points *p, uint64_t plain);

/**
 * gz_points_add(p, point):
 * Keep ${point} and a copy of its window; it lies behind all that were added.  Return 0, or -1
 * without memory (not reported).
 */
int gz_points_add(struct gz_points *p, const struct gz_point *point);

/**
 * gz_points_before(p, plain):
 * Return the last point at or before ${plain} bytes, owned by ${p}; NULL where there is none.
 */
const struct gz_point *gz_points_before(const struct gz_points *p, uint64_t plain);

/**
 * gz_points_free(p):
 * Forget them all.  An all-zero struct has none.
 */
void gz_points_free(struct gz_points *p);

#endif
