#ifndef SET_VERIFIED_H
#define SET_VERIFIED_H

#include <stdbool.h>

/*
 * verified.json: when a set was last proven, how deep, and with which result.  It holds the
 * digest of the SHA256SUMS that it speaks of, and counts only while that is still the one in
 * the set.
 */
#define VERIFIED_NAME "verified.json"

struct verified {
	bool counts;       /* the result is ok, and SHA256SUMS is the same as then */
	bool ok;           /* the result alone */
	char time[24];     /* 2026-11-23T02:00:41Z */
	char read[24];     /* when it was last read and found whole: then, or later */
	char level[16];    /* checksum, structure, drill, sealed */
	char message[256]; /* for people; often empty */
};

/**
 * verified_write(folder, level, ok, message):
 * Write ${folder}/verified.json, 0440, atomically, with the time of now and the digest of
 * ${folder}/SHA256SUMS; ${message} may be NULL.  Return 0, or an exit code after reporting.
 */
int verified_write(const char *folder, const char *level, bool ok, const char *message);

/**
 * verified_reread(folder):
 * Note in the record ${folder} has that the set was read again just now and is as it was, "read",
 * and leave what it says otherwise.  Return 0, or an exit code after reporting.
 */
int verified_reread(const char *folder);

/**
 * verified_read(folder, out):
 * Read ${folder}/verified.json, whoever wrote it, and fill ${*out} (all zero where there is
 * none).  A file that is no such record, and one in a set that has no SHA256SUMS any more, is reported
 * and does not count.  Return 0, or an exit code after reporting where a file cannot be read.
 */
int verified_read(const char *folder, struct verified *out);

#endif
