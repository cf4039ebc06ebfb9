#ifndef SQL_TABLETEXT_H
#define SQL_TABLETEXT_H

#include <stdint.h>

#include "sql/source.h"

/*
 * tabletext_table: a statement makes the table (${bytes} is 0), or one of as many bytes has rows
 * for it.  ${database} is empty where the dump does not say.  Returns 0, or an exit code after
 * reporting.
 */
typedef int tabletext_table(void *ctx, const char *database, const char *table, uint64_t bytes);

/**
 * tabletext_read(source, tell, ctx):
 * Tell of the tables that the statements of ${source} are about, which can be opened.  Return 0,
 * what ${tell} returned, or an exit code after reporting.
 */
int tabletext_read(const struct sql_source *source, tabletext_table *tell, void *ctx);

#endif
