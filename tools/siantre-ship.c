/* siantre-ship: sets on their way to another place, proven there, and back. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/rights.h"
#include "base/sig.h"
#include "prove/audit.h"
#include "set/job.h"
#include "set/sample.h"
#include "ship/deposit.h"
#include "ship/ship.h"

#define PLACES_MAX 16

static const char synopsis[] =
    "usage: siantre-ship [options] [--to DEST]... [BACKUP_DIR|SET ...]\n"
    "       siantre-ship [options] --to DEST --name FILE < DATA\n"
    "       siantre-ship [options] --from DEST SET|latest DIR\n"
    "       siantre-ship [options] --list DEST\n"
    "       siantre-ship [options] --create DEST\n"
    "       siantre-ship --accept [options] INCOMING TREE\n";

static const char help[] =
    "\n"
    "Sends every verified set that is missing at DEST, proves each there byte by byte, and\n"
    "keeps the retention of that place. Without --to: SHIP_TO of the configuration.\n"
    "DEST is a folder, rsync://HOST/MODULE/PATH, [USER@]HOST:PATH, ssh://HOST[:PORT]/PATH or\n"
    "rclone:NAME:PATH.\n"
    "\n"
    "  -t, --to DEST               where to; may be given several times\n"
    "      --name FILE             send stdin as one file; it is there once it is proven\n"
    "      --require-end           with --name: it must be a dump with its end mark\n"
    "      --from DEST             copy a set, or the latest of each job, into DIR\n"
    "      --list DEST             the sets there: name, job, verified; for siantre-prune\n"
    "      --create DEST           make DEST a place for backups\n"
    "      --accept                the receiving side (--accept --help)\n"
    "      --keep RULES            retention there, such as \"within=1y\" (SHIP_KEEP; none "
    "with "
    "--to)\n"
    "      --allow-many            even where it removes more than half of what is there\n"
    "      --check WHAT            what is proven again: auto, none, all, sample:N%\n"
    "      --job JOB               with --from latest: of this job alone\n"
    "      --bwlimit RATE          bytes a second at most, such as 500K\n"
    "      --tries N               tries where the line is bad (5)\n"
    "      --pause TIME            before the second one; each next takes twice it (5s)\n"
    "      --timeout TIME          without a byte, before that is a bad line (2m)\n"
    "      --ssh-key FILE, --known-hosts FILE, --password-file FILE, --rclone-config FILE\n"
    "      --state DIR             what is known of destinations (STATE_DIR/ship)\n"
    "  -c, --config NAME           " CONFIG_FOLDER "/NAME.conf, or a path (siantre)\n"
    "  -n, --dry-run               say what would be done\n"
    "  -q, --quiet                 say nothing but failures\n"
    "  -v, --verbose               a line for each set\n"
    "      --help                  this text\n"
    "  -V, --version               version\n";

enum {
	OPT_NAME = 256,
	OPT_REQUIRE_END,
	OPT_FROM,
	OPT_LIST,
	OPT_CREATE,
	OPT_KEEP,
	OPT_ALLOW_MANY,
	OPT_CHECK,
	OPT_JOB,
	OPT_BWLIMIT,
	OPT_TRIES,
	OPT_PAUSE,
	OPT_TIMEOUT,
	OPT_SSH_KEY,
	OPT_KNOWN_HOSTS,
	OPT_PASSWORD_FILE,
	OPT_RCLONE_CONFIG,
	OPT_STATE,
	OPT_HELP
};

static const struct option options[] = {
    {"to", required_argument, NULL, 't'},
    {"name", required_argument, NULL, OPT_NAME},
    {"require-end", no_argument, NULL, OPT_REQUIRE_END},
    {"from", required_argument, NULL, OPT_FROM},
    {"list", required_argument, NULL, OPT_LIST},
    {"create", required_argument, NULL, OPT_CREATE},
    {"keep", required_argument, NULL, OPT_KEEP},
    {"allow-many", no_argument, NULL, OPT_ALLOW_MANY},
    {"check", required_argument, NULL, OPT_CHECK},
    {"job", required_argument, NULL, OPT_JOB},
    {"bwlimit", required_argument, NULL, OPT_BWLIMIT},
    {"tries", required_argument, NULL, OPT_TRIES},
    {"pause", required_argument, NULL, OPT_PAUSE},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"ssh-key", required_argument, NULL, OPT_SSH_KEY},
    {"known-hosts", required_argument, NULL, OPT_KNOWN_HOSTS},
    {"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
    {"rclone-config", required_argument, NULL, OPT_RCLONE_CONFIG},
    {"state", required_argument, NULL, OPT_STATE},
    {"config", required_argument, NULL, 'c'},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* What the command line says; the configuration fills the gaps. */
struct given {
	struct ship ship;
	const char *config;
	const char *to[PLACES_MAX];
	size_t count;
	const char *from, *list, *create;
	const char *keep, *check, *bwlimit, *tries, *pause, *timeout;
};

static int
usage(const char *problem)
{
	if (problem != NULL)
		warnx("%s", problem);
	fputs(synopsis, stderr);
	return EX_USAGE;
}

/* The value of ${option}, or of the configuration's ${key}; NULL where that is empty. */
static const char *
either(const char *option, const struct config *c, const char *key)
{
	const char *value = option != NULL ? option : config_get(c, key);

	return *value != '\0' ? value : NULL;
}

/* Fill the gaps of ${g} and check what numbers are.  Return 0, or EX_USAGE after reporting. */
static int
settle(struct given *g, const struct config *c)
{
	struct ship *s = &g->ship;
	struct transfer_options *o = &s->transfer;
	const char *keep, *why, *bwlimit = either(g->bwlimit, c, "SHIP_BWLIMIT");
	const char *check = g->check != NULL ? g->check : config_get(c, "SHIP_CHECK");
	const char *timeout = g->timeout != NULL ? g->timeout : config_get(c, "SHIP_TIMEOUT");
	uint64_t tries;

	s->config = c;
	o->ssh_key = either(o->ssh_key, c, "SHIP_SSH_KEY");
	o->known_hosts = either(o->known_hosts, c, "SHIP_KNOWN_HOSTS");
	o->password_file = either(o->password_file, c, "SHIP_PASSWORD_FILE");
	o->rclone_config = either(o->rclone_config, c, "SHIP_RCLONE_CONFIG");
	o->quiet = s->quiet;
	if (bwlimit != NULL && (num_size(bwlimit, &o->bwlimit) != 0 || o->bwlimit == 0)) {
		warnx("--bwlimit: \"%s\" is not a rate such as 500K", bwlimit);
		return EX_USAGE;
	}
	if (num_count(g->tries, 1, 100, &tries) != 0) {
		warnx("--tries: \"%s\" is not a number from 1 to 100", g->tries);
		return EX_USAGE;
	}
	o->tries = (unsigned)tries;
	if (num_duration(g->pause, &o->pause) != 0) {
		warnx("--pause: \"%s\" is not a duration such as 5s", g->pause);
		return EX_USAGE;
	}
	if (num_duration(timeout, &o->timeout) != 0 || o->timeout == 0) {
		warnx("--timeout: \"%s\" is not a duration such as 2m", timeout);
		return EX_USAGE;
	}
	if (sample_parse(check, &s->catchup.share) != 0) {
		warnx("--check: \"%s\" is none of auto, none, all and sample:N%%", check);
		return EX_USAGE;
	}
	/* Whoever names a place by hand says what goes there. */
	keep = g->keep != NULL ? g->keep : g->count > 0 ? "" : config_get(c, "SHIP_KEEP");
	if ((why = retention_rules_parse(keep, &s->catchup.keep)) != NULL) {
		warnx("--keep %s: %s", keep, why);
		return EX_USAGE;
	}
	return 0;
}

/* What is asked for, with a configuration. */
static int
work(struct given *g, const struct config *c, int argc, char **argv)
{
	char *state = NULL;
	int rc;

	if ((rc = settle(g, c)) != 0)
		return rc;
	if (g->ship.state == NULL) {
		if (asprintf(&state, "%s/ship", config_get(c, "STATE_DIR")) == -1)
			err(EX_OSERR, "configuration");
		g->ship.state = state;
	}
	if (g->list != NULL)
		rc = ship_list(&g->ship, g->list);
	else if (g->create != NULL)
		rc = ship_create(&g->ship, g->create);
	else if (g->from != NULL)
		rc = ship_fetch(&g->ship, g->from, argv[0], argv[argc - 1]);
	else if (g->ship.name != NULL)
		rc = ship_stream(&g->ship, g->to[0]);
	else
		rc = ship_all(&g->ship, g->to, g->count, argv);
	free(state);
	return rc;
}

/* What cannot go together, or NULL. */
static const char *
judge(const struct given *g, int argc)
{
	int ways = (g->from != NULL) + (g->list != NULL) + (g->create != NULL) +
		   (g->ship.name != NULL || g->count > 0);

	if (ways > 1)
		return "--to, --from, --list and --create: one at a time";
	if (g->from != NULL && argc != 2)
		return "--from needs a set, or latest, and a folder to put it";
	if ((g->list != NULL || g->create != NULL || g->ship.name != NULL) && argc != 0)
		return "no operand is needed";
	if (g->ship.name != NULL && g->count != 1)
		return "--name needs one --to";
	if (g->ship.name != NULL && !deposit_is_name(g->ship.name))
		return "--name: letters, digits, dots, dashes and underscores, and not the "
		       "name of a set";
	if (g->ship.require_end && g->ship.name == NULL)
		return "--require-end is for --name";
	if (g->ship.job != NULL && g->from == NULL)
		return "--job is for --from";
	if (g->ship.catchup.dry_run && ((ways > 0 && g->count == 0) || g->ship.name != NULL))
		return "--dry-run is for sets that are sent";
	if (g->ship.name != NULL && isatty(STDIN_FILENO))
		return "stdin is a terminal; redirect it";
	return NULL;
}

int
main(int argc, char **argv)
{
	char reason[TRANSFER_REASON] = "";
	struct given g = {.tries = "5", .pause = "5s", .ship.transfer.reason = reason};
	struct config *config = NULL;
	const char *problem;
	int c, rc;

	if (argc > 1 && strcmp(argv[1], "--accept") == 0)
		return ship_accept(argc, argv);
	while ((c = getopt_long(argc, argv, "c:t:nqvV", options, NULL)) != -1) {
		switch (c) {
		case 't':
			if (g.count == PLACES_MAX)
				return usage("too many destinations");
			g.to[g.count++] = optarg;
			break;
		case OPT_NAME: g.ship.name = optarg; break;
		case OPT_REQUIRE_END: g.ship.require_end = true; break;
		case OPT_FROM: g.from = optarg; break;
		case OPT_LIST: g.list = optarg; break;
		case OPT_CREATE: g.create = optarg; break;
		case OPT_KEEP: g.keep = optarg; break;
		case OPT_ALLOW_MANY: g.ship.catchup.many = true; break;
		case OPT_CHECK: g.check = optarg; break;
		case OPT_JOB: g.ship.job = optarg; break;
		case OPT_BWLIMIT: g.bwlimit = optarg; break;
		case OPT_TRIES: g.tries = optarg; break;
		case OPT_PAUSE: g.pause = optarg; break;
		case OPT_TIMEOUT: g.timeout = optarg; break;
		case OPT_SSH_KEY: g.ship.transfer.ssh_key = optarg; break;
		case OPT_KNOWN_HOSTS: g.ship.transfer.known_hosts = optarg; break;
		case OPT_PASSWORD_FILE: g.ship.transfer.password_file = optarg; break;
		case OPT_RCLONE_CONFIG: g.ship.transfer.rclone_config = optarg; break;
		case OPT_STATE: g.ship.state = optarg; break;
		case 'c': g.config = optarg; break;
		case 'n': g.ship.catchup.dry_run = true; break;
		case 'q': g.ship.quiet = true; break;
		case 'v': g.ship.catchup.verbose = true; break;
		case OPT_HELP:
			printf("%s%s%s", synopsis, help, ship_accept_help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-ship %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage(NULL);
		}
	}
	argc -= optind;
	argv += optind;
	if ((problem = judge(&g, argc)) != NULL)
		return usage(problem);
	sig_setup();
	/* The words of rsync and ssh are read. */
	if (setenv("LC_ALL", "C", 1) != 0)
		err(EX_OSERR, "environment");

	rc = rights_drop();
	if (rc == 0)
		rc = rights_forgo();
	if (rc == 0)
		rc = config_read(g.config, &config);
	if (rc == 0)
		rc = job_path() == 0 ? work(&g, config, argc, argv) : EX_OSERR;
	config_free(config);
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
