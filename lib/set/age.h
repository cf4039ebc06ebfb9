#ifndef SET_AGE_H
#define SET_AGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What can be said of a file that age(1) has encrypted by somebody who has no key: that its
 * header (age-encryption.org/v1) is written as it must be, and that its length is one that such
 * a file can have.  A file that was cut is found with a few exceptions: at the border of two of
 * its chunks of 64 KiB the cut does not show.  Also in its armour of text.
 */
struct age;

/**
 * age_new(void):
 * Return one that has seen nothing, or NULL after reporting.
 */
struct age *age_new(void);

/**
 * age_add(a, buf, len):
 * Take the next ${len} bytes of the file, in any split.
 */
void age_add(struct age *a, const void *buf, size_t len);

/**
 * age_finish(a):
 * No byte follows.  Return NULL if all is as it should be, else what is not, for a message
 * "NAME: what".
 */
const char *age_finish(struct age *a);

/**
 * age_recipients(a):
 * Return how many recipients the header names.
 */
size_t age_recipients(const struct age *a);

/**
 * age_inner_bytes(a):
 * After age_finish() returned NULL: return how many bytes were encrypted, which the length tells.
 */
uint64_t age_inner_bytes(const struct age *a);

/**
 * age_free(a):
 * NULL is fine.
 */
void age_free(struct age *a);

#endif
