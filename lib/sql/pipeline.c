/*
 * Ranges (sql/range.h) are cut when a reader asks for one, in order, and queue in that order.
 * The writer takes the blocks of the oldest range first.  Memory is bounded: a reader whose
 * range is not the oldest waits while MEMORY bytes are queued; the oldest may always add a few
 * blocks, so the one that everybody waits for never waits itself for long.
 *
 * The lock guards the queue and the cursor; reading and formatting happen outside of it.
 */
#include "sql/pipeline.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "base/sig.h"
#include "sql/login.h"
#include "sql/range.h"

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

struct reader {
	struct pipeline *p;
	MYSQL *m;
	pthread_t thread;
	bool started;
	const struct table *table; /* whose lock the connection holds */
	struct job *job;           /* at work */
};

struct pipeline {
	pthread_mutex_t lock;
	pthread_cond_t work;  /* a range may be taken, or a block be added */
	pthread_cond_t ready; /* a block or the end of a range is there */
	struct reader *readers;
	unsigned int n;
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
	struct reader *w = ctx;
	bool stop;

	pthread_mutex_lock(&w->p->lock);
	stop = w->p->stop;
	pthread_mutex_unlock(&w->p->lock);
	return stop;
}

/* Run ${sql}, which concerns ${t}; its rows, where it has any, go to ${*res}.  A connection that
 * was cut because the work stops elsewhere is no news. */
static int
ask(struct reader *w, const struct table *t, const char *sql, MYSQL_RES **res)
{
	if (sql != NULL && mysql_query(w->m, sql) == 0 &&
	    (res == NULL || (*res = mysql_store_result(w->m)) != NULL))
		return 0;
	return sql == NULL ? EX_OSERR : stopped(w) ? 1 : login_fail(w->m, t->label);
}

/* Hold the lock of the table that ${w} reads now, and of no other. */
static int
enter_table(struct reader *w, const struct table *t)
{
	int rc = 0;

	if (w->table == t)
		return 0;
	if (w->table != NULL)
		rc = ask(w, t, "ROLLBACK TO SAVEPOINT t", NULL);
	if (rc == 0)
		rc = ask(w, t, "SAVEPOINT t", NULL);
	w->table = t;
	return rc;
}

/* Ask for the smallest and largest key of the cursor's table.  The lock is held, but not while
 * the server is asked. */
static int
open_table(struct reader *w)
{
	struct pipeline *p = w->p;
	const struct table *t = cursor_table(&p->cursor);
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	p->opening = true;
	pthread_mutex_unlock(&p->lock);
	range_keys_sql(t, &sql);
	rc = enter_table(w, t);
	if (rc == 0)
		rc = ask(w, t, buf_string(&sql), &res);
	buf_free(&sql);
	row = rc == 0 ? mysql_fetch_row(res) : NULL;
	pthread_mutex_lock(&p->lock);
	cursor_keys(&p->cursor, row != NULL ? row[0] : NULL, row != NULL ? row[1] : NULL);
	p->opening = false;
	pthread_cond_broadcast(&p->work);
	mysql_free_result(res);
	return rc;
}

/* Take the next range to read, or NULL when there is none or the work is to stop. */
static struct job *
take_job(struct reader *w)
{
	struct pipeline *p = w->p;
	struct job *j = NULL;
	int rc;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		if (p->opening || p->njobs >= AHEAD) {
			pthread_cond_wait(&p->work, &p->lock);
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

/* Queue a full block and return an empty one: see rows_read. */
static struct rows_block *
next_block(void *ctx, struct rows_block *full)
{
	struct reader *w = ctx;
	struct pipeline *p = w->p;
	struct job *j = w->job;
	struct rows_block *b = NULL;

	pthread_mutex_lock(&p->lock);
	if (full != NULL) {
		while (!p->stop &&
		       (j == p->head ? j->blocks.n >= HEAD_BLOCKS : p->queued >= MEMORY))
			pthread_cond_wait(&p->work, &p->lock);
		rows_queue_push(&j->blocks, full);
		j->range.bytes += full->bytes.len;
		p->queued += full->bytes.size;
		if (j == p->head)
			pthread_cond_signal(&p->ready);
	}
	if (!p->stop)
		b = rows_queue_pop(&p->spare);
	pthread_mutex_unlock(&p->lock);
	if (b == NULL && !stopped(w))
		b = rows_block_new();
	return b;
}

static int
read_job(struct reader *w, struct job *j)
{
	const struct table *t = j->range.table;
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc = enter_table(w, t);

	range_sql(&j->range, &sql);
	if (rc == 0 && buf_string(&sql) == NULL)
		rc = EX_OSERR;
	if (rc == 0 && j->range.counts) {
		rc = ask(w, t, sql.data, &res);
		row = rc == 0 ? mysql_fetch_row(res) : NULL;
		j->count = row != NULL && row[0] != NULL ? strtoull(row[0], NULL, 10) : 0;
		mysql_free_result(res);
	} else if (rc == 0) {
		w->job = j;
		rc = rows_read(w->m, sql.data, t, &(struct rows_sink){next_block, stopped, w});
	}
	buf_free(&sql);
	return rc;
}

static void *
run(void *arg)
{
	struct reader *w = arg;
	struct pipeline *p = w->p;
	struct job *j;
	int rc;

	sig_block_thread();
	mysql_thread_init();
	while ((j = take_job(w)) != NULL) {
		rc = read_job(w, j);
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
pipeline_start(MYSQL **readers, unsigned int n, struct table *const *tables, size_t ntables)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL || (p->readers = calloc(n, sizeof(*p->readers))) == NULL) {
		warn("pipeline");
		free(p);
		return NULL;
	}
	p->cursor.tables = tables;
	p->cursor.ntables = ntables;
	p->n = n;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->ready, NULL);
	for (unsigned int i = 0; i < n; i++) {
		p->readers[i].p = p;
		p->readers[i].m = readers[i];
		error = pthread_create(&p->readers[i].thread, NULL, run, &p->readers[i]);
		if (error != 0) {
			errno = error;
			warn("thread");
			pipeline_end(p);
			return NULL;
		}
		p->readers[i].started = true;
	}
	return p;
}

/* Wait for the oldest range, or for its next block; look for a stop signal meanwhile. */
static void
wait_ready(struct pipeline *p)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	pthread_cond_timedwait(&p->ready, &p->lock, &until);
	if (sig_stop() != 0)
		fail(p, 1);
}

/* Take the next block of the oldest range; NULL at its end or where the work stopped. */
static struct rows_block *
take_block(struct pipeline *p)
{
	struct rows_block *b = NULL;

	while (!p->stop && (p->head == NULL || (p->head->blocks.n == 0 && !p->head->done)))
		wait_ready(p);
	if (!p->stop && (b = rows_queue_pop(&p->head->blocks)) != NULL) {
		p->queued -= b->bytes.size;
		pthread_cond_broadcast(&p->work);
	}
	return b;
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
		if (j->range.counts && j->count != rows) {
			warnx("%s: %" PRIu64 " rows read, but COUNT(*) says %" PRIu64,
			    w->table->label, rows, j->count);
			rc = EX_DATAERR;
		}
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

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	if (cursor_table(&p->cursor) != NULL || p->head != NULL)
		fail(p, 1);
	pthread_mutex_unlock(&p->lock);
	for (unsigned int i = 0; i < p->n; i++) {
		if (!p->readers[i].started)
			continue;
		if (p->stop)
			mariadb_cancel(p->readers[i].m); /* it may wait for the server */
		pthread_join(p->readers[i].thread, NULL);
	}
	while ((j = p->head) != NULL) {
		rows_queue_free(&j->blocks);
		p->head = j->next;
		free(j);
	}
	rows_queue_free(&p->spare);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->ready);
	free(p->readers);
	free(p);
}
