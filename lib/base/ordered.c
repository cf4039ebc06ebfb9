/*
 * Items are numbered from 0 on, and item i lies in slot i modulo the size of the ring.  Four
 * kinds of numbers only ever grow: what was put, what workers took, what each reader has seen.
 * A slot is free again when the reader that is farthest behind has seen it.
 *
 * A thread that waits for a descriptor cannot wait for this ring as well: where the work stops
 * it is woken until it has looked at the flag (base/sig.h).
 */
#include "base/ordered.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/sig.h"

#define STACK ((size_t)512 << 10)
#define MORE_THREADS 4           /* beside the workers */
#define LOOK_NS (200 * 1000000L) /* how often waiting threads look for a stop signal */

struct worker {
	struct ordered *o;
	void *context;
};

struct ordered {
	struct ordered_plan plan;
	struct worker *workers;
	pthread_t *threads;
	unsigned nthreads;

	pthread_mutex_t lock;
	pthread_cond_t room;   /* a slot is free */
	pthread_cond_t filled; /* an item waits for a worker */
	pthread_cond_t ready;  /* an item waits for a reader */
	bool *worked;          /* a slot each */
	uint64_t put, taken, seen[ORDERED_READERS];
	bool ended;
	atomic_bool stop; /* changed with the lock held */
	int code;
};

/* The lock is held. */
static void
fail(struct ordered *o, int code)
{
	if (o->code == 0)
		o->code = code;
	o->stop = true;
	pthread_cond_broadcast(&o->room);
	pthread_cond_broadcast(&o->filled);
	pthread_cond_broadcast(&o->ready);
}

static struct timespec
soon(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += LOOK_NS;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

/* Wait for a while, and look for a stop signal.  The lock is held. */
static void
wait_for(struct ordered *o, pthread_cond_t *cond)
{
	struct timespec until = soon();

	pthread_cond_clockwait(cond, &o->lock, CLOCK_MONOTONIC, &until);
	if (sig_stop() != 0)
		fail(o, 1);
}

static uint64_t
seen_by_all(const struct ordered *o)
{
	uint64_t least = o->put;

	for (unsigned i = 0; i < o->plan.readers; i++)
		if (o->seen[i] < least)
			least = o->seen[i];
	return least;
}

void *
ordered_room(struct ordered *o)
{
	void *item = NULL;

	pthread_mutex_lock(&o->lock);
	while (!o->stop && o->put - seen_by_all(o) == o->plan.count)
		wait_for(o, &o->room);
	if (!o->stop)
		item = o->plan.items[o->put % o->plan.count];
	pthread_mutex_unlock(&o->lock);
	return item;
}

void
ordered_put(struct ordered *o)
{
	pthread_mutex_lock(&o->lock);
	o->worked[o->put % o->plan.count] = o->plan.workers == 0;
	o->put++;
	pthread_cond_signal(&o->filled);
	if (o->plan.workers == 0 || o->plan.early > 0)
		pthread_cond_broadcast(&o->ready);
	pthread_mutex_unlock(&o->lock);
}

void
ordered_end(struct ordered *o)
{
	pthread_mutex_lock(&o->lock);
	o->ended = true;
	pthread_cond_broadcast(&o->filled);
	pthread_cond_broadcast(&o->ready);
	pthread_mutex_unlock(&o->lock);
}

static bool
is_ready(const struct ordered *o, unsigned reader)
{
	uint64_t i = o->seen[reader];

	return i < o->put && (reader < o->plan.early || o->worked[i % o->plan.count]);
}

void *
ordered_next(struct ordered *o, unsigned reader)
{
	uint64_t i = o->seen[reader];
	void *item = NULL;

	pthread_mutex_lock(&o->lock);
	while (!o->stop && !is_ready(o, reader) && !(o->ended && i == o->put))
		wait_for(o, &o->ready);
	if (!o->stop && i < o->put)
		item = o->plan.items[i % o->plan.count];
	pthread_mutex_unlock(&o->lock);
	return item;
}

void
ordered_done(struct ordered *o, unsigned reader)
{
	pthread_mutex_lock(&o->lock);
	o->seen[reader]++;
	pthread_cond_signal(&o->room);
	pthread_mutex_unlock(&o->lock);
}

void
ordered_fail(struct ordered *o, int code)
{
	pthread_mutex_lock(&o->lock);
	fail(o, code);
	pthread_mutex_unlock(&o->lock);
}

int
ordered_code(struct ordered *o)
{
	int code;

	pthread_mutex_lock(&o->lock);
	code = o->code;
	pthread_mutex_unlock(&o->lock);
	return code;
}

/* Work on one item.  The lock is held, but not meanwhile. */
static void
work_on(struct worker *w, unsigned slot)
{
	struct ordered *o = w->o;
	int rc;

	pthread_mutex_unlock(&o->lock);
	rc = o->plan.work(w->context, o->plan.items[slot]);
	pthread_mutex_lock(&o->lock);
	if (rc != 0)
		fail(o, rc);
	o->worked[slot] = true;
	pthread_cond_broadcast(&o->ready);
}

static void *
run_worker(void *ctx)
{
	struct worker *w = ctx;
	struct ordered *o = w->o;

	pthread_mutex_lock(&o->lock);
	while (!o->stop && !(o->ended && o->taken == o->put)) {
		if (o->taken < o->put)
			work_on(w, (unsigned)(o->taken++ % o->plan.count));
		else
			wait_for(o, &o->filled);
	}
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

/* What a new thread is told. */
struct start {
	struct ordered *o;
	void *(*run)(void *ctx);
	void *ctx;
};

static void *
run_thread(void *arg)
{
	struct start s = *(struct start *)arg;

	free(arg);
	sig_thread(&s.o->stop);
	return s.run(s.ctx);
}

int
ordered_thread(struct ordered *o, void *(*run)(void *ctx), void *ctx)
{
	struct start *s = malloc(sizeof(*s));
	pthread_attr_t attr;
	int error = ENOMEM;

	if (s == NULL)
		goto out;
	*s = (struct start){o, run, ctx};
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	error = pthread_create(&o->threads[o->nthreads], &attr, run_thread, s);
	pthread_attr_destroy(&attr);
	if (error != 0)
		goto out;
	o->nthreads++;
	return 0;
out:
	free(s);
	errno = error;
	return -1;
}

unsigned
ordered_jobs(unsigned asked, unsigned most)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = asked > 0 ? asked : cores < 1 ? 1 : (unsigned)cores;

	return n < most ? n : most;
}

struct ordered *
ordered_start(const struct ordered_plan *plan)
{
	struct ordered *o = calloc(1, sizeof(*o));
	int saved;

	if (o == NULL)
		return NULL;
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->room, NULL);
	pthread_cond_init(&o->filled, NULL);
	pthread_cond_init(&o->ready, NULL);
	o->plan = *plan;
	o->worked = calloc(plan->count, sizeof(*o->worked));
	o->workers = calloc(plan->workers + 1, sizeof(*o->workers));
	o->threads = calloc(plan->workers + MORE_THREADS, sizeof(*o->threads));
	if (o->worked == NULL || o->workers == NULL || o->threads == NULL) {
		ordered_free(o);
		errno = ENOMEM;
		return NULL;
	}
	for (unsigned i = 0; i < plan->workers; i++) {
		o->workers[i] = (struct worker){o, plan->contexts[i]};
		if (ordered_thread(o, run_worker, &o->workers[i]) == -1) {
			saved = errno;
			ordered_free(o);
			errno = saved;
			return NULL;
		}
	}
	return o;
}

/* Wait for one thread; whatever it waits for, where the work has stopped. */
static void
join(struct ordered *o, pthread_t thread)
{
	struct timespec until;

	do {
		if (sig_stop() != 0)
			ordered_fail(o, 1);
		if (o->stop)
			sig_wake(thread);
		until = soon();
	} while (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) != 0);
}

int
ordered_join(struct ordered *o)
{
	while (o->nthreads > 0)
		join(o, o->threads[--o->nthreads]);
	return ordered_code(o);
}

void
ordered_free(struct ordered *o)
{
	if (o == NULL)
		return;
	if (o->nthreads > 0) {
		ordered_fail(o, 1);
		ordered_join(o);
	}
	pthread_cond_destroy(&o->ready);
	pthread_cond_destroy(&o->filled);
	pthread_cond_destroy(&o->room);
	pthread_mutex_destroy(&o->lock);
	free(o->threads);
	free(o->workers);
	free(o->worked);
	free(o);
}
