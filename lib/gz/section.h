#ifndef GZ_SECTION_H
#define GZ_SECTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gz/index.h"

/*
 * The plain bytes of a packed file from anywhere, by its index: only the fragments that hold them
 * are read, and each is proven by its digest before a byte of it is handed out.  Several threads
 * can have a stream each.
 *
 * Fragments are kept packed, so that what is proven first and used then is read once where it is
 * not much: up to a sixteenth of the machine's memory, but GZ_SECTION_KEEP_LEAST bytes may always
 * be kept, and more than GZ_SECTION_KEEP_MOST never are.  Memory on top of that: 56 bytes a
 * fragment, and 1.5 MiB for each stream.
 */
#define GZ_SECTION_KEEP_LEAST ((size_t)64 << 20)
#define GZ_SECTION_KEEP_MOST ((size_t)256 << 20)

struct gz_section;
struct gz_section_stream;

/**
 * gz_section_open(fd, name, index, out):
 * Take the fragments of the regular file ${fd}, which stays the caller's as ${name} does, from
 * ${index}, which nothing was taken from.  Return 0, or an exit code after reporting.
 */
int gz_section_open(
    int fd, const char *name, struct gz_index_reader *index, struct gz_section **out);

/**
 * gz_section_plain(s):
 * How many plain bytes there are.
 */
uint64_t gz_section_plain(const struct gz_section *s);

/**
 * gz_section_start(s, offset, out):
 * Begin at the plain byte ${offset}, which is none behind the end.  Return 0, or EX_OSERR after
 * reporting.
 */
int gz_section_start(struct gz_section *s, uint64_t offset, struct gz_section_stream **out);

/**
 * gz_section_read(t, buf, size, len):
 * Put the next plain bytes into ${buf}; ${*len} is how many, 0 at the end.  Return 0, or the exit
 * code after reporting: EX_DATAERR for a fragment that is not the one in the index, EX_IOERR; 1
 * after a stop signal (silently).
 */
int gz_section_read(struct gz_section_stream *t, void *buf, size_t size, size_t *len);

/**
 * gz_section_stop(t):
 * NULL is fine.
 */
void gz_section_stop(struct gz_section_stream *t);

/**
 * gz_section_free(s):
 * NULL is fine; all streams have stopped.
 */
void gz_section_free(struct gz_section *s);

#endif
