#ifndef SHIP_TRANSFER_H
#define SHIP_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"

/*
 * One run of a program that moves files: started without a shell, tried again after a while
 * where its trouble is one that passes, and its words told once.
 */
struct transfer_options {
	unsigned tries;      /* 1: no second one */
	int64_t pause;       /* seconds before the second try; each next pause is twice it */
	int64_t timeout;     /* seconds without a byte */
	uint64_t bwlimit;    /* bytes a second; 0: none */
	const char *ssh_key; /* NULL: what ssh has */
	const char *known_hosts;   /* NULL: what ssh has */
	const char *password_file; /* of a daemon's module; NULL: none */
	const char *rclone_config; /* NULL: what rclone has */
	bool quiet;
	char *
	    reason; /* TRANSFER_REASON bytes that get the last failure's words; NULL: nobody asks */
};

struct transfer {
	const struct transfer_options *options;
	const char *name; /* of the destination, for messages */
	struct buf out;   /* what the last run wrote to stdout */
	bool answered;    /* the last run ended with a code that was not ssh's own (255) */
	struct progress *progress;
	uint64_t drawn; /* what of the run at hand ${progress} knows */
};

#define TRANSFER_OUT ((size_t)64 << 20) /* bytes of stdout that are taken at most */
#define TRANSFER_PAUSE_MAX 600

/* What of a run is different. */
enum {
	TRANSFER_ONCE = 1,   /* a stream cannot be sent twice */
	TRANSFER_SILENT = 2, /* a failure is an answer: do not report it */
	TRANSFER_ASK = 4,    /* the same, but for ssh's own (255): then nobody answered */
	TRANSFER_WATCH = 8,  /* rsync sends to a daemon: see transfer.c */
};

struct transfer_run {
	const char *doing;        /* "send 20261123_020000", for messages */
	char *const *argv;        /* up to NULL */
	char *const *differently; /* for rsync's codes 23 and 24: try this then; NULL: none */
	/*
	 * Writes what the program is to read to ${fd}; NULL: nothing.  Returns 0; 1 where the
	 * program does not read any more, and then has its own words for it; an exit code after
	 * reporting, and then the program is ended at once: it must not take a part for the whole.
	 */
	int (*feed)(void *ctx, int fd);
	void *ctx;
	unsigned flags;
};

/**
 * transfer_run(t, r):
 * Run it.  Return 0, or the exit code after reporting: of trouble_judge(); EX_CONFIG where the
 * program is not there, with the package that has it; EX_DATAERR where it printed more than
 * TRANSFER_OUT, for a part of an answer must not pass for the whole; 1 after a stop signal.
 */
int transfer_run(struct transfer *t, const struct transfer_run *r);

/**
 * transfer_file(t, path):
 * Make sure that the file ${path} of an option can be read; NULL is fine.  Return 0, or EX_CONFIG
 * after reporting: the programs' own words for it are those of a wrong key or password.
 */
int transfer_file(const struct transfer *t, const char *path);

/**
 * transfer_fail(t, format, ...):
 * Report a failure, behind the name of the destination, and keep its words as the reason.
 */
#define TRANSFER_REASON 256
void transfer_fail(const struct transfer *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
