/* siantre-status: what stands, how old it is, and how the last runs went. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "base/sig.h"
#include "report/facts.h"
#include "report/json.h"
#include "report/text.h"
#include "set/config.h"

static const char synopsis[] =
    "usage: siantre-status [--json] [-c NAME | --dir BACKUP_DIR] [JOURNAL]\n";

static const char help[] =
    "\n"
    "Says for each job how old its newest verified set is, how large, and how the last run\n"
    "ended. JOURNAL is a file, or - for stdin; without it the journal of the configuration is\n"
    "read. Ends 0 whenever it could be said, however bad it is.\n"
    "\n"
    "  -c, --config NAME|FILE  the application's configuration\n"
    "  -d, --dir BACKUP_DIR    the sets in this folder, and no journal unless it is named\n"
    "      --json              the same facts as JSON\n"
    "  -q, --quiet             nothing but warnings and failures\n"
    "  -v, --verbose           accepted\n"
    "      --help              this text\n"
    "  -V, --version           version\n";

enum { OPT_JSON = 256, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"dir", required_argument, NULL, 'd'},
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

int
main(int argc, char **argv)
{
	struct facts_wish wish = {0};
	struct config *config = NULL;
	struct facts *facts = NULL;
	const char *name = NULL, *no_colour = getenv("NO_COLOR");
	bool json = false, quiet = false, colour;
	int c, rc;

	while ((c = getopt_long(argc, argv, "c:d:qvV", options, NULL)) != -1) {
		switch (c) {
		case 'c': name = optarg; break;
		case 'd': wish.root = optarg; break;
		case OPT_JSON: json = true; break;
		case 'q': quiet = true; break;
		case 'v': break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-status %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (argc > 1) {
		warnx("only one journal");
		return usage();
	}
	if (name != NULL && wish.root != NULL) {
		warnx("only one of --config and --dir");
		return usage();
	}
	if (json && quiet) {
		warnx("only one of --json and --quiet");
		return usage();
	}
	sig_setup();

	rc = config_read(name, &config);
	if (rc != 0)
		goto out;
	language_set(config_get(config, "LANGUAGE"));
	wish.config = wish.root == NULL ? config : NULL;
	wish.application = wish.root != NULL ? wish.root : config_get(config, "APP_NAME");
	if (argc > 0)
		wish.journal = argv[0];
	else if (wish.root == NULL)
		wish.journal = config_journal(config);
	if (wish.root == NULL)
		wish.root = config_get(config, "BACKUP_DIR");
	wish.rpo = config_number(config, "RPO");
	wish.grace = config_number(config, "GRACE");
	wish.now = time(NULL);
	rc = facts_gather(&wish, &facts);
	if (rc != 0)
		goto out;
	colour = isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0');
	if (!json)
		text_print(facts, stdout, colour, quiet);
	else if (json_print(facts, stdout) != 0)
		rc = io_write_exit();
out:
	facts_free(facts);
	config_free(config);
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
