/* siantre-restore files: an archive back into a folder. */
#include "restore.h"

#include <err.h>
#include <getopt.h>

#include "set/decrypt.h"
#include "recover/files.h"

static const char *const synopsis[] = {
    "files [options] --into DIR SET|FILE|- [PATH ...]",
    "files --list SET|FILE|-",
    NULL,
};

static const char help[] =
    "\n"
    "files unpacks an archive beside the folder DIR and puts it into place once all of it is\n"
    "proven; a folder that was there stays as DIR_before_TIME.\n"
    "\n"
    "      --into DIR                  where to\n"
    "      --yes                       a folder that is there may be exchanged\n"
    "      --what app|storage|full     which archive of a set (app)\n"
    "      --folder NAME               only this folder of the archive (var/www/siantre)\n"
    "      --carry NAMES|none          folders that the old one has and the archive lacks:\n"
    "                                  copied into the new one (vendor,node_modules)\n"
    "      --list                      print the names only\n"
    "  -0, --null                      names end with NUL\n"
    "      --allow-links               also symbolic links that lead out of the folder\n"
    "      --allow-special             also devices, set-id bits and capabilities\n";

enum {
	OPT_INTO = 256,
	OPT_YES,
	OPT_IDENTITY,
	OPT_WHAT,
	OPT_FOLDER,
	OPT_CARRY,
	OPT_LIST,
	OPT_ALLOW_LINKS,
	OPT_ALLOW_SPECIAL,
	OPT_NO_UNITS,
	OPT_HELP
};

static const struct option options[] = {
    {"into", required_argument, NULL, OPT_INTO},
    {"yes", no_argument, NULL, OPT_YES},
    {"identity", required_argument, NULL, OPT_IDENTITY},
    {"what", required_argument, NULL, OPT_WHAT},
    {"folder", required_argument, NULL, OPT_FOLDER},
    {"carry", required_argument, NULL, OPT_CARRY},
    {"list", no_argument, NULL, OPT_LIST},
    {"null", no_argument, NULL, '0'},
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

static int
run(int argc, char **argv)
{
	struct files_options o = {0};
	struct restore_units units = {0};
	int c, rc;

	while ((c = getopt_long(argc, argv, "0c:nqvV", options, NULL)) != -1) {
		switch (c) {
		case OPT_INTO: o.into = optarg; break;
		case OPT_YES: o.yes = true; break;
		case OPT_IDENTITY: o.identity = optarg; break;
		case OPT_WHAT: o.what = optarg; break;
		case OPT_FOLDER: o.folder = optarg; break;
		case OPT_CARRY: o.carry = optarg; break;
		case 'c': units.name = optarg; break;
		case OPT_NO_UNITS: units.none = true; break;
		case OPT_LIST: o.list = true; break;
		case '0': o.zero = true; break;
		case OPT_ALLOW_LINKS: o.links = true; break;
		case OPT_ALLOW_SPECIAL: o.special = true; break;
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

	if (argc == 0) {
		warnx("no archive given: a set, a file, or - for stdin");
		return restore_usage();
	}
	if (!o.list && (o.into == NULL || *o.into == '\0')) {
		warnx("--into DIR is needed, or --list");
		return restore_usage();
	}
	if (restore_terminal(argv[0]))
		return restore_usage();
	o.paths = argc > 1 ? argv + 1 : NULL;
	if (o.paths != NULL && o.folder != NULL) {
		warnx("--folder or single paths, not both");
		return restore_usage();
	}
	if (o.identity != NULL && (rc = decrypt_ready(o.identity)) != 0)
		return rc;
	if (!o.list && (rc = restore_open_units(&units, !o.dry_run)) != 0)
		return rc;
	o.config = units.config;
	rc = files_restore(argv[0], &o);
	config_free(units.config);
	return rc;
}

const struct restore_command restore_files = {"files", synopsis, help, run};
