#ifndef ALERT_ALERT_H
#define ALERT_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/outbox.h"
#include "notify/state.h"
#include "set/config.h"

/*
 * What the commands of siantre-alert share.  A command is a function int alert_NAME(int argc, char
 * **argv) in a file of its own: argv[0] is the tool's.  It reads its options, works, and returns
 * the exit code.
 */
struct alert {
	const char *name; /* of the configuration; NULL: the default one */
	bool help;        /* --help or --version was asked for, and answered */
	bool queue;       /* leave the sending to a later flush */
	bool dry;
	bool quiet;
	bool verbose;
	bool json;
	bool hurry; /* do not wait for the next attempt */
	bool over;
	bool scheduled;
	bool seldom;      /* told once an hour at most, whatever can be remembered of it */
	const char *mark; /* as in struct news */
	const struct config *config;
	struct config *own; /* to be freed */
	const char *folder; /* STATE_DIR */
	int64_t now;
};

/* How long a command waits for another one that has the state in its hands. */
#define ALERT_WAIT 60

/**
 * alert_options(a, argc, argv, letters):
 * Read the options of a command: those for all (-c, -n, -q, -v) and, of --queue, --json, --now,
 * --over and --scheduled, those whose first letter stands in ${letters}.  Return the index of the
 * first operand, or -1 after reporting a usage error.
 */
int alert_options(struct alert *a, int argc, char **argv, const char *letters);

/**
 * alert_start(a), alert_end(a):
 * Become the user of the nightly runs where we are root, read the configuration and speak its
 * language.  Return 0, or the exit code after reporting.  alert_end() frees it in any case.
 */
int alert_start(struct alert *a);
void alert_end(struct alert *a);

/**
 * alert_usage(problem):
 * Say what is wrong (unless NULL) and the synopsis.  Return EX_USAGE.
 */
int alert_usage(const char *problem);

/**
 * alert_hint(a, command):
 * Say which ${command} helps, for the configuration that ${a} goes by.
 */
void alert_hint(const struct alert *a, const char *command);

/**
 * alert_commit(a, s, saved):
 * Decide what ${s} asks to be told, put it into the outbox, and save ${s}, which is closed.  Where
 * the disk is so full that this cannot be, tell it at once.  Return 0, or the exit code after
 * reporting; ${*saved} is whether the state knows.
 */
int alert_commit(struct alert *a, struct state *s, bool *saved);

/**
 * alert_send(a, saved):
 * Send what is in the outbox, and what follows from how that went.  Return 0, or the exit code
 * after reporting.
 */
int alert_send(struct alert *a, bool saved);

/**
 * alert_deliver(c, queue):
 * What `flush` does, for commands that have written to the journal: take in what is new there and
 * send it or, where ${queue}, leave that to a later flush.  Return 0, or the exit code after
 * reporting.
 */
int alert_deliver(const struct config *c, bool queue);

/**
 * alert_tell(c, queue, lines, len):
 * The same with the ${len} bytes of event lines at ${lines}, which the journal could not take.
 */
int alert_tell(const struct config *c, bool queue, const char *lines, size_t len);

int alert_filter(int argc, char **argv);
int alert_flush(int argc, char **argv);
int alert_ack(int argc, char **argv);
int alert_list(int argc, char **argv);
int alert_check(int argc, char **argv);
int alert_watch(int argc, char **argv);
int alert_failed(int argc, char **argv);
int alert_test(int argc, char **argv);

/* What --help says of those that have more to say. */
extern const char alert_check_help[], alert_watch_help[], alert_failed_help[],
    alert_test_help[];

#endif
