#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Programs run as children, never through a shell.  They start with default signals (SIGPIPE
 * too; SIGHUP stays ignored where nohup(1) has seen to that) and an empty mask, in a process
 * group of their own where asked.
 */
struct child {
	pid_t pid;
	int in;  /* write end to the child's stdin, or -1 */
	int out; /* read end of the child's stdout, or -1 */
};

enum { CHILD_IN = 1, CHILD_OUT = 2, CHILD_GROUP = 4, CHILD_QUIET = 8 };

/**
 * child_exists(name):
 * Return whether there is a program ${name} in PATH that we may run.
 */
bool child_exists(const char *name);

/**
 * child_start(c, argv, env, dir, flags, out, err):
 * Start ${argv[0]} (looked up in PATH) with ${env} (NULL: ours) in folder ${dir} (NULL: ours).
 * ${flags}: CHILD_IN and CHILD_OUT ask for pipes; CHILD_GROUP makes it the leader of a process
 * group; CHILD_QUIET sends its stderr to /dev/null.  Without pipes stdin is /dev/null, stdout
 * is ${out} and stderr ${err} (-1: ours).  Return 0, or -1 after reporting.
 */
int child_start(struct child *c, char *const argv[], char *const env[], const char *dir,
    int flags, int out, int err);

/**
 * child_filter(c, argv, flags, in, out, err):
 * As child_start(), with the descriptor ${in} as its stdin, which stays the caller's, and no pipe
 * for that.
 */
int child_filter(struct child *c, char *const argv[], int flags, int in, int out, int err);

/**
 * child_wait(c):
 * Close the pipes and wait; main thread only.  After a stop signal the child (its group) gets
 * the same signal, and SIGKILL 10 seconds later; what a leader leaves of its group is waited
 * for until then.  Return the exit status as a shell has it: 0 to 255,
 * 128 + N for signal N; -1 after reporting where there was no child.
 */
int child_wait(struct child *c);

/**
 * child_finish(c):
 * As child_wait(), but whatever asks us to stop, wait for its end: for what must not be left half
 * done.  Started with CHILD_GROUP it does not hear of the terminal's signals either.
 */
int child_finish(struct child *c);

/**
 * child_output(argv, max, text):
 * Run ${argv} and return its stdout (NUL-terminated, the caller frees) in ${*text}.  Return its
 * exit status as child_wait, or -1 after reporting with ${*text} NULL; more than ${max} bytes
 * are such an error.
 */
int child_output(char *const argv[], size_t max, char **text);

#endif
