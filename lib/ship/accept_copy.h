#ifndef SHIP_ACCEPT_COPY_H
#define SHIP_ACCEPT_COPY_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/progress.h"

/*
 * Files out of a folder that others change meanwhile.  Each is opened once, without following a
 * link, must be regular and have no other name (a hard link may be somebody else's file), and is
 * read no further than was agreed.
 */
struct accept_copy {
	int from;          /* the folder */
	const char *where; /* its path, for messages */
	int to;            /* the folder that gets the copies; only we can write to it */
	const char *there; /* its path */
	struct progress *progress;
};

/**
 * accept_copy_read(c, name, max, text, len):
 * Read the file ${name}, of ${max} bytes at most, into ${*text}, which the caller frees, with a NUL
 * behind its ${*len} bytes.  Return 0; 1, silently, where there is none; or the exit code after
 * reporting: EX_DATAERR for what is refused, EX_IOERR for what cannot be read.
 */
int accept_copy_read(
    const struct accept_copy *c, const char *name, size_t max, char **text, size_t *len);

/**
 * accept_copy_put(c, name, text, len):
 * Make the copy ${name} of these bytes, 0440 and durable.  Return 0, or EX_IOERR after reporting.
 */
int accept_copy_put(
    const struct accept_copy *c, const char *name, const char *text, size_t len);

/**
 * accept_copy_file(c, name, bytes, hex):
 * Copy the file ${name}, which must have ${bytes} bytes with the digest ${hex}, 0440 and durable.
 * Return 0, or the exit code after reporting: EX_DATAERR for another file, also one that changed
 * meanwhile or is gone; EX_IOERR; 1 after a stop signal (silently) or without memory.
 */
int accept_copy_file(
    const struct accept_copy *c, const char *name, uint64_t bytes, const char hex[HASH_HEX]);

#endif
