#ifndef SQL_CURSOR_H
#define SQL_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "sql/source.h"

/*
 * A place in a source from which bytes are read here and there, mostly forward: what lies near is
 * reached by reading on, anything else by opening the source there.
 */
struct cursor {
	const struct sql_source *source; /* all else is 0 at first */
	struct sql_stream *stream;
	uint64_t at;
};

/**
 * cursor_read(c, from, buf, size, len):
 * Put bytes from ${from} on into ${buf} of ${size} bytes, 1 at least; ${*len} is how many, 0 at
 * the end.  Return 0, or an exit code as those of the source.
 */
int cursor_read(struct cursor *c, uint64_t from, void *buf, size_t size, size_t *len);

/**
 * cursor_close(c):
 * Be done with it, for now or ever.
 */
void cursor_close(struct cursor *c);

#endif
