#ifndef PROVE_DUMPFOLDER_H
#define PROVE_DUMPFOLDER_H

/**
 * dumpfolder_find(fd, path, rc):
 * The dump in the folder ${fd}, which is closed, and is called ${path} in messages:
 * db_backup.sql.gz, that file encrypted, or else the only file that looks like a dump.  Return its
 * name (free), or NULL after reporting, with an exit code in ${*rc}.
 */
char *dumpfolder_find(int fd, const char *path, int *rc);

#endif
