#include "gz/fragment.h"

#include <err.h>
#include <stdlib.h>

#include <isa-l/crc.h>

int
fragment_init(struct fragment *f)
{
	*f = (struct fragment){0};
	f->plain = malloc(CUT_MAX);
	f->packed = malloc(deflate_bound(CUT_MAX));
	if (f->plain == NULL || f->packed == NULL) {
		warnx("out of memory");
		fragment_free(f);
		return -1;
	}
	return 0;
}

int
fragment_packer_init(struct fragment_packer *p, int level, bool digest)
{
	p->digest = digest;
	return (p->deflate = deflate_open(level)) != NULL ? 0 : -1;
}

void
fragment_packer_free(struct fragment_packer *p)
{
	deflate_free(p->deflate);
	*p = (struct fragment_packer){0};
}

int
fragment_pack(struct fragment *f, struct fragment_packer *p)
{
	f->crc = crc32_gzip_refl(0, f->plain, f->plain_length);
	if (p->digest)
		hash_bytes(f->plain, f->plain_length, f->sha256);
	f->packed_length = deflate_fragment(p->deflate, f->plain, f->plain_length, f->packed);
	return 0;
}

void
fragment_free(struct fragment *f)
{
	free(f->plain);
	free(f->packed);
	*f = (struct fragment){0};
}
