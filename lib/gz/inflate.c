/*
 * ISA-L's one-call inflate wants a final block.  A fragment has none, so one is put behind it: an
 * empty stored block, 01 00 00 ff ff.  It is read as that only at the start of a byte and where
 * a block is expected; anywhere else a part of these bits is taken for codes, and whatever they
 * mean, the end does not fall on the last byte: of the bits that follow 01, the zeros can end a
 * block but not begin a final one, and the ones begin no valid block at all.  So a result that
 * ends exactly here has seen whole blocks before.
 */
#include "gz/inflate.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/igzip_lib.h>
#include <zlib.h>

struct inflate {
	bool quick;
	struct inflate_state *isal;
	z_stream zlib;
};

struct inflate *
inflate_open(bool quick)
{
	struct inflate *i = calloc(1, sizeof(*i));

	if (i == NULL)
		goto out;
	i->quick = quick;
	if (quick && (i->isal = calloc(1, sizeof(*i->isal))) == NULL)
		goto out;
	/* The dictionary is none: zlib takes the memory that it will need, and not when it is late. */
	if (!quick && (inflateInit2(&i->zlib, -MAX_WBITS) != Z_OK ||
			  inflateSetDictionary(&i->zlib, (const Bytef *)"", 0) != Z_OK))
		goto out;
	return i;
out:
	inflate_free(i);
	return NULL;
}

/* Blocks that end with the last byte leave zlib before a header (128), with no bits (0 to 7). */
static ssize_t
inflate_strictly(z_stream *z, const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	int rc;

	inflateReset(z);
	z->next_in = (Bytef *)(uintptr_t)in; /* only read */
	z->avail_in = (uInt)len;
	z->next_out = out;
	z->avail_out = (uInt)room;
	rc = inflate(z, Z_SYNC_FLUSH);
	if ((rc != Z_OK && rc != Z_BUF_ERROR) || z->avail_in != 0 ||
	    (z->data_type & 0xff) != 128)
		return -1;
	return (ssize_t)(room - z->avail_out);
}

ssize_t
inflate_fragment(struct inflate *i, uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	static const uint8_t final[INFLATE_SPARE] = {0x01, 0x00, 0x00, 0xff, 0xff};
	struct inflate_state *s = i->isal;

	if (!i->quick)
		return inflate_strictly(&i->zlib, in, len, out, room);
	memcpy(in + len, final, sizeof(final));
	isal_inflate_init(s);
	s->crc_flag = ISAL_DEFLATE;
	s->next_in = in;
	s->avail_in = (uint32_t)(len + sizeof(final));
	s->next_out = out;
	s->avail_out = (uint32_t)room;
	if (isal_inflate_stateless(s) != ISAL_DECOMP_OK ||
	    s->block_state != ISAL_BLOCK_FINISH || s->avail_in != 0 || s->read_in_length >= 8)
		return -1;
	return (ssize_t)(room - s->avail_out);
}

void
inflate_free(struct inflate *i)
{
	if (i == NULL)
		return;
	inflateEnd(&i->zlib);
	free(i->isal);
	free(i);
}
