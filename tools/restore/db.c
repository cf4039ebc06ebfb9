/* siantre-restore db: a dump back into a database. */
#include "restore.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/num.h"
#include "base/ordered.h"
#include "set/applock.h"
#include "set/config.h"
#include "set/decrypt.h"
#include "prove/dumpfile.h"
#include "set/units.h"
#include "db/load.h"
#include "db/login.h"
#include "db/upkeep.h"

#include "part.h"
#include "stopping.h"
#include "way.h"

#define JOBS_MAX 64
#define JOBS_DEFAULT 16 /* at most, unless more are asked for */

static const char *const synopsis[] = {
    "db [options] [--into DATABASE] [--table TABLE ...] SET|FILE|-",
    "db --list [--json] [--foreign] SET|FILE|-",
    "db [options] [--into DATABASE] --settle | --drop-old",
    NULL,
};

static const char help[] =
    "\n"
    "db loads a dump of siantre-dump (plain or gzip; of a set's folder, from a file or stdin)\n"
    "once it is proven by its end mark, and compares what is there afterwards. Without "
    "options\n"
    "that say otherwise it logs in as root, or as the application does, and the database is\n"
    "the application's.\n"
    "\n"
    "      --into DATABASE             where to; made if it is missing. Without it: what the\n"
    "                                  dump names, or the database of the .env or option file\n"
    "      --yes                       exchange a database that holds something; the old one\n"
    "                                  stays as NAME_before_TIME\n"
    "      --resume                    go on with what a call that was interrupted has loaded, "
    "and\n"
    "                                  leave it for the next one where this one fails\n"
    "      --drop-old                  name the old ones, and drop them with --yes\n"
    "      --settle                    finish or undo an exchange that was interrupted (so "
    "does\n"
    "                                  any other call)\n"
    "      --compare digests|rows      how tables are compared afterwards (digests)\n"
    "      --table TABLE               only this table, or DATABASE.TABLE; may stand several\n"
    "                                  times; --yes exchanges those that are there\n"
    "      --no-data                   no rows\n"
    "      --list                      only say what is in the dump: no server is needed\n"
    "      --json                      say it as JSON\n"
    "      --foreign                   a dump of mysqldump, mariadb-dump or another tool\n"
    "      --allow-warnings            go on where the server warns\n"
    "  -j, --jobs N                    connections that load rows (as many as cores)\n"
    "      --bulk-from SIZE            tables with as many bytes of rows are loaded by LOAD\n"
    "                                  DATA, their indexes after the rows (1M)\n"
    "      --no-space-check            load where the disk looks too small\n"
    "      --env-file FILE             log in as the Laravel application of FILE does\n"
    "      --defaults-file FILE        log in with this private option file only\n"
    "      --defaults-extra-file FILE  this private option file on top of the system's\n"
    "  -h, --host HOST                 server; localhost means the socket\n"
    "  -P, --port PORT                 TCP port\n"
    "  -S, --socket PATH               unix socket\n"
    "  -u, --user USER                 account\n"
    "  -p, --password                  ask for the password on the terminal\n";

enum {
	OPT_INTO = 256,
	OPT_IDENTITY,
	OPT_YES,
	OPT_TABLE,
	OPT_NO_DATA,
	OPT_LIST,
	OPT_JSON,
	OPT_FOREIGN,
	OPT_ALLOW_WARNINGS,
	OPT_BULK_FROM,
	OPT_DROP_OLD,
	OPT_SETTLE,
	OPT_COMPARE,
	OPT_RESUME,
	OPT_NO_SPACE_CHECK,
	OPT_ENV_FILE,
	OPT_DEFAULTS_FILE,
	OPT_DEFAULTS_EXTRA_FILE,
	OPT_NO_UNITS,
	OPT_HELP
};

static const struct option options[] = {
    {"into", required_argument, NULL, OPT_INTO},
    {"identity", required_argument, NULL, OPT_IDENTITY},
    {"yes", no_argument, NULL, OPT_YES},
    {"table", required_argument, NULL, OPT_TABLE},
    {"no-data", no_argument, NULL, OPT_NO_DATA},
    {"list", no_argument, NULL, OPT_LIST},
    {"json", no_argument, NULL, OPT_JSON},
    {"foreign", no_argument, NULL, OPT_FOREIGN},
    {"allow-warnings", no_argument, NULL, OPT_ALLOW_WARNINGS},
    {"drop-old", no_argument, NULL, OPT_DROP_OLD},
    {"settle", no_argument, NULL, OPT_SETTLE},
    {"compare", required_argument, NULL, OPT_COMPARE},
    {"no-space-check", no_argument, NULL, OPT_NO_SPACE_CHECK},
    {"resume", no_argument, NULL, OPT_RESUME},
    {"jobs", required_argument, NULL, 'j'},
    {"bulk-from", required_argument, NULL, OPT_BULK_FROM},
    {"env-file", required_argument, NULL, OPT_ENV_FILE},
    {"defaults-file", required_argument, NULL, OPT_DEFAULTS_FILE},
    {"defaults-extra-file", required_argument, NULL, OPT_DEFAULTS_EXTRA_FILE},
    {"host", required_argument, NULL, 'h'},
    {"port", required_argument, NULL, 'P'},
    {"socket", required_argument, NULL, 'S'},
    {"user", required_argument, NULL, 'u'},
    {"password", no_argument, NULL, 'p'},
    {"config", required_argument, NULL, 'c'},
    {"no-units", no_argument, NULL, OPT_NO_UNITS},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* What the command line asks for. */
struct wish {
	struct load_options load;
	struct pick_options pick;
	char **tables; /* of it */
	struct way way;
	struct restore_units units;
	const char *identity;
	bool settle, drop_old, list, json;
};

/* Return -1 to go on, or the exit code. */
static int
take_options(int argc, char **argv, struct wish *w)
{
	uint64_t jobs = ordered_jobs(0, JOBS_DEFAULT);
	int c;

	while ((c = getopt_long(argc, argv, "c:h:P:S:u:pj:nqvV", options, NULL)) != -1) {
		switch (c) {
		case OPT_INTO: w->load.into = optarg; break;
		case OPT_IDENTITY: w->identity = optarg; break;
		case OPT_YES: w->load.yes = true; break;
		case OPT_TABLE: w->tables[w->pick.n++] = optarg; break;
		case OPT_NO_DATA: w->pick.no_data = true; break;
		case OPT_LIST: w->list = true; break;
		case OPT_JSON: w->json = true; break;
		case OPT_FOREIGN: w->load.foreign = true; break;
		case OPT_ALLOW_WARNINGS: w->load.allow_warnings = true; break;
		case 'j':
			if (num_count(optarg, 1, JOBS_MAX, &jobs) != 0) {
				warnx("--jobs: \"%s\" is not a number between 1 and %d", optarg,
				    JOBS_MAX);
				return restore_usage();
			}
			break;
		case OPT_BULK_FROM:
			if (num_size(optarg, &w->load.large) != 0) {
				warnx("--bulk-from: \"%s\" is no size", optarg);
				return restore_usage();
			}
			break;
		case OPT_DROP_OLD: w->drop_old = true; break;
		case OPT_SETTLE: w->settle = true; break;
		case OPT_COMPARE:
			if (strcmp(optarg, "digests") != 0 && strcmp(optarg, "rows") != 0) {
				warnx("--compare: \"%s\" is neither digests nor rows", optarg);
				return restore_usage();
			}
			w->load.rows_only = strcmp(optarg, "rows") == 0;
			break;
		case OPT_NO_SPACE_CHECK: w->load.any_space = true; break;
		case OPT_RESUME: w->load.resume = true; break;
		case 'c': w->units.name = optarg; break;
		case OPT_NO_UNITS: w->units.none = true; break;
		case OPT_ENV_FILE: w->way.env_file = optarg; break;
		case OPT_DEFAULTS_FILE: w->way.defaults = optarg; break;
		case OPT_DEFAULTS_EXTRA_FILE: w->way.extra = optarg; break;
		case 'h': w->way.host = optarg; break;
		case 'P': w->way.port = optarg; break;
		case 'S': w->way.socket = optarg; break;
		case 'u': w->way.user = optarg; break;
		case 'p': w->way.ask = true; break;
		case 'n': w->load.dry_run = true; break;
		case 'q': w->load.quiet = true; break;
		case 'v': w->load.verbose = true; break;
		case OPT_HELP: return restore_help();
		case 'V': return restore_version();
		default: return restore_usage();
		}
	}
	w->load.jobs = (unsigned)jobs;
	w->pick.tables = w->tables;
	return -1;
}

/* What cannot be asked for together, with ${n} dumps; reports. */
static bool
nonsense(const struct wish *w, int n)
{
	const struct way *way = &w->way;
	const bool some = w->pick.n > 0 || w->pick.no_data;
	const char *what = NULL;

	if ((way->env_file != NULL) + (way->defaults != NULL) + (way->extra != NULL) > 1)
		what = "only one of --env-file, --defaults-file and --defaults-extra-file";
	else if (w->load.into != NULL && *w->load.into == '\0')
		what = "--into: no database named";
	else if (w->settle && w->drop_old)
		what = "--settle and --drop-old: one at a time";
	else if (w->settle && n > 0)
		what = "--settle takes no dump";
	else if (w->drop_old && n > 0)
		what = "--drop-old takes no dump";
	else if (w->list && (some || w->load.into != NULL || w->settle || w->drop_old))
		what = "--list loads nothing";
	else if (w->json && !w->list)
		what = "--json goes with --list";
	else if (w->pick.no_data && w->load.yes)
		what = "--no-data replaces no database: without --yes, please";
	else if (w->load.resume && some)
		what = "--resume goes on with all of a dump, not with a part";
	else if (n != 1 && !w->settle && !w->drop_old)
		what = n == 0 ? "no dump given: a set, a file, or - for stdin"
			      : "one dump at a time";
	if (what != NULL)
		warnx("%s", what);
	return what != NULL;
}

/* Do what is asked with a server; ${path} is NULL without a dump. */
static int
with_server(struct wish *w, const char *path)
{
	struct load_options *o = &w->load;
	struct login *login = NULL;
	struct dumpfile *dump = NULL;
	struct partial *part = NULL;
	struct stopping stopping = {.settled = o->dry_run || w->units.none};
	const char *into;
	char *folder = NULL;
	/* Those that a killed call left stopped stay so until its exchange is settled. */
	int rc = restore_open_units(&w->units, false), lock = -1;

	if (rc != 0)
		return rc;
	stopping.config = w->units.config;
	rc = EX_OSERR;
	login = login_new();
	if (login == NULL)
		goto out;
	rc = way_log_in(&w->way, w->units.config, login);
	if (rc == 0 && path != NULL)
		rc = dumpfile_open(path, w->identity, &dump);
	if (rc == 0 && path != NULL && (w->pick.n > 0 || w->pick.no_data))
		rc = part_open(dump, o, &w->pick, &part);
	into = o->into != NULL ? o->into : login_database(login);
	if (rc == 0 && path == NULL && into == NULL) {
		warnx("%s: of which database? --into is missing",
		    w->settle ? "--settle" : "--drop-old");
		rc = EX_USAGE;
	}
	if (rc == 0 && asprintf(&folder, "%s/restore",
			   w->units.config != NULL ? config_get(w->units.config, "STATE_DIR")
						   : "/var/lib/siantre") < 0) {
		warn("STATE_DIR");
		folder = NULL;
		rc = EX_OSERR;
	}
	o->exchange = (struct exchange){.folder = folder, .quiet = o->quiet};
	if (rc == 0 && !w->units.none && into != NULL &&
	    way_is_application(w->units.config, into)) {
		if (path == NULL || o->dry_run ||
		    (rc = applock_hold_off(w->units.config, &lock)) == 0)
			rc = units_open(w->units.config, &stopping.units);
		o->exchange.stop = stopping_stop;
		o->exchange.start = stopping_start;
		o->exchange.ctx = &stopping;
	} else
		stopping_settle(&stopping);
	if (rc == 0 && w->settle)
		rc = upkeep_settle(login, into, o);
	else if (rc == 0 && w->drop_old)
		rc = upkeep_drop_old(login, into, o);
	else if (rc == 0)
		rc = load_run(
		    login, part != NULL ? partial_source(part) : dumpfile_source(dump), o);
	if (rc == 0 && part != NULL && !o->quiet)
		printf("%s\n", partial_proof(part));
out:
	o->exchange = (struct exchange){0}; /* what it points at ends here */
	lock_release(lock);
	partial_free(part);
	dumpfile_free(dump);
	units_free(stopping.units);
	stopping_settle(&stopping);
	config_free(w->units.config);
	login_free(login);
	free(folder);
	return rc;
}

static int
run(int argc, char **argv)
{
	struct wish w = {
	    .load = {.large = 1 << 20}, .tables = calloc((size_t)argc, sizeof(*w.tables))};
	int rc = w.tables != NULL ? take_options(argc, argv, &w) : EX_OSERR;

	if (rc != -1)
		goto out;
	argc -= optind;
	argv += optind;
	if (nonsense(&w, argc) || (argc == 1 && restore_terminal(argv[0])))
		rc = restore_usage();
	else if (w.identity != NULL && (rc = decrypt_ready(w.identity)) != 0)
		goto out;
	else if (w.list)
		rc = part_list(argv[0], w.identity, w.load.foreign, w.load.quiet, w.json);
	else
		rc = with_server(&w, argc == 1 ? argv[0] : NULL);
out:
	free(w.tables);
	return rc;
}

const struct restore_command restore_db = {"db", synopsis, help, run};
