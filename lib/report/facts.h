#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What stands: gathered from the sets on the disk and from the journal, told by text.h and
 * json.h.  How fresh a backup is comes from verified sets alone; the journal only says how the
 * runs went.
 */
struct facts;

enum facts_state {
	FACTS_NONE,    /* no verified set at all */
	FACTS_FRESH,   /* the newest verified set is young enough */
	FACTS_OVERDUE, /* it is not */
	FACTS_UNHELD,  /* a job that is held to no age */
};

struct facts_job {
	char *job;
	enum facts_state state;
	int64_t rpo;     /* seconds that a set may be old, without the grace; -1: any age */
	size_t sets;     /* all of them */
	size_t verified; /* those that verified.json proves */
	char *oldest;    /* name of the oldest set; NULL: none */
	char *newest;    /* name of the newest verified set; NULL: none */
	int64_t age;     /* seconds since that began; -1: none */
	int64_t bytes;   /* its size; -1: none */
	char level[16];  /* how deep it was proven, and when; empty: none */
	char proven[24];
	char *rehearsed;  /* name of the newest set that a drill has brought back; NULL: none */
	char *unverified; /* name of the newest set, where it is not verified; NULL */
	char run[24];     /* when the last run ended; empty: the journal has none */
	char *status;     /* how: ok, warn, fail; NULL: as above, as the next three */
	int exit;
	double seconds; /* negative: not known */
	char *message;  /* may be NULL */
};

struct facts_failure {
	char time[24];
	char *job; /* may be NULL */
	char *event;
	int exit;
	char *message; /* may be NULL */
};

#define FACTS_FAILURES 5 /* the last ones are kept */

struct facts_wish {
	const char *application; /* for the heading */
	const char *root;        /* the folder of sets */
	const char *journal;     /* its path, "-" for stdin, or NULL for none */
	int64_t rpo;             /* seconds; for db and files */
	int64_t grace;
	int64_t now; /* seconds since 1970 */
};

/**
 * facts_gather(w, out):
 * Read the sets and the journal.  The texts of ${w} must outlive ${*out}, which is the
 * caller's (facts_free).  A set that cannot be read is reported and not verified.  Return 0,
 * or the exit code after reporting: EX_IOERR where the folder or the journal cannot be read, 1
 * without memory.
 */
int facts_gather(const struct facts_wish *w, struct facts **out);

/**
 * facts_wish(f):
 * Return what ${f} was gathered for.
 */
const struct facts_wish *facts_wish(const struct facts *f);

/**
 * facts_job(f, i):
 * Return the ${i}th job: db, files, full, then others by name; NULL behind the last.
 */
const struct facts_job *facts_job(const struct facts *f, size_t i);

/**
 * facts_sealed(j):
 * Return whether the newest verified set is encrypted and nobody has looked into it.
 */
bool facts_sealed(const struct facts_job *j);

/**
 * facts_failure(f, i):
 * Return the ${i}th of the last failures, the latest first; NULL behind the last.
 */
const struct facts_failure *facts_failure(const struct facts *f, size_t i);

/**
 * facts_warning(f, i):
 * Return the ${i}th line that somebody should read, owned by ${f}; NULL behind the last.
 */
const char *facts_warning(const struct facts *f, size_t i);

/**
 * facts_events(f), facts_garbage(f), facts_torn(f):
 * How many lines of the journal were events; how many were not; whether the last one is torn.
 */
size_t facts_events(const struct facts *f);
size_t facts_garbage(const struct facts *f);
bool facts_torn(const struct facts *f);

/**
 * facts_state_word(state):
 * Return "none", "fresh", "overdue" or "unheld".
 */
const char *facts_state_word(enum facts_state state);

/**
 * facts_free(f):
 * NULL is fine.
 */
void facts_free(struct facts *f);

#endif
