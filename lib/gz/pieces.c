/*
 * The thread that reads has the bytes that are not handed over yet in one buffer.  Where no flush
 * comes within the length that a fragment can have, nothing behind is looked at any more: all
 * the rest is handed over as it comes.
 */
#include "gz/pieces.h"

#include <err.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <isa-l/crc.h>

#include "base/io.h"
#include "base/ordered.h"
#include "gz/fragment.h"
#include "gz/seal.h"

#define READ PIECES_AHEAD /* at once */
#define RING 4            /* pieces a job, and as many more */

struct pieces {
	struct pieces_options o;
	struct ordered *line;
	struct piece *ring;
	void **items, **inflates; /* for the ring */
	unsigned count;
	bool taken;       /* the caller has a piece */
	atomic_int error; /* errno of a read */
	atomic_bool gave_up;

	/* The thread that reads: bytes from ${from} to before ${to} are not handed over yet. */
	uint8_t *ahead;
	size_t room, from, to;
};

static int
unpack_piece(void *inflate, void *item)
{
	struct piece *p = item;
	char hex[HASH_HEX];

	p->plain_length = -1;
	p->differs = p->entry.plain_length > 0;
	if (!p->fragment)
		return 0;
	p->plain_length =
	    inflate_fragment(inflate, p->packed, p->packed_length, p->plain, CUT_MAX);
	if (p->plain_length == -1)
		return 0;
	p->plain_crc = crc32_gzip_refl(0, p->plain, (size_t)p->plain_length);
	if (p->packed_length > SEAL_LENGTH)
		p->packed_crc = crc32_gzip_refl(0, p->packed, p->packed_length - SEAL_LENGTH);
	if (p->differs && p->plain_length == (ssize_t)p->entry.plain_length) {
		hash_bytes(p->plain, (size_t)p->plain_length, hex);
		p->differs = strcmp(hex, p->entry.sha256) != 0;
	}
	return 0;
}

static int
fail_read(struct pieces *p)
{
	p->error = errno;
	ordered_fail(p->line, EX_IOERR);
	return -1;
}

/* Read more behind what is there.  Return 1, 0 at the end, or -1. */
static int
read_more(struct pieces *p)
{
	ssize_t got;

	memmove(p->ahead, p->ahead + p->from, p->to - p->from);
	p->to -= p->from;
	p->from = 0;
	got = io_read_some(p->o.fd, p->ahead + p->to, p->room - p->to);
	if (got == -1)
		return fail_read(p);
	p->to += (size_t)got;
	return got > 0;
}

/* Hand ${len} bytes over; ${e} (NULL: no index) tells of them.  Return 0, or -1: stop. */
static int
put(struct pieces *p, bool fragment, size_t len, const struct gz_index_entry *e)
{
	struct piece *piece = ordered_room(p->line);

	if (piece == NULL)
		return -1;
	memcpy(piece->packed, p->ahead + p->from, len);
	piece->packed_length = len;
	piece->fragment = fragment && !p->gave_up;
	piece->entry = e != NULL ? *e : (struct gz_index_entry){0};
	p->from += len;
	ordered_put(p->line);
	return 0;
}

/* What is there, and all that follows. */
static void
put_rest(struct pieces *p)
{
	size_t len;
	int got;

	do {
		while ((len = p->to - p->from) > 0)
			if (put(p, false, len < READ ? len : READ, NULL) == -1)
				return;
		if ((got = read_more(p)) == -1)
			return;
	} while (got > 0);
	ordered_end(p->line);
}

/* Cut behind each mark of a flush, as long as they are near enough to each other. */
static void
cut_at_marks(struct pieces *p)
{
	static const uint8_t mark[DEFLATE_FLUSH_LENGTH] = {0x00, 0x00, 0xff, 0xff};
	const size_t most = deflate_bound(CUT_MAX);
	size_t seen = 0, len; /* bytes of those left in which there is no mark */
	const uint8_t *found;
	int got = 1;

	while (got > 0) {
		len = p->to - p->from;
		found = memmem(p->ahead + p->from + seen, len - seen, mark, sizeof(mark));
		if (found != NULL) {
			len = (size_t)(found - (p->ahead + p->from)) + sizeof(mark);
			if (len > most)
				break;
			if (put(p, true, len, NULL) == -1)
				return;
			seen = 0;
			continue;
		}
		if (len > most || p->gave_up)
			break;
		seen = len >= sizeof(mark) ? len - sizeof(mark) + 1 : 0;
		got = read_more(p);
	}
	if (got != -1)
		put_rest(p);
}

/* Take what the index tells.  One that is cut off is shorter than that. */
static void
cut_by_index(struct pieces *p)
{
	struct gz_index_entry e;
	size_t len;
	int more = 1, got = 1;

	while (got > 0 && (more = gz_index_next(p->o.index, &e)) == 1) {
		while (got > 0 && p->to - p->from < e.packed_length)
			if ((got = read_more(p)) == -1)
				return;
		len = p->to - p->from;
		len = len < e.packed_length ? len : (size_t)e.packed_length;
		if (len > 0 && put(p, true, len, &e) == -1)
			return;
	}
	if (more == -1) {
		errno = EIO; /* it was read before, and has said why it cannot be now */
		fail_read(p);
		return;
	}
	put_rest(p);
}

static void *
run(void *ctx)
{
	struct pieces *p = ctx;

	if (p->o.index != NULL)
		cut_by_index(p);
	else
		cut_at_marks(p);
	return NULL;
}

/* Memory for all threads, and the threads. */
static int
start(struct pieces *p)
{
	struct ordered_plan plan = {.work = unpack_piece, .readers = 1};

	p->count = RING * (p->o.jobs + 1);
	p->room = deflate_bound(CUT_MAX) + READ;
	p->ahead = malloc(p->room);
	p->ring = calloc(p->count, sizeof(*p->ring));
	p->items = calloc(p->count, sizeof(*p->items));
	p->inflates = calloc(p->o.jobs, sizeof(*p->inflates));
	if (p->ahead == NULL || p->ring == NULL || p->items == NULL || p->inflates == NULL)
		goto out;
	memcpy(p->ahead, p->o.ahead, p->o.ahead_length);
	p->to = p->o.ahead_length;
	for (unsigned i = 0; i < p->o.jobs; i++)
		if ((p->inflates[i] = inflate_open(p->o.quick)) == NULL)
			goto out;
	for (unsigned i = 0; i < p->count; i++) {
		p->items[i] = &p->ring[i];
		p->ring[i].packed = malloc(FRAGMENT_PACKED_ROOM);
		p->ring[i].plain = malloc(CUT_MAX);
		if (p->ring[i].packed == NULL || p->ring[i].plain == NULL)
			goto out;
	}
	plan.items = p->items;
	plan.count = p->count;
	plan.workers = p->o.jobs;
	plan.contexts = p->inflates;
	if ((p->line = ordered_start(&plan)) == NULL)
		return -1;
	return ordered_thread(p->line, run, p);
out:
	errno = ENOMEM;
	return -1;
}

struct pieces *
pieces_start(const struct pieces_options *o)
{
	struct pieces *p = calloc(1, sizeof(*p));
	int saved;

	if (p == NULL)
		return NULL;
	p->o = *o;
	if (start(p) == -1) {
		saved = errno;
		pieces_free(p);
		errno = saved;
		return NULL;
	}
	return p;
}

struct piece *
pieces_next(struct pieces *p)
{
	struct piece *piece;

	if (p->taken)
		ordered_done(p->line, 0);
	piece = ordered_next(p->line, 0);
	p->taken = piece != NULL;
	return piece;
}

int
pieces_errno(const struct pieces *p)
{
	if (p->error != 0)
		return p->error;
	return ordered_code(p->line) != 0 ? EINTR : 0;
}

void
pieces_give_up(struct pieces *p)
{
	p->gave_up = true;
}

void
pieces_free(struct pieces *p)
{
	if (p == NULL)
		return;
	ordered_free(p->line);
	for (unsigned i = 0; p->ring != NULL && i < p->count; i++) {
		free(p->ring[i].packed);
		free(p->ring[i].plain);
	}
	for (unsigned i = 0; p->inflates != NULL && i < p->o.jobs; i++)
		inflate_free(p->inflates[i]);
	free(p->inflates);
	free(p->items);
	free(p->ring);
	free(p->ahead);
	free(p);
}
