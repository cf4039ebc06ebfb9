/*
 * The thread owns the connection once hold_watch has started it.  The caller only leaves word
 * which tables are dumped.  So the locks are given back even while the caller waits for a reader
 * downstream that takes nothing.
 *
 * Tables are touched last first, behind a savepoint each: rolling back to the savepoint of a
 * table that is dumped gives back its lock and those of all touched later, which are dumped
 * already.  Giving back one in the middle is not possible; so who yields, yields all.
 */
#include "db/hold.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "base/sig.h"
#include "db/query.h"
#include "sql/quote.h"

enum {
	LOOK_MS = 250, /* how often we look who waits */
	YIELD_S = 1,   /* who has waited so long gets the locks */
	CUT_S = 2      /* … and has the statement cut that still reads the table */
};

struct hold {
	MYSQL *m;
	enum hold_mode mode;
	struct table *const *tables;
	size_t ntables;
	unsigned long *own; /* connections of ours */
	size_t nown;
	pthread_t thread;
	bool started;
	atomic_bool yielded;
	atomic_bool cut;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	size_t dumped;   /* tables */
	size_t released; /* of them */
	bool stop;
	int rc;
};

/* Sequences and engines without transactions know no savepoints; nor has a snapshot of ours
 * anything to fear from what happens to them. */
static bool
is_held(const struct table *t)
{
	return t->kind == CATALOGUE_TABLE && t->transactional;
}

int
hold_named(const char *name, enum hold_mode *mode)
{
	static const char *const names[] = {
	    [HOLD_RELEASE] = "release", [HOLD_BLOCK] = "block", [HOLD_DETECT] = "detect"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*mode = (enum hold_mode)i;
			return 0;
		}
	}
	return -1;
}

int
hold_new(struct login *l, enum hold_mode mode, struct hold **out)
{
	struct hold *h = calloc(1, sizeof(*h));
	int rc;

	if (h == NULL) {
		warn("hold");
		return EX_OSERR;
	}
	h->mode = mode;
	h->yielded = mode == HOLD_DETECT;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->wake, NULL);
	rc = mode == HOLD_DETECT ? 0 : login_connect(l, NULL, false, &h->m);
	if (rc == 0 && h->m != NULL)
		rc = query_run(h->m, "lock_wait_timeout",
		    "SET SESSION lock_wait_timeout = " HOLD_LOCK_WAIT);
	if (rc != 0) {
		hold_free(h);
		return rc;
	}
	*out = h;
	return 0;
}

/* Touch ${t} behind a savepoint.  Return as hold_tables. */
static int
touch(struct hold *h, const struct table *t, size_t i, const char **why)
{
	char savepoint[32];
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	int rc;

	snprintf(savepoint, sizeof(savepoint), "SAVEPOINT s%zu", i);
	rc = query_run(h->m, "metadata locks", savepoint);
	buf_text(&sql, "SELECT 1 FROM ");
	quote_name(&sql, t->database);
	buf_text(&sql, ".");
	quote_name(&sql, t->name);
	buf_text(&sql, " LIMIT 0");
	if (rc == 0 && buf_string(&sql) == NULL)
		rc = EX_OSERR;
	if (rc == 0 && mysql_query(h->m, sql.data) != 0) {
		switch (mysql_errno(h->m)) {
		case ER_LOCK_WAIT_TIMEOUT:
			*why = "another statement locks a table";
			rc = -1;
			break;
		case ER_NO_SUCH_TABLE: /* it was listed a moment ago */
			*why = "a table went";
			rc = -1;
			break;
		default: rc = login_fail(h->m, t->label);
		}
	} else if (rc == 0 && (res = mysql_store_result(h->m)) == NULL) {
		rc = login_fail(h->m, t->label);
	}
	mysql_free_result(res);
	buf_free(&sql);
	return rc;
}

int
hold_tables(struct hold *h, struct table *const *tables, size_t n, const char **why)
{
	int rc;

	h->tables = tables;
	h->ntables = n;
	if (h->mode == HOLD_DETECT)
		return 0;
	rc = query_run(h->m, "metadata locks", "START TRANSACTION"); /* ends the one before */
	for (size_t i = n; rc == 0 && i-- > 0;)
		if (is_held(tables[i]))
			rc = touch(h, tables[i], i, why);
	if (rc == -1 && mysql_query(h->m, "ROLLBACK") != 0)
		rc = login_fail(h->m, "metadata locks");
	return rc;
}

static bool
is_own(const struct hold *h, unsigned long id)
{
	for (size_t i = 0; i < h->nown; i++)
		if (h->own[i] == id)
			return true;
	return false;
}

/* SHOW FULL PROCESSLIST: Id, User, Host, db, Command, Time, State, Info. */
enum { ID = 0, COMMAND = 4, TIME = 5, STATE = 6, INFO = 7 };

/* Whether this connection of ours has been reading ${*t}, which ${waiting} names, for long. */
static bool
in_the_way(const struct hold *h, const MYSQL_ROW row, const char *waiting, const char **label)
{
	const struct table *t;

	if (row[INFO] == NULL || row[TIME] == NULL || row[COMMAND] == NULL ||
	    strcmp(row[COMMAND], "Query") != 0 || strtoul(row[TIME], NULL, 10) < CUT_S)
		return false;
	for (size_t i = 0; i < h->ntables; i++) {
		t = h->tables[i];
		if (t->from != NULL && strstr(row[INFO], t->from) != NULL &&
		    strcasestr(waiting, t->name) != NULL) {
			*label = t->label;
			return true;
		}
	}
	return false;
}

/* Cut the connections of ours that read the table for which ${waiting} waits. */
static int
cut(struct hold *h, MYSQL_RES *res, const char *waiting)
{
	const char *label = NULL;
	unsigned long id;
	char sql[64];
	MYSQL_ROW row;

	mysql_data_seek(res, 0);
	while ((row = mysql_fetch_row(res)) != NULL) {
		id = strtoul(row[ID], NULL, 10);
		if (!is_own(h, id) || !in_the_way(h, row, waiting, &label))
			continue;
		if (!h->cut)
			warnx("%s: a change of it waited for more than %d s behind one long "
			      "read; try again (--ddl=block lets it wait)",
			    label, CUT_S);
		h->cut = true;
		snprintf(sql, sizeof(sql), "KILL CONNECTION %lu", id);
		if (mysql_query(h->m, sql) != 0 && mysql_errno(h->m) != ER_NO_SUCH_THREAD)
			return login_fail(h->m, "metadata locks");
	}
	return h->cut ? EX_TEMPFAIL : 0;
}

/* See who waits for a lock that may be ours.  Return 0 or an exit code after reporting. */
static int
look(struct hold *h)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	char *waiting = NULL;
	unsigned long waited = 0, t;
	int rc = query_rows(h->m, "metadata locks", "SHOW FULL PROCESSLIST", "t???????", &res);

	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (row[STATE] == NULL || row[TIME] == NULL || row[INFO] == NULL ||
		    strcmp(row[STATE], "Waiting for table metadata lock") != 0 ||
		    is_own(h, strtoul(row[ID], NULL, 10)))
			continue;
		t = strtoul(row[TIME], NULL, 10);
		if (t >= YIELD_S && t >= waited) {
			waited = t;
			waiting = row[INFO];
		}
	}
	if (rc == 0 && waiting != NULL && !h->yielded) {
		h->yielded =
		    true; /* before it is so: a table too many is compared, not one too few */
		rc = query_run(h->m, "metadata locks", "ROLLBACK");
	} else if (rc == 0 && waiting != NULL && waited >= CUT_S) {
		rc = cut(h, res, waiting);
	}
	mysql_free_result(res);
	return rc;
}

static void *
run(void *arg)
{
	struct hold *h = arg;
	struct timespec until;
	size_t dumped;
	char sql[64];
	int rc;

	sig_block_thread();
	mysql_thread_init();
	pthread_mutex_lock(&h->lock);
	while (!h->stop && h->rc == 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		if (h->dumped == h->released)
			pthread_cond_timedwait(&h->wake, &h->lock, &until);
		dumped = h->dumped;
		pthread_mutex_unlock(&h->lock);
		rc = 0;
		if (dumped > h->released && !h->yielded) {
			snprintf(sql, sizeof(sql), "ROLLBACK TO SAVEPOINT s%zu", dumped - 1);
			rc = query_run(h->m, "metadata locks", sql);
		} else if (h->mode == HOLD_RELEASE) {
			rc = look(h);
		}
		pthread_mutex_lock(&h->lock);
		h->released = dumped;
		h->rc = rc;
	}
	pthread_mutex_unlock(&h->lock);
	mysql_thread_end();
	return NULL;
}

int
hold_watch(struct hold *h, MYSQL *const *own, size_t n)
{
	int error;

	if (h->mode == HOLD_DETECT)
		return 0;
	h->own = calloc(n, sizeof(*h->own));
	if (h->own == NULL) {
		warn("hold");
		return EX_OSERR;
	}
	for (; h->nown < n; h->nown++)
		h->own[h->nown] = mysql_thread_id(own[h->nown]);
	error = pthread_create(&h->thread, NULL, run, h);
	if (error != 0) {
		errno = error;
		warn("thread");
		return EX_OSERR;
	}
	h->started = true;
	return 0;
}

void
hold_release(struct hold *h, size_t i)
{
	if (h->mode != HOLD_RELEASE || !is_held(h->tables[i]))
		return;
	pthread_mutex_lock(&h->lock);
	h->dumped = i + 1;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
}

bool
hold_yielded(struct hold *h)
{
	return h->yielded;
}

bool
hold_cut(struct hold *h)
{
	return h->cut;
}

static void
join(struct hold *h)
{
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->started = false;
}

int
hold_end(struct hold *h)
{
	if (h->started) {
		join(h);
		/* A connection that was lost had lost its locks. */
		if (h->rc == 0)
			h->rc = query_run(h->m, "metadata locks", "ROLLBACK");
	}
	return h->rc;
}

void
hold_free(struct hold *h)
{
	if (h == NULL)
		return;
	if (h->started)
		join(h);
	if (h->m != NULL)
		mysql_close(h->m);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->wake);
	free(h->own);
	free(h);
}
