#ifndef PROVE_DUMPFILE_H
#define PROVE_DUMPFILE_H

#include "sql/source.h"

/*
 * A dump wherever it lies: a plain or gzip file (its first bytes say which), the dump in a
 * set's folder, or stdin and pipes, which are spooled first.
 */
struct dumpfile;

/**
 * dumpfile_open(path, identity, out):
 * Open ${path}: a file, a folder with one dump in it (or one called db_backup.sql.gz), or "-".
 * One that is encrypted is opened with ${identity}.  Return 0, or an exit code after reporting:
 * EX_IOERR where it cannot be read, EX_DATAERR for a folder without a dump, or what spool_fd() or
 * decrypt_fd() returned.
 */
int dumpfile_open(const char *path, const char *identity, struct dumpfile **out);

/**
 * dumpfile_index(d):
 * Look for an index beside it, by which the source can be opened anywhere without having been
 * read.  Return 0, also where there is none, or EX_OSERR after reporting.
 */
int dumpfile_index(struct dumpfile *d);

/**
 * dumpfile_source(d):
 * Return what loads the dump, owned by ${d}.
 */
const struct sql_source *dumpfile_source(const struct dumpfile *d);

/**
 * dumpfile_free(d):
 * NULL is fine.
 */
void dumpfile_free(struct dumpfile *d);

#endif
