#include "gz/fragment.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>

int
fragment_init(struct fragment *f)
{
	*f = (struct fragment){0};
	f->plain = malloc(CUT_MAX);
	f->packed = malloc(FRAGMENT_PACKED_ROOM);
	if (f->plain == NULL || f->packed == NULL) {
		warnx("out of memory");
		fragment_free(f);
		return -1;
	}
	return 0;
}

int
fragment_packer_init(struct fragment_packer *p, int level, bool digest, bool check)
{
	p->digest = digest;
	if ((p->deflate = deflate_open(level)) == NULL)
		return -1;
	if (!check)
		return 0;
	if ((p->inflate = inflate_open(true)) == NULL || (p->again = malloc(CUT_MAX)) == NULL) {
		warnx("out of memory");
		return -1;
	}
	return 0;
}

void
fragment_packer_free(struct fragment_packer *p)
{
	deflate_free(p->deflate);
	inflate_free(p->inflate);
	free(p->again);
	*p = (struct fragment_packer){0};
}

int
fragment_check(struct fragment *f, struct fragment_packer *p)
{
	ssize_t got =
	    inflate_fragment(p->inflate, f->packed, f->packed_length, p->again, CUT_MAX);

	if (got == (ssize_t)f->plain_length && memcmp(p->again, f->plain, (size_t)got) == 0)
		return 0;
	warnx("what was packed does not unpack to the same bytes: trust this machine no more");
	return 1;
}

int
fragment_pack(struct fragment *f, struct fragment_packer *p)
{
	f->crc = crc32_gzip_refl(0, f->plain, f->plain_length);
	if (p->digest)
		hash_bytes(f->plain, f->plain_length, f->sha256);
	f->packed_length = deflate_fragment(p->deflate, f->plain, f->plain_length, f->packed);
	return p->inflate != NULL ? fragment_check(f, p) : 0;
}

void
fragment_free(struct fragment *f)
{
	free(f->plain);
	free(f->packed);
	*f = (struct fragment){0};
}
