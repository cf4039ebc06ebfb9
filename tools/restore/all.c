/* siantre-restore all: an application on an empty server. */
#include "restore.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/lock.h"
#include "base/sig.h"
#include "recover/checklist.h"
#include "set/applock.h"
#include "set/decrypt.h"
#include "recover/recover.h"
#include "set/units.h"

static const char *const synopsis[] = {
    "all [options] [BACKUP_DIR|SET ...]",
    "all [options] --from DEST",
    "all --list",
    NULL,
};

static const char help[] =
    "\n"
    "all recovers the application on an empty server, from the newest verified sets in\n"
    "BACKUP_DIR or from those named, a line a step, and prints the recovery checklist.\n"
    "What is there already is left as it is: it can be run again at any time.\n"
    "\n"
    "      --from DEST                 fetch the newest sets from there first (siantre-ship)\n"
    "      --step NAME                 this step alone, or \"checklist\" (--list names them)\n"
    "      --yes                       replace what is there and differs\n"
    "      --list                      print the names of the steps\n"
    "      --defaults-file FILE        the database administrator's login (root, by socket)\n"
    "      --allow-links, --allow-special  as for files\n";

enum {
	OPT_STEP = 256,
	OPT_FROM,
	OPT_YES,
	OPT_LIST,
	OPT_DEFAULTS_FILE,
	OPT_IDENTITY,
	OPT_ALLOW_LINKS,
	OPT_ALLOW_SPECIAL,
	OPT_NO_UNITS,
	OPT_HELP
};

static const struct option options[] = {
    {"from", required_argument, NULL, OPT_FROM},
    {"step", required_argument, NULL, OPT_STEP},
    {"yes", no_argument, NULL, OPT_YES},
    {"list", no_argument, NULL, OPT_LIST},
    {"defaults-file", required_argument, NULL, OPT_DEFAULTS_FILE},
    {"identity", required_argument, NULL, OPT_IDENTITY},
    {"allow-links", no_argument, NULL, OPT_ALLOW_LINKS},
    {"allow-special", no_argument, NULL, OPT_ALLOW_SPECIAL},
    {"config", required_argument, NULL, 'c'},
    {"no-units", no_argument, NULL, OPT_NO_UNITS},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void
list(void)
{
	for (const struct recover_step *s = recover_steps(); s->name != NULL; s++)
		printf("%-12s %s\n", s->name, s->about);
	printf("%-12s %s\n", "checklist", "look whether all of it is right");
}

/* Say which sets are used. */
static void
tell_backups(const struct backups *b)
{
	printf("from         database  %s\n", b->dump != NULL ? b->dump : "-");
	printf("from         files     %s\n", b->files != NULL ? b->files : "-");
	printf("from         full      %s\n", b->full != NULL ? b->full : "-");
}

/*
 * Have siantre-ship bring the newest sets from ${from} into STATE_DIR/fetched, whose path is the
 * caller's.  What is there already is not fetched again.
 */
static int
fetch(const struct config *c, const char *from, char **folder)
{
	char ship[] = "siantre-ship", with[] = "-c", option[] = "--from", latest[] = "latest";
	char *argv[8], *name = NULL, *place = NULL;
	size_t n = 0;
	struct child child;
	int status = -1;

	*folder = NULL;
	if (asprintf(folder, "%s/fetched", config_get(c, "STATE_DIR")) == -1)
		*folder = NULL;
	name = strdup(config_name(c));
	place = strdup(from);
	if (*folder == NULL || name == NULL || place == NULL) {
		warn("%s", from);
		goto out;
	}
	argv[n++] = ship;
	if (*name != '\0') {
		argv[n++] = with;
		argv[n++] = name;
	}
	argv[n++] = option;
	argv[n++] = place;
	argv[n++] = latest;
	argv[n++] = *folder;
	argv[n] = NULL;
	if (child_start(&child, argv, NULL, NULL, 0, STDERR_FILENO, -1) == 0)
		status = child_wait(&child);
out:
	free(name);
	free(place);
	/* What is wrong it has said. */
	return status == -1 ? EX_OSERR : status;
}

/* Whether ${step}, or where it is NULL one of all, fills the application or its database. */
static bool
fills(const char *step)
{
	static const char *const filling[] = {"application", "storage", "rows"};

	for (size_t i = 0; i < sizeof(filling) / sizeof(filling[0]); i++)
		if (step == NULL || strcmp(step, filling[i]) == 0)
			return true;
	return false;
}

static int
run(int argc, char **argv)
{
	struct config *config = NULL;
	struct recover r = {0};
	const char *step = NULL, *name = NULL, *from = NULL;
	char *fetched[] = {NULL, NULL};
	char *path = NULL;
	bool names = false, check;
	int c, rc, again, lock = -1;

	while ((c = getopt_long(argc, argv, "c:nqvV", options, NULL)) != -1) {
		switch (c) {
		case OPT_FROM: from = optarg; break;
		case OPT_STEP: step = optarg; break;
		case OPT_YES: r.yes = true; break;
		case OPT_LIST: names = true; break;
		case OPT_DEFAULTS_FILE: r.defaults_file = optarg; break;
		case OPT_IDENTITY: r.identity = optarg; break;
		case OPT_ALLOW_LINKS: r.links = true; break;
		case OPT_ALLOW_SPECIAL: r.special = true; break;
		case 'c': name = optarg; break;
		case OPT_NO_UNITS: r.no_units = true; break;
		case 'n': r.dry_run = true; break;
		case 'q': r.quiet = true; break;
		case 'v': break;
		case OPT_HELP: return restore_help();
		case 'V': return restore_version();
		default: return restore_usage();
		}
	}
	argc -= optind;
	argv += optind;
	if (from != NULL && argc > 0) {
		warnx("--from brings the sets: no other is named beside it");
		return restore_usage();
	}

	/* `su` leaves root without the folders that servers are in. */
	if (getenv("PATH") == NULL ||
	    asprintf(&path, "%s:/usr/local/sbin:/usr/sbin:/sbin", getenv("PATH")) == -1 ||
	    setenv("PATH", path, 1) == -1)
		warn("PATH");
	free(path);
	if (names) {
		list();
		return 0;
	}
	if ((r.identity != NULL && (rc = decrypt_ready(r.identity)) != 0) ||
	    (rc = config_read(name, &config)) != 0)
		return rc;
	r.config = config;
	if (from != NULL && (rc = fetch(config, from, &fetched[0])) != 0)
		goto out;
	if (!r.dry_run && fills(step) && (rc = applock_hold_off(config, &lock)) != 0)
		goto out;
	if (!r.dry_run && !r.no_units)
		(void)units_settle(config);
	if ((rc = backups_find(config_get(r.config, "BACKUP_DIR"),
		 config_get(r.config, "APP_NAME"),
		 from != NULL ? fetched
		 : argc > 0   ? argv
			      : NULL,
		 &r.backups)) != 0)
		goto out;
	if (r.identity == NULL && backups_encrypted(&r.backups)) {
		warnx("the backups are encrypted: --identity FILE is needed");
		rc = EX_CONFIG;
		goto out;
	}
	check = step == NULL || strcmp(step, "checklist") == 0;
	if (!r.quiet && step == NULL)
		tell_backups(&r.backups);
	if (step == NULL || !check)
		rc = recover_run(&r, step);
	if (check && !r.dry_run && sig_stop() == 0) {
		again = checklist_run(&r);
		rc = rc != 0 ? rc : again;
	}
out:
	lock_release(lock);
	free(fetched[0]);
	backups_free(&r.backups);
	buf_free(&r.said);
	config_free(config);
	return rc;
}

const struct restore_command restore_all = {"all", synopsis, help, run};
