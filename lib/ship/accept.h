#ifndef SHIP_ACCEPT_H
#define SHIP_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The receiving side, on the machine that keeps the copies.  A daemon that belongs to another user
 * lets a server write into a folder INCOMING; from there finished sets are copied into TREE, which
 * that user cannot write, and proven there.
 *
 * Whoever has the server can write anything into INCOMING, at any moment.  So nothing there is
 * looked at twice: what is judged is the copy, which nobody else can reach, and it becomes a set of
 * TREE by one rename when all of it is proven and on the disk.  No set of TREE is ever changed or
 * removed, except one that was found damaged, by one with the same SHA256SUMS.
 */
struct accept_options {
	const char *incoming;
	const char *tree;
	uint64_t basis; /* newest accepted sets of each job that stay in INCOMING, at least 1 */
	uint64_t reserve; /* bytes that stay free where TREE is */
	uint64_t quota;   /* bytes that all sets of TREE may take; 0: no limit */
	uint64_t per_day; /* sets of one date that TREE takes */
	int64_t late;     /* seconds that a set may be older than the newest of its job */
	unsigned jobs;    /* files that are proven at a time, at least 1 */
	bool json;
	bool quiet;
	bool verbose;
};

#define ACCEPT_BASIS 1
#define ACCEPT_RESERVE ((uint64_t)1 << 30)
#define ACCEPT_PER_DAY 100
#define ACCEPT_LATE ((int64_t)7 * 86400)

/**
 * accept_run(o):
 * Take every finished set of INCOMING, the oldest first; write ACCEPTED (ship/accepted.h); remove
 * from INCOMING what TREE has, but for the basis.  What came of each is printed to stdout,
 * unflushed.  One set that is refused does not keep back the next.  Return 0, also where there was
 * nothing to do, or after reporting: EX_DATAERR where a set was refused, which stays in INCOMING;
 * EX_IOERR where reading or writing failed or there is no room; EX_TEMPFAIL where another one is at
 * work; EX_CONFIG where TREE is not safe from others; EX_CANTCREAT where it is not there; EX_USAGE
 * where it lies in INCOMING; 1 for anything else (a stop signal).
 */
int accept_run(const struct accept_options *o);

#endif
