/* siantre-alert: who is told when a backup fails, and that they are. */
#include <err.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert/alert.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/language.h"
#include "base/rights.h"
#include "base/sig.h"
#include "notify/moment.h"

static const char synopsis[] =
    "usage: siantre-alert [-nqv] [-c NAME] [--queue] < EVENTS\n"
    "       siantre-alert flush [-nqv] [-c NAME] [--queue] [--now]\n"
    "       siantre-alert ack [-nq] [-c NAME] [--over] [INCIDENT ...|all]\n"
    "       siantre-alert list [-qv] [-c NAME] [--json]\n"
    "       siantre-alert check [-nqv] [-c NAME] [--queue] [--json]\n"
    "       siantre-alert watch [options] [HOST=]DEST ...\n"
    "       siantre-alert failed [-nq] [-c NAME] [--queue] UNIT\n"
    "       siantre-alert test [-nq] [-c NAME] [--scheduled] [CHANNEL ...|all]\n";

static const char help[] =
    "\n"
    "Tells people what goes wrong with backups: once, again after 1, 2, 4, 8 ... days, and "
    "when it\n"
    "is over. Without a command it takes event lines from stdin; flush takes what is new in "
    "the\n"
    "journal and sends what waits.\n"
    "\n"
    "  -c, --config NAME|FILE  the application's configuration\n"
    "      --queue             send nothing: a later flush does\n"
    "      --now               flush: do not wait for the next attempt\n"
    "      --over              ack: it is over, and nobody need be told again\n"
    "      --json              list: as JSON\n"
    "  -n, --dry-run           say what would be done\n"
    "  -q, --quiet             say nothing but failures\n"
    "  -v, --verbose           say what is done; list: what to do about each\n"
    "      --help              this text\n"
    "  -V, --version           version\n";

enum { OPT_QUEUE = 256, OPT_JSON, OPT_NOW, OPT_OVER, OPT_SCHEDULED, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"queue", no_argument, NULL, OPT_QUEUE},
    {"json", no_argument, NULL, OPT_JSON},
    {"now", no_argument, NULL, OPT_NOW},
    {"over", no_argument, NULL, OPT_OVER},
    {"scheduled", no_argument, NULL, OPT_SCHEDULED},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* where it has options of its own; NULL: none */
} commands[] = {
    {"flush", alert_flush, NULL},
    {"ack", alert_ack, NULL},
    {"list", alert_list, NULL},
    {"check", alert_check, alert_check_help},
    {"watch", alert_watch, alert_watch_help},
    {"failed", alert_failed, alert_failed_help},
    {"test", alert_test, alert_test_help},
};

int
alert_usage(const char *problem)
{
	if (problem != NULL)
		warnx("%s", problem);
	fputs(synopsis, stderr);
	return EX_USAGE;
}

void
alert_hint(const struct alert *a, const char *command)
{
	hintx("%s%s%s", command, a->name != NULL ? " -c " : "", a->name != NULL ? a->name : "");
}

/* Whether an option of one command only is one of this one. */
static bool
is_allowed(const char *letters, char letter, const char *name)
{
	if (strchr(letters, letter) != NULL)
		return true;
	warnx("--%s: not with this command", name);
	return false;
}

static int
say_help(void)
{
	printf("%s%s", synopsis, help);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].help != NULL)
			fputs(commands[i].help, stdout);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

int
alert_options(struct alert *a, int argc, char **argv, const char *letters)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:nqvV", options, NULL)) != -1) {
		switch (c) {
		case 'c': a->name = optarg; break;
		case 'n': a->dry = true; break;
		case 'q': a->quiet = true; break;
		case 'v': a->verbose = true; break;
		case OPT_QUEUE: a->queue = true; break;
		case OPT_JSON: a->json = true; break;
		case OPT_NOW: a->hurry = true; break;
		case OPT_OVER: a->over = true; break;
		case OPT_SCHEDULED: a->scheduled = true; break;
		case OPT_HELP: a->help = say_help() == 0; return -1;
		case 'V':
			printf("siantre-alert %s\n", VERSION);
			a->help = fflush(stdout) == 0;
			return -1;
		default: alert_usage(NULL); return -1;
		}
	}
	if ((a->queue && !is_allowed(letters, 'q', "queue")) ||
	    (a->json && !is_allowed(letters, 'j', "json")) ||
	    (a->hurry && !is_allowed(letters, 'n', "now")) ||
	    (a->over && !is_allowed(letters, 'o', "over")) ||
	    (a->scheduled && !is_allowed(letters, 's', "scheduled"))) {
		alert_usage(NULL);
		return -1;
	}
	return optind;
}

int
alert_start(struct alert *a)
{
	int rc;

	if ((rc = rights_become()) != 0 || (rc = config_read(a->name, &a->own)) != 0)
		return rc;
	a->config = a->own;
	language_set(config_get(a->config, "LANGUAGE"));
	a->folder = config_get(a->config, "STATE_DIR");
	a->now = moment_now();
	return 0;
}

void
alert_end(struct alert *a)
{
	config_free(a->own);
}

int
main(int argc, char **argv)
{
	size_t i, count = sizeof(commands) / sizeof(commands[0]);
	int rc;

	sig_setup();
	/* What is no option is a command; its options come behind it. */
	if (argc > 1 && argv[1][0] != '-') {
		for (i = 0; i < count && strcmp(argv[1], commands[i].name) != 0;)
			i++;
		if (i == count) {
			warnx("%s: no such command", argv[1]);
			return alert_usage(NULL);
		}
		argv[1] = argv[0]; /* the name in messages of getopt */
		rc = commands[i].run(argc - 1, argv + 1);
	} else {
		rc = alert_filter(argc, argv);
	}
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
