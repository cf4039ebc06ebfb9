#ifndef SHIP_ACCEPT_SET_H
#define SHIP_ACCEPT_SET_H

#include <stddef.h>
#include <stdint.h>

#include "ship/accept.h"
#include "ship/accept_incoming.h"
#include "ship/accept_tree.h"

/*
 * One set on its way from INCOMING to TREE.
 */
struct accept_set {
	const struct accept_options *options;
	const struct accept_incoming *incoming;
	struct accept_tree *tree;
	int fd;      /* of the folder TREE */
	int partial; /* of TREE/.partial, which this run alone uses */
};

enum accept_state {
	ACCEPT_UNFINISHED, /* it has no SHA256SUMS yet, or it is gone */
	ACCEPT_STANDS,     /* TREE has had it before */
	ACCEPT_TAKEN,
	ACCEPT_HEALED, /* taken in place of one that was damaged */
	ACCEPT_REFUSED,
};

struct accept_result {
	enum accept_state state;
	int code;      /* 0, or the exit code of what was reported */
	char job[256]; /* "" where it is not known */
	uint64_t bytes;
	size_t files;
};

/**
 * accept_set_take(a, i, r):
 * Take the ${i}th set of INCOMING, if it is finished and not there yet, and fill ${*r}.  Whatever
 * comes of it, nothing half-made is left.
 */
void accept_set_take(const struct accept_set *a, size_t i, struct accept_result *r);

#endif
