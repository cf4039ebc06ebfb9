#ifndef SET_MANIFEST_H
#define SET_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * set.json: what a set is and what lies in it.  The format is in siantre-set(5).
 */
struct manifest;

#define MANIFEST_NAME "set.json"
#define MANIFEST_MAX (32 << 20) /* bytes that are read at most */

struct manifest_file {
	const char *name;
	int64_t bytes;
	const char *sha256;
	int64_t plain_bytes;      /* -1: not known */
	const char *plain_sha256; /* NULL: not known */
	int64_t inner_bytes;      /* of the file that age encrypted; -1: not known, or none */
	const char *inner_sha256; /* NULL: likewise */
	int64_t entries;          /* of an archive; -1: none */
	const json_t *dump;       /* the note of siantre-dump, an object; NULL: no dump */
};

/**
 * manifest_new(job, application, set, started):
 * Start a manifest; ${started} is in event_now()'s form.  Return it, or NULL after reporting.
 */
struct manifest *manifest_new(
    const char *job, const char *application, const char *set, const char *started);

/**
 * manifest_json(m):
 * Return the object that set.json holds, owned by ${m}: for manifest_fill and for reports.
 */
json_t *manifest_json(struct manifest *m);

/**
 * manifest_fill(m, folder, notes):
 * Describe every file of ${folder}, in order of their names, with what the tools appended to
 * the file ${notes} (a missing one is no error) about it.  Return 0, or the exit code after
 * reporting: EX_IOERR, EX_OSERR, or EX_DATAERR for notes that are none of ours.
 */
int manifest_fill(struct manifest *m, const char *folder, const char *notes);

/**
 * manifest_write(m, folder):
 * Write ${folder}/set.json and then ${folder}/SHA256SUMS, 0440, each atomically.  Return 0, or
 * an exit code after reporting.
 */
int manifest_write(struct manifest *m, const char *folder);

/**
 * manifest_read(folder, out):
 * Read ${folder}/set.json, whoever wrote it: sizes, depth, types and names are checked.
 * ${*out} is the caller's (manifest_free).  Return 0, or the exit code after reporting:
 * EX_DATAERR for what is no manifest, EX_IOERR for what cannot be read (also where it is
 * missing).
 */
int manifest_read(const char *folder, struct manifest **out);

/**
 * manifest_text(m, key):
 * Return the text of "job", "application", "set", "host", "tool", "started", "ended" or
 * "status", owned by ${m}; never NULL.
 */
const char *manifest_text(const struct manifest *m, const char *key);

/**
 * manifest_is_of(m, application):
 * Return whether the set is one of ${application}; where it does not say, it is.
 */
bool manifest_is_of(const struct manifest *m, const char *application);

/**
 * manifest_bytes(m):
 * Return the bytes of all files together.
 */
int64_t manifest_bytes(const struct manifest *m);

/**
 * manifest_file(m, i, out):
 * Fill ${*out} with the ${i}th file, its texts owned by ${m}.  Return 0, or -1 behind the last.
 */
int manifest_file(const struct manifest *m, size_t i, struct manifest_file *out);

/**
 * manifest_whole(m, folder):
 * Return whether each file of ${m} lies in ${folder} and has its length; the first that does not is
 * reported.  None of them is read: what was lost is found, and not what has rotted.
 */
bool manifest_whole(const struct manifest *m, const char *folder);

/**
 * manifest_warning(m, i):
 * Return the ${i}th warning, owned by ${m}, or NULL behind the last.
 */
const char *manifest_warning(const struct manifest *m, size_t i);

/**
 * manifest_summary(m):
 * Return files and sizes, and the first warning with the number of all, as one line for people, which the caller
 * frees, or NULL after reporting.
 */
char *manifest_summary(const struct manifest *m);

/**
 * manifest_free(m):
 * NULL is fine.
 */
void manifest_free(struct manifest *m);

#endif
