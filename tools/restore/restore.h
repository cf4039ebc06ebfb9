#ifndef RESTORE_H
#define RESTORE_H

#include <stdbool.h>

#include "set/config.h"

/*
 * What siantre-restore does is said by its first argument: each of its commands has a file of
 * its own here, with its options and the text about them.
 */
struct restore_command {
	const char *name;
	const char *const *synopsis;       /* what follows "siantre-restore ", up to a NULL */
	const char *help;                  /* a blank line, what it does, its options */
	int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit code */
};

extern const struct restore_command restore_db, restore_files, restore_all;

/**
 * restore_usage(), restore_help(), restore_version():
 * For all commands: print the synopsis to stderr and return EX_USAGE; print the help or the
 * version to stdout and return 0.
 */
int restore_usage(void);
int restore_help(void);
int restore_version(void);

/**
 * restore_terminal(source):
 * Return whether ${source} is "-" and stdin a terminal, after reporting.
 */
bool restore_terminal(const char *source);

/* Whose units are stopped while something is exchanged: -c and --no-units. */
struct restore_units {
	const char *name;      /* of the configuration; NULL: the default one */
	bool none;             /* no unit is stopped, and the configuration may be missing */
	struct config *config; /* filled in; NULL with none, where it cannot be read */
};

/**
 * restore_open_units(u, settle):
 * Read the configuration (config_free), and start what a call that was killed has left stopped
 * if ${settle}.  Return 0, or the exit code after reporting.
 */
int restore_open_units(struct restore_units *u, bool settle);

#endif
