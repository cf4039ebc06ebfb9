#ifndef SET_SETS_H
#define SET_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The sets in a backup folder.  A set is a folder named YYYYmmdd_HHMMSS in BACKUP_DIR or in
 * BACKUP_DIR/full; whatever else lies there is not ours and not seen.
 */
struct sets;

/**
 * sets_time(name, out):
 * Return 0 if ${name} is strictly a set name, a time of the calendar, with that local time in
 * seconds since 1970 in ${*out} (may be NULL); otherwise -1.
 */
int sets_time(const char *name, int64_t *out);

/**
 * sets_list(root, out):
 * List the sets of ${root} and ${root}/full, the newest name first.  ${*out} is the caller's
 * (sets_free).  Return 0, or -1 after reporting: a listing that failed half-way is no listing.
 */
int sets_list(const char *root, struct sets **out);

/**
 * sets_count(s):
 * Return how many there are.
 */
size_t sets_count(const struct sets *s);

/**
 * sets_name(s, i), sets_path(s, i), sets_full(s, i):
 * The name of the ${i}th set, its path, both owned by ${s}; whether it lies in full/.
 */
const char *sets_name(const struct sets *s, size_t i);
const char *sets_path(const struct sets *s, size_t i);
bool sets_full(const struct sets *s, size_t i);

/**
 * sets_free(s):
 * NULL is fine.
 */
void sets_free(struct sets *s);

#endif
