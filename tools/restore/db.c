/* siantre-restore db: a dump back into a database. */
#include "restore.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "base/ordered.h"
#include "set/config.h"
#include "set/dumpfile.h"
#include "set/units.h"
#include "sql/load.h"
#include "sql/login.h"
#include "sql/upkeep.h"

#define JOBS_MAX 64
#define JOBS_DEFAULT 16 /* at most, unless more are asked for */

static const char *const synopsis[] = {
    "db [options] [--into DATABASE] SET|FILE|-",
    "db [options] [--into DATABASE] --settle | --drop-old",
    NULL,
};

static const char help[] =
    "\n"
    "db loads a dump of siantre-dump (plain or gzip; of a set's folder, from a file or stdin)\n"
    "once it is proven by its end mark, and compares what is there afterwards. Without options\n"
    "that say otherwise it logs in as root, or as the application does, and the database is\n"
    "the application's.\n"
    "\n"
    "      --into DATABASE             where to; made if it is missing. Without it: what the\n"
    "                                  dump names, or the database of the .env or option file\n"
    "      --yes                       exchange a database that holds something; the old one\n"
    "                                  stays as NAME_before_TIME\n"
    "      --resume                    go on with what a call that was interrupted has loaded, and\n"
    "                                  leave it for the next one where this one fails\n"
    "      --drop-old                  name the old ones, and drop them with --yes\n"
    "      --settle                    finish or undo an exchange that was interrupted (so does\n"
    "                                  any other call)\n"
    "      --compare digests|rows      how tables are compared afterwards (digests)\n"
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
	OPT_YES,
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
    {"yes", no_argument, NULL, OPT_YES},
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

/* How to log in, as it was said on the command line. */
struct way {
	const char *env_file, *defaults, *extra;
	const char *host, *port, *socket, *user;
	bool ask;
};

static bool
is_said(const struct way *w)
{
	return w->env_file != NULL || w->defaults != NULL || w->extra != NULL ||
	       w->host != NULL || w->port != NULL || w->socket != NULL || w->user != NULL ||
	       w->ask;
}

static int
log_in_as_said(struct login *l, const struct way *w)
{
	int rc = w->env_file != NULL   ? login_env_file(l, w->env_file)
		 : w->defaults != NULL ? login_defaults(l, w->defaults, false)
		 : w->extra != NULL    ? login_defaults(l, w->extra, true)
				       : 0;

	if (rc == 0 && ((w->host != NULL && login_set(l, 'h', w->host) != 0) ||
			   (w->port != NULL && login_set(l, 'P', w->port) != 0) ||
			   (w->socket != NULL && login_set(l, 'S', w->socket) != 0) ||
			   (w->user != NULL && login_set(l, 'u', w->user) != 0)))
		rc = EX_USAGE;
	if (rc == 0 && w->ask)
		rc = login_ask(l) == 0 ? 0 : EX_NOPERM;
	return rc;
}

/*
 * The application's database.  Its account may seldom do what a restore does; root may, where the
 * server is here and knows it by the socket.
 */
static int
log_in_to_application(struct login *l, const struct config *config)
{
	const char *env = config_get(config, "DB_ENV_FILE");
	const char *defaults = config_get(config, "DB_DEFAULTS_FILE");
	int rc = 0;

	if (*defaults != '\0')
		rc = login_defaults(l, defaults, false);
	else if (access(env, F_OK) == 0)
		rc = login_env_file(l, env);
	if (rc == 0 && geteuid() == 0)
		login_root(l);
	return rc;
}

/* Whether the database ${name} is the application's. */
static bool
is_application(const struct config *config, const char *name)
{
	const char *env = config_get(config, "DB_ENV_FILE");
	const char *defaults = config_get(config, "DB_DEFAULTS_FILE");
	struct login *l = login_new();
	const char *its = NULL;
	bool is;

	if (l != NULL && *defaults != '\0' && access(defaults, F_OK) == 0 &&
	    login_defaults(l, defaults, false) == 0)
		its = login_database(l);
	if (l != NULL && its == NULL && access(env, F_OK) == 0 && login_env_file(l, env) == 0)
		its = login_database(l);
	is = its != NULL && strcmp(its, name) == 0;
	login_free(l);
	return is;
}

static int
stop_units(void *ctx)
{
	return units_stop(ctx);
}

static int
start_units(void *ctx)
{
	return units_start(ctx);
}

static int
run(int argc, char **argv)
{
	struct load_options o = {.large = 1 << 20};
	uint64_t jobs = ordered_jobs(0, JOBS_DEFAULT);
	struct restore_units units = {0};
	struct login *login = NULL;
	struct dumpfile *dump = NULL;
	struct units *stopped = NULL;
	struct way way = {0};
	const char *into;
	char *folder = NULL;
	bool settle = false, drop_old = false;
	int c, rc = EX_OSERR;

	while ((c = getopt_long(argc, argv, "c:h:P:S:u:pj:nqvV", options, NULL)) != -1) {
		switch (c) {
		case OPT_INTO: o.into = optarg; break;
		case OPT_YES: o.yes = true; break;
		case OPT_FOREIGN: o.foreign = true; break;
		case OPT_ALLOW_WARNINGS: o.allow_warnings = true; break;
		case 'j':
			if (num_count(optarg, 1, JOBS_MAX, &jobs) != 0) {
				warnx("--jobs: \"%s\" is not a number between 1 and %d", optarg,
				    JOBS_MAX);
				return restore_usage();
			}
			break;
		case OPT_BULK_FROM:
			if (num_size(optarg, &o.large) != 0) {
				warnx("--bulk-from: \"%s\" is no size", optarg);
				return restore_usage();
			}
			break;
		case OPT_DROP_OLD: drop_old = true; break;
		case OPT_SETTLE: settle = true; break;
		case OPT_COMPARE:
			if (strcmp(optarg, "digests") != 0 && strcmp(optarg, "rows") != 0) {
				warnx("--compare: \"%s\" is neither digests nor rows", optarg);
				return restore_usage();
			}
			o.rows_only = strcmp(optarg, "rows") == 0;
			break;
		case OPT_NO_SPACE_CHECK: o.any_space = true; break;
		case OPT_RESUME: o.resume = true; break;
		case 'c': units.name = optarg; break;
		case OPT_NO_UNITS: units.none = true; break;
		case OPT_ENV_FILE: way.env_file = optarg; break;
		case OPT_DEFAULTS_FILE: way.defaults = optarg; break;
		case OPT_DEFAULTS_EXTRA_FILE: way.extra = optarg; break;
		case 'h': way.host = optarg; break;
		case 'P': way.port = optarg; break;
		case 'S': way.socket = optarg; break;
		case 'u': way.user = optarg; break;
		case 'p': way.ask = true; break;
		case 'n': o.dry_run = true; break;
		case 'q': o.quiet = true; break;
		case 'v': o.verbose = true; break;
		case OPT_HELP: return restore_help();
		case 'V': return restore_version();
		default: return restore_usage();
		}
	}
	argc -= optind;
	argv += optind;

	if ((way.env_file != NULL) + (way.defaults != NULL) + (way.extra != NULL) > 1) {
		warnx("only one of --env-file, --defaults-file and --defaults-extra-file");
		return restore_usage();
	}
	if (o.into != NULL && *o.into == '\0') {
		warnx("--into: no database named");
		return restore_usage();
	}
	if (settle && drop_old) {
		warnx("--settle and --drop-old: one at a time");
		return restore_usage();
	}
	if ((settle || drop_old) && argc > 0) {
		warnx("%s takes no dump", settle ? "--settle" : "--drop-old");
		return restore_usage();
	}
	if (argc != 1 && !settle && !drop_old) {
		warnx(argc == 0 ? "no dump given: a set, a file, or - for stdin"
				: "one dump at a time");
		return restore_usage();
	}
	if (argc == 1 && restore_terminal(argv[0]))
		return restore_usage();

	if ((rc = restore_open_units(&units, !o.dry_run)) != 0)
		return rc;
	rc = EX_OSERR;
	login = login_new();
	if (login == NULL)
		goto out;
	o.jobs = (unsigned)jobs;
	rc = is_said(&way) || units.config == NULL ? log_in_as_said(login, &way)
						   : log_in_to_application(login, units.config);
	into = o.into != NULL ? o.into : login_database(login);
	if (rc == 0 && (settle || drop_old) && into == NULL) {
		warnx("%s: of which database? --into is missing",
		    settle ? "--settle" : "--drop-old");
		rc = EX_USAGE;
	}
	if (rc == 0 && asprintf(&folder, "%s/restore",
			   units.config != NULL ? config_get(units.config, "STATE_DIR")
						: "/var/lib/siantre") < 0) {
		warn("STATE_DIR");
		folder = NULL;
		rc = EX_OSERR;
	}
	o.exchange = (struct exchange){.folder = folder, .quiet = o.quiet};
	if (rc == 0 && !units.none && into != NULL && is_application(units.config, into)) {
		rc = units_open(units.config, &stopped);
		o.exchange.stop = stop_units;
		o.exchange.start = start_units;
		o.exchange.ctx = stopped;
	}
	if (rc == 0 && settle)
		rc = upkeep_settle(login, into, &o);
	else if (rc == 0 && drop_old)
		rc = upkeep_drop_old(login, into, &o);
	else if (rc == 0 && (rc = dumpfile_open(argv[0], &dump)) == 0)
		rc = load_run(login, dumpfile_source(dump), &o);
out:
	dumpfile_free(dump);
	units_free(stopped);
	config_free(units.config);
	login_free(login);
	free(folder);
	return rc;
}

const struct restore_command restore_db = {"db", synopsis, help, run};
