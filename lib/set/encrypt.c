#include "set/encrypt.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hash.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/notes.h"
#include "base/sig.h"
#include "set/agerun.h"
#include "set/decrypt.h"
#include "set/kind.h"
#include "set/notefile.h"
#include "set/recipients.h"
#include "set/sums.h"

#define PIECE ((size_t)256 << 10)

/* What goes through one end of age. */
struct end {
	int fd;       /* the pipe */
	int file;     /* what is written to; -1: nothing */
	int error;    /* errno of what failed; 0: nothing did */
	bool writing; /* … and that it was writing */
	uint64_t bytes;
	char sha256[HASH_HEX];
};

int
encrypt_try(const char *recipients, char *why, size_t size)
{
	char line[AGERUN_LINE], **argv = NULL;
	struct agerun a;
	int rc = EX_CONFIG;

	/* Nothing, encrypted into nowhere. */
	strlcpy(why, "age cannot be started", size);
	if ((argv = recipients_arguments(recipients)) != NULL &&
	    agerun_start(&a, argv, 0, -1, -1) == 0) {
		if (agerun_end(&a, line) == 0)
			rc = 0;
		else
			strlcpy(why, line, size);
	}
	free(argv);
	return rc;
}

int
encrypt_ready(const char *recipients)
{
	char why[AGERUN_LINE];

	if (*recipients == '\0')
		return 0;
	if (!agerun_there("ENCRYPT_TO"))
		return EX_CONFIG;
	if (encrypt_try(recipients, why, sizeof(why)) == 0)
		return 0;
	warnx("ENCRYPT_TO: %s", why);
	return EX_CONFIG;
}

/* Everything from ${from} to ${to}; what passes is counted and hashed in ${e}. */
static void
pump(struct end *e, int from, int to)
{
	struct hash h;
	char *piece = malloc(PIECE);
	ssize_t n = -1;

	hash_start(&h);
	errno = ENOMEM;
	while (piece != NULL && (n = io_read_some(from, piece, PIECE)) > 0) {
		hash_add(&h, piece, (size_t)n);
		e->bytes += (uint64_t)n;
		if (io_write(to, piece, (size_t)n) != 0) {
			e->writing = true;
			n = -1;
			break;
		}
	}
	if (n == 0)
		hash_take(&h, e->sha256);
	else
		e->error = errno;
	free(piece);
}

/* The thread that takes what age makes, to the file. */
static void *
take(void *ctx)
{
	struct end *e = ctx;

	sig_block_thread();
	pump(e, e->fd, e->file);
	/* Where the disk is full, age learns it by this. */
	io_close(&e->fd);
	return NULL;
}

/* Have ${argv} encrypt stdin into the file.  Return 0, or the exit code after reporting. */
static int
run_age(char *const argv[], const char *path, struct end *in, struct end *out)
{
	char line[AGERUN_LINE];
	struct agerun a;
	pthread_t thread;
	int status;

	if (agerun_start(&a, argv, CHILD_IN | CHILD_OUT, -1, -1) != 0)
		return EX_OSERR;
	out->fd = a.child.out;
	a.child.out = -1;
	if (pthread_create(&thread, NULL, take, out) != 0) {
		warnx("%s: no thread", path);
		io_close(&out->fd);
		(void)agerun_end(&a, line);
		return EX_OSERR;
	}
	io_grow_pipe(STDIN_FILENO);
	io_grow_pipe(a.child.in);
	pump(in, STDIN_FILENO, a.child.in);
	io_close(&a.child.in);
	pthread_join(thread, NULL);
	status = agerun_end(&a, line);
	if (sig_stop() != 0)
		return 1;
	/* The end that failed first knows why. */
	errno = out->error;
	if (out->error != 0) {
		warn("%s %s", out->writing ? "write" : "read from age for", path);
		return EX_IOERR;
	}
	errno = in->error;
	if (in->error != 0 && !in->writing) {
		warn("read stdin");
		return EX_IOERR;
	}
	if (status != 0 || in->error != 0) {
		warnx("%s: cannot be encrypted: %s", path,
		    *line != '\0' ? line : "age went away");
		return 1;
	}
	return 0;
}

/* Whether siantre-pack has told of exactly these bytes: 0, or the exit code after reporting. */
static int
is_finished(const char *path, const struct end *in)
{
	struct notefile *n = NULL;
	int rc = notefile_read(getenv("SIANTRE_NOTES"), &n);

	if (rc == 0 && notefile_pack(n, in->sha256) == NULL) {
		warnx("%s: stdin is not what siantre-pack has finished: no file is made", path);
		rc = EX_DATAERR;
	}
	notefile_free(n);
	return rc;
}

static int
judge(const char *recipients, const char *path)
{
	if (!sums_plain(path) || !kind_promises_age(path)) {
		warnx("--age: \"%s\" is not the name of a file that ends in .age", path);
		return EX_USAGE;
	}
	if (recipients == NULL || *recipients == '\0' || !notes_wanted()) {
		warnx("--age is for the script of a job, where ENCRYPT_TO is set");
		return EX_USAGE;
	}
	return agerun_there("ENCRYPT_TO") ? 0 : EX_CONFIG;
}

int
encrypt_stdin(const char *recipients, const char *path)
{
	struct end in = {.fd = -1, .file = -1}, out = in;
	struct atomic_file *file = NULL;
	char **argv = NULL, *inner = NULL;
	int rc = judge(recipients, path);

	if (rc != 0)
		return rc;
	rc = EX_OSERR;
	if ((argv = recipients_arguments(recipients)) == NULL ||
	    (inner = decrypt_name(path)) == NULL)
		goto out;
	rc = EX_CANTCREAT;
	if ((file = atomic_open(path, 0600)) == NULL)
		goto out;
	out.file = atomic_fd(file);
	if ((rc = run_age(argv, path, &in, &out)) != 0)
		goto out;
	if (in.bytes == 0) {
		warnx("%s: nothing came on stdin: no file is made", path);
		rc = EX_DATAERR;
		goto out;
	}
	if (kind_promises_gzip(inner) && (rc = is_finished(path, &in)) != 0)
		goto out;
	rc = EX_IOERR;
	if (notes_add(json_pack("{ss ss sI ss sI ss}", "tool", NOTEFILE_AGE, "name", path,
		"bytes", (json_int_t)out.bytes, "sha256", out.sha256, "inner_bytes",
		(json_int_t)in.bytes, "inner_sha256", in.sha256)) != 0)
		goto out;
	rc = atomic_commit(file) == 0 ? 0 : EX_IOERR;
	file = NULL;
out:
	atomic_abort(file);
	free(inner);
	free(argv);
	return rc;
}

int
encrypt_complete(const char *recipients, const struct manifest *m)
{
	struct manifest_file f;

	for (size_t i = 0; *recipients != '\0' && manifest_file(m, i, &f) == 0; i++) {
		if (f.inner_sha256 != NULL)
			continue;
		warnx("%s: %s", f.name,
		    kind_promises_age(f.name)
			? "encrypted, but not by siantre-run --age: nobody can tell what is in "
			  "it"
			: "ENCRYPT_TO is set, and the job has not encrypted this file");
		hintx("the jobs in " LIBDIR "/siantre/jobs show how");
		return EX_CONFIG;
	}
	return 0;
}
