#ifndef SHIP_FAR_H
#define SHIP_FAR_H

#include <stdbool.h>

#include "base/progress.h"
#include "set/remote.h"
#include "ship/transfer.h"

/*
 * A destination at work.  Sets lie there as they lie in BACKUP_DIR: NAME/ and full/NAME/, beside
 * a README.txt that says what they are and without which nothing is sent: a disk that is not
 * mounted has none.
 *
 * A set is there once its SHA256SUMS is.  Where the protocol can rename, a set is made as
 * .partial/NAME and moved; where it cannot (an rsync daemon, object stores), it is made in its
 * place and SHA256SUMS goes last, and when it is removed, first.
 *
 * The small texts of all sets (SHA256SUMS, set.json, verified.json) are kept in a local copy,
 * the mirror, brought up to date by far_look(): a backup folder without data, which all that
 * reads backup folders can read.
 */
struct deposit;

struct far {
	const struct remote *remote;
	struct transfer transfer;
	const struct far_kind *kind;
	char *mirror; /* absolute path of the local copy */
	char *state;  /* absolute path of the folder that it lies in */
	int looking;  /* the lock of the mirror, or -1 */
	bool renames; /* sets are made in .partial */
	bool hashes;  /* it knows SHA-256: proving needs neither traffic nor the bytes */
	bool reads;   /* its bytes are read back for a proof, at the cost of traffic */
	bool shell;   /* ssh: it runs commands for us */
	/* rclone: by what two files are known to be the same. */
	enum { FAR_BY_HASH, FAR_BY_TIME, FAR_UNKNOWN } known;
};

#define FAR_MARK "README.txt"
#define FAR_PARTIAL ".partial"
#define FAR_STREAM ".stream"
#define FAR_GONE ".gone"                   /* behind the name of a set that is being removed */
#define FAR_STREAM_DAYS 7                  /* so old, it is nobody's any more */
#define FAR_RSYNC_PARTIAL ".rsync-partial" /* where rsync has unfinished files, in any folder */

/* A set's name as a pattern, for rsync and for rclone. */
#define FAR_DIGITS2 "[0-9][0-9]"
#define FAR_SET_PATTERN \
	FAR_DIGITS2 FAR_DIGITS2 FAR_DIGITS2 FAR_DIGITS2 "_" FAR_DIGITS2 FAR_DIGITS2 FAR_DIGITS2

/* What of a set is sent. */
enum far_part {
	FAR_FILES, /* all, but SHA256SUMS only where it renames; what is there and has the same
		      bytes is left */
	FAR_SUMS,  /* SHA256SUMS */
	FAR_ANEW,  /* as FAR_FILES, whatever is there */
};

/*
 * What the kinds of destinations do in their own ways.  Names of sets are "20261123_020000" or
 * "full/20261122_040000"; ${at} is the folder there, below the destination.  Each returns 0 or
 * an exit code after reporting.
 */
struct far_kind {
	/* Find out what it can. */
	int (*open)(struct far *f);
	/* Bring the mirror up to date.  EX_CONFIG where the folder is not there. */
	int (*look)(struct far *f);
	/* Make the destination, with the file ${mark} in it. */
	int (*make)(struct far *f, const char *mark);
	/*
	 * Send a part of the set in the local folder ${local}.  ${basis} is a set there that may
	 * be like it, or NULL.
	 */
	int (*send)(struct far *f, const char *local, const char *at, const char *basis,
	    enum far_part part);
	/*
	 * Hold what is in ${at} against the set of which ${local} has the small texts, SHA256SUMS
	 * only where ${sums}.  Unless far->hashes or far->reads, ${local} must have all of the
	 * set.  EX_DATAERR, after naming each file, where it
	 * differs.
	 */
	int (*prove)(struct far *f, const char *local, const char *at, bool sums);
	/* Move .partial/NAME to its place, where far->renames. */
	int (*publish)(struct far *f, const char *name);
	/* Remove the folder ${at}: of a set, so that no half of it is ever there. */
	int (*drop)(struct far *f, const char *at);
	/*
	 * Append to ${names} what lies in .partial and may have been left there, a line each as
	 * drop() takes it; and folders of sets that the mirror does not show.
	 */
	int (*unfinished)(struct far *f, struct buf *names);
	/* Copy the set ${name} to the empty local folder ${to}. */
	int (*fetch)(struct far *f, const char *name, const char *to);
	/* Put what ${d} has there as a file; it is there once it is proven.  On its way it is
	   .partial/NAME.stream, where there is such a thing. */
	int (*deposit)(struct far *f, struct deposit *d);
};

extern const struct far_kind far_folder, far_rsync, far_rclone;

/**
 * far_open(remote, options, state, out):
 * Get ready to work with ${remote}, which must live as long, as must ${options}.  ${state} is
 * the folder under which the mirrors are (made where it is missing).  ${*out} is the caller's
 * (far_close).  Return 0, or the exit code after reporting.
 */
int far_open(const struct remote *remote, const struct transfer_options *options,
    const char *state, struct far **out);

/**
 * far_look(f):
 * Bring the mirror up to date, and keep others from doing so before far_seen().  Return 0, or the
 * exit code after reporting: EX_CONFIG where the destination is not there; EX_TEMPFAIL where another
 * one looks for too long.
 */
int far_look(struct far *f);

/**
 * far_ready(f):
 * The same, for whoever sends: EX_CONFIG also where its README.txt is not there.
 */
int far_ready(struct far *f);

/**
 * far_seen(f):
 * The mirror has been read.  Also where far_look() was not called, or failed.
 */
void far_seen(struct far *f);

/**
 * far_make(f):
 * Make the destination, or only its README.txt where it is there.  Return as far_look().
 */
int far_make(struct far *f);

/**
 * far_mkdir(path):
 * Make the folder ${path} of this machine, 0700, unless it is there.  Return 0, or EX_CANTCREAT
 * after reporting.
 */
int far_mkdir(const char *path);

/**
 * far_room(f, name):
 * Make the local folder f->state/${name}, and return its path for the caller to free; NULL after
 * reporting.
 */
char *far_room(const struct far *f, const char *name);

/**
 * far_close(f):
 * NULL is fine.
 */
void far_close(struct far *f);

#endif
