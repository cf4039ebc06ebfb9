#ifndef VERIFY_OPERANDS_H
#define VERIFY_OPERANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "prove/prove.h"

/*
 * What siantre-verify does with its operands: files and folders of sets, proven by one crew, and
 * told of in their order.
 */
struct operands_told {
	bool json;    /* one JSON object, not lines */
	bool quiet;   /* no progress, nothing of what is right */
	bool verbose; /* each file of a set, and what the sandbox lacks */
	bool record;  /* each set gets a verified.json */
};

/**
 * operands_prove(paths, n, o, jobs, t):
 * Prove the ${n} > 0 files and sets ${paths}, ${jobs} files at a time, and print the results to
 * stdout, unflushed.  Return 0, or the worst exit code (audit_worse): what audit_end() and
 * prove_fd() have, and 1 for an operand that is not there or cannot be opened.
 */
int operands_prove(char *const *paths, size_t n, const struct prove_options *o, unsigned jobs,
    const struct operands_told *t);

#endif
