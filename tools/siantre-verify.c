/* siantre-verify: proves files, sets, or what comes on stdin, before anybody relies on it. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/event.h"
#include "base/io.h"
#include "base/progress.h"
#include "base/rights.h"
#include "base/sig.h"
#include "base/spool.h"
#include "report/proofs.h"
#include "set/audit.h"
#include "set/prove.h"

static const char synopsis[] = "usage: siantre-verify [options] FILE|SETDIR ...\n"
			       "       siantre-verify [options] < FILE | ...\n";

static const char help[] =
    "\n"
    "Proves gzip, tar archives, dumps to their end mark, and whole sets. Without operands it "
    "is\n"
    "a filter: stdin appears on stdout once all of it is proven, and not before.\n"
    "\n"
    "  -l, --level checksum|structure  how deep (structure)\n"
    "      --require-end               SQL without siantre-dump's end mark is an error\n"
    "      --record                    note the result in each set's verified.json\n"
    "      --spool DIR                 where the filter keeps stdin meanwhile ($TMPDIR or\n"
    "                                  /var/tmp)\n"
    "      --json                      report as JSON\n"
    "  -f, --force                     filter from or to a terminal\n"
    "  -q, --quiet                     no progress, no line for what is right\n"
    "  -v, --verbose                   a line for each file of a set\n"
    "      --help                      this text\n"
    "  -V, --version                   version\n";

enum { OPT_REQUIRE_END = 256, OPT_RECORD, OPT_SPOOL, OPT_JSON, OPT_HELP };

static const struct option options[] = {
    {"level", required_argument, NULL, 'l'},
    {"require-end", no_argument, NULL, OPT_REQUIRE_END},
    {"record", no_argument, NULL, OPT_RECORD},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"json", no_argument, NULL, OPT_JSON},
    {"force", no_argument, NULL, 'f'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* How the results are told; reports is NULL unless they go into one JSON object. */
struct telling {
	json_t *reports;
	bool quiet;
	bool verbose;
	bool record;
};

static int
usage(void)
{
	fputs(synopsis, stderr);
	return EX_USAGE;
}

static int
verify_set(const char *path, const struct prove_options *o, const struct telling *t)
{
	struct audit *a;
	int rc;

	rc = audit_set(path, o, t->quiet, &a);
	if (t->record && a != NULL && sig_stop() == 0 && audit_record(a) != 0)
		rc = audit_worse(rc, 1);
	if (t->reports != NULL)
		json_array_append_new(t->reports, proofs_json_set(path, a, rc));
	else if (!t->quiet)
		proofs_print_set(path, a, rc, t->verbose);
	audit_free(a);
	return rc;
}

static int
verify_file(const char *path, int fd, uint64_t size, const struct prove_options *o,
    const struct telling *t)
{
	struct progress *progress;
	struct proof proof;
	int rc;

	progress =
	    progress_start(path, o->level == PROVE_STRUCTURE ? 2 * size : size, t->quiet);
	rc = prove_fd(fd, path, o, progress, &proof);
	progress_end(progress);
	if (t->reports != NULL)
		json_array_append_new(t->reports, proofs_json_file(path, &proof));
	else if (!t->quiet)
		proofs_print_file(path, &proof);
	return rc;
}

static int
verify_operand(const char *path, const struct prove_options *o, const struct telling *t)
{
	struct proof none = {.code = 1};
	struct stat st;
	int fd, rc;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		warn("%s", path);
		strlcpy(none.message, strerror(errno), sizeof(none.message));
		if (t->reports != NULL)
			json_array_append_new(t->reports, proofs_json_file(path, &none));
		rc = 1;
	} else if (S_ISDIR(st.st_mode)) {
		rc = verify_set(path, o, t);
	} else {
		rc = verify_file(path, fd, (uint64_t)st.st_size, o, t);
	}
	io_close(&fd);
	return rc;
}

static int
print_reports(const json_t *reports, const struct prove_options *o, int rc)
{
	char now[24];
	json_t *root;
	int printed = -1;

	root = json_pack("{s:i,s:s,s:s,s:s,s:O}", "format", 1, "time", event_now(now), "level",
	    o->level == PROVE_STRUCTURE ? "structure" : "checksum", "result",
	    rc == 0 ? "ok" : "fail", "operands", reports);
	if (root != NULL)
		printed = json_dumpf(root, stdout, JSON_INDENT(1));
	json_decref(root);
	putchar('\n');
	return printed == 0 ? rc : io_write_exit();
}

/* Nothing is written before all of it is proven; nobody else can reach the spool between. */
static int
filter(const struct prove_options *o, bool quiet)
{
	struct proof proof;
	char what[160], *chunk = NULL;
	const size_t size = (size_t)256 << 10;
	ssize_t got = -1;
	int fd = -1, rc;

	rc = spool_fd(STDIN_FILENO, "stdin", &fd);
	if (rc == 0)
		rc = prove_fd(fd, "stdin", o, NULL, &proof);
	if (rc != 0)
		goto out;
	if (proof.kind == KIND_FOREIGN && !quiet)
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
	free(chunk);
	io_close(&fd);
	return rc;
}

int
main(int argc, char **argv)
{
	struct prove_options o = {.level = PROVE_STRUCTURE, .bytes = -1, .index = -1};
	struct telling t = {0};
	bool json = false, force = false, level = false;
	const char *spool = NULL;
	int c, rc;

	while ((c = getopt_long(argc, argv, "l:fqvV", options, NULL)) != -1) {
		switch (c) {
		case 'l':
			if (strcmp(optarg, "checksum") != 0 &&
			    strcmp(optarg, "structure") != 0) {
				warnx("--level: \"%s\" is neither checksum nor structure",
				    optarg);
				return usage();
			}
			o.level =
			    strcmp(optarg, "checksum") == 0 ? PROVE_CHECKSUM : PROVE_STRUCTURE;
			level = true;
			break;
		case OPT_REQUIRE_END: o.require_end = true; break;
		case OPT_RECORD: t.record = true; break;
		case OPT_SPOOL: spool = optarg; break;
		case OPT_JSON: json = true; break;
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

	if (argc == 0 && (json || t.record || (level && o.level == PROVE_CHECKSUM))) {
		warnx("%s needs an operand", json       ? "--json"
					     : t.record ? "--record"
							: "--level checksum");
		return usage();
	}
	if (argc == 0 && !force && (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO))) {
		warnx("%s is a terminal; redirect it, or use -f",
		    isatty(STDIN_FILENO) ? "stdin" : "stdout");
		return usage();
	}
	if (o.require_end && o.level == PROVE_CHECKSUM) {
		warnx("--require-end needs --level structure");
		return usage();
	}
	if (argc > 0 && spool != NULL) {
		warnx("--spool is for the filter, which has no operand");
		return usage();
	}
	sig_setup();

	rc = rights_drop();
	if (rc != 0)
		return sig_exit(rc);
	if (spool != NULL && setenv("TMPDIR", spool, 1) != 0)
		err(1, "--spool");
	if (argc == 0) {
		o.require_proof = true;
		rc = filter(&o, t.quiet);
	}
	if (json && (t.reports = json_array()) == NULL)
		err(1, "--json");
	for (int i = 0; i < argc && sig_stop() == 0; i++)
		rc = audit_worse(rc, verify_operand(argv[i], &o, &t));
	if (json && sig_stop() == 0)
		rc = print_reports(t.reports, &o, rc);
	json_decref(t.reports);

	if ((fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
