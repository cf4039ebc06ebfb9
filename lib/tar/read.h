#ifndef TAR_READ_H
#define TAR_READ_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads tar archives (pax, GNU, ustar, v7) as a stream.  Names are bytes: whatever the locale,
 * they come out as they stand in the archive.
 */
struct tar_source {
	/* Between 1 and ${len} bytes, 0 at the end, or minus an exit code after reporting. */
	ssize_t (*read)(void *ctx, void *buf, size_t len);
	void *ctx;
	const char *name; /* for messages */
};

struct tar_facts {
	uint64_t entries;
	uint64_t bytes; /* of file contents, holes counted */
};

/**
 * tar_prove(src, facts):
 * Read the archive ${src} to its end: every header and every byte of every entry is there, two
 * zero blocks follow the last one, and nothing but zeros follows these.  (A tar that was cut
 * between two entries is refused, which most readers accept.)  ${*facts} (may be NULL) is
 * filled.  Return 0, or the exit code after reporting: EX_DATAERR where it is not so, what
 * ${src} returned where that failed, 1 after a stop signal (silently).
 */
int tar_prove(const struct tar_source *src, struct tar_facts *facts);

/* The steps of tar_prove, for those who do something with the entries. */
struct tar_reader;

/**
 * tar_reader_open(src, rc):
 * Start reading ${src}, which must live as long.  Return the reader, or NULL after reporting,
 * with the exit code in ${*rc}.
 */
struct tar_reader *tar_reader_open(const struct tar_source *src, int *rc);

/**
 * tar_reader_next(r, entry):
 * Go to the next entry, past whatever of the last one was not read (it is read and proven).
 * Return 0 with ${*entry}, which stays ${r}'s, or NULL there at the proven end; or the exit
 * code after reporting.
 */
int tar_reader_next(struct tar_reader *r, struct archive_entry **entry);

/**
 * tar_reader_data(r, buf, len, offset):
 * Get the next piece of the entry's content: ${*len} bytes that belong at ${*offset}; what
 * lies between pieces is a hole.  ${*buf} stays ${r}'s until the next call.  Return 0 with
 * ${*buf} NULL at the end, or the exit code after reporting.
 */
int tar_reader_data(struct tar_reader *r, const void **buf, size_t *len, uint64_t *offset);

/**
 * tar_reader_free(r):
 * NULL is fine.
 */
void tar_reader_free(struct tar_reader *r);

#endif
