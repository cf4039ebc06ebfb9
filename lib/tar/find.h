#ifndef TAR_FIND_H
#define TAR_FIND_H

#include <archive_entry.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/account.h"
#include "tar/attr.h"

/*
 * What the walk of a tree finds, in the order of the archive, and what could be read of it ahead
 * of time.
 */

/* An open folder that finds share; closed with the last of them. */
struct find_folder {
	int fd;
	unsigned int users;
};

enum find_kind {
	FIND_FILE,   /* a regular file, as its folder says */
	FIND_FOLDER, /* one that was opened, or exists and could not be: folder is NULL */
	FIND_OTHER,  /* to be looked at when its turn comes */
	FIND_MISSED, /* could not be opened; error says why */
	FIND_DEEP,   /* a folder too deep to go into */
	FIND_END     /* the end of a path that was asked for */
};

/* How reading a file went; the size is that of its header. */
enum find_fate {
	FIND_FINE,
	FIND_UNREADABLE, /* from ${got} on, error says why */
	FIND_SHRANK,     /* it ends at ${got} */
	FIND_GREW,
	FIND_CHANGED /* its time */
};

struct find {
	enum find_kind kind;
	char *path;                 /* in the archive; its own; a folder's ends with a slash */
	const char *name;           /* in its folder */
	struct find_folder *folder; /* in which it lies; a FIND_FOLDER: itself */
	const char *rest;           /* FIND_MISSED: what goes behind the reason */
	bool asked;                 /* the path itself that was asked for */
	struct stat st;             /* FIND_FOLDER, and a file once it was opened */
	int error;                  /* of opening or reading, or 0 */
	/* Of a FIND_FILE: */
	int fd;       /* open, nothing read; -1: closed, or not opened yet */
	char *data;   /* its content, in find_room; NULL: not read */
	off_t got;    /* where the next byte is read */
	off_t wanted; /* the disk was asked for what comes before */
	enum find_fate fate;
	struct archive_entry
	    *attrs;            /* its ACL and attributes; NULL: it has none or was not read */
	const char *attrs_why; /* as attr_load() */
};

/* Where contents go, one behind the other. */
struct find_room {
	char *data;
	size_t size;
	size_t used;
	unsigned int open; /* files left open */
};

#define FIND_OPEN 8 /* files left open at most in a room */

/**
 * find_folder(fd):
 * Return ${fd}, now its own, with one user, or NULL after closing it and reporting.
 */
struct find_folder *find_folder(int fd);

/**
 * find_release(folder):
 * One user less.  NULL is fine.
 */
void find_release(struct find_folder *folder);

/**
 * find_open(f):
 * Open the file ${f}, if it is not, and see what it is now.  Return 0, or -1 with f->error set
 * (ENXIO for what is no regular file).
 */
int find_open(struct find *f);

/**
 * find_look(f):
 * See what ${f}, which is closed, is now, without opening it: f->fd leads to that and to its
 * attributes only (O_PATH).  Return 0, or -1 with f->error set.
 */
int find_look(struct find *f);

/**
 * find_ahead(f, room, t):
 * For the file ${f}, in any thread: open it; if it is small, has no holes and few attributes,
 * read all of it to ${room} with USTAR_ROOM bytes before it and zeros behind it to a full block,
 * and close it.  Else leave it open and ask for its start from the disk, or as it was found
 * where FIND_OPEN are open.  Never reports.
 */
void find_ahead(struct find *f, struct find_room *room, struct attr *t);

/**
 * find_read(f, buf, len):
 * Read what comes at f->got of the open file ${f}, and move that.  Return the number of bytes, 0
 * at the end, or -1 with errno set (EINTR only after a stop signal).
 */
ssize_t find_read(struct find *f, void *buf, size_t len);

/**
 * find_want(f):
 * Ask for what comes a few megabytes behind f->got, now and then; for the open, large file ${f}
 * before each find_read().
 */
void find_want(struct find *f);

/**
 * find_judge(f, last):
 * Set the fate of ${f}, still open, from what the ${last} find_read() returned where not all of
 * its size was read; else from what has become of it meanwhile.
 */
void find_judge(struct find *f, ssize_t last);

/**
 * find_tell(f, a):
 * Tell ${a} how reading the content of ${f} went, unless all is well.
 */
void find_tell(const struct find *f, struct account *a);

/**
 * find_free(f):
 * Close and free what ${f} holds.
 */
void find_free(struct find *f);

#endif
