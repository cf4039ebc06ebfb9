#ifndef PROVE_SOURCE_H
#define PROVE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash.h"
#include "base/progress.h"
#include "gz/index.h"
#include "set/kind.h"

/*
 * The plain bytes of a file, whether they are packed (gzip) or not.  Its first block can be
 * looked at before it is read, its last bytes after.  Nothing here reports: the caller knows
 * the name.
 */
struct source;

#define SOURCE_HEAD KIND_HEAD /* what is looked at before reading */
#define SOURCE_TAIL 4096      /* bytes that are remembered at the end */

struct source_options {
	bool digest;                   /* hash the plain bytes on the way */
	unsigned jobs;                 /* threads that unpack; 0: none */
	struct gz_index_reader *index; /* which a packed file must agree with; NULL: none */
	struct progress *progress;     /* counts the bytes of the file; NULL: none */
};

/**
 * source_open(fd, options):
 * Start reading the regular file ${fd}, which stays the caller's, from its beginning; gzip is
 * known by its magic.  Return the source, or NULL with errno set.
 */
struct source *source_open(int fd, const struct source_options *options);

/**
 * source_packed(s):
 * Return whether the bytes are packed.
 */
bool source_packed(const struct source *s);

/**
 * source_head(s, head, len):
 * Let ${*head} (owned by ${s}) be the first ${*len} plain bytes: SOURCE_HEAD, or all there
 * are.  They are still to be read.  Only before the first source_read.  Return 0, or -1 as
 * source_read.
 */
int source_head(struct source *s, const char **head, size_t *len);

/**
 * source_read(s, buf, len):
 * Put between 1 and ${len} plain bytes at ${buf} and return how many; 0 at the proven end; -1
 * where the file is damaged or cannot be read (see source_exit), or after a stop signal.
 */
ssize_t source_read(struct source *s, void *buf, size_t len);

/**
 * source_error(s), source_exit(s):
 * After -1: what is wrong, for a message "NAME: what", owned by ${s}, or NULL after a stop
 * signal; and the exit code: EX_DATAERR, EX_IOERR, or 1 after a stop signal.
 */
const char *source_error(const struct source *s);
int source_exit(const struct source *s);

/**
 * source_plain(s):
 * Return how many plain bytes were handed out.
 */
uint64_t source_plain(const struct source *s);

/**
 * source_tail(s, len):
 * Return the last ${*len} plain bytes that were handed out, SOURCE_TAIL at most, owned by ${s}.
 */
const char *source_tail(const struct source *s, size_t *len);

/**
 * source_sealed(s):
 * After the end: return whether a seal proved every packed bit (gz/seal.h).
 */
bool source_sealed(const struct source *s);

/**
 * source_digest(s, hex):
 * After the end: write the digest of the plain bytes, or empty text where none was asked for.
 */
void source_digest(struct source *s, char hex[HASH_HEX]);

/**
 * source_free(s):
 * NULL is fine.
 */
void source_free(struct source *s);

#endif
