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

void
fragment_pack(struct fragment *f, struct deflate *d, int digest)
{
	f->crc = crc32_gzip_refl(0, f->plain, f->plain_length);
	if (digest)
		hash_bytes(f->plain, f->plain_length, f->sha256);
	f->packed_length = deflate_fragment(d, f->plain, f->plain_length, f->packed);
}

void
fragment_free(struct fragment *f)
{
	free(f->plain);
	free(f->packed);
	*f = (struct fragment){0};
}
