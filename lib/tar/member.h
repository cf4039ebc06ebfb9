#ifndef TAR_MEMBER_H
#define TAR_MEMBER_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/account.h"
#include "tar/find.h"

/*
 * The entries of an archive that is written, from finds in their turn.  What cannot be packed is
 * counted and named in the account and is no error.
 */
struct member;

/**
 * member_open(emit, ctx, output, a):
 * Start an archive that goes to ${emit} (see tar_write), counted in ${a}, which leaves out the
 * file ${output} (may be NULL).  Return it, or NULL after reporting.
 */
struct member *member_open(int (*emit)(void *ctx, const void *buf, size_t len), void *ctx,
    const struct stat *output, struct account *a);

/**
 * member_take(m, f):
 * Pack the find ${f}: a file with its holes as holes, a second name of a packed file as a hard
 * link; a folder, but not what is in it; a symlink, a FIFO, a device.  Fits ahead_open().  Return
 * 0, or the exit code after reporting (1 after a stop signal, silently): EX_IOERR at the end of
 * a path of which nothing was packed.
 */
int member_take(void *m, struct find *f);

/**
 * member_end(m):
 * Write the end of the archive.  Return as member_take.
 */
int member_end(struct member *m);

/**
 * member_free(m):
 * NULL is fine.
 */
void member_free(struct member *m);

#endif
