#ifndef DRILL_CHOICE_H
#define DRILL_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "set/manifest.h"

/*
 * The sets that a drill takes: of each job the newest one that is proven, or those that it was
 * given.  In the order db, files, full, other jobs by name.
 */
struct choice;

struct choice_set {
	const char *job;
	const char *name;
	char *path;
	int64_t started; /* seconds since 1970 */
	struct manifest *manifest;
};

/**
 * choice_newest(root, application, out):
 * Choose from the sets of ${application} in ${root}.  A set that cannot be read is reported and
 * passed over.  ${*out} is the caller's (choice_free).  Return 0, or an exit code after reporting.
 */
int choice_newest(const char *root, const char *application, struct choice **out);

/**
 * choice_given(paths, n, out):
 * Take the ${n} sets ${paths}, proven or not.
 */
int choice_given(char *const *paths, size_t n, struct choice **out);

/**
 * choice_set(c, i), choice_find(c, job):
 * Return the ${i}th set, or that of ${job}, owned by ${c}; NULL where there is none.
 */
const struct choice_set *choice_set(const struct choice *c, size_t i);
const struct choice_set *choice_find(const struct choice *c, const char *job);

/**
 * choice_is_dump(f), choice_is_tar(f), choice_is_encrypted(f):
 * Whether the file ${f} of a set is, or was before it was encrypted, a dump; an archive of files;
 * whether it is encrypted.  Only its name and set.json are looked at.
 */
bool choice_is_dump(const struct manifest_file *f);
bool choice_is_tar(const struct manifest_file *f);
bool choice_is_encrypted(const struct manifest_file *f);

/**
 * choice_room(c, loads, opens):
 * Return how many bytes drilling them one after the other may take at most: tables with their
 * indexes and logs (where ${loads}, in our own folder), unpacked trees; and where ${opens}, so
 * that encrypted files count as well, two copies of these, ours and siantre-restore's.
 */
uint64_t choice_room(const struct choice *c, bool loads, bool opens);

/**
 * choice_free(c):
 * NULL is fine.
 */
void choice_free(struct choice *c);

#endif
