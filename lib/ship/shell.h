#ifndef SHIP_SHELL_H
#define SHIP_SHELL_H

#include <stdbool.h>

#include "ship/far.h"
#include "ship/words.h"

/*
 * What the shell at the far end of ssh does for us, where there is one: digests, renames and
 * removals.  An account that is held to rsync (rrsync, a forced command) has none.
 */

/**
 * shell_ssh(f, w):
 * Append the ssh command of ${f}'s options to ${w}, without the host.
 */
void shell_ssh(const struct far *f, struct words *w);

/**
 * shell_probe(f):
 * Ask for a shell and for sha256sum: sets f->shell, f->renames and f->hashes.  Return 0, or the
 * exit code after reporting where the host cannot be reached.
 */
int shell_probe(struct far *f);

/* As in struct far_kind. */
int shell_prove(struct far *f, const char *local, const char *at, bool sums);
int shell_publish(struct far *f, const char *name);
int shell_drop(struct far *f, const char *at);
int shell_unfinished(struct far *f, struct buf *names);
int shell_make(struct far *f);
int shell_deposit(struct far *f, struct deposit *d);

#endif
