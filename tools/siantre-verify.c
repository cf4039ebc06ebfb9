/* siantre-verify: proves files, sets, or what comes on stdin, before anybody relies on it. */
#include <err.h>
#include <errno.h>
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
#include "base/spool.h"
#include "base/worker.h"
#include "drill/drill.h"
#include "verify/operands.h"
#include "set/config.h"
#include "prove/crew.h"
#include "set/decrypt.h"
#include "prove/prove.h"

static const char synopsis[] = "usage: siantre-verify [options] FILE|SETDIR ...\n"
			       "       siantre-verify [options] < FILE | ...\n"
			       "       siantre-verify --level drill [options] [SETDIR ...]\n";

static const char help[] =
    "\n"
    "Proves gzip, tar archives, dumps to their end mark, and whole sets. Without operands it "
    "is\n"
    "a filter: stdin appears on stdout once all of it is proven, and not before.\n"
    "\n"
    "  -l, --level checksum|structure|drill  how deep (structure); drill: restore the newest\n"
    "                              sets, or these, into a scratch server and folder, compare,\n"
    "                              and hold the times against RTO and RPO\n"
    "  -j, --jobs N                how many files at a time (the cores)\n"
    "      --require-end               SQL without siantre-dump's end mark is an error\n"
    "      --record                    note the result in each set's verified.json\n"
    "      --identity FILE             look into what age has encrypted, with this key; the\n"
    "                                  filter passes on what is in it\n"
    "      --spool DIR                 where stdin and what was decrypted are kept meanwhile\n"
    "                                  ($TMPDIR or /var/tmp)\n"
    "  -c, --config NAME           drill: " CONFIG_FOLDER "/NAME.conf, or a path (siantre)\n"
    "      --report DIR            drill: write the report as text, JSON and HTML into DIR\n"
    "                              (STATE_DIR/drills for the newest sets)\n"
    "      --json                      report as JSON\n"
    "  -f, --force                     filter from or to a terminal\n"
    "  -q, --quiet                     no progress, no line for what is right\n"
    "  -v, --verbose                   a line for each file of a set\n"
    "      --help                      this text\n"
    "  -V, --version                   version\n";

#define JOBS_MAX 256

enum {
	OPT_REQUIRE_END = 256,
	OPT_RECORD,
	OPT_IDENTITY,
	OPT_SPOOL,
	OPT_REPORT,
	OPT_JSON,
	OPT_HELP
};

static const struct option options[] = {
    {"level", required_argument, NULL, 'l'},
    {"jobs", required_argument, NULL, 'j'},
    {"require-end", no_argument, NULL, OPT_REQUIRE_END},
    {"record", no_argument, NULL, OPT_RECORD},
    {"identity", required_argument, NULL, OPT_IDENTITY},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"config", required_argument, NULL, 'c'},
    {"report", required_argument, NULL, OPT_REPORT},
    {"json", no_argument, NULL, OPT_JSON},
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

/* How many cores there are, as far as jobs go. */
static uint64_t
cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (uint64_t)n;
}

/* Nothing is written before all of it is proven; nobody else can reach the spool between. */
static int
filter(const struct prove_options *o, const struct operands_told *t)
{
	struct crew *crew = NULL;
	struct proof proof;
	char what[160], *chunk = NULL;
	const size_t size = (size_t)256 << 10;
	ssize_t got = -1;
	int fd = -1, sealed = -1, rc;

	rc = spool_fd(STDIN_FILENO, "stdin", &fd);
	if (rc == 0 && o->identity != NULL && decrypt_needed(fd, "stdin")) {
		sealed = fd;
		rc = decrypt_fd(sealed, "stdin", o->identity, false, &fd);
		io_close(&sealed);
	}
	if (rc != 0)
		goto out;
	rc = EX_OSERR;
	if ((crew = crew_new(1, NULL)) == NULL)
		goto out;
	crew_add(crew, fd, "stdin", o, &proof);
	crew_wait(crew);
	if (t->verbose)
		worker_tell_locks(crew_locks(crew));
	if ((rc = proof.code) != 0)
		goto out;
	if (proof.kind == KIND_FOREIGN && !t->quiet)
		warnx("stdin: %s", prove_describe(&proof, what, sizeof(what)));
	rc = EX_IOERR;
	chunk = malloc(size);
	if (chunk == NULL || lseek(fd, 0, SEEK_SET) != 0) {
		warn("read spool");
		goto out;
	}
	while (sig_stop() == 0 && (got = io_read(fd, chunk, size)) > 0)
		if (io_write(STDOUT_FILENO, chunk, (size_t)got) != 0) {
			rc = io_write_exit();
			goto out;
		}
	if (got < 0)
		warn("read spool");
	else
		rc = 0;
out:
	crew_free(crew);
	free(chunk);
	io_close(&fd);
	return rc;
}

/* The level that needs a configuration, and programs beside this one. */
static int
drill(const char *name, const struct drill_options *o)
{
	struct config *config = NULL;
	int rc;

	if ((rc = rights_drop()) == 0 && (rc = config_read(name, &config)) == 0)
		rc = drill_run(config, o);
	config_free(config);
	return rc;
}

/* The level called ${text}: 0, or -1 after reporting. */
static int
take_level(const char *text, enum prove_level *level, bool *drilled)
{
	*drilled = strcmp(text, "drill") == 0;
	*level = strcmp(text, "checksum") == 0 ? PROVE_CHECKSUM : PROVE_STRUCTURE;
	if (*drilled || *level == PROVE_CHECKSUM || strcmp(text, "structure") == 0)
		return 0;
	warnx("--level: \"%s\" is none of checksum, structure and drill", text);
	return -1;
}

int
main(int argc, char **argv)
{
	struct prove_options o = {.level = PROVE_STRUCTURE, .bytes = -1, .index = -1};
	struct operands_told t = {0};
	struct drill_options d = {0};
	bool force = false, drilled = false;
	const char *spool = NULL, *config = NULL;
	uint64_t jobs = 0;
	int c, rc;

	while ((c = getopt_long(argc, argv, "c:l:j:fqvV", options, NULL)) != -1) {
		switch (c) {
		case 'l':
			if (take_level(optarg, &o.level, &drilled) != 0)
				return usage();
			break;
		case 'c': config = optarg; break;
		case OPT_REPORT: d.report = optarg; break;
		case 'j':
			if (num_count(optarg, 1, JOBS_MAX, &jobs) != 0) {
				warnx("--jobs: \"%s\" is not a number from 1 to %d", optarg,
				    JOBS_MAX);
				return usage();
			}
			break;
		case OPT_REQUIRE_END: o.require_end = true; break;
		case OPT_RECORD: t.record = true; break;
		case OPT_IDENTITY: o.identity = optarg; break;
		case OPT_SPOOL: spool = optarg; break;
		case OPT_JSON: t.json = true; break;
		case 'f': force = true; break;
		case 'q': t.quiet = true; break;
		case 'v': t.verbose = true; break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-verify %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (drilled) {
		if (o.require_end || t.record || spool != NULL || force || jobs != 0) {
			warnx("--level drill goes with --config, --identity, --report, --json "
			      "and "
			      "--quiet");
			return usage();
		}
		d.paths = argv;
		d.count = (size_t)argc;
		d.identity = o.identity;
		d.json = t.json;
		d.quiet = t.quiet;
		sig_setup();
		rc = drill(config, &d);
		goto out;
	}
	if (config != NULL || d.report != NULL) {
		warnx("%s is for --level drill", config != NULL ? "--config" : "--report");
		return usage();
	}
	if (argc == 0 && (t.json || t.record || o.level == PROVE_CHECKSUM)) {
		warnx("%s needs an operand", t.json     ? "--json"
					     : t.record ? "--record"
							: "--level checksum");
		return usage();
	}
	if (argc == 0 && !force && (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO))) {
		warnx("%s is a terminal; redirect it, or use -f",
		    isatty(STDIN_FILENO) ? "stdin" : "stdout");
		return usage();
	}
	if ((o.require_end || o.identity != NULL) && o.level == PROVE_CHECKSUM) {
		warnx("%s needs --level structure",
		    o.require_end ? "--require-end" : "--identity");
		return usage();
	}
	if (argc > 0 && spool != NULL && o.identity == NULL) {
		warnx("--spool is for the filter, which has no operand, and for --identity");
		return usage();
	}
	sig_setup();

	if (jobs == 0)
		jobs = cores();
	rc = rights_drop();
	if (rc == 0 && o.identity != NULL)
		rc = decrypt_ready(o.identity);
	if (rc != 0)
		return sig_exit(rc);
	if (spool != NULL && setenv("TMPDIR", spool, 1) != 0)
		err(EX_OSERR, "--spool");
	if (argc == 0) {
		o.require_proof = true;
		rc = filter(&o, &t);
	}
	if (argc > 0)
		rc = operands_prove(argv, (size_t)argc, &o, (unsigned)jobs, &t);
out:
	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
