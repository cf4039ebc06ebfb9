#ifndef CHECK_PARTS_H
#define CHECK_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "set/config.h"
#include "set/findings.h"

/*
 * What the parts of check-config know of each other: check/check.c and its neighbours.
 */
struct check {
	const struct config *config;
	const char *user;
	const char *jobs;   /* job_find's folder, or NULL */
	char **environment; /* of the tools that we ask */
	struct findings *found;
	bool reader;       /* we may read everything */
	int64_t now;       /* seconds since 1970 */
	bool has_database; /* the server was asked */
	uint64_t database; /* bytes of its rows */
	bool has_files;    /* the application was walked through */
	bool more_files;   /* and there is more of it */
	uint64_t files;    /* bytes of all of it */
	uint64_t uploads;  /* bytes of the storage folder */
	bool tcp;          /* the database server is asked over TCP */
	char far[256];     /* the database server's host; "": this machine */
	int64_t next[3];   /* when db, files and full run; 0: not known */
};

#define CHECK_LOCALLY 3 /* db, files, full */
extern const char *const check_names[CHECK_LOCALLY];

/* Where a key is to be changed, as a word of a command. */
const char *check_file(const struct config *c);

/* A command that sets a key, of its name, its value and the file: the last line may lack its end. */
#define CHECK_SET "printf '\\n%%s\\n' %s=%s >>%s"

/* The command that looks once more, with all rights. */
const char *check_again(const struct check *k);

/*
 * The name of the units' instance: "" for the default configuration, NAME for that of
 * CONFIG_FOLDER/NAME.conf, NULL for a configuration elsewhere, which no unit starts.
 */
const char *check_instance(const struct check *k);

/*
 * Run ${argv} and return its exit status, or -1; what it wrote to stdout and to stderr in ${*out}
 * (NULL: thrown away) and ${*said}, which the caller frees and which may be NULL.
 */
int check_ask(const struct check *k, char *const argv[], char **out, char **said);

/* Look at a folder or file that a job reads.  Return whether it is there. */
bool check_readable(
    struct check *k, const char *level, const char *subject, const char *path, const char *key);

/* Whether a drill trusts a file of ${uid}: root's, ours, or the account's of the nightly runs. */
bool check_trusts(uid_t uid);

/* The parts, in the order of their lines; whether there is an account to log in with. */
bool check_env(struct check *k);
void check_database(struct check *k);
void check_application(struct check *k);
void check_web(struct check *k);
void check_extras(struct check *k);
void check_place(struct check *k);
void check_sizes(struct check *k);
void check_when(struct check *k);
void check_units(struct check *k);

#endif
