#ifndef SET_CRONLINE_H
#define SET_CRONLINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The lines in /etc/cron.d that start our tools.
 */
struct cronline {
	char *path;    /* of the file */
	size_t number; /* of the line in it */
	char *text;    /* the line: its times come first */
	char *user;
	char *needs;  /* the program of "[ -x PROGRAM ]"; NULL: none */
	bool guarded; /* it does nothing where systemd runs the machine */
};

/**
 * cronline_find(folder, tool, verb, names, out):
 * Find the first line of a file in ${folder}, as cron reads it, that runs ${tool} (siantre-run,
 * siantre-alert) with the operand ${verb}, and with a configuration (-c) that is one of ${names}, a
 * list up to a NULL; "" there is none.  Return 0 with it in ${*out} (cronline_clear), 1 where there
 * is none, or -1 after reporting, without memory.
 */
int cronline_find(const char *folder, const char *tool, const char *verb,
    const char *const *names, struct cronline *out);

/**
 * cronline_clear(l):
 * Free what it holds.
 */
void cronline_clear(struct cronline *l);

/**
 * cronline_daemon(proc, pid):
 * Return whether a cron daemon runs, by its pid file ${pid} or the names of the processes in the
 * folder ${proc}.
 */
bool cronline_daemon(const char *proc, const char *pid);

#endif
