#ifndef SET_LOG_H
#define SET_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The log of one run: what we and our children say on stderr (and children on stdout), a line
 * at a time with its time of day, appended to LOG_FILE and, on request, shown where stderr
 * really goes.  A run does not fail for want of a log.
 */
struct log;

/**
 * log_open(path, who, echo):
 * Start: from now on to log_close, our own stderr is kept in memory until one of the calls below but
 * log_pump writes it.  ${who} ("siantre db") stands in each line.  A ${path} that cannot be opened is warned about.
 * Return the log, or NULL after reporting; every call accepts NULL.
 */
struct log *log_open(const char *path, const char *who, bool echo);

/**
 * log_pump(l, pid, out, err):
 * Write what the child ${pid} says on the read ends ${out} and ${err}, until it has ended (it
 * is not yet waited for) or a stop signal has come.  Whatever it left running with its pipes
 * does not keep us.
 */
void log_pump(struct log *l, pid_t pid, int out, int err);

/**
 * log_last(l):
 * Return the last lines said on stderr, by whomever, joined to one; owned by ${l}.
 */
const char *log_last(struct log *l);

/**
 * log_forget(l):
 * Begin anew with what log_last tells.
 */
void log_forget(struct log *l);

/**
 * log_close(l):
 * Drain, and give stderr back.
 */
void log_close(struct log *l);

#endif
