#ifndef PROVE_CREW_H
#define PROVE_CREW_H

#include "base/progress.h"
#include "prove/prove.h"

/*
 * Proofs of several files at a time, each in a worker (base/worker.h): who reads a file has no
 * right but to read it, and what comes back is looked at before it is believed.  What the
 * workers say appears in the order in which the files were added.
 */
struct crew;

/**
 * crew_new(size, progress):
 * Return a crew that proves ${size} files at a time and tells ${progress} (may be NULL), or NULL
 * after reporting.
 */
struct crew *crew_new(unsigned size, struct progress *progress);

/**
 * crew_add(c, fd, name, o, p):
 * Have the file ${fd} proven as prove_fd() does, once somebody has time.  ${fd} and ${o}'s index
 * stay the caller's, who may close them; ${name} and ${p} must live until crew_wait() has
 * returned, and ${*p} is filled by then.
 */
void crew_add(
    struct crew *c, int fd, const char *name, const struct prove_options *o, struct proof *p);

/**
 * crew_add_inner(c, fd, name, inner, proven, o, p):
 * The same for what is in the encrypted file ${fd}: it is decrypted at once, by decrypt_fd() with
 * ${name}, o->identity and ${proven}, and proven with the name ${inner}, which is what ${o} is
 * about.
 */
void crew_add_inner(struct crew *c, int fd, const char *name, const char *inner, bool proven,
    const struct prove_options *o, struct proof *p);

/**
 * crew_wait(c):
 * Wait until everything that was added is proven, or not.
 */
void crew_wait(struct crew *c);

/**
 * crew_locks(c):
 * Return which of SANDBOX_ALL were shut in every worker so far.
 */
unsigned crew_locks(const struct crew *c);

/**
 * crew_free(c):
 * Wait, and free.  NULL is fine.
 */
void crew_free(struct crew *c);

#endif
