/* siantre-pack: stdin or trees to gzip that every reader understands, and back. */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/notes.h"
#include "base/num.h"
#include "base/progress.h"
#include "base/sig.h"
#include "gz/output.h"
#include "gz/packer.h"
#include "prove/packnote.h"
#include "prove/unpacking.h"
#include "sql/endmark.h"
#include "tar/paths.h"
#include "tar/write.h"

static const char synopsis[] =
    "usage: siantre-pack [options] [-o FILE] < DATA\n"
    "       siantre-pack [options] [-C DIR] [-X FILE] [-o FILE] PATH ...\n"
    "       siantre-pack -d [options] [-o FILE] [FILE]\n"
    "       siantre-pack -d --range OFFSET:[LENGTH] [--index FILE] [FILE]\n"
    "       siantre-pack -d --salvage [--index FILE] [-o FILE] [FILE]\n";

static const char help[] =
    "\n"
    "Packs stdin, or a tar archive of the paths, as one gzip member on stdout.\n"
    "\n"
    "  -1 … -9, --fast, --best  level; 1 to 3 are by far the fastest (2)\n"
    "  -j, --jobs N             threads (the cores)\n"
    "  -d, --decompress         unpack FILE or stdin; ends 65 where it is damaged\n"
    "  -o, --output FILE        write FILE, which appears whole or not at all\n"
    "      --index FILE         also write an index of the fragments; with -d, prove each one\n"
    "                           by it before it is written\n"
    "      --range FROM:LENGTH  with -d: only these plain bytes (index: FILE.idx)\n"
    "      --salvage            with -d: whatever is whole in a damaged file; ends 65\n"
    "      --check              unpack and compare each fragment before it is written\n"
    "      --require-end        the plain bytes must be a whole dump of siantre-dump\n"
    "  -C, --directory DIR      the paths are relative to DIR\n"
    "      --files-from FILE    also the paths in FILE, one a line (-: stdin)\n"
    "  -0, --null               … each ended by a NUL byte\n"
    "  -X, --exclude-from FILE  leave out what the patterns in FILE match\n"
    "      --exclude PATTERN    leave out what PATTERN matches\n"
    "      --exclude-caches     leave out folders that a CACHEDIR.TAG marks\n"
    "      --one-file-system    stay on the file system of each path\n"
    "      --strict             end 65 where a file could not be packed as it is\n"
    "  -f, --force              replace FILE; read and write terminals\n"
    "  -q, --quiet              no progress\n"
    "  -v, --verbose            say at the end what was done\n"
    "      --help               this text\n"
    "  -V, --version            version\n";

enum {
	OPT_INDEX = 256,
	OPT_CHECK,
	OPT_REQUIRE_END,
	OPT_EXCLUDE,
	OPT_EXCLUDE_CACHES,
	OPT_FILES_FROM,
	OPT_ONE_FILE_SYSTEM,
	OPT_STRICT,
	OPT_RANGE,
	OPT_SALVAGE,
	OPT_HELP
};

static const struct option options[] = {
    {"fast", no_argument, NULL, '1'},
    {"best", no_argument, NULL, '9'},
    {"jobs", required_argument, NULL, 'j'},
    {"decompress", no_argument, NULL, 'd'},
    {"output", required_argument, NULL, 'o'},
    {"index", required_argument, NULL, OPT_INDEX},
    {"check", no_argument, NULL, OPT_CHECK},
    {"require-end", no_argument, NULL, OPT_REQUIRE_END},
    {"directory", required_argument, NULL, 'C'},
    {"files-from", required_argument, NULL, OPT_FILES_FROM},
    {"null", no_argument, NULL, '0'},
    {"exclude-from", required_argument, NULL, 'X'},
    {"exclude", required_argument, NULL, OPT_EXCLUDE},
    {"exclude-caches", no_argument, NULL, OPT_EXCLUDE_CACHES},
    {"one-file-system", no_argument, NULL, OPT_ONE_FILE_SYSTEM},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"range", required_argument, NULL, OPT_RANGE},
    {"salvage", no_argument, NULL, OPT_SALVAGE},
    {"force", no_argument, NULL, 'f'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

#define BLOCK (256U << 10) /* read at once */

/* What the plain bytes pass on their way. */
struct work {
	const char *input; /* for messages */
	struct packer *packer;
	struct endmark *endmark; /* NULL: not required */
	struct account account;
	struct progress *progress;
};

static int __attribute__((format(printf, 1, 2))) usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (format != NULL)
		vwarnx(format, args);
	va_end(args);
	fputs(synopsis, stderr);
	return EX_USAGE;
}

static int
no_endmark(const struct work *w)
{
	warnx("%s: %s", w->input, endmark_error(w->endmark));
	return endmark_exit(w->endmark);
}

static int
take(void *ctx, const void *buf, size_t len)
{
	struct work *w = ctx;

	if (sig_stop() != 0)
		return 1;
	progress_add(w->progress, len);
	if (w->endmark != NULL && endmark_add(w->endmark, buf, len) == -1)
		return no_endmark(w);
	return packer_add(w->packer, buf, len);
}

static int
take_stdin(struct work *w)
{
	static uint8_t block[BLOCK];
	ssize_t got = -1;
	int rc = 0;

	while (rc == 0 && (got = io_read_some(STDIN_FILENO, block, BLOCK)) > 0)
		rc = take(w, block, (size_t)got);
	if (rc != 0 || got != -1)
		return rc;
	if (sig_stop() == 0)
		warn("read stdin");
	return sig_stop() == 0 ? EX_IOERR : 1;
}

int
main(int argc, char **argv)
{
	struct work w = {.input = "stdin"};
	struct unpacking u = {.what = GZ_ALL};
	struct packer_options to = {
	    .gz = {.level = GZ_LEVEL_DEFAULT, .digests = notes_wanted()}};
	uint64_t jobs = 0;
	struct tar_tree tree = {0};
	struct stat in_stat = {0}, out_stat;
	struct exclude *exclude = NULL;
	struct gz_totals totals = {0};
	int c, rc = EX_OSERR;
	bool decompress = false, require_end = false, force = false, quiet = false;
	bool strict = false, verbose = false, nul = false, trees;
	const char *from = NULL;
	struct paths list = {0};

	if ((exclude = exclude_new()) == NULL)
		goto out;
	while ((c = getopt_long(argc, argv, "0123456789j:do:C:X:fqvV", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			if (num_count(optarg, 1, GZ_JOBS_MAX, &jobs) == -1) {
				rc = usage("--jobs: \"%s\" is not a number between 1 and %d",
				    optarg, GZ_JOBS_MAX);
				goto out;
			}
			to.gz.jobs = (unsigned)jobs;
			break;
		case 'd': decompress = true; break;
		case 'o': to.path = optarg; break;
		case OPT_INDEX: to.index = optarg; break;
		case OPT_CHECK: to.gz.check = true; break;
		case OPT_REQUIRE_END: require_end = true; break;
		case 'C': tree.folder = optarg; break;
		case 'X':
			if ((rc = exclude_file(exclude, optarg)) != 0)
				goto out;
			tree.exclude = exclude;
			break;
		case OPT_EXCLUDE:
			if (exclude_add(exclude, optarg) == -1)
				goto out;
			tree.exclude = exclude;
			break;
		case OPT_EXCLUDE_CACHES: tree.exclude_caches = true; break;
		case OPT_FILES_FROM: from = optarg; break;
		case '0': nul = true; break;
		case OPT_ONE_FILE_SYSTEM: tree.one_file_system = true; break;
		case OPT_STRICT: strict = true; break;
		case OPT_RANGE:
			if (unpacking_range(optarg, &u) == -1) {
				rc = usage("--range: \"%s\" is not OFFSET:LENGTH", optarg);
				goto out;
			}
			break;
		case OPT_SALVAGE: u.what = GZ_SALVAGE; break;
		case 'f': force = to.replace = true; break;
		case 'q': quiet = true; break;
		case 'v': verbose = true; break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			rc = fflush(stdout) == 0 ? 0 : 1;
			goto out;
		case 'V':
			printf("siantre-pack %s\n", VERSION);
			rc = fflush(stdout) == 0 ? 0 : 1;
			goto out;
		default:
			if (c < '1' || c > '9') {
				rc = usage(NULL);
				goto out;
			}
			to.gz.level = c - '0';
		}
	}
	argc -= optind;
	argv += optind;

	trees = !decompress && (argc > 0 || from != NULL);
	rc = 0;
	if (decompress && argc > 1)
		rc = usage("-d takes one file");
	else if (decompress && to.gz.check)
		rc = usage("--check is for packing");
	else if (!decompress && u.what != GZ_ALL)
		rc = usage("--range and --salvage are for -d");
	else if (u.what != GZ_ALL && require_end)
		rc = usage("--require-end needs all of it");
	else if (u.what == GZ_RANGE && argc == 0 && to.index == NULL)
		rc = usage("--range needs a file with its index, or --index");
	else if (!trees && (tree.folder || tree.exclude || tree.exclude_caches ||
			       tree.one_file_system || strict || from))
		rc = usage(
		    "-C, -X, --exclude, --exclude-caches, --files-from, --one-file-system "
		    "and --strict are for paths");
	else if (nul && from == NULL)
		rc = usage("-0 is for --files-from");
	else if (trees && require_end)
		rc = usage("--require-end is for a dump, not for paths");
	else if (!force && argc == 0 && (from == NULL || strcmp(from, "-") == 0) &&
		 isatty(STDIN_FILENO))
		rc = usage("stdin is a terminal; redirect it, or use -f");
	else if (!force && !decompress && to.path == NULL && isatty(STDOUT_FILENO))
		rc = usage("stdout is a terminal; redirect it, or use -o or -f");
	if (rc != 0)
		goto out;
	sig_setup();
	io_grow_pipe(STDIN_FILENO);
	io_grow_pipe(STDOUT_FILENO);

	if (argc > 0 || from != NULL)
		w.input = argc > 0 ? argv[0] : from;
	if (from != NULL && (rc = paths_read(from, nul, &list)) != 0)
		goto out;
	if (decompress) {
		u.file = argc > 0 ? argv[0] : NULL;
		u.index = to.index;
		u.output = to.path;
		u.replace = force;
		u.jobs = to.gz.jobs;
		u.require_end = require_end;
		u.quiet = quiet;
		u.verbose = verbose;
		rc = unpacking_run(&u);
		goto out;
	}
	if ((rc = packer_open(&to, &w.packer)) != 0)
		goto out;
	if (require_end && (w.endmark = endmark_new()) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	/* How much will come is known only where stdin is a file to pack. */
	if (!trees && fstat(STDIN_FILENO, &in_stat) == -1)
		in_stat.st_size = 0;
	w.progress = progress_start(
	    to.path != NULL ? to.path : w.input, (uint64_t)in_stat.st_size, quiet);

	if (trees) {
		tree.paths = argv;
		tree.listed = list.list;
		tree.output = packer_stat(w.packer, &out_stat) == 0 ? &out_stat : NULL;
		rc = tar_write(&tree, take, &w, &w.account);
		if (rc == 0 && strict && w.account.warnings > 0) {
			warnx("%" PRIu64 " files could not be packed as they are",
			    w.account.warnings);
			rc = EX_DATAERR;
		}
	} else {
		rc = take_stdin(&w);
	}
	/* Only what is known to be complete may become a file that looks whole. */
	if (rc == 0 && w.endmark != NULL && endmark_finish(w.endmark) == -1)
		rc = no_endmark(&w);
	if (rc == 0 && (rc = packer_end(w.packer, &totals)) == 0)
		rc = packnote_add(&totals, w.endmark, trees ? &w.account : NULL);
	progress_end(w.progress);
	w.progress = NULL;
	if (rc == 0) {
		rc = packer_commit(w.packer);
		w.packer = NULL;
	}
	if (rc == 0 && verbose)
		packnote_say(w.input, &totals);
out:
	progress_end(w.progress);
	packer_abort(w.packer);
	endmark_free(w.endmark);
	account_free(&w.account);
	exclude_free(exclude);
	paths_free(&list);
	return sig_exit(rc);
}
