#ifndef SET_FOLDER_H
#define SET_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * A set is born in BACKUP_DIR/.partial/NAME and moves to its place by one rename, when every
 * byte of it is on the disk: a reader that sees the set sees all of it.  Whoever calls the
 * functions below holds the application's lock.
 */
struct folder;

#define FOLDER_NAME 16 /* 20261123_020000 and a NUL */

/**
 * folder_empty_trash(root):
 * Remove for good what lies in ${root}/.trash.  Return 0, or -1 after reporting.
 */
int folder_empty_trash(const char *root);

/**
 * folder_begin(root, job):
 * Make an empty folder for a set of ${job} (below ${root}/full for the job full), named by the
 * local time, or by a later second: that name is free, and later than those of all sets there
 * which are not SETNAME_AHEAD ahead of the clock.  ${root} is made (0700) where only it is missing.  Return it, or NULL after reporting, with a hint that mends it.
 */
struct folder *folder_begin(const char *root, const char *job);

/**
 * folder_name(f), folder_work(f), folder_final(f), folder_notes(f):
 * The set's name; the path where it is made now; the path where it will be; the path of the
 * notes file, beside the first.  All owned by ${f}.
 */
const char *folder_name(const struct folder *f);
const char *folder_work(const struct folder *f);
const char *folder_final(const struct folder *f);
const char *folder_notes(const struct folder *f);

/**
 * folder_seal(f):
 * Check what the job left: at least one file, every one of them regular, not empty, under a
 * plain name; make each durable and 0440.  Return 0, or the exit code after reporting
 * (EX_DATAERR for what is no backup, EX_IOERR otherwise).
 */
int folder_seal(const struct folder *f);

/**
 * folder_commit(f):
 * Make the folder durable and move it to its place.  Return 0, or EX_CANTCREAT or EX_IOERR
 * after reporting; ${f} is still the caller's.
 */
int folder_commit(struct folder *f);

/**
 * folder_free(f):
 * Remove what was not committed, and free ${f}.  NULL is fine.
 */
void folder_free(struct folder *f);

#endif
