#ifndef NOTIFY_STATE_PARTS_H
#define NOTIFY_STATE_PARTS_H

#include "base/buf.h"
#include "base/hash.h"
#include "notify/state.h"

/*
 * What stands in the state beside incidents, for the modules of siantre-alert itself.
 */

/* How far the journal was taken in: up to the line that began at ${start} and has ${digest}. */
struct state_cursor {
	uint64_t inode;
	int64_t start;
	int64_t offset; /* behind that line */
	char digest[HASH_HEX];
};

/* What went well and what did not, since the last weekly word. */
struct state_job {
	char *host;
	char *job;
	char *event;
	unsigned good;
	unsigned bad;
	int64_t last; /* the newest that went well */
	int64_t bytes;
};

/* A good run of which somebody wants to hear; in memory alone. */
struct state_good {
	char *host;
	char *job;
	char *message;
	int64_t time;
	int64_t bytes;
};

struct state {
	char *folder; /* STATE_DIR/alert */
	int lock;     /* -1: to look at only */
	bool known;   /* something was taken in before: what is over is no old story */
	struct state_cursor cursor;
	uint64_t order; /* that the next message gets */
	struct incidents *incidents;
	struct state_test *tests;
	size_t test_count;
	int64_t week; /* when the next weekly word is due; 0: not yet decided */
	struct state_job *jobs;
	size_t job_count;

	struct state_good *good;
	size_t good_count;
	char ping[8]; /* what the newest run says to PING_URL: "ok", "fail"; "": nothing */
	int64_t ping_time;
};

#define STATE_FILE "state.json"
#define STATE_FILE_MAX (16 << 20)

/**
 * state_new(void):
 * Return an empty state, or NULL after reporting.
 */
struct state *state_new(void);

/**
 * state_parse(text, len, s):
 * Fill the empty ${s} from the ${len} bytes of a state file.  Return 0, or EX_DATAERR or
 * EX_OSERR after reporting; then ${s} is good for state_close() alone.
 */
int state_parse(const char *text, size_t len, struct state *s);

/**
 * state_format(s, b):
 * Append ${s} as such a file to ${b}.  Return 0, or -1 after reporting.
 */
int state_format(const struct state *s, struct buf *b);

/**
 * state_job(s, host, job, event):
 * Return what is counted of these events, made where it is missing; NULL with errno set
 * (ENOSPC: there are too many).
 */
struct state_job *state_job(
    struct state *s, const char *host, const char *job, const char *event);

/**
 * state_jobs_clear(s):
 * Count anew.
 */
void state_jobs_clear(struct state *s);

/**
 * state_good_clear(s):
 * Forget the good runs that were told.
 */
void state_good_clear(struct state *s);

/**
 * state_praise(s, e, when):
 * Remember the good run ${e} until it is told.
 */
void state_praise(struct state *s, const struct event *e, int64_t when);

/**
 * state_folder(folder, name):
 * Make STATE_DIR/alert/${name} (NULL: alert itself), 0700, where it is missing.  Return its path,
 * which the caller frees, or NULL after reporting.
 */
char *state_folder(const char *folder, const char *name);

#endif
