#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "base/sandbox.h"

/*
 * A piece of work in a process of its own, locked into the sandbox: for whatever reads bytes
 * that others may have made.  It has a copy of our memory and the descriptors that it was given;
 * stdin and stdout are /dev/null unless they are among them.
 *
 * Back come an exit code, the bytes of a result, a count of bytes for the progress, and what it
 * said on stderr.  All of that may be lies: control characters are taken out of what it said,
 * and the result is to be checked like a file from anywhere.  Main thread only, and before any
 * other thread is started.
 */
struct worker;

struct worker_task {
	/*
	 * Does the work and returns an exit code; ${progress} is to be told of the bytes, and
	 * ${result} to be filled, zero at first.  What it prints to stderr is relayed.
	 */
	int (*work)(void *ctx, void *result, struct progress *progress);
	void *ctx;
	size_t result_size;
	int keep[4]; /* its descriptors beside stderr; those of -1 do not count */
	const struct sandbox_tree *tree; /* where it unpacks to; NULL: nowhere */
	const char *name;                /* of what it reads, for messages; must live as long */
};

/**
 * worker_start(t):
 * Start it.  Return it, or NULL after reporting.
 */
struct worker *worker_start(const struct worker_task *t);

/**
 * worker_fd(w):
 * Return a descriptor that is readable when worker_take() has something to do.
 */
int worker_fd(const struct worker *w);

/**
 * worker_take(w, said):
 * Append to ${said} what it has said, in lines and fit for a terminal; more than 64 KiB
 * altogether are left out.  Return whether it is still at work.  Waits for nothing that
 * worker_fd() has announced.
 */
bool worker_take(struct worker *w, struct buf *said);

/**
 * worker_done(w):
 * Return how many bytes the progress was told of since the last call.
 */
uint64_t worker_done(struct worker *w);

/**
 * worker_pass_stop(w):
 * Where a stop signal has come to us, pass it on, once, and kill what still works 10 seconds
 * later.  To be called every now and then while it is at work.
 */
void worker_pass_stop(struct worker *w);

/**
 * worker_end(w, result, locks):
 * Wait for its end, after worker_take() returned false, and free ${w}.  Copy its result to
 * ${result} (may be NULL), and to ${*locks} (may be NULL) which of SANDBOX_ALL were shut,
 * all of them where it ended before it could read anything.
 * Return its exit code; where it was killed, 1 after reporting (silently after a stop signal to
 * us, which ends it at once).
 */
int worker_end(struct worker *w, void *result, unsigned *locks);

/**
 * worker_run(t, progress, result, locks):
 * All of it: start it, relay what it says and tell ${progress} of its bytes, pass a stop signal
 * on, and wait for the end as worker_end().  Where it cannot be started, return EX_OSERR after
 * reporting.
 */
int worker_run(
    const struct worker_task *t, struct progress *progress, void *result, unsigned *locks);

/**
 * worker_tell_locks(locks):
 * Say on stderr which locks this kernel lacks, if any: what -v is for.
 */
void worker_tell_locks(unsigned locks);

#endif
