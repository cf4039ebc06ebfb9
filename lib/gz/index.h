#ifndef GZ_INDEX_H
#define GZ_INDEX_H

#include <stdint.h>
#include <sys/types.h>

#include "base/hash.h"

/*
 * The index of a packed file: a text beside it that says where each fragment lies.
 *
 *     siantre-index 1 <packed bytes> <plain bytes>
 *     <plain offset> <plain length> <packed offset> <packed length> <SHA-256 of plain bytes>
 *     … one line a fragment, in order, without gaps
 *     end <number of fragments> <SHA-256 of all bytes above this line>
 *
 * Numbers are decimal without leading zeros, blanks single, digests in small letters.
 */
struct gz_index_entry {
	uint64_t plain_offset, plain_length;
	uint64_t packed_offset, packed_length;
	char sha256[HASH_HEX];
};

/*
 * Writing.  Memory is bounded: many lines wait in an unlinked file in the same folder, because
 * the totals come first.
 */
struct gz_index;

/**
 * gz_index_create(path, mode):
 * Start the index that will appear as ${path} with ${mode}.  Return it, or NULL after
 * reporting.
 */
struct gz_index *gz_index_create(const char *path, mode_t mode);

/**
 * gz_index_add(x, e):
 * Append the next fragment.  Return 0, or -1 after reporting.
 */
int gz_index_add(struct gz_index *x, const struct gz_index_entry *e);

/**
 * gz_index_end(x, packed, plain):
 * No fragment follows; these are the totals.  Write everything to the temporary file, so that
 * only gz_index_commit() is left.  Return 0, or -1 after reporting.
 */
int gz_index_end(struct gz_index *x, uint64_t packed, uint64_t plain);

/**
 * gz_index_commit(x):
 * Make the index durable and visible, and free ${x} in any case.  Return 0, or -1 after
 * reporting, with nothing left behind.
 */
int gz_index_commit(struct gz_index *x);

/**
 * gz_index_abort(x):
 * Leave nothing behind and free ${x}.  NULL is fine.
 */
void gz_index_abort(struct gz_index *x);

/* Reading. */
struct gz_index_reader;

/**
 * gz_index_open(fd, name, x):
 * Prove the whole index at ${fd} (a file, which stays the caller's) and get ready to hand out
 * its lines in ${*x}.  Return 0, or after reporting EX_DATAERR ("NAME:LINE: what") or EX_IOERR.
 */
int gz_index_open(int fd, const char *name, struct gz_index_reader **x);

/**
 * gz_index_packed(x), gz_index_plain(x), gz_index_fragments(x):
 * The totals.
 */
uint64_t gz_index_packed(const struct gz_index_reader *x);
uint64_t gz_index_plain(const struct gz_index_reader *x);
uint64_t gz_index_fragments(const struct gz_index_reader *x);

/**
 * gz_index_next(x, e):
 * Put the next fragment in ${*e}.  Return 1; 0 behind the last; or -1 after reporting.
 */
int gz_index_next(struct gz_index_reader *x, struct gz_index_entry *e);

/**
 * gz_index_close(x):
 * NULL is fine.
 */
void gz_index_close(struct gz_index_reader *x);

#endif
