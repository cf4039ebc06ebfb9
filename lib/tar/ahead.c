/*
 * Finds go in batches, so that two threads meet once for a few dozen files and not for each:
 * a ring of batches, filled, read and taken in the same order.
 *
 *     eaten <= taken <= filled <= eaten + BATCHES
 *
 * The caller's thread fills batch `filled` and eats batch `eaten`; a reader takes batch `taken`.
 * Where the caller wants to eat a batch that nobody has taken, it takes it itself: it never
 * waits for a thread that waits for a processor.
 *
 * A batch is full with FINDS finds, or with FOLDERS changes of the folder, as each folder is an
 * open descriptor.  With the files that are left open, the folders above (TAR_DEPTH) and what
 * else is open, that stays below the 1024 that a process has by default.
 */
#include "tar/ahead.h"

#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/sig.h"

#define BATCHES 8
#define FINDS 64
#define FOLDERS 16
#define ROOM ((size_t)512 << 10)
#define READERS_MAX 16

struct batch {
	struct find finds[FINDS];
	size_t n;
	unsigned int folders;
	bool read;
	struct find_room room;
};

struct reader {
	struct ahead *ahead;
	struct attr *attr;
	pthread_t thread;
};

struct ahead {
	int (*take)(void *ctx, struct find *f);
	void *ctx;
	struct batch *batches; /* BATCHES */
	char *memory;          /* of their rooms */
	struct attr *attr;     /* of the caller's thread */
	struct reader readers[READERS_MAX];
	unsigned int started;

	pthread_mutex_t lock; /* of all below, and of batch.read */
	pthread_cond_t work;  /* for readers: taken < filled, or over */
	pthread_cond_t done;  /* for the caller: a batch was read */
	size_t filled, taken, eaten;
	unsigned int idle; /* readers that wait */
	bool waiting;      /* the caller waits */
	bool over;
};

_Static_assert(BATCHES *(ROOM + sizeof(struct batch)) <= AHEAD_MEMORY, "as the header says");

static struct batch *
batch(struct ahead *a, size_t n)
{
	return &a->batches[n % BATCHES];
}

static void
read_batch(struct batch *b, struct attr *t)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->finds[i].kind == FIND_FILE)
			find_ahead(&b->finds[i], &b->room, t);
}

static void *
reader(void *ctx)
{
	struct reader *r = ctx;
	struct ahead *a = r->ahead;
	struct batch *b;

	sig_block_thread();
	pthread_mutex_lock(&a->lock);
	for (;;) {
		while (a->taken == a->filled && !a->over) {
			a->idle++;
			pthread_cond_wait(&a->work, &a->lock);
			a->idle--;
		}
		if (a->over)
			break;
		b = batch(a, a->taken++);
		pthread_mutex_unlock(&a->lock);
		read_batch(b, r->attr);
		pthread_mutex_lock(&a->lock);
		b->read = true;
		if (a->waiting)
			pthread_cond_signal(&a->done);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct ahead *
ahead_open(unsigned int readers, int (*take)(void *ctx, struct find *f), void *ctx)
{
	struct ahead *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		warn(NULL);
		return NULL;
	}
	a->take = take;
	a->ctx = ctx;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->done, NULL);
	if ((a->batches = calloc(BATCHES, sizeof(*a->batches))) == NULL ||
	    (a->memory = malloc(BATCHES * ROOM)) == NULL) {
		warn(NULL);
		goto fail;
	}
	for (size_t i = 0; i < BATCHES; i++) {
		a->batches[i].room.data = a->memory + i * ROOM;
		a->batches[i].room.size = ROOM;
	}
	if ((a->attr = attr_open()) == NULL)
		goto fail;
	/* With fewer threads than asked for, or none, it is slower and nothing else. */
	for (; a->started < readers && a->started < READERS_MAX; a->started++) {
		struct reader *r = &a->readers[a->started];

		r->ahead = a;
		if ((r->attr = attr_open()) == NULL)
			goto fail;
		if (pthread_create(&r->thread, NULL, reader, r) != 0) {
			attr_free(r->attr);
			break;
		}
	}
	return a;
fail:
	ahead_free(a);
	return NULL;
}

/* Hand the batch that is being filled to the readers. */
static void
hand_over(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->filled++;
	if (a->idle > 0)
		pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
}

/* Wait until the first batch was read, or read it.  Return it, or NULL after a stop signal. */
static struct batch *
first(struct ahead *a)
{
	struct batch *b = batch(a, a->eaten);
	struct timespec until;
	bool mine;

	pthread_mutex_lock(&a->lock);
	if ((mine = a->taken == a->eaten))
		a->taken++;
	while (!mine && !b->read && sig_stop() == 0) {
		/* A signal does not end the wait: its handler sets a flag, no more. */
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		a->waiting = true;
		pthread_cond_clockwait(&a->done, &a->lock, CLOCK_MONOTONIC, &until);
		a->waiting = false;
	}
	pthread_mutex_unlock(&a->lock);
	if (mine)
		read_batch(b, a->attr);
	return sig_stop() == 0 ? b : NULL;
}

/* Give each find in the first batch its turn, and empty it. */
static int
eat(struct ahead *a)
{
	struct batch *b = first(a);
	int rc = b != NULL ? 0 : 1;

	for (size_t i = 0; rc == 0 && i < b->n; i++) {
		rc = a->take(a->ctx, &b->finds[i]);
		find_free(&b->finds[i]);
	}
	if (rc != 0)
		return rc; /* ahead_free() empties it */
	b->n = 0;
	b->folders = 0;
	b->read = false;
	b->room.used = 0;
	b->room.open = 0;
	a->eaten++;
	return 0;
}

int
ahead_add(struct ahead *a, const struct find *f)
{
	struct batch *b = batch(a, a->filled);
	int rc = 0;

	b->finds[b->n] = *f;
	if (b->n == 0 || b->finds[b->n - 1].folder != f->folder)
		b->folders++;
	if (++b->n < FINDS && b->folders < FOLDERS)
		return 0;
	hand_over(a);
	if (a->filled - a->eaten == BATCHES)
		rc = eat(a);
	return rc;
}

int
ahead_end(struct ahead *a)
{
	int rc = 0;

	if (batch(a, a->filled)->n > 0)
		hand_over(a);
	while (rc == 0 && a->eaten < a->filled)
		rc = eat(a);
	return rc;
}

void
ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->over = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned int i = 0; i < a->started; i++) {
		pthread_join(a->readers[i].thread, NULL);
		attr_free(a->readers[i].attr);
	}
	for (size_t i = 0; a->batches != NULL && i < BATCHES; i++)
		for (size_t k = 0; k < a->batches[i].n; k++)
			find_free(&a->batches[i].finds[k]);
	pthread_cond_destroy(&a->done);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	attr_free(a->attr);
	free(a->memory);
	free(a->batches);
	free(a);
}
