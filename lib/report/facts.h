#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/copies.h"
#include "report/duty.h"
#include "report/forecast.h"
#include "report/history.h"
#include "report/rehearsal.h"
#include "set/config.h"

/*
 * What stands: gathered from the sets on the disk, from the journal, and from what siantre-ship,
 * the drill and siantre-alert have left in STATE_DIR; told by text.h, json.h, prometheus.h,
 * nagios.h and html.h.  How fresh a backup is comes from verified sets alone; the journal only
 * says how the runs went.
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
	int64_t began;   /* when that began, seconds since 1970; 0: none */
	int64_t next;    /* when the job runs next; -1: it has no hour of its own */
	int64_t age;     /* seconds since it began, less than 0 in the future; -1: none */
	int64_t bytes;   /* its size; -1: none */
	char level[16];  /* how deep it was proven, and when; empty: none */
	char proven[24];
	char *rehearsed;  /* name of the newest set that a drill has brought back; NULL: none */
	char *unverified; /* name of the newest set, where it is not verified; NULL */
	bool ahead;       /* there are verified sets from the future, which do not count */
	const struct history_run *last;    /* the last run; NULL: the journal has none */
	const struct history_job *history; /* days and sizes; NULL: nothing is known */
};

/* All of it in one word. */
enum facts_health {
	FACTS_GOOD,
	FACTS_WARN, /* the backups are fresh, but somebody should look */
	FACTS_FAIL, /* a backup is overdue, or was never made */
};

struct facts_disk {
	int64_t free; /* bytes that we may write in BACKUP_DIR's file system; -1: not known */
	int64_t total;
	int64_t days; /* until it is full, or FORECAST_UNKNOWN or FORECAST_NEVER */
};

struct facts_wish {
	const char *application;     /* for the heading */
	const char *root;            /* the folder of sets */
	const char *journal;         /* its path, "-" for stdin, or NULL for none */
	bool past;                   /* with what was rotated away before it */
	const struct config *config; /* NULL: sets and journal alone */
	int64_t rpo;                 /* seconds; for db and files */
	int64_t grace;
	int64_t now; /* seconds since 1970 */
	bool blind;  /* without the folder of sets there is still something to tell */
};

/**
 * facts_gather(w, out):
 * Read the sets and the journal.  The texts of ${w} must outlive ${*out}, which is the
 * caller's (facts_free).  A set that cannot be read is reported and not verified.  Return 0,
 * or the exit code after reporting: EX_IOERR where the folder (without ${w->blind}) or the journal
 * cannot be read, 1 without memory.
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
 * facts_blind(f):
 * Return whether the folder of sets could not be read, so that nothing is known of them.
 */
bool facts_blind(const struct facts *f);

/**
 * facts_sealed(j):
 * Return whether the newest verified set is encrypted and nobody has looked into it.
 */
bool facts_sealed(const struct facts_job *j);

/**
 * facts_needed(j):
 * Return whether there must be a set of ${j}: of db and files there must, while the weekly full
 * may not have had its day yet, unless it has run before, and nobody knows of other jobs.
 */
bool facts_needed(const struct facts_job *j);

/**
 * facts_health(f), facts_reason(f), facts_reason_plain(f):
 * How it stands with all of it, and one sentence that says why, for people, in their language, and
 * in English, owned by ${f}.
 */
enum facts_health facts_health(const struct facts *f);
const char *facts_reason(const struct facts *f);
const char *facts_reason_plain(const struct facts *f);

/**
 * facts_things(f):
 * Return how many things need a look: warnings and open incidents.
 */
size_t facts_things(const struct facts *f);

/**
 * facts_last(f), facts_next(f):
 * Return the job whose newest verified set is the newest of all, NULL where there is none; and
 * the one of db, files and full that runs next.
 */
const struct facts_job *facts_last(const struct facts *f);
const struct facts_job *facts_next(const struct facts *f);

/**
 * facts_warning(f, i), facts_warning_plain(f, i):
 * Return the ${i}th line that somebody should read, in his language and in English, owned by
 * ${f}; NULL behind the last.
 */
const char *facts_warning(const struct facts *f, size_t i);
const char *facts_warning_plain(const struct facts *f, size_t i);

/**
 * facts_history(f), facts_disk(f), facts_copies(f), facts_drill(f), facts_duty(f):
 * The rest, owned by ${f}.  Copies, drill and duty are NULL without a configuration, the drill
 * also where there was none.
 */
const struct history *facts_history(const struct facts *f);
const struct facts_disk *facts_disk(const struct facts *f);
const struct copies *facts_copies(const struct facts *f);
const struct rehearsal *facts_drill(const struct facts *f);
const struct duty *facts_duty(const struct facts *f);

/**
 * facts_drill_due(f):
 * Return by when the next drill must have been, seconds since 1970: DRILL_EVERY after the last
 * one; 0 where there was none, or without a configuration.
 */
int64_t facts_drill_due(const struct facts *f);

/**
 * facts_host(f):
 * Return the name of this machine.
 */
const char *facts_host(const struct facts *f);

/**
 * facts_events(f), facts_garbage(f), facts_torn(f):
 * How many lines of the journal were events; how many were not; whether the last one is torn.
 */
size_t facts_events(const struct facts *f);
size_t facts_garbage(const struct facts *f);
bool facts_torn(const struct facts *f);

/**
 * facts_health_word(health):
 * Return "ok", "warn" or "fail".
 */
const char *facts_health_word(enum facts_health health);

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
