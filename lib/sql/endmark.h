#ifndef SQL_ENDMARK_H
#define SQL_ENDMARK_H

#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"

/*
 * The proof of a dump: all its plain bytes are pushed in, in any split, and what its last lines
 * promise (rows and digest of every table, digest of everything else) is recomputed on the way.
 * Each byte is hashed once.  Memory: 1 MiB for a line, the end mark's own tables, and no more
 * than 64 MiB of end mark.  The format is in siantre-set(5).
 *
 * Nothing here reports: the caller knows the name of the dump and says "NAME: TEXT".
 */
struct endmark;

struct endmark_table {
	const char *database;
	const char *table;
	uint64_t rows;
	uint64_t bytes;        /* of its rows region: INSERT statements with their newlines */
	uint64_t offset;       /* where that region begins in the plain bytes; 0 without rows */
	char sha256[HASH_HEX]; /* of that region */
};

/**
 * endmark_new(void):
 * Return an empty proof, or NULL after reporting that memory is out.
 */
struct endmark *endmark_new(void);

/**
 * endmark_add(e, buf, len):
 * Take the next ${len} bytes of the dump.  Return 0, or -1 once it is known that they are no
 * whole dump, or that there is no memory to know it; further calls change nothing then.
 */
int endmark_add(struct endmark *e, const void *buf, size_t len);

/**
 * endmark_finish(e):
 * No byte follows.  Return 0 if the end mark is there, is the end, and every digest and count
 * agrees; otherwise -1.
 */
int endmark_finish(struct endmark *e);

/**
 * endmark_error(e):
 * After -1: what is wrong, one line of printable text owned by ${e}: "no end mark", "digest of
 * table `siantre`.`queues` differs", "rows of table … differ: 3 counted, 4 promised", "bytes
 * behind the end mark", "out of memory", …  Otherwise NULL.
 */
const char *endmark_error(const struct endmark *e);

/**
 * endmark_exit(e):
 * After -1: the exit code for that, EX_DATAERR or EX_OSERR.
 */
int endmark_exit(const struct endmark *e);

/**
 * endmark_digest(e):
 * After endmark_finish: the digest of the whole dump, the "sha256" of its last line.
 */
const char *endmark_digest(const struct endmark *e);

/**
 * endmark_schema(e):
 * After endmark_finish: the digest of all bytes in no rows region.
 */
const char *endmark_schema(const struct endmark *e);

/**
 * endmark_bytes(e), endmark_rows(e), endmark_tables(e):
 * After endmark_finish: bytes before the end mark, rows of all tables, number of tables.
 */
uint64_t endmark_bytes(const struct endmark *e);
uint64_t endmark_rows(const struct endmark *e);
size_t endmark_tables(const struct endmark *e);

/**
 * endmark_table(e, i):
 * After endmark_finish: the ${i}th table in the order of the dump, owned by ${e}; NULL behind
 * the last.
 */
const struct endmark_table *endmark_table(const struct endmark *e, size_t i);

/**
 * endmark_free(e):
 * NULL is fine.
 */
void endmark_free(struct endmark *e);

#endif
