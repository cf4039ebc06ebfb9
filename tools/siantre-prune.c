/* siantre-prune: which sets are to go by the rules of retention; with --yes they do. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/rights.h"
#include "base/sig.h"
#include "set/applock.h"
#include "set/prune.h"
#include "set/retained.h"
#include "set/setlist.h"
#include "set/space.h"

static const char synopsis[] =
    "usage: siantre-prune [-0qv] [--json] RULE... -\n"
    "       siantre-prune [-nqv] [--json] [--job JOB] [--yes] [RULE...] BACKUP_DIR\n"
    "       siantre-prune [-nqv] [--json] [--job JOB] [--yes] -c NAME [RULE...]\n";

static const char help[] =
    "\n"
    "Names the backup sets that the rules of retention let go, one a line. The sets are\n"
    "those in BACKUP_DIR, or their names on stdin (-), one a line; NAME, JOB and verified or\n"
    "unverified with tabs between say more. The newest verified sets of each job stay,\n"
    "whatever the rules say. Removes nothing without --yes.\n"
    "\n"
    "Rules, for each job by itself; a set stays if one of them keeps it:\n"
    "      --keep-within TIME          all sets that much older than the newest (30d, 1y)\n"
    "      --keep-within-hourly TIME   of those the newest of each hour\n"
    "      --keep-within-daily TIME    … day\n"
    "      --keep-within-weekly TIME   … week\n"
    "      --keep-within-monthly TIME  … month\n"
    "      --keep-within-yearly TIME   … year\n"
    "      --keep-last N               the N newest sets\n"
    "      --keep-hourly N             the newest of each of the N newest hours with a set\n"
    "      --keep-daily N              … days\n"
    "      --keep-weekly N             … weeks\n"
    "      --keep-monthly N            … months\n"
    "      --keep-yearly N             … years\n"
    "\n"
    "      --keep-verified N           never fewer than N verified sets of a job (3)\n"
    "  -c, --config NAME|FILE          rules and folder of this configuration\n"
    "      --job JOB                   only the sets of this job\n"
    "      --yes                       move them to BACKUP_DIR/.trash\n"
    "      --allow-many                … even more than half of a job's sets\n"
    "      --trash TIME                what lies there that long is gone for good (3d)\n"
    "  -n, --dry-run                   with --yes: only say what would be done\n"
    "  -0, --null                      names end with a NUL, in and out\n"
    "      --json                      all sets, and why each stays or goes, as JSON\n"
    "  -q, --quiet                     say nothing but failures\n"
    "  -v, --verbose                   say of each set why it stays or goes, on stderr\n"
    "      --help                      this text\n"
    "  -V, --version                   version\n";

enum {
	OPT_VERIFIED = 256,
	OPT_JOB,
	OPT_YES,
	OPT_MANY,
	OPT_TRASH,
	OPT_JSON,
	OPT_HELP,
	OPT_RULE
};

static const struct option options[] = {
    {"keep-within", required_argument, NULL, OPT_RULE},
    {"keep-within-hourly", required_argument, NULL, OPT_RULE},
    {"keep-within-daily", required_argument, NULL, OPT_RULE},
    {"keep-within-weekly", required_argument, NULL, OPT_RULE},
    {"keep-within-monthly", required_argument, NULL, OPT_RULE},
    {"keep-within-yearly", required_argument, NULL, OPT_RULE},
    {"keep-last", required_argument, NULL, OPT_RULE},
    {"keep-hourly", required_argument, NULL, OPT_RULE},
    {"keep-daily", required_argument, NULL, OPT_RULE},
    {"keep-weekly", required_argument, NULL, OPT_RULE},
    {"keep-monthly", required_argument, NULL, OPT_RULE},
    {"keep-yearly", required_argument, NULL, OPT_RULE},
    {"keep-verified", required_argument, NULL, OPT_VERIFIED},
    {"config", required_argument, NULL, 'c'},
    {"job", required_argument, NULL, OPT_JOB},
    {"yes", no_argument, NULL, OPT_YES},
    {"allow-many", no_argument, NULL, OPT_MANY},
    {"trash", required_argument, NULL, OPT_TRASH},
    {"dry-run", no_argument, NULL, 'n'},
    {"null", no_argument, NULL, '0'},
    {"json", no_argument, NULL, OPT_JSON},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

struct task {
	struct prune_wish wish;
	const char *config; /* its name; NULL: none was given */
	bool yes, dry, many, quiet, verbose, json;
	bool most;     /* a job has more to remove at once than it may */
	int64_t trash; /* -1: not given */
	int unsaid;    /* errno of a name that could not be written */
	int end;       /* of a name: '\n' or NUL */
};

static int
usage(void)
{
	fputs(synopsis, stderr);
	return EX_USAGE;
}

static void
put_name(const struct retention_set *s, void *task)
{
	struct task *t = task;

	fputs(s->name, stdout);
	putchar(t->end);
	/* Who reads of a set that is moved shall know of it, whatever comes next. */
	if (t->yes && fflush(stdout) != 0 && t->unsaid == 0)
		t->unsaid = errno;
}

/* Tell what was decided; the names, unless they follow when they are removed (${acting}). */
static int
tell(struct task *t, const struct retention_set *sets, size_t n, bool acting)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		if (t->verbose)
			retained_line(&sets[i], &t->wish, stderr);
		if (!acting && !t->json && sets[i].remove && !sets[i].twin)
			put_name(&sets[i], t);
		t->most |= t->yes && sets[i].hold == RETENTION_MOST;
	}
	if (t->json)
		rc = retained_json(sets, n, &t->wish, stdout);
	/* What --yes has refused to do is no remark. */
	if (!t->quiet || t->most)
		retained_warn(sets, n, t->yes);
	return rc;
}

/* The names on stdin. */
static int
filter(struct task *t)
{
	const struct retention_rules *r = &t->wish.rules;
	struct setlist *list = NULL;
	struct retention_set *sets;
	bool periods = false;
	size_t n;
	int rc;

	t->wish.guards.many = true;
	if ((rc = setlist_read(stdin, t->end, t->verbose ? stderr : NULL, &list)) != 0)
		return rc;
	sets = setlist_sets(list, &n);
	for (size_t k = 0; k < RETENTION_PERIODS; k++)
		periods |= r->count[k] != 0 || (k != RETENTION_EACH && r->within[k] != 0);
	if (setlist_bare(list) && periods && !t->quiet)
		warnx("bare names say nothing of jobs: of those in one folder the rules keep "
		      "one a "
		      "period, whatever they hold");
	rc = retention_decide(sets, n, r, &t->wish.guards) == 0 ? tell(t, sets, n, false)
								: EX_OSERR;
	setlist_free(list);
	return rc;
}

/* What the configuration has and the command line has not. */
static int
complete(struct task *t, const struct config *c)
{
	struct prune_wish *w = &t->wish;

	if (t->config == NULL)
		return 0;
	if (w->root == NULL)
		w->root = config_get(c, "BACKUP_DIR");
	if (t->trash == -1)
		t->trash = config_number(c, "TRASH");
	if (retention_rules_empty(&w->rules)) {
		/* They were judged when the configuration was read. */
		retention_rules_parse(config_get(c, "KEEP"), &w->rules);
		retention_rules_parse(config_get(c, "KEEP_FULL"), &w->full);
		w->application = config_get(c, "APP_NAME");
	}
	return config_inside(w->root, config_get(c, "BACKUP_DIR"))
		   ? space_mounted(config_get(c, "BACKUP_MOUNT"))
		   : 0;
}

/* The sets in a folder. */
static int
folder(struct task *t)
{
	bool acting = t->yes && !t->dry;
	const struct retention_set *sets;
	struct config *config = NULL;
	struct prune_done done;
	struct prune *p = NULL;
	int lock = -1, rc, last;
	size_t n;

	if ((rc = rights_drop()) != 0)
		goto out;
	if ((t->config != NULL || acting) &&
	    ((rc = config_read(t->config, &config)) != 0 || (rc = complete(t, config)) != 0))
		goto out;
	if (acting && applock_is_its_folder(config, t->wish.root) &&
	    (rc = applock_take(config, 0, &lock)) != 0)
		goto out;
	t->wish.guards.many = !t->yes || t->many;
	rc = prune_judge(&t->wish, &p);
	if (p == NULL)
		goto out;
	sets = prune_sets(p, &n);
	for (size_t i = 0; t->verbose && prune_stranger(p, i) != NULL; i++)
		fprintf(stderr, "pass %s\n", prune_stranger(p, i));
	if ((last = tell(t, sets, n, acting)) != 0)
		rc = last;
	if (rc == 0 && acting) {
		rc = prune_remove(p, t->trash == -1 ? 3 * 86400 : t->trash,
		    t->json ? NULL : put_name, t, &done);
		if (!t->quiet && (done.moved > 0 || done.gone > 0))
			warnx("%s: %zu of %zu sets moved to .trash; %zu gone from it for good",
			    t->wish.root, done.moved, n, done.gone);
	}
	if (rc == 0 && t->most)
		rc = 1;
out:
	prune_free(p);
	lock_release(lock);
	config_free(config);
	return rc;
}

int
main(int argc, char **argv)
{
	struct task t = {.trash = -1, .end = '\n', .wish.guards.floor = RETENTION_FLOOR};
	const char *problem;
	bool listed;
	int c, i, rc;

	while ((c = getopt_long(argc, argv, "0c:nqvV", options, &i)) != -1) {
		switch (c) {
		case OPT_RULE:
			problem =
			    retention_rules_set(&t.wish.rules, options[i].name + 5, optarg);
			if (problem != NULL) {
				warnx("--%s \"%s\": %s", options[i].name, optarg, problem);
				return usage();
			}
			break;
		case OPT_VERIFIED:
			if (num_count(optarg, 1, UINT32_MAX, &t.wish.guards.floor) != 0) {
				warnx("--keep-verified \"%s\": not a number from 1 on", optarg);
				return usage();
			}
			break;
		case OPT_TRASH:
			if (num_duration(optarg, &t.trash) != 0) {
				warnx(
				    "--trash \"%s\": not a duration such as 3d or 12h", optarg);
				return usage();
			}
			break;
		case 'c': t.config = optarg; break;
		case OPT_JOB: t.wish.job = optarg; break;
		case OPT_YES: t.yes = true; break;
		case OPT_MANY: t.many = true; break;
		case 'n': t.dry = true; break;
		case '0': t.end = '\0'; break;
		case OPT_JSON: t.json = true; break;
		case 'q': t.quiet = true; break;
		case 'v': t.verbose = true; break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-prune %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (argc > 1 || (argc == 0 && t.config == NULL)) {
		warnx(argc > 1 ? "one folder at a time"
			       : "what is to be looked at? - for stdin, a folder, or -c NAME");
		return usage();
	}
	listed = argc == 1 && strcmp(argv[0], "-") == 0;
	if (listed &&
	    (t.yes || t.dry || t.config != NULL || t.wish.job != NULL || t.trash != -1)) {
		warnx("%s is for a folder; the names on stdin are only looked at",
		    t.yes                ? "--yes"
		    : t.dry              ? "--dry-run"
		    : t.config != NULL   ? "--config"
		    : t.wish.job != NULL ? "--job"
					 : "--trash");
		return usage();
	}
	if (t.config == NULL && retention_rules_empty(&t.wish.rules)) {
		warnx("no rule, such as --keep-within 30d");
		return usage();
	}
	sig_setup();

	t.wish.full = t.wish.rules;
	t.wish.guards.now = (int64_t)time(NULL);
	t.wish.root = argc == 1 ? argv[0] : NULL;
	rc = listed ? filter(&t) : folder(&t);

	if (fflush(stdout) != 0 || close(STDOUT_FILENO) != 0)
		t.unsaid = t.unsaid != 0 ? t.unsaid : errno;
	if (t.unsaid != 0 && rc == 0) {
		errno = t.unsaid;
		rc = io_write_exit();
	}
	return sig_exit(rc);
}
