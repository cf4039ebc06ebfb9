#ifndef SQL_MARKTAIL_H
#define SQL_MARKTAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/markline.h"
#include "sql/source.h"
#include "sql/tablelist.h"

/*
 * The end mark of a dump without the dump before it: what it promises, proven by its own digest
 * alone.  What sql/endmark.h proves on top is that the dump keeps these promises.
 */
struct marktail {
	struct tablelist tables; /* with offsets, where they are said or known */
	bool offsets;            /* … they are */
	char **notes;
	size_t notes_len;
	struct markline_end end;
};

/**
 * marktail_read(source, plain, m):
 * Read the end mark of ${source}, which can be opened anywhere and has ${plain} bytes, into
 * ${*m} (marktail_free).  Return 0, or an exit code after reporting: EX_DATAERR ("NAME: no end
 * mark", "NAME: digest of the end mark differs", …), those of the source.
 */
int marktail_read(const struct sql_source *source, uint64_t plain, struct marktail *m);

/**
 * marktail_free(m):
 * Free what ${m} holds.  An all-zero one is fine.
 */
void marktail_free(struct marktail *m);

#endif
