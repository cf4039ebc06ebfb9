#ifndef PROVE_UNPACKING_H
#define PROVE_UNPACKING_H

#include <stdbool.h>

#include "gz/unpack.h"
#include "gz/writer.h"

/*
 * The way back of siantre-pack: a packed file, which may come from anybody, is unpacked by a
 * process that has nothing but the descriptors (base/worker.h).
 */
struct unpacking {
	const char *file;   /* NULL: stdin */
	const char *index;  /* NULL: none, or FILE.idx where a range needs one */
	const char *output; /* NULL: stdout */
	bool replace;       /* … where it is there */
	unsigned jobs;      /* 0: the cores */
	enum gz_what what;
	uint64_t from, length; /* of a range */
	bool require_end;      /* all of it has to be a whole dump */
	bool quiet, verbose;
};

/**
 * unpacking_range(text, u):
 * Take the range "OFFSET:LENGTH" (sizes as base/num.h has them; no LENGTH: to the end).  Return
 * 0, or -1 where it is none.
 */
int unpacking_range(const char *text, struct unpacking *u);

/**
 * unpacking_run(u):
 * Do it.  The output appears where all is proven; what was salvaged appears in any case.
 * Return 0, or the exit code after reporting.
 */
int unpacking_run(const struct unpacking *u);

#endif
