#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/*
 * Text from names, servers and files that should be UTF-8 and may be anything.
 */

/**
 * utf8_next(text, len):
 * Return the number of bytes (1 to 4) of the UTF-8 character (RFC 3629) that begins ${text},
 * of which ${len} bytes are there; 0 where there is no whole valid character.
 */
size_t utf8_next(const char *text, size_t len);

/**
 * utf8_skip(text, len):
 * Where utf8_next() is 0 and ${len} is not: return the number of bytes (1 to 3) that one
 * replacement character stands for, which is as much as could begin a valid character
 * (Unicode's "maximal subpart").
 */
size_t utf8_skip(const char *text, size_t len);

/**
 * utf8_clean(text, len, other, out_len):
 * Return a copy of ${len} bytes at ${text}, with the text ${other} in place of what is not
 * UTF-8, NUL-terminated, ${*out_len} (may be NULL) bytes long; the caller frees it.  NULL with
 * errno set where there is no memory.
 */
char *utf8_clean(const char *text, size_t len, const char *other, size_t *out_len);

#endif
