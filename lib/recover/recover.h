#ifndef RECOVER_RECOVER_H
#define RECOVER_RECOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/dotenv.h"
#include "set/backups.h"
#include "set/config.h"

/*
 * siantre-restore all: an application on an empty server, step by step.  Each step knows whether
 * what it brings about is there already, so that all of them, or one alone, can be run again at
 * any time.
 */
struct recover {
	const struct config *config;
	const char
	    *defaults_file; /* login of the database's administrator; NULL: root, by socket */
	struct backups backups;
	const char *identity; /* opens what is encrypted; NULL */
	bool yes;             /* what is there and differs may be replaced */
	bool dry_run;         /* say what would be done */
	bool links;           /* symlinks that lead out of the application are fine */
	bool special;         /* devices, set-id bits and capabilities are fine */
	bool quiet;
	bool no_units;   /* no unit is stopped where something is exchanged */
	struct buf said; /* what the step at hand has to say, one line */
};

struct recover_step {
	const char *name;
	const char *about; /* what it does, after "would " */
	const char *needs; /* the step that must have been done before; NULL: none */
	bool root;         /* only root can do it */
	/* Return whether what it brings about is there. */
	bool (*there)(struct recover *r);
	/*
	 * Bring it about.  Return 0, or an exit code: the failure was reported, or r->said says
	 * what stands in the way.  NULL: there is nothing that we could do.
	 */
	int (*run)(struct recover *r);
};

/**
 * recover_steps(void):
 * Return all steps in their order, up to one without a name.
 */
const struct recover_step *recover_steps(void);

/**
 * recover_run(r, only):
 * Run the step ${only}, or all of them (NULL), and print a line about each to stdout.  A step
 * whose need was not met is left out, the others go on.  Return 0; 1 where something is not done or
 * after a stop signal; EX_USAGE after reporting where no step is called ${only}.
 */
int recover_run(struct recover *r, const char *only);

/**
 * recover_say(r, format, ...):
 * Append to r->said.
 */
void recover_say(struct recover *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * recover_path(r, name, path):
 * Write APP_DIR/${name} to ${path} of PATH_MAX bytes; return whether something is there.
 */
bool recover_path(const struct recover *r, const char *name, char *path);

/**
 * recover_storage_path(r, path):
 * The same of the storage folder, STORAGE_DIR.
 */
bool recover_storage_path(const struct recover *r, char *path);

/**
 * recover_parents(path):
 * Make the folders above ${path}, 0755, where they are missing, as on a new server.  Return 0, or the
 * exit code after reporting.
 */
int recover_parents(const char *path);

/**
 * recover_env(path):
 * Read the .env ${path}, which belongs to the application's account.  Return it (dotenv_free),
 * or NULL: silently where it is not there, else after reporting.
 */
struct dotenv *recover_env(const char *path);

/**
 * recover_backup_env(r):
 * The same of the .env that the backup has; NULL also where it has none.
 */
struct dotenv *recover_backup_env(const struct recover *r);

/**
 * recover_as_owner(r, argv):
 * Run ${argv} in APP_DIR as the account that owns it, its output on stderr.  Return 0, or 1
 * after reporting.
 */
int recover_as_owner(const struct recover *r, char *const argv[]);

/* The steps.  Those of a module stand together. */
bool recover_server_there(struct recover *r);
bool recover_application_there(struct recover *r);
int recover_application(struct recover *r);
bool recover_storage_there(struct recover *r);
int recover_storage(struct recover *r);
bool recover_env_there(struct recover *r);
int recover_env_file(struct recover *r);
bool recover_rights_there(struct recover *r);
int recover_rights(struct recover *r);
bool recover_database_there(struct recover *r);
int recover_database(struct recover *r);
bool recover_rows_there(struct recover *r);
int recover_rows(struct recover *r);
bool recover_composer_there(struct recover *r);
int recover_composer(struct recover *r);
bool recover_assets_there(struct recover *r);
int recover_assets(struct recover *r);
bool recover_web_there(struct recover *r);
int recover_web(struct recover *r);
bool recover_cron_there(struct recover *r);
int recover_cron(struct recover *r);
bool recover_worker_there(struct recover *r);
int recover_worker(struct recover *r);

/* Whether they run, for the checklist. */
bool recover_cron_runs(void);
bool recover_worker_runs(const struct recover *r);

/**
 * recover_rows_agree(r):
 * Return whether the tables have the rows that the backup's set.json says, with the figures or
 * the first difference in r->said.
 */
bool recover_rows_agree(struct recover *r);

#endif
