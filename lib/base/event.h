#ifndef BASE_EVENT_H
#define BASE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/*
 * The event line of siantre-set(5): one JSON object a line, keys in the order of this struct.
 */
struct event {
	char time[24];      /* 2026-11-23T02:00:41Z; empty: now */
	const char *host;   /* NULL: this host */
	const char *job;    /* db, files, full, drill, check; NULL: left out */
	const char *event;  /* run, verify, ship, prune, drill, check, test */
	const char *status; /* ok, warn, fail */
	int exit;           /* exit code */
	double seconds;     /* how long it took; negative: left out */
	int64_t bytes;      /* size of what was made; negative: left out */
	const char *set;    /* set name; NULL: left out */
	const char
	    *what; /* which promise a check is about: age, remote, drill ...; NULL: left out */
	const char *message; /* one line for people; NULL: left out */
	bool has_free;
	int64_t free; /* bytes that we may still write in BACKUP_DIR's file system */
};

/**
 * event_line(e):
 * Return ${e} as one line of JSON with a newline, which the caller frees, or NULL after
 * reporting.  Bytes that are not UTF-8 are replaced; control characters are escaped.
 */
char *event_line(const struct event *e);

/**
 * event_append(path, e):
 * Append ${e} to the journal ${path} (created 0640) with one write and an fsync, after a
 * newline if the last line is torn.  Return 0, or -1 after reporting.
 */
int event_append(const char *path, const struct event *e);

/**
 * event_stamp(buf, t), event_now(buf):
 * Write ${t}, seconds since 1970, or the time of now, as 2026-11-23T02:00:41Z into ${buf} of 24 bytes;
 * return it.
 */
const char *event_stamp(char buf[24], int64_t t);
const char *event_now(char buf[24]);

/**
 * event_seconds(from):
 * Return how many seconds have passed since ${from} on CLOCK_MONOTONIC.
 */
double event_seconds(const struct timespec *from);

/**
 * event_time(text, out):
 * Parse such a time into seconds since 1970.  Return 0, or -1 for anything else.
 */
int event_time(const char *text, int64_t *out);

#endif
