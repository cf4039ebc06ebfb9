#ifndef BASE_ORDERED_H
#define BASE_ORDERED_H

/*
 * Much work at once, results in order.  One thread fills items; workers take them as they get to
 * them; readers, a thread each, see all of them in the order in which they were filled.  The
 * items go round in a ring: whoever is too far ahead waits, so memory is bounded.
 *
 * Once something failed or a signal asked for a stop, every call says so and all threads end.
 */
struct ordered;

#define ORDERED_READERS 4

struct ordered_plan {
	void *const *items; /* the ring, of ${count} items; all of it stays the caller's */
	unsigned count;
	unsigned workers; /* 0: items need no work */
	/* What a worker does with an item.  Returns 0, or the exit code after reporting. */
	int (*work)(void *worker, void *item);
	void *const *contexts; /* ${worker} of each worker */
	unsigned readers;      /* ORDERED_READERS at most */
	unsigned early;        /* the first so many of them do not wait for the work */
};

/**
 * ordered_jobs(asked, most):
 * Return how many workers to start: ${asked}, or as many as there are cores where that is 0;
 * ${most} at most.
 */
unsigned ordered_jobs(unsigned asked, unsigned most);

/**
 * ordered_start(plan):
 * Start the workers.  Return the ring, or NULL with errno set.
 */
struct ordered *ordered_start(const struct ordered_plan *plan);

/**
 * ordered_thread(o, run, ctx):
 * Start ${run}(${ctx}) in a thread that fills or reads.  In it sig_stop() (base/sig.h) tells
 * that the others stop, too, and base/io.h's calls end with EINTR then.  Return 0, or -1 with
 * errno set.
 */
int ordered_thread(struct ordered *o, void *(*run)(void *ctx), void *ctx);

/**
 * ordered_room(o):
 * Return the item to fill next, once everybody is done with what it was, or NULL: stop.
 */
void *ordered_room(struct ordered *o);

/**
 * ordered_put(o):
 * The item that ordered_room() returned is filled.
 */
void ordered_put(struct ordered *o);

/**
 * ordered_end(o):
 * No item follows.
 */
void ordered_end(struct ordered *o);

/**
 * ordered_next(o, reader):
 * Return the next item for ${reader} (from 0 on), once it is there and, unless ${reader} is an
 * early one, worked on; or NULL: all were seen, or stop.
 */
void *ordered_next(struct ordered *o, unsigned reader);

/**
 * ordered_done(o, reader):
 * ${reader} does not need the item that ordered_next() returned any more.
 */
void ordered_done(struct ordered *o, unsigned reader);

/**
 * ordered_fail(o, code):
 * Stop all; ${code} is why, unless something failed before.
 */
void ordered_fail(struct ordered *o, int code);

/**
 * ordered_code(o):
 * Return 0, or the exit code of the first failure (1 for a signal).
 */
int ordered_code(struct ordered *o);

/**
 * ordered_join(o):
 * Wait until all threads have ended: after ordered_end(), or a failure.  Return as
 * ordered_code().
 */
int ordered_join(struct ordered *o);

/**
 * ordered_free(o):
 * Stop the threads, wherever they are, and free ${o}.  NULL is fine.
 */
void ordered_free(struct ordered *o);

#endif
