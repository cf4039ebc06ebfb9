/* siantre-ship --accept: takes finished sets from an incoming folder into a tree that the sender cannot write. */
#include "ship.h"

#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/rights.h"
#include "base/sig.h"
#include "ship/accept.h"

static const char synopsis[] = "usage: siantre-ship --accept [options] INCOMING TREE\n";

const char ship_accept_help[] =
    "\n"
    "--accept, on the machine that keeps the copies: copies finished sets out of the folder "
    "that\n"
    "senders write to into one that they cannot, and proves them there.\n"
    "\n"
    "      --basis N               newest sets of each job that stay for rsync (1)\n"
    "      --reserve SIZE          leave so much of the disk free (1G)\n"
    "      --quota SIZE            all sets of TREE together take no more\n"
    "      --per-day N             sets of one date that TREE takes (100)\n"
    "      --late DURATION         how much older than the newest of its job a set may be "
    "(7d)\n"
    "      --json                  report as JSON\n"
    "  -q, -v, --help, -V          as above\n";

enum {
	OPT_ACCEPT = 256,
	OPT_BASIS,
	OPT_RESERVE,
	OPT_QUOTA,
	OPT_PER_DAY,
	OPT_LATE,
	OPT_JSON,
	OPT_HELP,
};

static const struct option options[] = {
    {"accept", no_argument, NULL, OPT_ACCEPT},
    {"basis", required_argument, NULL, OPT_BASIS},
    {"reserve", required_argument, NULL, OPT_RESERVE},
    {"quota", required_argument, NULL, OPT_QUOTA},
    {"per-day", required_argument, NULL, OPT_PER_DAY},
    {"late", required_argument, NULL, OPT_LATE},
    {"json", no_argument, NULL, OPT_JSON},
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

static int
bad(const char *option, const char *text, const char *what)
{
	warnx("%s: \"%s\" is not %s", option, text, what);
	return usage();
}

int
ship_accept(int argc, char **argv)
{
	struct accept_options o = {.basis = ACCEPT_BASIS,
	    .reserve = ACCEPT_RESERVE,
	    .per_day = ACCEPT_PER_DAY,
	    .late = ACCEPT_LATE};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	bool accept = false;
	int c, rc;

	while ((c = getopt_long(argc, argv, "qvV", options, NULL)) != -1) {
		switch (c) {
		case OPT_ACCEPT: accept = true; break;
		case OPT_BASIS:
			if (num_count(optarg, 1, 1000, &o.basis) != 0)
				return bad("--basis", optarg, "a number from 1 to 1000");
			break;
		case OPT_RESERVE:
			if (num_size(optarg, &o.reserve) != 0)
				return bad("--reserve", optarg, "a size");
			break;
		case OPT_QUOTA:
			if (num_size(optarg, &o.quota) != 0 || o.quota == 0)
				return bad("--quota", optarg, "a size");
			break;
		case OPT_PER_DAY:
			if (num_count(optarg, 1, 86400, &o.per_day) != 0)
				return bad("--per-day", optarg, "a number from 1 to 86400");
			break;
		case OPT_LATE:
			if (num_duration(optarg, &o.late) != 0)
				return bad("--late", optarg, "a duration, such as 7d");
			break;
		case OPT_JSON: o.json = true; break;
		case 'q': o.quiet = true; break;
		case 'v': o.verbose = true; break;
		case OPT_HELP:
			printf("%s%s", synopsis, ship_accept_help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-ship %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (!accept || argc != 2) {
		warnx(accept ? "--accept needs INCOMING and TREE" : "nothing to do");
		return usage();
	}
	o.incoming = argv[0];
	o.tree = argv[1];
	o.jobs = cores < 1 ? 1 : cores > 256 ? 256 : (unsigned)cores;
	sig_setup();

	if ((rc = rights_drop()) == 0 && (rc = rights_forgo()) == 0)
		rc = accept_run(&o);
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
