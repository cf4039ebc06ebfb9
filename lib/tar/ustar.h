#ifndef TAR_USTAR_H
#define TAR_USTAR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The header of a file or folder in which nothing is out of the ordinary, byte for byte as
 * libarchive's pax writer has it: a tree of small files is thousands of them a second.
 */
struct ustar {
	const char *path; /* a folder's ends with a slash */
	mode_t mode;      /* with the type: a regular file or a folder */
	uid_t uid;
	gid_t gid;
	const char *uname; /* NULL: not known */
	const char *gname;
	uint64_t size; /* 0 for a folder */
	struct timespec mtime;
};

#define USTAR_ROOM 1536 /* the longest: a pax header, its record of the time, the header */

/**
 * ustar_header(u, end):
 * Write the header of ${u} so that it ends before ${end}, and return its length, at most
 * USTAR_ROOM; or 0 where ${u} needs more than these few lines know, and nothing was written:
 * names that are not ASCII or long, large numbers, times before 1970 or past 2038.
 */
size_t ustar_header(const struct ustar *u, char *end);

#endif
