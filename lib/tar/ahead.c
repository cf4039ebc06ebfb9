/*
 * Finds go in batches, so that two threads meet once for a few dozen files and not for each.
 * The caller's thread fills the batches and gives them their turn, readers are the workers of a
 * ring (base/ordered.h).  As the caller never fills one without room, it never waits for itself.
 *
 * A batch is full with FINDS finds, or with FOLDERS changes of the folder, as each folder is an
 * open descriptor.  With the files that are left open, the folders above (TAR_DEPTH) and what
 * else is open, that stays below the 1024 that a process has by default.
 */
#include "tar/ahead.h"

#include <err.h>
#include <stdlib.h>

#include "base/ordered.h"

#define BATCHES 8
#define FINDS 64
#define FOLDERS 16
#define ROOM ((size_t)512 << 10)

struct batch {
	struct find finds[FINDS];
	size_t n;
	unsigned int folders;
	struct find_room room;
};

struct ahead {
	int (*take)(void *ctx, struct find *f);
	void *ctx;
	struct batch *batches; /* BATCHES */
	char *memory;          /* of their rooms */
	void *items[BATCHES];
	void *attrs[AHEAD_READERS];
	struct ordered *ring;
	struct batch *filling; /* or NULL */
	size_t waiting;        /* batches that were filled and had no turn yet */
};

_Static_assert(BATCHES *(ROOM + sizeof(struct batch)) <= AHEAD_MEMORY, "as the header says");

static int
read_batch(void *attr, void *item)
{
	struct batch *b = item;

	for (size_t i = 0; i < b->n; i++)
		if (b->finds[i].kind == FIND_FILE)
			find_ahead(&b->finds[i], &b->room, attr);
	return 0;
}

struct ahead *
ahead_open(unsigned int readers, int (*take)(void *ctx, struct find *f), void *ctx)
{
	struct ahead *a = calloc(1, sizeof(*a));
	struct ordered_plan plan = {
	    .count = BATCHES, .workers = readers, .work = read_batch, .readers = 1};

	if (a == NULL || (a->batches = calloc(BATCHES, sizeof(*a->batches))) == NULL ||
	    (a->memory = malloc(BATCHES * ROOM)) == NULL) {
		warn(NULL);
		goto fail;
	}
	a->take = take;
	a->ctx = ctx;
	for (size_t i = 0; i < BATCHES; i++) {
		a->batches[i].room.data = a->memory + i * ROOM;
		a->batches[i].room.size = ROOM;
		a->items[i] = &a->batches[i];
	}
	for (unsigned int i = 0; i < readers; i++)
		if ((a->attrs[i] = attr_open()) == NULL)
			goto fail;
	plan.items = a->items;
	plan.contexts = a->attrs;
	if ((a->ring = ordered_start(&plan)) == NULL) {
		warn("threads");
		goto fail;
	}
	return a;
fail:
	ahead_free(a);
	return NULL;
}

/* Give each find in the first batch its turn, and empty it. */
static int
turn(struct ahead *a)
{
	struct batch *b = ordered_next(a->ring, 0);
	int rc = 0;

	if (b == NULL)
		return ordered_code(a->ring);
	for (size_t i = 0; i < b->n; i++) {
		if ((rc = a->take(a->ctx, &b->finds[i])) != 0)
			return rc; /* ahead_free() empties it */
		find_free(&b->finds[i]);
	}
	b->n = 0;
	b->folders = 0;
	b->room.used = 0;
	b->room.open = 0;
	a->waiting--;
	ordered_done(a->ring, 0);
	return 0;
}

int
ahead_add(struct ahead *a, const struct find *f)
{
	struct batch *b = a->filling;
	struct find copy = *f;

	if (b == NULL && (b = a->filling = ordered_room(a->ring)) == NULL) {
		find_free(&copy);
		return ordered_code(a->ring);
	}
	b->finds[b->n] = copy;
	if (b->n == 0 || b->finds[b->n - 1].folder != f->folder)
		b->folders++;
	if (++b->n < FINDS && b->folders < FOLDERS)
		return 0;
	a->filling = NULL;
	ordered_put(a->ring);
	return ++a->waiting == BATCHES ? turn(a) : 0;
}

int
ahead_end(struct ahead *a)
{
	int rc = 0;

	if (a->filling != NULL) {
		a->filling = NULL;
		ordered_put(a->ring);
		a->waiting++;
	}
	while (rc == 0 && a->waiting > 0)
		rc = turn(a);
	return rc;
}

void
ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	ordered_free(a->ring);
	for (size_t i = 0; a->batches != NULL && i < BATCHES; i++)
		for (size_t k = 0; k < a->batches[i].n; k++)
			find_free(&a->batches[i].finds[k]);
	for (size_t i = 0; i < AHEAD_READERS; i++)
		attr_free(a->attrs[i]);
	free(a->memory);
	free(a->batches);
	free(a);
}
