#ifndef RECOVER_FILES_H
#define RECOVER_FILES_H

#include <stdbool.h>

#include "set/config.h"

/*
 * siantre-restore files: an archive of files back in its place, or beside it.
 */
struct files_options {
	const char *into; /* --into DIR: the folder to be made or exchanged; NULL with list */
	char *const
	    *paths; /* only these and what lies in them, up to a NULL; NULL: everything */
	const char
	    *what; /* --what: which archive of a set; "app" (NULL: that), "storage", "full" */
	const char
	    *folder; /* --folder: of the archive only this one, as if it were the first */
	const char *identity;        /* --identity: opens an archive that is encrypted; NULL */
	const char *carry;           /* --carry: see prove/carry.h; NULL: CARRY_DEFAULT */
	const struct config *config; /* whose units stop where its application is exchanged */
	bool list;                   /* --list: print the names, one a line, change nothing */
	bool zero;                   /* -0: names end with NUL and are printed as they are */
	bool itself;  /* into is the folder that the archive has, whatever it is called there */
	bool yes;     /* --yes: an existing folder may be exchanged */
	bool dry_run; /* -n: prove the archive and say what would be done */
	bool links;   /* --allow-links: also symlinks that lead out of the folder */
	bool special; /* --allow-special: also devices, set-id bits, capabilities */
	bool quiet;   /* no progress, no account of what was done */
	bool verbose; /* -v: say which locks of the sandbox are missing */
};

/**
 * files_restore(source, o):
 * Unpack ${source} (a set's folder, a .tar or .tar.gz file, "-" for stdin) into a fresh folder
 * NAME.siantre-new-XXXXXX beside the target and, once all of it is proven and on the disk, put
 * it into place: by a rename where the target does not exist or is empty, else (needs yes) by
 * exchanging the two in one step; the old folder stays as NAME_before_YYYYmmdd_HHMMSS.  Where
 * the target is the application of the configuration, its units are stopped for that moment
 * (set/units.h); what the new folder lacks of carry is copied from the old one before it
 * (prove/carry.h).
 *
 * What the target is follows from DIR and the first entry of the archive.  An archive of one
 * folder, such as siantre-pack -C /var/www siantre makes, goes to DIR/siantre; where DIR is
 * itself called siantre, to DIR.  So --into /var/www and --into /var/www/siantre do the same.
 * An archive of "." goes to DIR.  One of several paths, or with paths asked for, goes to DIR as
 * well, which then must not exist or be empty.
 *
 * Return 0, or the exit code after reporting, with nothing changed (those of decrypt_fd(), too): EX_USAGE for options that
 * do not fit, EX_DATAERR for an archive that is damaged or holds what is refused (see
 * extract_into), EX_IOERR where ${source} cannot be read, EX_CANTCREAT where the target may not
 * be replaced (not a folder, a symlink, a mount point, exists without yes) or the new folder
 * cannot be written, those of units_open() and exchange_run(), 1 after a stop signal (silently);
 * only where a unit does not start again something has changed: the exchange stands.
 *
 * The archive is read by workers (base/worker.h).  The one that unpacks makes the files as well:
 * it can do so below the new folder alone, so that a hole in gzip, tar or an attribute's decoder
 * can fill that folder with nonsense, as the archive itself could, and no more.  Which folder
 * goes where, and whether it does, is decided and done out here.
 */
int files_restore(const char *source, const struct files_options *o);

#endif
