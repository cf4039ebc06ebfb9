#ifndef NOTIFY_INCIDENT_H
#define NOTIFY_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/event.h"

/*
 * What is wrong, from when to when.  There is one incident for each key of host, job, event and
 * what: events of that key open it, keep it open and close it.  After that the entry stays for
 * the time of its newest event, so that no event is told twice.
 */
enum incident_level { INCIDENT_NONE, INCIDENT_WARNING, INCIDENT_FAIL };

struct incident {
	char *host;
	char *job;   /* never NULL; "" where the event has none */
	char *event; /* run, ship, prune, drill, check ... */
	char *what;  /* which promise: age, remote ...; "" where the event has none */

	enum incident_level level; /* of now; INCIDENT_NONE: nothing is wrong */
	enum incident_level worst; /* since it opened; INCIDENT_NONE: nothing left to tell */
	uint64_t number;           /* what people call it; 0: there never was any */
	int64_t since;             /* the event that opened it */
	int64_t last;              /* the newest event of this key */
	unsigned seen;             /* which statuses that second has brought, as bits */
	int64_t closed;            /* the event that closed it; 0: open */
	unsigned count;            /* failures in it */
	int exit;                  /* of the newest failure */
	char *message;             /* of it, one plain line; "" without */
	char *set;                 /* name of the set; "" without */

	enum incident_level told_level; /* the worst that people were told of */
	int64_t told;                   /* when they were first; 0: not yet */
	int64_t told_last;              /* when they were last */
	int64_t delivered;              /* when a message last left; 0: none has */
	unsigned reminders;             /* how many */
	unsigned rank;                  /* told so far: 0 the primary, 1 the secondary, 2 all */
	unsigned climb;                 /* whom a message that cannot be delivered asks for */
	int64_t acked;                  /* 0: nobody said that they know */
	char *acked_by;
	int64_t calm; /* since when it seems to be over; see incidents_settle() */
};

struct incidents;

/**
 * incidents_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct incidents *incidents_new(void);

/**
 * incidents_count(list), incidents_get(list, i):
 * The entries, in the order in which their keys were first seen; those that are over too.
 */
size_t incidents_count(const struct incidents *list);
struct incident *incidents_get(const struct incidents *list, size_t i);

/**
 * incident_open(i):
 * Whether something is wrong now.
 */
bool incident_open(const struct incident *i);

/**
 * incident_urgent(i):
 * Whether it is of the kind that cannot wait: no verified backup within RPO and GRACE.
 */
bool incident_urgent(const struct incident *i);

/**
 * incidents_find(list, host, job, event, what):
 * Return the entry of that key (NULL counts as ""), or NULL.
 */
struct incident *incidents_find(const struct incidents *list, const char *host, const char *job,
    const char *event, const char *what);

/**
 * incidents_add(list, host, job, event, what):
 * The same, but make one where there is none.  NULL after reporting.
 */
struct incident *incidents_add(struct incidents *list, const char *host, const char *job,
    const char *event, const char *what);

/**
 * incidents_take(list, e, now):
 * Let the event ${e} open, keep open or close what it is about.  One that is not newer than what
 * its key has seen changes nothing; one from the future counts as of ${now}.  Return 1 where it
 * was news, 0 where not, or -1 after reporting.
 */
int incidents_take(struct incidents *list, const struct event *e, int64_t now);

/**
 * incidents_settle(list, now):
 * Close what is over without an event of its own: pruning says nothing where nothing is to be
 * removed, so that it is well again an hour after a run that went well.
 */
void incidents_settle(struct incidents *list, int64_t now);

/**
 * incidents_close(i, when):
 * It is over since ${when}.
 */
void incidents_close(struct incident *i, int64_t when);

/**
 * incidents_forget(i):
 * There is nothing more to tell of ${i}, which is over.
 */
void incidents_forget(struct incident *i);

/**
 * incidents_next(list):
 * The number that the next incident gets; incidents_number(list, next) sets it.
 */
uint64_t incidents_next(const struct incidents *list);
void incidents_number(struct incidents *list, uint64_t next);

/**
 * incidents_free(list):
 * NULL is fine.
 */
void incidents_free(struct incidents *list);

#endif
