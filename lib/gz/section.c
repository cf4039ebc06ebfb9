#include "gz/section.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "gz/fragment.h"

enum { DIGEST = 32 };

struct entry {
	uint64_t plain, packed; /* offsets */
	uint8_t sha256[DIGEST];
	uint8_t *kept; /* packed bytes; NULL: not kept */
};

struct gz_section {
	int fd;
	const char *name;
	struct entry *entries; /* and one behind the last, for the offsets */
	size_t len;
	pthread_mutex_t lock; /* over what is kept */
	size_t kept, most;
};

struct gz_section_stream {
	struct gz_section *s;
	struct inflate *inflate;
	uint8_t *packed, *plain;
	size_t next;       /* fragment */
	size_t at, length; /* in the plain bytes of the one before it */
	uint64_t skip;     /* bytes of the first that are not wanted */
};

static void
from_hex(const char hex[HASH_HEX], uint8_t out[DIGEST])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST; i++)
		out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
				   (strchr(digits, hex[2 * i + 1]) - digits));
}

/* How many bytes may be kept. */
static size_t
room(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	const size_t part = pages > 0 && page > 0 ? (size_t)pages * (size_t)page / 16 : 0;

	return part < GZ_SECTION_KEEP_LEAST  ? GZ_SECTION_KEEP_LEAST
	       : part > GZ_SECTION_KEEP_MOST ? GZ_SECTION_KEEP_MOST
					     : part;
}

int
gz_section_open(
    int fd, const char *name, struct gz_index_reader *index, struct gz_section **out)
{
	struct gz_section *s = calloc(1, sizeof(*s));
	struct gz_index_entry e;
	int more = 0;

	*out = NULL;
	if (s != NULL) {
		pthread_mutex_init(&s->lock, NULL);
		s->fd = fd;
		s->name = name;
		s->most = room();
		s->len = (size_t)gz_index_fragments(index);
		s->entries = calloc(s->len + 1, sizeof(*s->entries));
	}
	if (s == NULL || s->entries == NULL) {
		warn("index of %s", name);
		gz_section_free(s);
		return EX_OSERR;
	}
	for (size_t i = 0; i < s->len && (more = gz_index_next(index, &e)) == 1; i++) {
		s->entries[i].plain = e.plain_offset;
		s->entries[i].packed = e.packed_offset;
		from_hex(e.sha256, s->entries[i].sha256);
		s->entries[i + 1].plain = e.plain_offset + e.plain_length;
		s->entries[i + 1].packed = e.packed_offset + e.packed_length;
	}
	if (more != 1 && s->len > 0) { /* it was proven before: it has changed */
		gz_section_free(s);
		return EX_DATAERR;
	}
	*out = s;
	return 0;
}

uint64_t
gz_section_plain(const struct gz_section *s)
{
	return s->entries[s->len].plain;
}

/* The packed bytes of a fragment, kept or not. */
static int
fetch(const struct gz_section_stream *t, const struct entry *e, size_t len)
{
	struct gz_section *s = t->s;
	ssize_t got;
	bool kept;

	pthread_mutex_lock(&s->lock);
	kept = e->kept != NULL;
	if (kept)
		memcpy(t->packed, e->kept, len);
	pthread_mutex_unlock(&s->lock);
	if (kept)
		return 0;
	got = io_read_at(s->fd, t->packed, len, e->packed);
	if (got == -1) {
		if (sig_stop() != 0)
			return 1;
		warn("%s: read", s->name);
		return EX_IOERR;
	}
	if ((size_t)got < len) {
		warnx("%s: became shorter while it was read", s->name);
		return EX_DATAERR;
	}
	return 0;
}

static void
keep(struct gz_section *s, struct entry *e, const uint8_t *packed, size_t len)
{
	pthread_mutex_lock(&s->lock);
	if (e->kept == NULL && len <= s->most - s->kept && (e->kept = malloc(len)) != NULL) {
		memcpy(e->kept, packed, len);
		s->kept += len;
	}
	pthread_mutex_unlock(&s->lock);
}

/* Unpack and prove the next fragment. */
static int
get(struct gz_section_stream *t)
{
	struct gz_section *s = t->s;
	struct entry *e = &s->entries[t->next];
	const size_t packed = (size_t)(e[1].packed - e->packed);
	const size_t plain = (size_t)(e[1].plain - e->plain);
	uint8_t digest[DIGEST] = {0};
	char hex[HASH_HEX];
	ssize_t n;
	int rc;

	if (sig_stop() != 0)
		return 1;
	rc = fetch(t, e, packed);
	if (rc != 0)
		return rc;
	keep(s, e, t->packed, packed); /* unpacking overwrites what is behind */
	n = inflate_fragment(t->inflate, t->packed, packed, t->plain, CUT_MAX);
	if (n == (ssize_t)plain) {
		hash_bytes(t->plain, plain, hex);
		from_hex(hex, digest);
	}
	if (n != (ssize_t)plain || memcmp(digest, e->sha256, DIGEST) != 0) {
		warnx("%s: fragment %zu is not the one in its index", s->name, t->next + 1);
		return EX_DATAERR;
	}
	t->next++;
	t->at = (size_t)t->skip;
	t->skip = 0;
	t->length = plain;
	return 0;
}

int
gz_section_start(struct gz_section *s, uint64_t offset, struct gz_section_stream **out)
{
	struct gz_section_stream *t = calloc(1, sizeof(*t));
	size_t low = 0, high = s->len, middle;

	*out = NULL;
	if (t != NULL) {
		t->s = s;
		t->packed = malloc(FRAGMENT_PACKED_ROOM);
		t->plain = malloc(CUT_MAX);
		t->inflate = inflate_open(true);
	}
	if (t == NULL || t->packed == NULL || t->plain == NULL || t->inflate == NULL) {
		warn("%s", s->name);
		gz_section_stop(t);
		return EX_OSERR;
	}
	while (low < high) { /* the first fragment that ends behind it */
		middle = low + (high - low) / 2;
		if (s->entries[middle + 1].plain <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	t->next = low;
	t->skip = low < s->len ? offset - s->entries[low].plain : 0;
	*out = t;
	return 0;
}

int
gz_section_read(struct gz_section_stream *t, void *buf, size_t size, size_t *len)
{
	int rc;

	*len = 0;
	while (t->at == t->length) {
		if (t->next == t->s->len)
			return 0;
		rc = get(t);
		if (rc != 0)
			return rc;
	}
	*len = t->length - t->at < size ? t->length - t->at : size;
	memcpy(buf, t->plain + t->at, *len);
	t->at += *len;
	return 0;
}

void
gz_section_stop(struct gz_section_stream *t)
{
	if (t == NULL)
		return;
	inflate_free(t->inflate);
	free(t->packed);
	free(t->plain);
	free(t);
}

void
gz_section_free(struct gz_section *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; s->entries != NULL && i < s->len; i++)
		free(s->entries[i].kept);
	free(s->entries);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
