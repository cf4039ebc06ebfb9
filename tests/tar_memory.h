/* An archive in memory as a source that comes in pieces, for unit tests and fuzz targets. */
#ifndef TESTS_TAR_MEMORY_H
#define TESTS_TAR_MEMORY_H

#include <string.h>
#include <sys/types.h>

#include "tar/read.h"

struct piece {
	const void *bytes;
	size_t len, at, step;
};

static ssize_t
piece_read(void *ctx, void *buf, size_t len)
{
	struct piece *p = ctx;
	size_t n = p->len - p->at;

	n = n < len ? n : len;
	n = n < p->step ? n : p->step;
	memcpy(buf, (const char *)p->bytes + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

/* tar_prove() of ${len} bytes, at most ${step} at a time. */
static inline int
piece_prove(const void *bytes, size_t len, size_t step, struct tar_facts *facts)
{
	struct piece p = {bytes, len, 0, step};
	const struct tar_source src = {piece_read, &p, "test.tar"};

	return tar_prove(&src, facts);
}

#endif
