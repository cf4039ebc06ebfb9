/*
 * Plain bytes in, a packed file out.
 *
 * The steps know nothing of each other: the cut points decide how plain bytes fill fragments
 * (the caller's thread); a fragment is packed by itself (gz/fragment.h; as many threads as there
 * are jobs); packed fragments are written in their order by one thread, and only there are sums
 * and offsets kept.  Digests over everything can only be taken in order as well: a thread for
 * that of the plain bytes, which need not wait for the packing, and one for the packed bytes.
 * The fragments go round in a ring (base/ordered.h).
 */
#include "gz/writer.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <isa-l/crc.h>
#include <zlib.h>

#include "base/ordered.h"
#include "gz/fragment.h"
#include "gz/index.h"
#include "gz/output.h"
#include "gz/seal.h"

struct gz_writer {
	struct output *out;
	struct gz_index *index;
	struct cut cut;
	struct fragment *current; /* being filled */
	uint32_t plain_crc, packed_crc;
	bool digests; /* hash what passes */
	struct hash plain_hash, packed_hash;
	struct gz_totals totals;

	unsigned jobs, count;
	struct fragment_packer *packers; /* ${jobs} */
	struct fragment *fragments;      /* ${count} */
	void **contexts, **items;        /* the same, for the ring */
	struct ordered *line;
};

/* The ring's readers; the first two are there only if digests are wanted. */
enum { PLAIN_HASH, PACKED_HASH, WRITE, READERS };

/* Write ${len} bytes and count them. */
static int
put(struct gz_writer *w, const uint8_t *buf, size_t len)
{
	int rc = output_write(w->out, buf, len);

	if (rc != 0)
		return rc;
	w->packed_crc = crc32_gzip_refl(w->packed_crc, buf, len);
	w->totals.packed += len;
	return 0;
}

static int
put_fragment(struct gz_writer *w, const struct fragment *f)
{
	struct gz_index_entry e;
	int rc;

	e.plain_offset = w->totals.plain;
	e.plain_length = f->plain_length;
	e.packed_offset = w->totals.packed;
	e.packed_length = f->packed_length;
	memcpy(e.sha256, f->sha256, sizeof(e.sha256));
	if (w->index != NULL && gz_index_add(w->index, &e) == -1)
		return EX_IOERR;
	if ((rc = put(w, f->packed, f->packed_length)) != 0)
		return rc;
	w->plain_crc = (uint32_t)crc32_combine(w->plain_crc, f->crc, (z_off_t)f->plain_length);
	w->totals.plain += f->plain_length;
	w->totals.fragments++;
	return 0;
}

static unsigned
reader(const struct gz_writer *w, unsigned which)
{
	return w->digests ? which : which - WRITE;
}

static void *
write_all(void *ctx)
{
	struct gz_writer *w = ctx;
	struct fragment *f;
	int rc;

	while ((f = ordered_next(w->line, reader(w, WRITE))) != NULL) {
		if ((rc = put_fragment(w, f)) != 0)
			ordered_fail(w->line, rc);
		ordered_done(w->line, reader(w, WRITE));
	}
	return NULL;
}

static void *
hash_plain(void *ctx)
{
	struct gz_writer *w = ctx;
	struct fragment *f;

	while ((f = ordered_next(w->line, PLAIN_HASH)) != NULL) {
		hash_add(&w->plain_hash, f->plain, f->plain_length);
		ordered_done(w->line, PLAIN_HASH);
	}
	return NULL;
}

static void *
hash_packed(void *ctx)
{
	struct gz_writer *w = ctx;
	struct fragment *f;

	while ((f = ordered_next(w->line, PACKED_HASH)) != NULL) {
		hash_add(&w->packed_hash, f->packed, f->packed_length);
		ordered_done(w->line, PACKED_HASH);
	}
	return NULL;
}

static int
pack(void *worker, void *item)
{
	return fragment_pack(item, worker);
}

/* Memory for all threads, and the threads. */
static int
start(struct gz_writer *w, const struct gz_writer_options *o)
{
	struct ordered_plan plan = {.work = pack, .readers = 1};

	w->jobs = ordered_jobs(o->jobs, GZ_JOBS_MAX);
	w->count = GZ_WRITER_RING * (w->jobs + 1);
	w->packers = calloc(w->jobs, sizeof(*w->packers));
	w->contexts = calloc(w->jobs, sizeof(*w->contexts));
	w->fragments = calloc(w->count, sizeof(*w->fragments));
	w->items = calloc(w->count, sizeof(*w->items));
	if (w->packers == NULL || w->contexts == NULL || w->fragments == NULL ||
	    w->items == NULL) {
		warnx("out of memory");
		return -1;
	}
	for (unsigned i = 0; i < w->jobs; i++) {
		w->contexts[i] = &w->packers[i];
		if (fragment_packer_init(
			&w->packers[i], o->level, w->index != NULL, o->check) == -1)
			return -1;
	}
	for (unsigned i = 0; i < w->count; i++) {
		w->items[i] = &w->fragments[i];
		if (fragment_init(&w->fragments[i]) == -1)
			return -1;
	}
	if (o->digests) {
		plan.readers = READERS;
		plan.early = PLAIN_HASH + 1;
	}
	plan.items = w->items;
	plan.count = w->count;
	plan.workers = w->jobs;
	plan.contexts = w->contexts;
	if ((w->line = ordered_start(&plan)) == NULL ||
	    ordered_thread(w->line, write_all, w) == -1 ||
	    (o->digests && (ordered_thread(w->line, hash_plain, w) == -1 ||
			       ordered_thread(w->line, hash_packed, w) == -1))) {
		warn("threads");
		return -1;
	}
	return 0;
}

int
gz_writer_open(struct output *out, const struct gz_writer_options *o, struct gz_index *index,
    struct gz_writer **writer)
{
	/* Magic, deflate, no flags, no time; how hard it was tried; Unix. */
	uint8_t header[GZ_HEADER_LENGTH] = {0x1f, 0x8b, 8, [9] = 3};
	struct gz_writer *w = calloc(1, sizeof(*w));
	int rc = EX_OSERR;

	if (w == NULL) {
		warnx("out of memory");
		goto out;
	}
	w->out = out;
	w->index = index;
	w->digests = o->digests;
	hash_start(&w->plain_hash);
	hash_start(&w->packed_hash);
	header[8] = o->level == GZ_LEVEL_MAX ? 2 : o->level == GZ_LEVEL_MIN ? 4 : 0;
	if ((rc = put(w, header, sizeof(header))) != 0)
		goto out;
	hash_add(&w->packed_hash, header, sizeof(header));
	rc = EX_OSERR;
	if (start(w, o) == -1)
		goto out;
	*writer = w;
	w = NULL;
	rc = 0;
out:
	gz_writer_free(w);
	return rc;
}

int
gz_writer_add(struct gz_writer *w, const void *buf, size_t len)
{
	const uint8_t *in = buf;
	struct fragment *f;
	size_t n;

	for (; len > 0; in += n, len -= n) {
		if (w->current == NULL) {
			if ((w->current = ordered_room(w->line)) == NULL)
				return ordered_code(w->line);
			w->current->plain_length = 0;
		}
		f = w->current;
		n = cut_next(&w->cut, in, len);
		memcpy(f->plain + f->plain_length, in, n);
		f->plain_length += n;
		if (w->cut.length == 0) {
			ordered_put(w->line);
			w->current = NULL;
		}
	}
	return 0;
}

static void
little_endian(uint8_t out[4], uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

int
gz_writer_end(struct gz_writer *w)
{
	uint8_t end[SEAL_LENGTH + GZ_TRAILER_LENGTH];
	int rc;

	if (w->current != NULL)
		ordered_put(w->line);
	w->current = NULL;
	ordered_end(w->line);
	if ((rc = ordered_join(w->line)) != 0)
		return rc;
	seal_make(w->packed_crc, end);
	little_endian(end + SEAL_LENGTH, w->plain_crc);
	/* The length modulo 2^32, as the standard says. */
	little_endian(end + SEAL_LENGTH + 4, (uint32_t)w->totals.plain);
	if ((rc = put(w, end, sizeof(end))) != 0)
		return rc;
	if (w->digests) {
		hash_add(&w->packed_hash, end, sizeof(end));
		hash_take(&w->plain_hash, w->totals.plain_sha256);
		hash_take(&w->packed_hash, w->totals.packed_sha256);
	}
	return 0;
}

const struct gz_totals *
gz_writer_totals(const struct gz_writer *w)
{
	return &w->totals;
}

void
gz_writer_free(struct gz_writer *w)
{
	if (w == NULL)
		return;
	ordered_free(w->line);
	for (unsigned i = 0; w->fragments != NULL && i < w->count; i++)
		fragment_free(&w->fragments[i]);
	for (unsigned i = 0; w->packers != NULL && i < w->jobs; i++)
		fragment_packer_free(&w->packers[i]);
	free(w->items);
	free(w->fragments);
	free(w->contexts);
	free(w->packers);
	free(w);
}
