/*
 * Ranges (db/range.h) are cut when a reader asks for one, in order, and queue in that order.
 * The writer takes the blocks of the oldest range first.  Memory is bounded: a reader whose
 * range is not the oldest waits while MEMORY bytes are queued; the oldest may always add a few
 * blocks, so the one that everybody waits for never waits itself for long.
 *
 * The lock guards the queue and the cursor; reading and formatting happen outside of it.
 */
#include "db/pipeline.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>

#include "base/io.h"
#include "base/sig.h"
#include "db/range.h"
#include "db/reader.h"

#define MEMORY (24UL << 20) /* queued bytes from which readers ahead wait */
#define AHEAD 64            /* ranges in the queue */
#define HEAD_BLOCKS 8       /* of the oldest range, whatever the memory */

/* A range on its way: its blocks queue here. */
struct job {
	struct range range;
	uint64_t count; /* of a range that counts */
	struct rows_queue blocks;
	bool done;
	struct job *next;
};

struct worker {
	struct pipeline *p;
	struct reader reader;
	pthread_t thread;
	bool started;
	int socket;      /* of its connection, to wake it; -1: none */
	struct job *job; /* at work */
};

struct pipeline {
	pthread_mutex_t lock;
	pthread_cond_t work;  /* a range may be taken, or a block be added */
	pthread_cond_t ready; /* a block or the end of a range is there */
	struct worker *workers;
	unsigned int n;
	struct hold *hold;
	struct cursor cursor;
	bool opening; /* a reader asks for the smallest and largest key of the cursor's table */
	struct job *head, *tail;
	size_t njobs;
	size_t queued;           /* bytes in blocks */
	struct rows_queue spare; /* emptied, for the readers */
	int rc;                  /* the first failure */
	bool stop;
};

/* Remember the first failure and wake everybody.  The lock is held. */
static void
fail(struct pipeline *p, int rc)
{
	if (p->rc == 0)
		p->rc = rc;
	p->stop = true;
	pthread_cond_broadcast(&p->work);
	pthread_cond_broadcast(&p->ready);
}

/* Wait for ${cond}, and a little at most: what else is waited for does not signal. */
static void
wait_a_little(struct pipeline *p, pthread_cond_t *cond)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 250000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(cond, &p->lock, &until);
}

/* Cut the next range and queue it.  The lock is held. */
static struct job *
add_job(struct pipeline *p)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		warn("pipeline");
		fail(p, EX_OSERR);
		return NULL;
	}
	cursor_cut(&p->cursor, &j->range);
	if (p->tail != NULL)
		p->tail->next = j;
	else
		p->head = j;
	p->tail = j;
	p->njobs++;
	return j;
}

static bool
stopped(void *ctx)
{
	struct worker *w = ctx;
	bool stop;

	pthread_mutex_lock(&w->p->lock);
	stop = w->p->stop;
	pthread_mutex_unlock(&w->p->lock);
	return stop;
}

/* Ask for the smallest and largest key of the cursor's table.  The lock is held, but not while
 * the server is asked. */
static int
open_table(struct worker *w)
{
	struct pipeline *p = w->p;
	struct reader_keys keys;
	int rc;

	p->opening = true;
	pthread_mutex_unlock(&p->lock);
	rc = reader_keys(&w->reader, cursor_table(&p->cursor), &keys);
	pthread_mutex_lock(&p->lock);
	cursor_keys(&p->cursor, keys.smallest, keys.largest);
	p->opening = false;
	pthread_cond_broadcast(&p->work);
	return rc;
}

/* Take the next range to read, or NULL when there is none or the work is to stop. */
static struct job *
take_job(struct worker *w)
{
	struct pipeline *p = w->p;
	struct job *j = NULL;
	int rc;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		if (p->opening || p->njobs >= AHEAD) {
			if (w->reader.table == NULL) {
				pthread_cond_wait(&p->work, &p->lock);
				continue;
			}
			/* It may take long. */
			pthread_mutex_unlock(&p->lock);
			rc = reader_rest(&w->reader);
			pthread_mutex_lock(&p->lock);
			if (rc != 0)
				fail(p, rc);
			continue;
		}
		if (cursor_table(&p->cursor) == NULL)
			break;
		if (cursor_needs_keys(&p->cursor)) {
			rc = open_table(w);
			if (rc != 0)
				fail(p, rc);
			continue;
		}
		j = add_job(p);
		pthread_cond_broadcast(&p->work);
		pthread_cond_signal(&p->ready);
		break;
	}
	pthread_mutex_unlock(&p->lock);
	return j;
}

/* Whether a reader of ${j} waits before it adds a block.  Where somebody waits for the table, the
 * range in hand is read to its end, so that its lock can be given back.  The lock is held. */
static bool
must_wait(struct pipeline *p, const struct job *j)
{
	if (hold_yielded(p->hold) && j->range.bytes < 2 * RANGE_BYTES)
		return false;
	return j == p->head ? j->blocks.n >= HEAD_BLOCKS : p->queued >= MEMORY;
}

/* Queue a full block and return an empty one: see rows_read. */
static struct rows_block *
next_block(void *ctx, struct rows_block *full)
{
	struct worker *w = ctx;
	struct pipeline *p = w->p;
	struct job *j = w->job;
	struct rows_block *b = NULL;

	pthread_mutex_lock(&p->lock);
	if (full != NULL) {
		while (!p->stop && must_wait(p, j))
			wait_a_little(p, &p->work);
		rows_queue_push(&j->blocks, full);
		j->range.bytes += full->bytes.len;
		p->queued += full->bytes.size;
		if (j == p->head)
			pthread_cond_signal(&p->ready);
	}
	if (!p->stop)
		b = rows_queue_pop(&p->spare);
	pthread_mutex_unlock(&p->lock);
	if (b == NULL && !stopped(w) && (b = rows_block_new()) == NULL) {
		pthread_mutex_lock(&p->lock);
		fail(p, EX_OSERR);
		pthread_mutex_unlock(&p->lock);
	}
	return b;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct pipeline *p = w->p;
	struct job *j;
	int rc;

	sig_block_thread();
	mysql_thread_init();
	while ((j = take_job(w)) != NULL) {
		w->job = j;
		rc = reader_range(&w->reader, &j->range, next_block, w, &j->count);
		pthread_mutex_lock(&p->lock);
		if (rc != 0)
			fail(p, rc);
		cursor_steer(&p->cursor, &j->range);
		j->done = true;
		pthread_cond_broadcast(&p->ready);
		pthread_mutex_unlock(&p->lock);
	}
	mysql_thread_end();
	return NULL;
}

struct pipeline *
pipeline_start(MYSQL **readers, unsigned int n, struct hold *hold, struct table *const *tables,
    size_t ntables)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL || (p->workers = calloc(n, sizeof(*p->workers))) == NULL) {
		warn("pipeline");
		free(p);
		return NULL;
	}
	p->hold = hold;
	p->cursor.tables = tables;
	p->cursor.ntables = ntables;
	p->n = n;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->ready, NULL);
	for (unsigned int i = 0; i < n; i++)
		p->workers[i].socket = -1;
	for (unsigned int i = 0; i < n; i++) {
		p->workers[i].p = p;
		p->workers[i].reader = (struct reader){
		    .m = readers[i], .hold = hold, .stopped = stopped, .ctx = &p->workers[i]};
		/* The connection is the thread's, which may close it at any time. */
		p->workers[i].socket =
		    fcntl((int)mysql_get_socket(readers[i]), F_DUPFD_CLOEXEC, 0);
		error = p->workers[i].socket == -1
			    ? errno
			    : pthread_create(&p->workers[i].thread, NULL, run, &p->workers[i]);
		if (error != 0) {
			errno = error;
			warn("thread");
			pipeline_end(p);
			return NULL;
		}
		p->workers[i].started = true;
	}
	return p;
}

/* Take the next block of the oldest range; NULL at its end or where the work stopped. */
static struct rows_block *
take_block(struct pipeline *p)
{
	struct rows_block *b = NULL;

	while (!p->stop && (p->head == NULL || (p->head->blocks.n == 0 && !p->head->done))) {
		wait_a_little(p, &p->ready);
		if (sig_stop() != 0)
			fail(p, 1);
	}
	if (!p->stop && (b = rows_queue_pop(&p->head->blocks)) != NULL) {
		p->queued -= b->bytes.size;
		pthread_cond_broadcast(&p->work);
	}
	return b;
}

/* Under a change of its definition, a table can lose rows without an error. */
static int
wrong_count(struct pipeline *p, const struct table *t, uint64_t rows, uint64_t count)
{
	bool changed = hold_yielded(p->hold);

	warnx("%s: %" PRIu64 " rows read, but COUNT(*) says %" PRIu64 "%s", t->label, rows,
	    count, changed ? ": it changed while the dump ran; try again" : "");
	return changed ? EX_TEMPFAIL : EX_DATAERR;
}

int
pipeline_table(struct pipeline *p, struct rows_writer *w)
{
	struct rows_block *b;
	struct job *j;
	uint64_t rows = 0;
	bool end = false;
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	while (!end && rc == 0) {
		b = take_block(p);
		if (p->stop) {
			rc = p->rc;
			break;
		}
		if (b != NULL) {
			pthread_mutex_unlock(&p->lock);
			rows += b->nrows;
			rc = rows_write(w, b);
			pthread_mutex_lock(&p->lock);
			rows_block_reset(b);
			rows_queue_push(&p->spare, b);
			continue;
		}
		j = p->head;
		end = j->range.final;
		if (j->range.counts && j->count != rows)
			rc = wrong_count(p, w->table, rows, j->count);
		p->head = j->next;
		if (p->head == NULL)
			p->tail = NULL;
		p->njobs--;
		free(j);
		pthread_cond_broadcast(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return rc == 0 ? rows_write_end(w) : rc;
}

void
pipeline_end(struct pipeline *p)
{
	struct job *j;
	bool stop;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	if (cursor_table(&p->cursor) != NULL || p->head != NULL)
		fail(p, 1);
	stop = p->stop; /* those who are stopped may fail meanwhile */
	pthread_mutex_unlock(&p->lock);
	for (unsigned int i = 0; i < p->n; i++) {
		if (!p->workers[i].started)
			continue;
		if (stop)
			shutdown(p->workers[i].socket, SHUT_RDWR); /* it may wait for it */
		pthread_join(p->workers[i].thread, NULL);
	}
	for (unsigned int i = 0; i < p->n; i++)
		io_close(&p->workers[i].socket);
	while ((j = p->head) != NULL) {
		rows_queue_free(&j->blocks);
		p->head = j->next;
		free(j);
	}
	rows_queue_free(&p->spare);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->ready);
	free(p->workers);
	free(p);
}
