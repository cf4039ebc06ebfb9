/* siantre-dump: an exact, repeatable logical dump of MariaDB or MySQL databases on stdout. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/sig.h"
#include "db/accounts.h"
#include "db/databases.h"
#include "db/dump.h"
#include "sql/habit.h"
#include "db/login.h"
#include "db/plan.h"

static const char synopsis[] =
    "usage: siantre-dump [options] [--env-file FILE] [DATABASE [TABLE ...]]\n"
    "       siantre-dump [options] -B DATABASE ... | -A\n";

static const char help[] =
    "\n"
    "Writes an exact, repeatable SQL dump to stdout. Without DATABASE: the one of the .env or\n"
    "option file.\n"
    "\n"
    "      --env-file FILE             log in as the Laravel application of FILE does\n"
    "      --defaults-file FILE        log in with this private option file only\n"
    "      --defaults-extra-file FILE  this private option file on top of the system's\n"
    "  -h, --host HOST                 server; localhost means the socket\n"
    "  -P, --port PORT                 TCP port\n"
    "  -S, --socket PATH               unix socket\n"
    "  -u, --user USER                 account\n"
    "  -p, --password                  ask for the password on the terminal\n"
    "  -B, --databases                 all operands are databases: with CREATE DATABASE and "
    "USE\n"
    "  -A, --all-databases             every database but the server's own\n"
    "      --users                     accounts and roles too; without DATABASE, these alone\n"
    "      --tables                    the first operand is a database, the others are tables\n"
    "      --ignore-table DB.TABLE     leave this table out; a pattern may be given here and "
    "for\n"
    "                                  TABLE: * stands for any characters, ? for one\n"
    "      --ignore-table-data DB.TABLE\n"
    "                                  leave the rows of this table out\n"
    "  -w, --where CONDITION           only rows that meet this SQL, in every table\n"
    "  -d, --no-data                   structure only\n"
    "  -t, --no-create-info            rows only\n"
    "  -n, --no-create-db              no CREATE DATABASE\n"
    "      --skip-add-drop             no DROP before CREATE\n"
    "      --skip-history              of system-versioned tables only what is valid now\n"
    "      --skip-triggers             leave triggers out\n"
    "      --skip-routines             leave procedures, functions and packages out\n"
    "      --skip-events               leave events out\n"
    "      --skip-views                leave views out\n"
    "      --definer keep|omit         what becomes of DEFINER clauses (keep)\n"
    "      --source-data[=2]           the snapshot's binary log position in the end mark\n"
    "      --ddl release|block|detect  changes of tables meanwhile: see siantre-dump(1) "
    "(release)\n"
    "      --plan                      say what would be dumped, and dump nothing\n"
    "      --json                      the plan as JSON\n"
    "  -j, --jobs N                    connections that read rows (the cores, 4 at most)\n"
    "  -f, --force                     write to a terminal\n"
    "  -q, --quiet                     no progress\n"
    "  -v, --verbose                   accepted; warnings are always shown\n"
    "      --help                      this text\n"
    "  -V, --version                   version\n"
    "\n"
    "Options of mysqldump that ask for what is always done (opt, quick, routines, ...) are\n"
    "accepted; those that ask for what is never done are refused by name.\n";

enum {
	OPT_ENV_FILE = 256,
	OPT_DEFAULTS_FILE,
	OPT_DEFAULTS_EXTRA_FILE,
	OPT_USERS,
	OPT_TABLES,
	OPT_IGNORE_TABLE,
	OPT_IGNORE_TABLE_DATA,
	OPT_SKIP_ADD_DROP,
	OPT_SKIP_HISTORY,
	OPT_SKIP_TRIGGERS,
	OPT_SKIP_ROUTINES,
	OPT_SKIP_EVENTS,
	OPT_SKIP_VIEWS,
	OPT_DEFINER,
	OPT_SOURCE_DATA,
	OPT_DDL,
	OPT_PLAN,
	OPT_JSON,
	OPT_HELP
};

static const struct option options[] = {
    {"env-file", required_argument, NULL, OPT_ENV_FILE},
    {"defaults-file", required_argument, NULL, OPT_DEFAULTS_FILE},
    {"defaults-extra-file", required_argument, NULL, OPT_DEFAULTS_EXTRA_FILE},
    {"host", required_argument, NULL, 'h'},
    {"port", required_argument, NULL, 'P'},
    {"socket", required_argument, NULL, 'S'},
    {"user", required_argument, NULL, 'u'},
    {"password", no_argument, NULL, 'p'},
    {"databases", no_argument, NULL, 'B'},
    {"all-databases", no_argument, NULL, 'A'},
    {"users", no_argument, NULL, OPT_USERS},
    {"tables", no_argument, NULL, OPT_TABLES},
    {"ignore-table", required_argument, NULL, OPT_IGNORE_TABLE},
    {"ignore-table-data", required_argument, NULL, OPT_IGNORE_TABLE_DATA},
    {"where", required_argument, NULL, 'w'},
    {"no-data", no_argument, NULL, 'd'},
    {"no-create-info", no_argument, NULL, 't'},
    {"no-create-db", no_argument, NULL, 'n'},
    {"skip-add-drop", no_argument, NULL, OPT_SKIP_ADD_DROP},
    {"skip-add-drop-table", no_argument, NULL, OPT_SKIP_ADD_DROP},
    {"skip-history", no_argument, NULL, OPT_SKIP_HISTORY},
    {"skip-triggers", no_argument, NULL, OPT_SKIP_TRIGGERS},
    {"skip-routines", no_argument, NULL, OPT_SKIP_ROUTINES},
    {"skip-events", no_argument, NULL, OPT_SKIP_EVENTS},
    {"skip-views", no_argument, NULL, OPT_SKIP_VIEWS},
    {"definer", required_argument, NULL, OPT_DEFINER},
    {"source-data", optional_argument, NULL, OPT_SOURCE_DATA},
    {"master-data", optional_argument, NULL, OPT_SOURCE_DATA},
    {"ddl", required_argument, NULL, OPT_DDL},
    {"plan", no_argument, NULL, OPT_PLAN},
    {"json", no_argument, NULL, OPT_JSON},
    {"jobs", required_argument, NULL, 'j'},
    {"force", no_argument, NULL, 'f'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static int
usage(void)
{
	fputs(synopsis, stderr);
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	static struct option known[sizeof(options) / sizeof(options[0]) + HABIT_COUNT];
	static struct dump_options
	    o; /* static: its lists live until usage() has ended it all */
	struct login *login = NULL;
	const char *env_file = NULL, *defaults = NULL, *extra = NULL;
	char **databases = NULL, *one[1], *named = NULL, letters[8];
	const char *values[sizeof(letters)];
	size_t ndatabases = 0, nletters = 0;
	bool ask = false, all = false, several = false, force = false, listed = false;
	bool tables = false, plan = false, json = false;
	uint64_t jobs = 0;
	long cores;
	int c, rc = EX_OSERR;

	habit_options(options, known);
	while ((c = getopt_long(
		    argc, argv, "h:P:S:u:p::BAw:dtnj:fqvV" HABIT_LETTERS, known, NULL)) != -1) {
		switch (c) {
		case OPT_ENV_FILE: env_file = optarg; break;
		case OPT_DEFAULTS_FILE: defaults = optarg; break;
		case OPT_DEFAULTS_EXTRA_FILE: extra = optarg; break;
		case 'h':
		case 'P':
		case 'S':
		case 'u':
			if (nletters == sizeof(letters)) {
				warnx("-%c: given too often", c);
				return usage();
			}
			letters[nletters] = (char)c;
			values[nletters++] = optarg;
			break;
		case 'p':
			if (optarg != NULL) {
				warnx("-p: no option takes a password");
				return usage();
			}
			ask = true;
			break;
		case 'B': several = true; break;
		case 'A': all = true; break;
		case OPT_USERS: o.users = true; break;
		case OPT_TABLES: tables = true; break;
		case OPT_IGNORE_TABLE:
		case OPT_IGNORE_TABLE_DATA:
			if (selection_add(c == OPT_IGNORE_TABLE ? &o.selection.ignored
								: &o.selection.ignored_rows,
				optarg) != 0)
				return EX_OSERR;
			break;
		case 'w': o.selection.where = optarg; break;
		case 'n': o.no_create_db = true; break;
		case 'd': o.selection.no_data = true; break;
		case 't': o.no_create = true; break;
		case OPT_SKIP_ADD_DROP: o.no_drop = true; break;
		case OPT_SKIP_HISTORY: o.selection.no_history = true; break;
		case OPT_SKIP_TRIGGERS: o.selection.no_triggers = true; break;
		case OPT_SKIP_ROUTINES: o.selection.no_routines = true; break;
		case OPT_SKIP_EVENTS: o.selection.no_events = true; break;
		case OPT_SKIP_VIEWS: o.selection.no_views = true; break;
		case OPT_DEFINER:
			if (strcmp(optarg, "keep") != 0 && strcmp(optarg, "omit") != 0) {
				warnx("--definer: \"%s\" is neither keep nor omit", optarg);
				return usage();
			}
			o.omit_definer = strcmp(optarg, "omit") == 0;
			break;
		case OPT_SOURCE_DATA:
			if (optarg != NULL && strcmp(optarg, "2") != 0) {
				warnx(
				    "--source-data=%s: the position is a comment (=2)", optarg);
				return usage();
			}
			o.position = true;
			break;
		case OPT_DDL:
			if (hold_named(optarg, &o.ddl) != 0) {
				warnx("--ddl: \"%s\" is none of release, block and detect",
				    optarg);
				return usage();
			}
			break;
		case OPT_PLAN: plan = true; break;
		case OPT_JSON: json = true; break;
		case 'j':
			if (num_count(optarg, 1, 64, &jobs) != 0) {
				warnx(
				    "--jobs: \"%s\" is not a number between 1 and 64", optarg);
				return usage();
			}
			break;
		case 'f': force = true; break;
		case 'q': o.quiet = true; break;
		case 'v': break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-dump %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default:
			if (c == '?' || habit_take(c, optarg) != 0)
				return usage();
		}
	}
	argc -= optind;
	argv += optind;
	several = several && !tables;

	if (o.selection.where != NULL && *o.selection.where == '\0') {
		warnx("--where: empty");
		return usage();
	}
	if (o.selection.no_data && o.no_create) {
		warnx("--no-data and --no-create-info together leave nothing");
		return usage();
	}
	if ((env_file != NULL) + (defaults != NULL) + (extra != NULL) > 1) {
		warnx("only one of --env-file, --defaults-file and --defaults-extra-file");
		return usage();
	}
	if (all && argc > 0) {
		warnx("--all-databases takes no operand");
		return usage();
	}
	if (several && argc == 0) {
		warnx("--databases needs at least one");
		return usage();
	}
	if (json && !plan) {
		warnx("--json is the form of a plan: --plan is missing");
		return usage();
	}
	if (!force && !plan && isatty(STDOUT_FILENO)) {
		warnx("stdout is a terminal; redirect it, or use -f");
		return usage();
	}
	if (jobs == 0) {
		cores = sysconf(_SC_NPROCESSORS_ONLN);
		jobs = cores < 1 ? 1 : cores > 4 ? 4 : (uint64_t)cores;
	}
	o.jobs = (unsigned int)jobs;
	sig_setup();
	io_grow_pipe(STDOUT_FILENO);

	login = login_new();
	if (login == NULL)
		goto out;
	rc = env_file != NULL   ? login_env_file(login, env_file)
	     : defaults != NULL ? login_defaults(login, defaults, false)
	     : extra != NULL    ? login_defaults(login, extra, true)
				: 0;
	for (size_t i = 0; rc == 0 && i < nletters; i++)
		rc = login_set(login, letters[i], values[i]) == 0 ? 0 : EX_USAGE;
	if (rc == 0 && ask)
		rc = login_ask(login) == 0 ? 0 : EX_NOPERM;
	if (rc != 0)
		goto out;
	if (all) {
		listed = true;
		rc = databases_list(login, &databases, &ndatabases);
	} else if (several) {
		databases = argv;
		ndatabases = (size_t)argc;
	} else {
		if (argc == 0 && login_database(login) != NULL)
			named = strdup(login_database(login));
		one[0] = argc > 0 ? argv[0] : named;
		databases = one;
		ndatabases = 1;
		for (int i = 1; rc == 0 && i < argc; i++)
			if (selection_add(&o.selection.tables, argv[i]) != 0)
				rc = EX_OSERR;
		if (one[0] == NULL && o.users && !plan) {
			rc = accounts_dump(login, STDOUT_FILENO);
			goto out;
		}
		if (one[0] == NULL || *one[0] == '\0') {
			warnx("no database given, and none in the .env or option file");
			rc = usage();
		}
	}
	o.with_database = all || several;
	o.selection.several = ndatabases > 1;
	if (rc == 0 && ndatabases == 0) {
		warnx("no database to dump");
		rc = EX_DATAERR;
	}
	if (rc == 0)
		rc = plan ? plan_print(login, databases, ndatabases, &o, json)
			  : dump_write(login, databases, ndatabases, &o, STDOUT_FILENO);
out:
	for (size_t i = 0; listed && i < ndatabases; i++)
		free(databases[i]);
	if (listed)
		free(databases);
	free(named);
	selection_free(&o.selection);
	login_free(login);
	if (rc == 0 && close(STDOUT_FILENO) != 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
