#ifndef PROVE_CARRY_H
#define PROVE_CARRY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a backup leaves out because it can be had elsewhere, and a running application cannot do
 * without: vendor and node_modules.  They are copied from the old tree into the new one.
 *
 * Not moved, not linked: the old tree must stay whole, as it is used until the exchange and is
 * what one goes back to after it; files that both trees share (hard links) would change in both
 * when something writes into one in place.  A copy costs time, but before anything is stopped.
 */
#define CARRY_DEFAULT "vendor,node_modules"

/**
 * carry_names(text, names):
 * Make a list, up to a NULL, of the folders in ${text}: names with commas between, or "none".
 * ${*names} is one block for the caller to free.  Return 0, or EX_USAGE after reporting a name
 * that is none (with a slash, ".", "..").
 */
int carry_names(const char *text, char ***names);

struct carry {
	const char *from; /* the old folder, absolute */
	int to;           /* the new one */
	char *const *names;
	bool special; /* devices, set-id bits and capabilities are fine */
	bool quiet;   /* no progress, no account */
};

/**
 * carry_over(c):
 * Copy each of c->names that is a folder in the old one and nothing in the new one, with all
 * that siantre-pack saves of a tree.  It is read by a process of its own and written by a worker
 * (base/worker.h), as if it came from an archive; symlinks may lead anywhere.  Return 0, or the
 * exit code after reporting: EX_TEMPFAIL where the old folder changed meanwhile, EX_DATAERR
 * where it holds what is refused, EX_CANTCREAT where the copy cannot be written, 1 after a stop
 * signal.
 */
int carry_over(const struct carry *c);

#endif
