#ifndef REPORT_REHEARSAL_H
#define REPORT_REHEARSAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * The last recovery drill, from its report (siantre-set(5)) in STATE_DIR/drills.
 */
struct rehearsal_goal {
	char *kind;     /* "RTO" or "RPO" */
	char *name;     /* critical, normal, disaster; database, configuration, application */
	char *what;     /* in English, as all texts of the report */
	char *result;   /* ok, missed, none, ... */
	char *detail;   /* may be NULL */
	double seconds; /* measured; negative: not measured */
	int64_t limit;  /* seconds */
};

/* One step: together they are the checklist of the recovery. */
struct rehearsal_step {
	char *job; /* may be NULL, as set and detail */
	char *set;
	char *what;
	char *result;
	char *detail;
	double seconds;
};

struct rehearsal {
	char time[24];
	int64_t when;
	char *result; /* ok, warn, missed, fail, none */
	char *server; /* may be NULL */
	char *report; /* the name of the report, without its suffix */
	double seconds;
	struct rehearsal_goal *goals;
	size_t ngoals;
	struct rehearsal_step *steps;
	size_t nsteps;
};

/**
 * rehearsal_read(folder, now, out):
 * Read the newest report in ${folder} that is not dated more than a day ahead of ${now}.  ${*out} is
 * the caller's (rehearsal_free), NULL where there is none.  One that cannot be read is reported, and
 * counts as none.  Return 0, or -1 without memory, after reporting.
 */
int rehearsal_read(const char *folder, int64_t now, struct rehearsal **out);

/**
 * rehearsal_free(r):
 * NULL is fine.
 */
void rehearsal_free(struct rehearsal *r);

#endif
