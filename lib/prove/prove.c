#include "prove/prove.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "gz/index.h"
#include "set/age.h"
#include "prove/source.h"
#include "sql/endmark.h"
#include "tar/read.h"

/*
 * Two passes over the file: one for the digest of its bytes, one for what they mean.  They are
 * apart because unpacking stops at the first damage, while the digest of a damaged file is
 * still worth telling; and a file with another digest than its set promises needs no second.
 *
 * Where the content is wrong, the rest of the source is read before that is said: a bit flipped
 * in a packed dump gives a dump that does not end as it should, and then gzip's word is the
 * deeper cause.
 */

#define CHUNK ((size_t)256 << 10) /* read at once */
#define SMALL (1U << 20)          /* less than this is done before a thread has started */

struct work {
	int fd;
	uint64_t size;
	const char *name;
	const struct prove_options *options;
	struct progress *progress;
	struct proof *proof;
	struct gz_index_reader *index;
	struct source *source;
	char *chunk;
};

/* Say once what is wrong, keep it for the report, and pass the exit code on. */
static int __attribute__((format(printf, 3, 4)))
fail(struct work *w, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(w->proof->message, sizeof(w->proof->message), format, ap);
	va_end(ap);
	warnx("%s: %s", w->name, w->proof->message);
	return code;
}

/* The same for a read that failed; where a stop signal ended it, no words are needed. */
static int
fail_read(struct work *w)
{
	if (sig_stop() != 0) {
		strlcpy(w->proof->message, "stopped", sizeof(w->proof->message));
		return 1;
	}
	return fail(w, io_read_exit(), "read: %s", strerror(errno));
}

static int
fail_source(struct work *w)
{
	if (source_error(w->source) == NULL)
		return fail_read(w);
	return fail(w, source_exit(w->source), "%s", source_error(w->source));
}

/* Read to the end, where gzip's own proof stands. */
static int
drain(struct work *w)
{
	ssize_t got;

	while ((got = source_read(w->source, w->chunk, CHUNK)) > 0)
		;
	return got < 0 ? fail_source(w) : 0;
}

static int
prove_dump(struct work *w)
{
	struct proof *p = w->proof;
	struct endmark *e = NULL;
	struct hash h;
	const struct endmark_table *t;
	ssize_t got = 0;
	size_t i;
	int rc = EX_OSERR;

	hash_start(&h);
	if ((e = endmark_new()) == NULL)
		goto out;
	while ((got = source_read(w->source, w->chunk, CHUNK)) > 0)
		if (endmark_add(e, w->chunk, (size_t)got) != 0)
			break;
	rc = got < 0 ? fail_source(w) : drain(w);
	if (rc != 0)
		goto out;
	if (endmark_error(e) != NULL || endmark_finish(e) != 0) {
		rc = fail(w, endmark_exit(e), "%s", endmark_error(e));
		goto out;
	}

	p->tables = endmark_tables(e);
	p->rows = endmark_rows(e);
	strlcpy(p->dump, endmark_digest(e), sizeof(p->dump));
	for (i = 0; (t = endmark_table(e, i)) != NULL; i++)
		prove_add_table(&h, t->database, t->table, t->rows, t->sha256);
	hash_take(&h, p->tables_sha256);
	rc = 0;
out:
	endmark_free(e);
	return rc;
}

/* As struct tar_source wants it. */
static ssize_t
tar_bytes(void *ctx, void *buf, size_t len)
{
	struct work *w = ctx;
	ssize_t got = source_read(w->source, buf, len);

	return got < 0 ? -fail_source(w) : got;
}

static int
prove_tar(struct work *w)
{
	struct tar_source src = {.read = tar_bytes, .ctx = w, .name = w->name};
	struct proof *p = w->proof;
	struct tar_facts facts = {0};
	int rc;

	rc = tar_prove(&src, &facts);
	if (rc == 0)
		rc = drain(w);
	p->entries = facts.entries;
	if (rc == EX_DATAERR && p->message[0] == '\0') /* lib/tar said it in its own words */
		strlcpy(p->message, "tar: damaged or incomplete", sizeof(p->message));
	return rc;
}

/* The index by itself; whether the packed file agrees is for the proof of that. */
static int
prove_index(struct work *w)
{
	struct gz_index_reader *x = NULL;
	int rc;

	rc = gz_index_open(w->fd, w->name, &x);
	if (rc == 0)
		w->proof->entries = gz_index_fragments(x);
	else if (rc == EX_DATAERR)
		strlcpy(w->proof->message, "index: damaged", sizeof(w->proof->message));
	gz_index_close(x);
	return rc;
}

/* The header, and that the length is possible: all that one can see without a key. */
static int
prove_age(struct work *w)
{
	struct age *a = age_new();
	const char *what;
	ssize_t got;
	int rc = 0;

	if (a == NULL)
		return EX_OSERR;
	while ((got = source_read(w->source, w->chunk, CHUNK)) > 0)
		age_add(a, w->chunk, (size_t)got);
	if (got < 0)
		rc = fail_source(w);
	else if ((what = age_finish(a)) != NULL)
		rc = fail(w, EX_DATAERR, "%s", what);
	else if (w->options->require_proof)
		rc = fail(w, EX_CONFIG, "encrypted: --identity FILE is needed");
	w->proof->entries = age_recipients(a);
	w->proof->plain_bytes = rc == 0 ? age_inner_bytes(a) : 0;
	age_free(a);
	return rc;
}

/* SQL of others and all other content: read it, and see whether it may pass without a proof. */
static int
prove_other(struct work *w)
{
	static const char mark[] = "\n-- siantre-end {";
	struct proof *p = w->proof;
	bool sql = p->kind == KIND_FOREIGN;
	const char *tail;
	size_t len;
	int rc;

	rc = drain(w);
	if (rc != 0)
		return rc;
	tail = source_tail(w->source, &len);
	if (len == 0 && (sql || w->options->require_end))
		return fail(w, EX_DATAERR, "empty");
	if (memmem(tail, len, mark, sizeof(mark) - 1) != NULL)
		return fail(w, EX_DATAERR,
		    "ends as a dump does but does not begin with \"-- siantre-dump\"");
	if (w->options->require_end)
		return fail(w, EX_DATAERR, "no end mark");
	if (w->options->require_proof && !p->packed)
		return fail(w, EX_DATAERR,
		    "neither gzip nor tar nor a dump: nothing that proves itself");
	return 0;
}

/* The second pass. */
static int
prove_structure(struct work *w)
{
	struct proof *p = w->proof;
	struct source_options o = {.digest = w->options->plain_digest,
	    .jobs = w->options->jobs,
	    .progress = w->progress};
	const char *head;
	size_t len;
	int rc;

	if (w->size == 0 && (kind_promises_gzip(w->name) || kind_promises_tar(w->name)))
		return fail(w, EX_DATAERR, "empty");
	if (w->options->index >= 0) {
		rc = gz_index_open(w->options->index, w->name, &w->index);
		if (rc != 0) {
			if (rc == EX_DATAERR)
				strlcpy(p->message, "index: damaged", sizeof(p->message));
			return rc;
		}
	}
	o.index = w->index;
	w->source = source_open(w->fd, &o);
	if (w->source == NULL)
		return fail_read(w);
	p->packed = source_packed(w->source);
	if (!p->packed && (kind_promises_gzip(w->name) || w->index != NULL))
		return fail(w, EX_DATAERR, "not gzip, as its %s says",
		    kind_promises_gzip(w->name) ? "name" : "index");
	if (p->packed && kind_promises_age(w->name))
		return fail(w, EX_DATAERR, "not encrypted, as its name says");
	if (source_head(w->source, &head, &len) != 0)
		return fail_source(w);

	p->kind = kind_see(head, len, w->name);
	if (p->kind == KIND_DUMP)
		rc = prove_dump(w);
	else if (p->kind == KIND_TAR)
		rc = prove_tar(w);
	else if (p->kind == KIND_INDEX && !p->packed)
		rc = prove_index(w);
	else if (p->kind == KIND_AGE && !p->packed)
		rc = prove_age(w);
	else
		rc = prove_other(w);
	if (rc != 0 || !p->packed)
		return rc;
	p->sealed = source_sealed(w->source);
	p->plain_bytes = source_plain(w->source);
	source_digest(w->source, p->plain_sha256);
	return 0;
}

/* The first pass, which needs nothing but the descriptor. */
struct checksum {
	int fd;
	struct progress *progress;
	uint64_t bytes;
	char sha256[HASH_HEX];
	int error; /* errno of a failure */
};

static void
checksum_run(struct checksum *c)
{
	struct hash h;
	char *chunk = malloc(CHUNK);
	ssize_t got = -1;

	hash_start(&h);
	errno = ENOMEM;
	while (chunk != NULL && sig_stop() == 0 &&
	       (got = pread(c->fd, chunk, CHUNK, (off_t)c->bytes)) > 0) {
		hash_add(&h, chunk, (size_t)got);
		c->bytes += (uint64_t)got;
		progress_add(c->progress, (uint64_t)got);
	}
	if (got == 0)
		hash_take(&h, c->sha256);
	else
		c->error = sig_stop() != 0 ? EINTR : errno;
	free(chunk);
}

static void *
checksum_thread(void *c)
{
	sig_block_thread();
	checksum_run(c);
	return NULL;
}

/* What the first pass has found, and whether it is what was promised. */
static int
judge_checksum(struct work *w, const struct checksum *c)
{
	struct proof *p = w->proof;

	if (c->error != 0) {
		errno = c->error;
		return fail_read(w);
	}
	p->bytes = c->bytes;
	memcpy(p->sha256, c->sha256, sizeof(p->sha256));
	if (w->options->bytes >= 0 && (uint64_t)w->options->bytes != p->bytes)
		return fail(w, EX_DATAERR, "size differs: %" PRIu64 " bytes, not %" PRId64,
		    p->bytes, w->options->bytes);
	if (w->options->sha256 != NULL && strcmp(w->options->sha256, p->sha256) != 0)
		return fail(w, EX_DATAERR, "checksum differs");
	return 0;
}

/* Both at once: where nothing was promised, the first has nothing to say to the second. */
static int
prove_at_once(struct work *w)
{
	struct checksum c = {.fd = w->fd, .progress = w->progress};
	pthread_t thread;
	int rc, sum;

	if (pthread_create(&thread, NULL, checksum_thread, &c) != 0) {
		warnx("%s: no thread", w->name);
		return EX_OSERR;
	}
	rc = prove_structure(w);
	pthread_join(thread, NULL);
	sum = rc == 0 || c.error == 0 ? judge_checksum(w, &c) : 0;
	return rc != 0 ? rc : sum;
}

static int
prove(struct work *w)
{
	const struct prove_options *o = w->options;
	struct checksum c = {.fd = w->fd, .progress = w->progress};
	int rc;

	if (o->level == PROVE_STRUCTURE && o->sha256 == NULL && o->bytes < 0 && o->jobs > 1 &&
	    w->size >= SMALL)
		return prove_at_once(w);
	checksum_run(&c);
	rc = judge_checksum(w, &c);
	return rc == 0 && o->level == PROVE_STRUCTURE ? prove_structure(w) : rc;
}

int
prove_fd(int fd, const char *name, const struct prove_options *o, struct progress *progress,
    struct proof *p)
{
	struct work w = {
	    .fd = fd, .name = name, .options = o, .progress = progress, .proof = p};
	struct stat st;
	int rc = 1;

	memset(p, 0, sizeof(*p));
	if (fstat(fd, &st) != 0) {
		rc = fail_read(&w);
		goto out;
	} else if (!S_ISREG(st.st_mode)) {
		rc = fail(&w, EX_DATAERR, "not a regular file");
		goto out;
	}
	w.size = (uint64_t)st.st_size;
	if ((w.chunk = malloc(CHUNK)) == NULL) {
		warn("%s", name);
		rc = EX_OSERR;
		goto out;
	}
	rc = prove(&w);
out:
	source_free(w.source);
	gz_index_close(w.index);
	free(w.chunk);
	p->code = rc;
	return rc;
}
