#ifndef DRILL_SCRATCH_H
#define DRILL_SCRATCH_H

#include <stdint.h>

/*
 * Where a drill unpacks and runs a server: DRILL_DIR/siantre-drill, closed to everyone else.
 * One drill at a time has it; what a killed one left there is ended and removed by the next.
 */
struct scratch;

/**
 * scratch_open(dir, out):
 * Make ${dir} where only it is missing, take the lock in it, clean up after an earlier drill and
 * make the folder anew.  ${*out} is the caller's (scratch_close).  Return 0, or an exit code
 * after reporting: EX_TEMPFAIL where another drill is running, EX_CANTCREAT.
 */
int scratch_open(const char *dir, struct scratch **out);

/**
 * scratch_path(s):
 * Return the absolute path of the folder, owned by ${s}.
 */
const char *scratch_path(const struct scratch *s);

/**
 * scratch_file(s, name):
 * Return the path of ${name} in the folder, which the caller frees, or NULL after reporting.
 */
char *scratch_file(const struct scratch *s, const char *name);

/**
 * scratch_config(s):
 * Return the path of a configuration for siantre-restore, owned by ${s}: it keeps its state in
 * the folder, and has no unit to stop.
 */
const char *scratch_config(const struct scratch *s);

/**
 * scratch_room(s, need):
 * Return 0 where ${need} bytes fit there, or EX_CANTCREAT after reporting both figures.
 */
int scratch_room(const struct scratch *s, uint64_t need);

/**
 * scratch_database(s), scratch_keep_database(s, name):
 * The name of a database on a server of others that has to be dropped, also by the next drill
 * where this one is killed: "" for none.  It is kept on the disk.  The second returns 0, or -1
 * after reporting.
 */
const char *scratch_database(const struct scratch *s);
int scratch_keep_database(struct scratch *s, const char *name);

/**
 * scratch_close(s):
 * Remove the folder and give the lock back.  NULL is fine.  Return 0, or -1 after reporting what
 * stays.
 */
int scratch_close(struct scratch *s);

#endif
