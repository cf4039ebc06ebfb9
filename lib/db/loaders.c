#include "db/loaders.h"

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/sig.h"
#include "db/loader.h"

#define BATCH ((uint64_t)16 << 20) /* bytes of small tables that one thread takes at once */
#define LOOK_MS 100                /* how often the main thread looks for signals */

/* A large table, or several small ones that lie one behind the other. */
struct job {
	size_t first, tables; /* of the plan */
	uint64_t bytes;
	bool large;
	enum { NEW, OPENING, OPEN } state;
	bool alone;                /* one thread at a time */
	unsigned threads;          /* at work on it */
	size_t part;               /* the next one; PART_NONE: no more */
	struct loader_table table; /* of a large one */
};

struct thread {
	struct loaders *all;
	pthread_t id;
	bool started, connected;
	unsigned long connection;
	struct loader loader;
};

struct loaders {
	const struct loaders_options *o;
	const struct epoch *e;
	struct job *jobs;
	size_t jobs_len;
	struct thread *threads;
	const char **settings; /* of each part of the epoch */

	pthread_mutex_t lock;
	pthread_cond_t changed;
	int rc;
	unsigned running;
	atomic_bool stop;
	_Atomic uint64_t done;
};

static int
by_size(const void *a, const void *b)
{
	const struct job *one = a, *other = b;

	return one->bytes < other->bytes   ? 1
	       : one->bytes > other->bytes ? -1
	       : one->first < other->first ? -1
					   : one->first > other->first;
}

/* Large tables first: the largest ones must not be left to the end. */
static int
plan(struct loaders *l)
{
	const struct part_table *t;
	struct job *j = NULL;
	const char *settings = NULL;

	l->jobs = calloc(l->e->tables + 1, sizeof(*l->jobs));
	l->settings = calloc(l->e->parts + 1, sizeof(*l->settings));
	if (l->jobs == NULL || l->settings == NULL)
		return -1;
	for (size_t i = l->e->first_table; i < l->e->first_table + l->e->tables; i++) {
		t = &l->o->parts->tables[i];
		if (l->o->tables[i].loaded) {
			j = NULL;
			continue;
		}
		if (j == NULL || j->large || t->bytes >= l->o->large || j->bytes >= BATCH) {
			j = &l->jobs[l->jobs_len++];
			*j = (struct job){
			    .first = i, .large = t->bytes >= l->o->large, .part = t->first};
		}
		j->tables++;
		j->bytes += t->bytes;
	}
	qsort(l->jobs, l->jobs_len, sizeof(*l->jobs), by_size);
	for (size_t i = 0; i < l->e->parts; i++) {
		if (l->o->settings[l->e->first_part + i] != NULL)
			settings = l->o->settings[l->e->first_part + i];
		l->settings[i] = settings;
	}
	return 0;
}

static const char *
settings_of(const struct loaders *l, size_t part)
{
	return l->settings[part - l->e->first_part];
}

static bool
stopping(const struct loaders *l)
{
	return l->rc != 0 || l->stop;
}

/* The tables of ${j} are in. */
static int
tell(struct loaders *l, const struct job *j)
{
	const char **names;
	int rc = EX_OSERR;

	if (l->o->resume == NULL)
		return 0;
	names = calloc(j->tables, sizeof(*names));
	if (names == NULL) {
		warnx("out of memory");
		return rc;
	}
	for (size_t i = 0; i < j->tables; i++)
		names[i] = l->o->parts->tables[j->first + i].name;
	rc = resume_add(l->o->resume, names, j->tables);
	free(names);
	return rc;
}

/* Go through the parts of a large table with whoever else does; the last one adds indexes. */
static int
work_on_table(struct thread *w, struct job *j)
{
	struct loaders *l = w->all;
	size_t part = j->part;
	int rc = 0;

	if (j->state == OPENING) {
		pthread_mutex_unlock(&l->lock);
		rc = loader_look(&w->loader, j->first, settings_of(l, part), &j->table);
		pthread_mutex_lock(&l->lock);
		/* Without a key, rows are in the order in which they came. */
		j->alone = !j->table.fields.fit || !j->table.fields.keyed ||
			   j->table.fields.increments;
		j->state = OPEN;
		pthread_cond_broadcast(&l->changed);
	}
	while (rc == 0 && !stopping(l) && (part = j->part) != PART_NONE) {
		j->part = l->o->parts->parts[part].after;
		pthread_mutex_unlock(&l->lock);
		rc = loader_part(&w->loader, j->first, part, settings_of(l, part), &j->table);
		pthread_mutex_lock(&l->lock);
	}
	if (--j->threads > 0 || rc != 0 || stopping(l))
		return rc;
	pthread_mutex_unlock(&l->lock);
	rc = loader_index(&w->loader, j->first);
	if (rc == 0)
		rc = tell(l, j);
	pthread_mutex_lock(&l->lock);
	return rc;
}

static int
work_on_batch(struct thread *w, struct job *j)
{
	struct loaders *l = w->all;
	const struct part_table *t;
	int rc = 0;

	j->part = PART_NONE;
	pthread_mutex_unlock(&l->lock);
	for (size_t i = j->first; rc == 0 && i < j->first + j->tables; i++) {
		t = &l->o->parts->tables[i];
		for (size_t part = t->first; rc == 0 && part != PART_NONE && !l->stop;
		     part = l->o->parts->parts[part].after)
			rc = loader_part(&w->loader, i, part, settings_of(l, part), NULL);
	}
	if (rc == 0 && !l->stop)
		rc = tell(l, j);
	pthread_mutex_lock(&l->lock);
	j->threads--;
	return rc;
}

/*
 * What to do next, with the lock held: a table or batch that nobody has begun, or else one that
 * takes one more thread.  NULL: nothing; ${*wait}: until something changes.
 */
static struct job *
find_job(struct loaders *l, bool *wait)
{
	*wait = false;
	for (size_t i = 0; i < l->jobs_len; i++) {
		struct job *j = &l->jobs[i];

		if (j->state != NEW)
			continue;
		j->state = j->large ? OPENING : OPEN;
		j->alone = !j->large;
		j->threads = 1;
		return j;
	}
	for (size_t i = 0; i < l->jobs_len; i++) {
		struct job *j = &l->jobs[i];

		if (j->state == OPENING)
			*wait = true;
		if (j->state != OPEN || j->alone || j->part == PART_NONE)
			continue;
		j->threads++;
		return j;
	}
	return NULL;
}

static void *
run(void *ctx)
{
	struct thread *w = ctx;
	struct loaders *l = w->all;
	struct job *j;
	bool wait = false;
	int rc;

	sig_thread(&l->stop);
	mysql_thread_init();
	rc = loader_connect(&w->loader);
	pthread_mutex_lock(&l->lock);
	w->connected = rc == 0;
	w->connection = rc == 0 ? mysql_thread_id(w->loader.bulk.send.m) : 0;
	while (rc == 0 && !stopping(l)) {
		j = find_job(l, &wait);
		if (j == NULL && !wait)
			break;
		if (j == NULL)
			pthread_cond_wait(&l->changed, &l->lock);
		else
			rc = j->large ? work_on_table(w, j) : work_on_batch(w, j);
	}
	if (rc != 0 && l->rc == 0)
		l->rc = rc;
	if (rc != 0)
		l->stop = true;
	w->connected = false;
	l->running--;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	loader_close(&w->loader);
	mysql_thread_end();
	return NULL;
}

/* End what the others are at: the server does not look whether its client is still there. */
static void
kill_all(struct loaders *l)
{
	char sql[64];

	l->stop = true;
	for (unsigned i = 0; i < l->o->jobs; i++) {
		if (!l->threads[i].connected)
			continue;
		snprintf(sql, sizeof(sql), "KILL CONNECTION %lu", l->threads[i].connection);
		mysql_query(l->o->m, sql);
	}
	pthread_cond_broadcast(&l->changed);
}

/* Draw the progress and look for signals until all threads have ended; with the lock held. */
static void
watch(struct loaders *l)
{
	uint64_t shown = 0, done;
	struct timespec until;
	bool killed = false;

	while (l->running > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&l->changed, &l->lock, &until);
		done = l->done;
		progress_add(l->o->progress, done - shown);
		shown = done;
		if (!killed && (l->rc != 0 || sig_stop() != 0)) {
			killed = true;
			kill_all(l);
		}
	}
}

static int
add_foreign_keys(struct loaders *l)
{
	struct loader w;
	int rc = 0;

	loader_init(&w, l->o, &l->done);
	for (size_t i = l->e->first_table; rc == 0 && i < l->e->first_table + l->e->tables; i++)
		rc = sig_stop() != 0
			 ? 1
			 : loader_foreign(&w, i, settings_of(l, l->o->parts->tables[i].first));
	loader_close(&w);
	return rc;
}

static int
start(struct loaders *l)
{
	struct thread *w;
	int error;

	l->threads = calloc(l->o->jobs, sizeof(*l->threads));
	if (l->threads == NULL || plan(l) != 0) {
		warnx("out of memory");
		return EX_OSERR;
	}
	pthread_mutex_lock(&l->lock);
	for (unsigned i = 0; i < l->o->jobs; i++) {
		w = &l->threads[i];
		w->all = l;
		loader_init(&w->loader, l->o, &l->done);
		error = pthread_create(&w->id, NULL, run, w);
		if (error != 0) {
			warnx("start a thread: %s", strerror(error));
			l->rc = EX_OSERR;
			break;
		}
		w->started = true;
		l->running++;
	}
	watch(l);
	pthread_mutex_unlock(&l->lock);
	for (unsigned i = 0; i < l->o->jobs; i++) {
		w = &l->threads[i];
		if (w->started)
			pthread_join(w->id, NULL);
		*l->o->no_load = *l->o->no_load || w->loader.bulk.no_load;
	}
	return sig_stop() != 0 ? 1 : l->rc;
}

int
loaders_run(const struct loaders_options *o, const struct epoch *e)
{
	struct loaders l = {.o = o, .e = e};
	int rc;

	if (e->tables == 0)
		return 0;
	pthread_mutex_init(&l.lock, NULL);
	pthread_cond_init(&l.changed, NULL);
	rc = start(&l);
	if (rc == 0)
		rc = add_foreign_keys(&l);
	for (size_t i = 0; i < l.jobs_len; i++)
		fields_free(&l.jobs[i].table.fields);
	free(l.jobs);
	free(l.threads);
	free(l.settings);
	pthread_cond_destroy(&l.changed);
	pthread_mutex_destroy(&l.lock);
	return rc;
}
