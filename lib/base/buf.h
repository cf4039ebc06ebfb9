#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A growing run of bytes.  The struct is open so that hot loops can write behind ${len} after
 * a buf_room; ${data} is NULL while empty.  Growing failure is remembered in ${failed}, so that
 * a run of appends needs one check at its end.
 */
struct buf {
	char *data;
	size_t len;
	size_t size;
	bool failed;
	bool reported; /* that it failed */
};

/**
 * buf_room(b, len):
 * Make room for ${len} more bytes.  Return 0, or -1 (and set failed) without memory.
 */
int buf_room(struct buf *b, size_t len);

/**
 * buf_add(b, bytes, len):
 * Append ${len} bytes.
 */
void buf_add(struct buf *b, const void *bytes, size_t len);

/**
 * buf_text(b, text):
 * Append the NUL-terminated ${text}.
 */
void buf_text(struct buf *b, const char *text);

/**
 * buf_printf(b, format, ...):
 * Append formatted text.
 */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * buf_string(b):
 * Return the content with a NUL behind it (not counted), owned by ${b}, or NULL where memory
 * ran out on the way (reported here, once).
 */
const char *buf_string(struct buf *b);

/**
 * buf_reset(b, keep):
 * Empty ${b}; give its memory back if it is larger than ${keep} bytes.
 */
void buf_reset(struct buf *b, size_t keep);

/**
 * buf_free(b):
 * Free the content.  An all-zero struct is an empty buffer.
 */
void buf_free(struct buf *b);

#endif
