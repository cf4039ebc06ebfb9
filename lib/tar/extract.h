#ifndef TAR_EXTRACT_H
#define TAR_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "tar/read.h"

/*
 * Unpacks an archive from anywhere into an empty folder that nobody else can write to, and
 * never outside of it.
 */
struct extract {
	const char
	    *final; /* the absolute path that the folder will have: links may point there */
	char *const
	    *paths; /* only these and what lies in them, up to a NULL; NULL: everything */
	const char *folder; /* only this folder, as if the archive began with it; NULL: all */
	bool links;         /* symlinks that lead out of the folder are fine */
	bool special;       /* devices, set-id bits, capabilities are fine */
	uint64_t entries;   /* filled in */
	uint64_t bytes;     /* filled in: of contents */
	bool single;        /* filled in: without paths, every entry lies in one folder … */
	char top[256];      /* … of this name */
};

/**
 * extract_into(fd, src, x):
 * Unpack ${src} into the folder ${fd}: modes, times, ACLs, extended attributes, sparse files,
 * hard links, and as root the owners.  The current folder is another one meanwhile.  Return 0,
 * or the exit code after reporting: EX_DATAERR for a damaged archive, one with an entry that is
 * refused, or without one of the paths or the folder, EX_CANTCREAT or EX_IOERR where a file cannot be
 * written, 1 after a stop signal (silently).
 *
 * Refused are names that are absolute, hold "..", are deeper than TAR_DEPTH folders or lie below
 * a symlink; hard links to such names; symlinks that lead out of the folder (unless links);
 * devices, set-id files, capabilities (unless special).  A target of a symlink may climb with
 * "../" at its start only: behind a name nobody can tell from the text where it leads.
 */
int extract_into(int fd, const struct tar_source *src, struct extract *x);

/**
 * extract_wanted(path, paths):
 * Return whether ${path} is one of ${paths} or lies in one; always where that is NULL.
 */
bool extract_wanted(const char *path, char *const *paths);

#endif
