#ifndef DRILL_PROTOCOL_H
#define DRILL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a drill did, step by step with the time that each took, and what it was held against.
 */
struct protocol;

enum drill_state {
	DRILL_OK,
	DRILL_WARN,
	DRILL_MISSED, /* a goal, or a check of DRILL_SQL */
	DRILL_FAIL,   /* what was saved did not come back */
	DRILL_NONE    /* not measured */
};

/* Which clock a step counts for: the total counts everything. */
enum drill_part {
	DRILL_DATABASE, /* what brings the database back */
	DRILL_FILES,    /* what brings the application's files back */
	DRILL_OTHER
};

struct drill_step {
	char *job; /* "" where it belongs to no set, as the next */
	char *set;
	char *what;
	char *detail; /* may be empty */
	enum drill_part part;
	enum drill_state state;
	int code;
	double seconds;
	double started; /* on the drill's clock */
};

struct drill_goal {
	const char *kind; /* "RTO" or "RPO" */
	const char *name; /* "critical", "database", … */
	const char *what; /* for people */
	double measured;  /* seconds; negative: not measured */
	int64_t limit;    /* seconds */
	enum drill_state state;
	char *detail; /* may be empty */
};

/**
 * protocol_new(application, loud):
 * Start the clock.  Return a protocol without steps, or NULL after reporting.  Where ${loud},
 * each step that begins is announced on stderr.
 */
struct protocol *protocol_new(const char *application, bool loud);

/**
 * protocol_server(p, text):
 * Note which server the dumps were loaded into.
 */
void protocol_server(struct protocol *p, const char *text);

/**
 * protocol_begin(p, job, set, part, format, ...):
 * A step begins.  ${job} and ${set} may be NULL.
 */
void protocol_begin(struct protocol *p, const char *job, const char *set, enum drill_part part,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * protocol_end(p, state, code, detail):
 * It ended so: ${code} is 0, or the exit code that it deserves; ${detail} may be NULL.
 */
void protocol_end(struct protocol *p, enum drill_state state, int code, const char *detail);

/**
 * protocol_goal(p, goal):
 * Add what was measured against a goal; its texts but detail must live as long, detail is
 * copied and may be NULL.
 */
void protocol_goal(struct protocol *p, const struct drill_goal *goal);

/**
 * protocol_close(p):
 * Stop the clock.
 */
void protocol_close(struct protocol *p);

/**
 * protocol_step(p, i), protocol_goal_at(p, i):
 * Return the ${i}th, owned by ${p}; NULL behind the last.
 */
const struct drill_step *protocol_step(const struct protocol *p, size_t i);
const struct drill_goal *protocol_goal_at(const struct protocol *p, size_t i);

/**
 * protocol_time(p), protocol_application(p), protocol_host(p), protocol_where(p):
 * When it began (2026-11-23T02:00:41Z), of what, on which machine, and the server's text.
 */
const char *protocol_time(const struct protocol *p);
const char *protocol_application(const struct protocol *p);
const char *protocol_host(const struct protocol *p);
const char *protocol_where(const struct protocol *p);

/**
 * protocol_seconds(p):
 * Return the time from the start to protocol_close(), or to now.
 */
double protocol_seconds(const struct protocol *p);

/**
 * protocol_state(p), protocol_code(p):
 * The worst of all steps and goals, DRILL_NONE where there is no step; and the exit code: 65
 * before any other code of a step, before 1 for what was missed; 0.
 */
enum drill_state protocol_state(const struct protocol *p);
int protocol_code(const struct protocol *p);

/**
 * protocol_part(p, part, seconds):
 * Add up the steps that count for ${part} in ${*seconds}.  Return the worst state among them,
 * DRILL_NONE where there is none.
 */
enum drill_state protocol_part(const struct protocol *p, enum drill_part part, double *seconds);

/**
 * protocol_summary(p):
 * Return one line for people, which the caller frees, or NULL after reporting.
 */
char *protocol_summary(const struct protocol *p);

/**
 * protocol_word(state):
 * Return "ok", "warn", "missed", "fail" or "none".
 */
const char *protocol_word(enum drill_state state);

/**
 * protocol_free(p):
 * NULL is fine.
 */
void protocol_free(struct protocol *p);

#endif
