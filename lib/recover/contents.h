#ifndef RECOVER_CONTENTS_H
#define RECOVER_CONTENTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prove/dumpfile.h"

/*
 * What is in a dump, for people who look for something in it: its tables from the end mark, and
 * what is known of the snapshot from there and from the set's set.json.  Of a dump of another
 * tool, what can be seen in its text.
 */
struct contents_table {
	char *database; /* empty: not known */
	char *table;
	bool rows_known;
	uint64_t rows;
	uint64_t bytes; /* plain, of its rows */
};

struct contents {
	struct contents_table *tables;
	size_t len, size;
	bool own;    /* of siantre-dump */
	bool proven; /* all of it was read, and is what it says */
	uint64_t file_bytes;
	uint64_t plain_bytes; /* 0: not known */
	const json_t
	    *position; /* {"file":…,"pos":…,"gtid":…}; these are NULL where not known */
	const json_t *partial; /* what the dump left out, siantre-set(5) */
	const json_t *warnings;
	const char *taken, *server, *tool;
	void *kept; /* what these point into */
};

/**
 * contents_read(d, foreign, quiet, out):
 * Learn what is in ${d}, with as little reading as it takes (db/promise.h); ${foreign} and
 * ${quiet} as there.  ${*out} is the caller's (contents_free).  Return 0, or an exit code after
 * reporting.
 */
int contents_read(struct dumpfile *d, bool foreign, bool quiet, struct contents **out);

/**
 * contents_free(c):
 * NULL is fine.
 */
void contents_free(struct contents *c);

#endif
