#ifndef TAR_WRITE_H
#define TAR_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/account.h"
#include "tar/exclude.h"

/*
 * Writes trees as a tar archive in pax format: modes, owners by number and name, times to the
 * nanosecond, symlinks, hard links, sparse files, ACLs, extended attributes, names of any
 * length and bytes.  Entries are sorted by their bytes and hold nothing that changes from run
 * to run: the same tree gives the same archive.
 */
struct tar_tree {
	const char *folder;            /* -C: what the paths are relative to; NULL: here */
	char *const *paths;            /* what to pack, up to a NULL; "/" in front is dropped */
	char *const *listed;           /* likewise, from paths_read(); NULL: nothing */
	const struct exclude *exclude; /* anchored at each of the paths; NULL: nothing */
	bool exclude_caches;           /* leave out folders that a CACHEDIR.TAG marks */
	bool one_file_system;          /* do not go into folders on another one */
	const struct stat *output; /* the archive itself, to be left out; NULL: not a file */
};

/**
 * tar_write(t, emit, ctx, a):
 * Hand the archive of ${t} to ${emit} piece by piece, and fill ${*a} (all-zero before; the
 * caller frees it in any case).  ${emit} returns 0, or an exit code after reporting, which
 * ends the run.  Return 0, that code, or another one after reporting: EX_USAGE for an empty path
 * or one with "..", EX_IOERR for a folder or path that is not there, EX_NOPERM for one that may not be
 * read, 1 after a stop signal (silently).  A listed path that is not there was there when the
 * list was made: it counts as vanished, and only where nothing at all was packed is that an
 * error.
 *
 * Excluded is only what is found in the paths, never a path itself.
 *
 * The tree may belong to a stranger and change at any time.  Everything below the paths is
 * opened relative to its folder's descriptor, beneath it, without following symlinks or
 * waiting for a FIFO, and looked at before it is read.  What cannot be read or has vanished is
 * left out; a file that shrinks is padded, one that grows is cut to the size in its header:
 * ${a} counts and names each, and the run goes on.  So it does past a folder more than
 * TAR_DEPTH levels deep.
 *
 * Files are read ahead of their turn, a few at a time (tar/ahead.h); the archive does not show
 * it.  Memory: 8 MiB, and what grows with the names in the largest folder and its parents, with
 * a list, and with the number of files that have several links.
 */
int tar_write(const struct tar_tree *t, int (*emit)(void *ctx, const void *buf, size_t len),
    void *ctx, struct account *a);

#define TAR_DEPTH 400 /* levels of folders, a descriptor each */

#endif
