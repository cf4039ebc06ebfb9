#ifndef SET_SETNAME_H
#define SET_SETNAME_H

#include <stdint.h>

/*
 * The name of a set, YYYYmmdd_HHMMSS: the local time at which it was begun.  What is read here is
 * that wall clock itself, whatever zone this machine is in, so that names from elsewhere, and those
 * in an hour that summer time leaves out or has twice, mean the same everywhere.
 */
struct setname {
	int64_t wall; /* seconds since 1970 on that clock, as if it were UTC */
	int year;     /* 1970 to 9999 */
	int month;    /* 1 to 12 */
};

/*
 * How far a name may be ahead of the clock and still be believed: an hour of summer time, and a
 * clock that was put back.
 */
#define SETNAME_AHEAD (2 * INT64_C(3600))

/**
 * setname_read(name, out):
 * Return 0 if ${name} is strictly such a name, a time of the calendar, and fill ${*out} (may be
 * NULL); otherwise -1.
 */
int setname_read(const char *name, struct setname *out);

/**
 * setname_wall(moment):
 * Return what the wall clock of this machine shows at ${moment}, seconds since 1970.
 */
int64_t setname_wall(int64_t moment);

#endif
