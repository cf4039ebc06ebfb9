#include "set/fragments.h"

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "gz/index.h"

struct fragments {
	struct gz_index_reader *index;
	struct hash *hash;
	struct gz_index_entry entry; /* the fragment that is being read */
	uint64_t left;               /* bytes of it still to come */
	uint64_t number;             /* its number, from 1 on */
	char error[96];              /* empty while all agrees */
};

int
fragments_open(int fd, const char *name, struct fragments **out)
{
	struct fragments *f = calloc(1, sizeof(*f));
	int rc = 1;

	*out = NULL;
	if (f == NULL) {
		warn("%s", name);
		return 1;
	}
	f->hash = hash_start();
	if (f->hash != NULL)
		rc = gz_index_open(fd, name, &f->index);
	if (rc != 0)
		fragments_free(f);
	else
		*out = f;
	return rc;
}

void
fragments_add(struct fragments *f, const void *buf, size_t len)
{
	const char *at = buf;
	char hex[HASH_HEX];
	size_t now;

	while (len > 0 && f->error[0] == '\0') {
		if (f->left == 0) {
			if (gz_index_next(f->index, &f->entry) != 1) {
				strlcpy(
				    f->error, "longer than its index says", sizeof(f->error));
				return;
			}
			f->left = f->entry.plain_length;
			f->number++;
		}
		now = f->left < len ? (size_t)f->left : len;
		hash_add(f->hash, at, now);
		at += now;
		len -= now;
		f->left -= now;
		if (f->left > 0)
			return;
		hash_take(f->hash, hex);
		if (strcmp(hex, f->entry.sha256) != 0)
			snprintf(f->error, sizeof(f->error),
			    "fragment %" PRIu64 " is not the one in its index", f->number);
	}
}

const char *
fragments_finish(struct fragments *f, uint64_t packed)
{
	if (f->error[0] == '\0' && (f->left > 0 || f->number != gz_index_fragments(f->index)))
		strlcpy(f->error, "shorter than its index says", sizeof(f->error));
	if (f->error[0] == '\0' && packed != gz_index_packed(f->index))
		snprintf(f->error, sizeof(f->error),
		    "%" PRIu64 " bytes packed, its index says %" PRIu64, packed,
		    gz_index_packed(f->index));
	return f->error[0] != '\0' ? f->error : NULL;
}

void
fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	gz_index_close(f->index);
	hash_free(f->hash);
	free(f);
}
