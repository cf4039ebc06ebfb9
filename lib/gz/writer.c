/*
 * Plain bytes in, a packed file out.
 *
 * Three steps that know nothing of each other: the cut points decide how plain bytes fill
 * fragments; a fragment is packed by itself (gz/fragment.h); packed fragments are written in
 * their order, and only there are sums, digests and offsets kept.  Bytes therefore depend on
 * the plain bytes and the level, not on how they came in.
 */
#include "gz/writer.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <isa-l/crc.h>
#include <zlib.h>

#include "gz/fragment.h"
#include "gz/index.h"
#include "gz/output.h"
#include "gz/seal.h"

struct gz_writer {
	struct output *out;
	struct gz_index *index;
	struct cut cut;
	struct deflate *deflate;
	struct fragment fragment;
	uint32_t plain_crc, packed_crc;
	struct hash *plain_hash, *packed_hash; /* NULL where nobody asked */
	struct gz_totals totals;
};

/* Write ${len} bytes and count them. */
static int
put(struct gz_writer *w, const uint8_t *buf, size_t len)
{
	int rc = output_write(w->out, buf, len);

	if (rc != 0)
		return rc;
	w->packed_crc = crc32_gzip_refl(w->packed_crc, buf, len);
	if (w->packed_hash != NULL)
		hash_add(w->packed_hash, buf, len);
	w->totals.packed += len;
	return 0;
}

int
gz_writer_open(struct output *out, int level, bool digests, struct gz_index *index,
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
	if (fragment_init(&w->fragment) == -1 || (w->deflate = deflate_open(level)) == NULL)
		goto out;
	if (digests &&
	    ((w->plain_hash = hash_start()) == NULL || (w->packed_hash = hash_start()) == NULL))
		goto out;
	header[8] = level == GZ_LEVEL_MAX ? 2 : level == GZ_LEVEL_MIN ? 4 : 0;
	if ((rc = put(w, header, sizeof(header))) != 0)
		goto out;
	*writer = w;
	w = NULL;
	rc = 0;
out:
	gz_writer_free(w);
	return rc;
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
	if (w->plain_hash != NULL)
		hash_add(w->plain_hash, f->plain, f->plain_length);
	w->totals.plain += f->plain_length;
	w->totals.fragments++;
	return 0;
}

/* The current fragment is complete. */
static int
end_fragment(struct gz_writer *w)
{
	int rc;

	fragment_pack(&w->fragment, w->deflate, w->index != NULL);
	rc = put_fragment(w, &w->fragment);
	w->fragment.plain_length = 0;
	return rc;
}

int
gz_writer_add(struct gz_writer *w, const void *buf, size_t len)
{
	const uint8_t *in = buf;
	struct fragment *f = &w->fragment;
	size_t n;
	int rc;

	for (; len > 0; in += n, len -= n) {
		n = cut_next(&w->cut, in, len);
		memcpy(f->plain + f->plain_length, in, n);
		f->plain_length += n;
		if (w->cut.length == 0 && (rc = end_fragment(w)) != 0)
			return rc;
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

	if (w->fragment.plain_length > 0 && (rc = end_fragment(w)) != 0)
		return rc;
	seal_make(w->packed_crc, end);
	little_endian(end + SEAL_LENGTH, w->plain_crc);
	/* The length modulo 2^32, as the standard says. */
	little_endian(end + SEAL_LENGTH + 4, (uint32_t)w->totals.plain);
	if ((rc = put(w, end, sizeof(end))) != 0)
		return rc;
	if (w->plain_hash != NULL) {
		hash_take(w->plain_hash, w->totals.plain_sha256);
		hash_take(w->packed_hash, w->totals.packed_sha256);
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
	hash_free(w->packed_hash);
	hash_free(w->plain_hash);
	deflate_free(w->deflate);
	fragment_free(&w->fragment);
	free(w);
}
