#ifndef SET_TRASH_H
#define SET_TRASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * BACKUP_DIR/.trash: where a set goes before it is gone.  It moves there by one rename and is whole
 * as long as it bears its name.  What is to be removed for good gets another name first, which a
 * later call knows: at no moment is there half a set under the name of one.
 *
 * How long an entry has been there says its own folder: the later of its two times of change, which
 * the move sets.
 */
struct trash;

#define TRASH_NAME ".trash"

/**
 * trash_open(root, out):
 * Open the trash of the backup folder ${root}, 0700, and make it where it is missing; hold off
 * others that would.  ${*out} is the caller's (trash_close).  Return 0, or the exit code after
 * reporting: EX_TEMPFAIL where another process has it open, EX_CANTCREAT.
 */
int trash_open(const char *root, struct trash **out);

/**
 * trash_move(t, name):
 * Move the set ${root}/${name} there (NAME, or full/NAME); where one of that NAME lies there it
 * becomes NAME.1 and so on.  Return 0, or EX_CANTCREAT after reporting.
 */
int trash_move(struct trash *t, const char *name);

/**
 * trash_sync(t):
 * Make durable what was moved.  Return 0, or EX_IOERR after reporting.
 */
int trash_sync(struct trash *t);

/**
 * trash_empty(t, age, now, gone):
 * Remove for good what has been there for ${age} seconds or more, and what was being removed, and
 * add to ${*gone} how many entries that were.  Return 0, or EX_IOERR after reporting what stays.
 */
int trash_empty(struct trash *t, int64_t age, int64_t now, size_t *gone);

/**
 * trash_close(t):
 * NULL is fine.
 */
void trash_close(struct trash *t);

#endif
