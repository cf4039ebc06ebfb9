#ifndef DB_PIPELINE_H
#define DB_PIPELINE_H

#include <mysql.h>

#include "db/catalogue.h"
#include "db/hold.h"
#include "db/rows.h"

/*
 * Several readers, one order: threads read ranges of the tables' primary keys into blocks, and
 * the caller takes the blocks in the order of tables and keys.  What comes out does not depend
 * on how many there are.
 */
struct pipeline;

/**
 * pipeline_start(readers, n, hold, tables, ntables):
 * Start ${n} threads that read ${ntables} tables, each over its connection in ${readers}; where
 * ${hold} has yielded, they keep no table's lock longer than a range takes.  All of it must
 * outlive the pipeline.  Return it, or NULL after reporting.
 */
struct pipeline *pipeline_start(MYSQL **readers, unsigned int n, struct hold *hold,
    struct table *const *tables, size_t ntables);

/**
 * pipeline_table(p, w):
 * Write all rows of the next table to ${w}, and compare their number with COUNT(*) in the same
 * snapshot where the table was read in ranges.  Return 0, or an exit code after reporting.
 */
int pipeline_table(struct pipeline *p, struct rows_writer *w);

/**
 * pipeline_end(p):
 * Stop the threads, wherever they are, and free ${p}.  NULL is fine.
 */
void pipeline_end(struct pipeline *p);

#endif
