/* A dump in memory as a source that can be opened anywhere, for unit tests and fuzz targets. */
#ifndef TESTS_DUMP_MEMORY_H
#define TESTS_DUMP_MEMORY_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql/source.h"

static const char *memory_text;
static size_t memory_size;
static size_t memory_piece = SIZE_MAX; /* at most so many bytes at a time */

struct sql_stream {
	size_t at;
};

static struct sql_stream memory_first;

static int
memory_open(void *ctx, uint64_t offset, struct sql_stream **out)
{
	(void)ctx;
	assert(offset <= memory_size);
	*out = calloc(1, sizeof(**out));
	assert(*out != NULL);
	(*out)->at = (size_t)offset;
	return 0;
}

static int
memory_next(struct sql_stream *s, void *buf, size_t len, size_t *got)
{
	size_t left = memory_size - s->at;

	*got = left < len ? left : len;
	*got = *got < memory_piece ? *got : memory_piece;
	memcpy(buf, memory_text + s->at, *got);
	s->at += *got;
	return 0;
}

static void
memory_close(struct sql_stream *s)
{
	free(s);
}

static int
memory_rewind(void *ctx)
{
	(void)ctx;
	memory_first.at = 0;
	return 0;
}

static int
memory_read(void *ctx, void *buf, size_t len, size_t *got)
{
	(void)ctx;
	return memory_next(&memory_first, buf, len, got);
}

static uint64_t
memory_done(void *ctx)
{
	(void)ctx;
	return memory_first.at;
}

/* The ${size} bytes at ${text}, which stay the caller's; ${straight}: as a plain file. */
static inline struct sql_source
memory_source(const char *text, size_t size, bool straight)
{
	memory_text = text;
	memory_size = size;
	memory_first.at = 0;
	return (struct sql_source){.open = memory_open,
	    .next = memory_next,
	    .close = memory_close,
	    .rewind = memory_rewind,
	    .read = memory_read,
	    .done = memory_done,
	    .name = "dump",
	    .size = size,
	    .straight = straight,
	    .plain = straight ? size : 0};
}

#endif
