#ifndef GZ_READER_H
#define GZ_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A strict gunzip (RFC 1952 and 1951) that is asked for plain bytes.  It refuses whatever it
 * cannot prove: every invalid code and distance, a trailer that disagrees, an end that comes
 * too early, bytes behind the last trailer.  Bytes are handed out before the trailer is seen,
 * so they are proven only once gz_reader_read() has returned 0.
 */
struct gz_reader;
struct gz_index_reader;
struct gz_point;
struct gz_points;

/*
 * GZ_SINGLE: a second member is an error.  Several common readers stop silently after the
 * first member, so a file that is to outlive this tool has just one.
 * GZ_OWN: the file is to be one that siantre-pack wrote: GZ_SINGLE, and the seal (gz/seal.h)
 * that proves every packed byte.  Where there is a seal, it is checked without this, too.
 * Without either, members are read one after the other, as gunzip does.
 * GZ_QUICK: codes that zlib would refuse may pass, if the checksums agree.
 */
enum { GZ_SINGLE = 1, GZ_OWN = 2, GZ_QUICK = 4 };

struct gz_reader_options {
	int flags;
	/*
	 * Threads that unpack, GZ_JOBS_MAX (gz/writer.h) at most: a file that siantre-pack wrote is
	 * unpacked by them, fragment by fragment, any other by the caller.  0: there are none.
	 */
	unsigned jobs;
	/*
	 * NULL: none.  Otherwise the first member's fragments must be those that the index names,
	 * and each is proven by its digest before it is handed out.  Needs a thread.
	 */
	struct gz_index_reader *index;
	/* NULL: not asked for.  Otherwise where unpacking can begin again is added to it. */
	struct gz_points *points;
};

/**
 * gz_reader_open(fd, options):
 * Start reading ${fd} (which stays the caller's, as does the index) at its current position.
 * Return the reader, or NULL with errno set.
 */
struct gz_reader *gz_reader_open(int fd, const struct gz_reader_options *options);

/**
 * gz_reader_resume(fd, options, point):
 * The same, but begin at ${point}, which another reader has found in the same bytes; ${fd} is
 * set to it.  That reader has seen the trailer; this one does not compare it.
 */
struct gz_reader *gz_reader_resume(
    int fd, const struct gz_reader_options *options, const struct gz_point *point);

/**
 * gz_reader_read(r, buf, len):
 * Put between 1 and ${len} plain bytes at ${buf} and return how many; 0 once ${fd} has ended
 * where it should and everything agreed; -1 where it did not (see gz_reader_error), at every
 * further call as well.  Does not report: the caller knows the name.
 */
ssize_t gz_reader_read(struct gz_reader *r, void *buf, size_t len);

/**
 * gz_reader_error(r):
 * Return what was wrong, for a message "NAME: what" ("truncated after 512 bytes",
 * "checksum differs", …), or NULL while nothing is.  The text is ${r}'s.
 */
const char *gz_reader_error(const struct gz_reader *r);

/**
 * gz_reader_exit(r):
 * Return the exit code that the error deserves: EX_DATAERR for damage, EX_IOERR where ${fd}
 * could not be read, EX_OSERR where there were no threads for it, 0 while nothing is wrong.
 */
int gz_reader_exit(const struct gz_reader *r);

/**
 * gz_reader_sealed(r):
 * After gz_reader_read() has returned 0: return whether the file is one member with a seal,
 * so that it is proven to the last packed bit.  Other files are proven byte for byte after
 * unpacking; some flips of packed bits do not change those.
 */
bool gz_reader_sealed(const struct gz_reader *r);

/**
 * gz_reader_packed(r), gz_reader_plain(r):
 * Return how many packed bytes were consumed and how many plain bytes were handed out.
 */
uint64_t gz_reader_packed(const struct gz_reader *r);
uint64_t gz_reader_plain(const struct gz_reader *r);

/**
 * gz_reader_free(r):
 * NULL is fine.
 */
void gz_reader_free(struct gz_reader *r);

#endif
