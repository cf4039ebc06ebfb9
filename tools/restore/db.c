/* siantre-restore db: a dump back into a database. */
#include "restore.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/num.h"
#include "base/ordered.h"
#include "set/dumpfile.h"
#include "sql/load.h"
#include "sql/login.h"

#define JOBS_MAX 64
#define JOBS_DEFAULT 16 /* at most, unless more are asked for */

static const char *const synopsis[] = {
    "db [options] [--into DATABASE] SET|FILE|-",
    NULL,
};

static const char help[] =
    "\n"
    "db loads a dump of siantre-dump (plain or gzip; of a set's folder, from a file or stdin)\n"
    "once it is proven by its end mark, and counts the rows.\n"
    "\n"
    "      --into DATABASE             where to; made if it is missing. Without it: what the\n"
    "                                  dump names, or the database of the .env or option file\n"
    "      --yes                       replace a database that holds something\n"
    "      --foreign                   a dump of mysqldump, mariadb-dump or another tool\n"
    "      --allow-warnings            go on where the server warns\n"
    "  -j, --jobs N                    connections that load rows (as many as cores)\n"
    "      --bulk-from SIZE            tables with as many bytes of rows are loaded by LOAD\n"
    "                                  DATA, their indexes after the rows (1M)\n"
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
	OPT_ENV_FILE,
	OPT_DEFAULTS_FILE,
	OPT_DEFAULTS_EXTRA_FILE,
	OPT_HELP
};

static const struct option options[] = {
    {"into", required_argument, NULL, OPT_INTO},
    {"yes", no_argument, NULL, OPT_YES},
    {"foreign", no_argument, NULL, OPT_FOREIGN},
    {"allow-warnings", no_argument, NULL, OPT_ALLOW_WARNINGS},
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
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static int
run(int argc, char **argv)
{
	struct load_options o = {.large = 1 << 20};
	uint64_t jobs = ordered_jobs(0, JOBS_DEFAULT);
	struct login *login = NULL;
	struct dumpfile *dump = NULL;
	const char *env_file = NULL, *defaults = NULL, *extra = NULL;
	const char *host = NULL, *port = NULL, *socket = NULL, *user = NULL;
	bool ask = false;
	int c, rc = EX_OSERR;

	while ((c = getopt_long(argc, argv, "h:P:S:u:pj:nqvV", options, NULL)) != -1) {
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
		case OPT_ENV_FILE: env_file = optarg; break;
		case OPT_DEFAULTS_FILE: defaults = optarg; break;
		case OPT_DEFAULTS_EXTRA_FILE: extra = optarg; break;
		case 'h': host = optarg; break;
		case 'P': port = optarg; break;
		case 'S': socket = optarg; break;
		case 'u': user = optarg; break;
		case 'p': ask = true; break;
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

	if ((env_file != NULL) + (defaults != NULL) + (extra != NULL) > 1) {
		warnx("only one of --env-file, --defaults-file and --defaults-extra-file");
		return restore_usage();
	}
	if (o.into != NULL && *o.into == '\0') {
		warnx("--into: no database named");
		return restore_usage();
	}
	if (argc != 1) {
		warnx(argc == 0 ? "no dump given: a set, a file, or - for stdin"
				: "one dump at a time");
		return restore_usage();
	}
	if (restore_terminal(argv[0]))
		return restore_usage();

	login = login_new();
	if (login == NULL)
		return EX_OSERR;
	o.jobs = (unsigned)jobs;
	rc = env_file != NULL   ? login_env_file(login, env_file)
	     : defaults != NULL ? login_defaults(login, defaults, false)
	     : extra != NULL    ? login_defaults(login, extra, true)
				: 0;
	if (rc == 0 && ((host != NULL && login_set(login, 'h', host) != 0) ||
			   (port != NULL && login_set(login, 'P', port) != 0) ||
			   (socket != NULL && login_set(login, 'S', socket) != 0) ||
			   (user != NULL && login_set(login, 'u', user) != 0)))
		rc = EX_USAGE;
	if (rc == 0 && ask)
		rc = login_ask(login) == 0 ? 0 : EX_NOPERM;
	if (rc == 0)
		rc = dumpfile_open(argv[0], &dump);
	if (rc == 0)
		rc = load_run(login, dumpfile_source(dump), &o);
	dumpfile_free(dump);
	login_free(login);
	return rc;
}

const struct restore_command restore_db = {"db", synopsis, help, run};
