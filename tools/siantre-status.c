/* siantre-status: what stands, how old it is, and how the last runs went. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "base/rights.h"
#include "base/sig.h"
#include "notify/moment.h"
#include "report/facts.h"
#include "report/html.h"
#include "report/json.h"
#include "report/nagios.h"
#include "report/prometheus.h"
#include "report/publish.h"
#include "report/text.h"
#include "set/config.h"

static const char synopsis[] =
    "usage: siantre-status [-q | --json | --format=FORMAT] [-c NAME | --dir BACKUP_DIR] "
    "[JOURNAL]\n"
    "       siantre-status --write [-q] [-c NAME]\n";

static const char help[] =
    "\n"
    "Says for each job how old its newest verified set is, how large, and how the last runs\n"
    "ended; how full the disk is, what the copies elsewhere and the last drill are worth, and\n"
    "who is told. JOURNAL is a file, or - for stdin; without it the journal of the\n"
    "configuration is read. Ends 0 whenever it could be said, however bad it is.\n"
    "\n"
    "  -c, --config NAME|FILE  the application's configuration\n"
    "  -d, --dir BACKUP_DIR    the sets in this folder, and no journal unless it is named\n"
    "  -f, --format FORMAT     text, json, prometheus, html, or nagios, which alone ends 0 to "
    "3\n"
    "      --json              the same as --format=json\n"
    "      --write             write the page DASHBOARD and PROMETHEUS_FILE, print their "
    "names\n"
    "  -q, --quiet             nothing but warnings, incidents and failures\n"
    "  -v, --verbose           accepted\n"
    "      --help              this text\n"
    "  -V, --version           version\n";

enum { OPT_JSON = 256, OPT_WRITE, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"dir", required_argument, NULL, 'd'},
    {"format", required_argument, NULL, 'f'},
    {"json", no_argument, NULL, OPT_JSON},
    {"write", no_argument, NULL, OPT_WRITE},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* What was asked for. */
struct given {
	enum publish_format format;
	bool formatted; /* it was named */
	bool write;
	bool quiet;
	const char *name;
	const char *root;
	const char *journal;
};

static int
usage(void)
{
	fputs(synopsis, stderr);
	return EX_USAGE;
}

/* What cannot go together, or NULL. */
static const char *
judge(const struct given *g)
{
	if (g->name != NULL && g->root != NULL)
		return "only one of --config and --dir";
	if (g->formatted && g->quiet && g->format != PUBLISH_TEXT)
		return g->format == PUBLISH_JSON ? "only one of --json and --quiet"
						 : "--quiet is for text";
	if (g->write && (g->formatted || g->root != NULL || g->journal != NULL))
		return "--write takes no format, no folder and no journal";
	return NULL;
}

static int
print(const struct given *g, const struct facts *f)
{
	const char *no_colour = getenv("NO_COLOR");
	bool colour = isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0');

	switch (g->format) {
	case PUBLISH_TEXT: text_print(f, stdout, colour, g->quiet); return 0;
	case PUBLISH_JSON: return json_print(f, stdout) == 0 ? 0 : io_write_exit();
	case PUBLISH_PROMETHEUS: prometheus_print(f, stdout); return 0;
	case PUBLISH_NAGIOS: return nagios_print(f, stdout);
	case PUBLISH_HTML: return html_print(f, stdout) == 0 ? 0 : io_write_exit();
	}
	return EX_SOFTWARE;
}

/* Gather, and tell. */
static int
work(const struct given *g, const struct config *c)
{
	struct facts_wish wish = {
	    .root = g->root,
	    .journal = g->journal,
	    .rpo = config_number(c, "RPO"),
	    .grace = config_number(c, "GRACE"),
	    .now = moment_now(),
	    .blind = g->write, /* a page that says so, and not the one of yesterday */
	};
	struct facts *facts = NULL;
	int rc;

	if (wish.root == NULL) {
		wish.config = c;
		wish.application = config_get(c, "APP_NAME");
		wish.root = config_get(c, "BACKUP_DIR");
		if (wish.journal == NULL) {
			wish.journal = config_journal(c);
			wish.past = true;
		}
	} else
		wish.application = wish.root;
	rc = facts_gather(&wish, &facts);
	if (rc == 0)
		rc = g->write ? publish_all(facts, g->quiet ? NULL : stdout) : print(g, facts);
	else if (g->format == PUBLISH_NAGIOS)
		rc = nagios_unknown(stdout);
	facts_free(facts);
	return rc;
}

int
main(int argc, char **argv)
{
	struct given g = {.format = PUBLISH_TEXT};
	struct config *config = NULL;
	const char *problem;
	int c, rc;

	while ((c = getopt_long(argc, argv, "c:d:f:qvV", options, NULL)) != -1) {
		switch (c) {
		case 'c': g.name = optarg; break;
		case 'd': g.root = optarg; break;
		case 'f':
			if (publish_format(optarg, &g.format) != 0) {
				warnx("--format=%s: not one of text, json, prometheus, "
				      "nagios, html",
				    optarg);
				return usage();
			}
			g.formatted = true;
			break;
		case OPT_JSON:
			g.format = PUBLISH_JSON;
			g.formatted = true;
			break;
		case OPT_WRITE: g.write = true; break;
		case 'q': g.quiet = true; break;
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
	g.journal = argc > 0 ? argv[0] : NULL;
	if ((problem = judge(&g)) != NULL) {
		warnx("%s", problem);
		return usage();
	}
	sig_setup();

	/* What it leaves is to be replaced by the nightly runs. */
	rc = g.write ? rights_drop() : 0;
	if (rc == 0)
		rc = config_read(g.name, &config);
	if (rc == 0) {
		language_set(config_get(config, "LANGUAGE"));
		rc = work(&g, config);
	} else if (g.format == PUBLISH_NAGIOS)
		rc = nagios_unknown(stdout);
	config_free(config);
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) &&
	    (rc == 0 || g.format == PUBLISH_NAGIOS))
		rc = g.format == PUBLISH_NAGIOS ? 3 : io_write_exit();
	return sig_exit(rc);
}
