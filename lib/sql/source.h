#ifndef SQL_SOURCE_H
#define SQL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The plain bytes of a dump for those who do not know where it lies or whether it is packed:
 * they can be read again from the start and, once they were read to their end (where it is a
 * straight one, without that), from anywhere, several threads side by side.  All functions report, and return 0 or an exit code: EX_DATAERR
 * for damage, EX_IOERR, EX_OSERR, 1 after a stop signal (silently).
 */
struct sql_stream; /* the source's */

struct sql_source {
	/* Put the next plain bytes into ${buf} of ${size} bytes; ${*len} is how many, 0 at the end. */
	int (*read)(void *ctx, void *buf, size_t size, size_t *len);
	/* Stand at the first byte again. */
	int (*rewind)(void *ctx);
	/* How many bytes of the file were read since then: for progress. */
	uint64_t (*done)(void *ctx);
	/* Begin to read at the plain byte ${offset}, which is none behind the end. */
	int (*open)(void *ctx, uint64_t offset, struct sql_stream **out);
	/* As read. */
	int (*next)(struct sql_stream *s, void *buf, size_t size, size_t *len);
	void (*close)(struct sql_stream *s); /* NULL is fine */
	void *ctx;
	const char *name; /* for messages */
	uint64_t size;    /* of the file */
	bool straight;    /* open does not need that it was read before … */
	uint64_t plain;   /* … and this many plain bytes are known to be there */
	bool proven;      /* what open leads to is proven before it is handed out */
};

#endif
