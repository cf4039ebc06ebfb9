#include "sql/loaders.h"

#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/sig.h"
#include "sql/bulk.h"
#include "sql/query.h"
#include "sql/quote.h"

#define BATCH ((uint64_t)16 << 20) /* bytes of small tables that one thread takes at once */
#define LOOK_MS 100                /* how often the main thread looks for signals */

/* A large table, or several small ones that lie one behind the other. */
struct job {
	size_t first, tables; /* of the plan */
	uint64_t bytes;
	bool large;
	enum { NEW, OPENING, OPEN } state;
	bool alone;       /* one thread at a time */
	unsigned threads; /* at work on it */
	size_t part;      /* the next one; PART_NONE: no more */
	struct fields fields;
	const char
	    *client; /* character set of the text; NULL: one that LOAD DATA cannot take */
	atomic_bool wanted; /* LOAD DATA */
};

struct loader {
	struct loaders *all;
	pthread_t thread;
	bool started, connected;
	unsigned long id; /* of its connection */
	struct bulk bulk;
	const char *settings; /* that are in force */
};

struct loaders {
	const struct loaders_options *o;
	const struct epoch *e;
	struct job *jobs;
	size_t jobs_len;
	struct loader *loaders;
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
		if (j == NULL || j->large || t->bytes >= l->o->large || j->bytes >= BATCH) {
			j = &l->jobs[l->jobs_len++];
			*j = (struct job){.first = i,
			    .large = t->bytes >= l->o->large,
			    .part = t->first,
			    .wanted = true};
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

/* Change the table ${i} of the plan; what goes wrong is said of its CREATE TABLE. */
static int
alter(struct loader *w, size_t i, const char *what)
{
	const struct part_table *t = &w->all->o->parts->tables[i];
	const struct turn_table *made = &w->all->o->tables[i];
	struct lex_statement s = {.line = made->line, .column = made->column};
	struct buf sql = {0};
	int rc = EX_OSERR;

	buf_text(&sql, "ALTER TABLE ");
	quote_name(&sql, t->name);
	buf_text(&sql, " ");
	buf_text(&sql, what);
	if ((s.text = buf_string(&sql)) != NULL) {
		s.len = sql.len;
		rc = send_statement(&w->bulk.send, &s);
	}
	buf_free(&sql);
	return rc;
}

static int
connect_loader(struct loader *w)
{
	const struct loaders_options *o = w->all->o;
	MYSQL *m;
	int rc = login_connect(o->login, NULL, true, &w->bulk.send.m);

	if (rc != 0)
		return rc;
	m = w->bulk.send.m;
	rc = query_run(
	    m, "session", "SET SESSION sql_notes = 0, autocommit = 0, foreign_key_checks = 0");
	if (rc == 0 && o->server.mariadb)
		rc = query_run(m, "session", "SET SESSION check_constraint_checks = 0");
	return rc;
}

static int
prepare_session(struct loader *w, const struct part_table *t, size_t part)
{
	const char *settings = w->all->settings[part - w->all->e->first_part];
	const char *database = *t->database != '\0' ? t->database : w->all->o->into;
	int rc = 0;

	if (settings != w->settings)
		rc = query_run(w->bulk.send.m, "settings of the session", settings);
	w->settings = settings;
	w->bulk.database = database;
	w->bulk.send.into = w->all->o->into;
	if (rc == 0 && mysql_select_db(w->bulk.send.m, database) != 0)
		rc = login_fail(w->bulk.send.m, database);
	return rc;
}

static int
load_part(struct loader *w, struct job *j, const struct part_table *t, size_t part)
{
	const struct part *p = &w->all->o->parts->parts[part];
	atomic_bool never = false;
	int rc = prepare_session(w, t, part);

	w->bulk.fields = j->large && j->fields.fit ? &j->fields : NULL;
	w->bulk.client = j->client;
	if (rc == 0)
		rc = bulk_part(&w->bulk, p, t, j->large ? &j->wanted : &never);
	return rc;
}

/* The character set that the rows are written in, where LOAD DATA can take it. */
static int
client_charset(MYSQL *m, const char **out)
{
	static const char *const known[] = {
	    "utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", NULL};
	char *value = NULL;
	int rc = query_value(m, "character set", "SELECT @@character_set_client", &value);

	*out = NULL;
	for (size_t i = 0; rc == 0 && value != NULL && known[i] != NULL; i++)
		if (strcmp(known[i], value) == 0)
			*out = known[i];
	free(value);
	return rc;
}

/* The first thread of a large table asks what it looks like. */
static int
open_table(struct loader *w, struct job *j, const struct part_table *t)
{
	MYSQL *m = w->bulk.send.m;
	int rc = prepare_session(w, t, t->first);

	if (rc == 0)
		rc = client_charset(m, &j->client);
	if (rc == 0 && j->client != NULL)
		rc = fields_read(m, w->bulk.database, t->name, j->client, &j->fields);
	j->wanted = j->fields.fit;
	j->alone = !j->fields.fit || j->fields.increments;
	return rc;
}

static int
add_indexes(struct loader *w, size_t table)
{
	const struct turn_table *add = &w->all->o->tables[table];
	int rc = 0;

	if (add->indexes != NULL)
		rc = alter(w, table, add->indexes);
	for (size_t i = 0; rc == 0 && i < add->fulltexts; i++)
		rc = alter(w, table, add->fulltext[i]);
	return rc;
}

static bool
stopping(const struct loaders *l)
{
	return l->rc != 0 || l->stop;
}

/* Go through the parts of a large table with whoever else does; the last one adds indexes. */
static int
work_on_table(struct loader *w, struct job *j)
{
	struct loaders *l = w->all;
	const struct part_table *t = &l->o->parts->tables[j->first];
	size_t part;
	int rc = 0;

	if (j->state == OPENING) {
		pthread_mutex_unlock(&l->lock);
		rc = open_table(w, j, t);
		pthread_mutex_lock(&l->lock);
		j->state = OPEN;
		pthread_cond_broadcast(&l->changed);
	}
	while (rc == 0 && !stopping(l) && (part = j->part) != PART_NONE) {
		j->part = l->o->parts->parts[part].after;
		pthread_mutex_unlock(&l->lock);
		rc = load_part(w, j, t, part);
		pthread_mutex_lock(&l->lock);
	}
	if (--j->threads > 0 || rc != 0 || stopping(l))
		return rc;
	pthread_mutex_unlock(&l->lock);
	rc = add_indexes(w, j->first);
	pthread_mutex_lock(&l->lock);
	return rc;
}

static int
work_on_batch(struct loader *w, struct job *j)
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
			rc = load_part(w, j, t, part);
	}
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
	struct loader *w = ctx;
	struct loaders *l = w->all;
	struct job *j;
	bool wait = false;
	int rc;

	sig_thread(&l->stop);
	mysql_thread_init();
	rc = connect_loader(w);
	pthread_mutex_lock(&l->lock);
	w->connected = rc == 0;
	w->id = rc == 0 ? mysql_thread_id(w->bulk.send.m) : 0;
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
	mysql_close(w->bulk.send.m);
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
		if (!l->loaders[i].connected)
			continue;
		snprintf(sql, sizeof(sql), "KILL CONNECTION %lu", l->loaders[i].id);
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
	const struct part_table *t;
	struct loader w = {.all = l,
	    .bulk.send = {.name = l->o->source->name, .allow_warnings = l->o->allow_warnings}};
	int rc = 0;

	for (size_t i = l->e->first_table; i < l->e->first_table + l->e->tables; i++) {
		t = &l->o->parts->tables[i];
		if (l->o->tables[i].foreign == NULL)
			continue;
		if (w.bulk.send.m == NULL)
			rc = connect_loader(&w);
		if (rc == 0)
			rc = prepare_session(&w, t, t->first);
		if (rc == 0)
			rc = alter(&w, i, l->o->tables[i].foreign);
		if (rc != 0)
			break;
	}
	mysql_close(w.bulk.send.m);
	return rc;
}

static int
start(struct loaders *l)
{
	struct loader *w;
	int error;

	l->loaders = calloc(l->o->jobs, sizeof(*l->loaders));
	if (l->loaders == NULL || plan(l) != 0) {
		warnx("out of memory");
		return EX_OSERR;
	}
	pthread_mutex_lock(&l->lock);
	for (unsigned i = 0; i < l->o->jobs; i++) {
		w = &l->loaders[i];
		w->all = l;
		w->bulk = (struct bulk){.send = {.name = l->o->source->name,
					    .allow_warnings = l->o->allow_warnings},
		    .source = l->o->source,
		    .server = l->o->server,
		    .no_load = *l->o->no_load,
		    .done = &l->done};
		error = pthread_create(&w->thread, NULL, run, w);
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
		w = &l->loaders[i];
		if (w->started)
			pthread_join(w->thread, NULL);
		*l->o->no_load = *l->o->no_load || w->bulk.no_load;
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
		fields_free(&l.jobs[i].fields);
	free(l.jobs);
	free(l.loaders);
	free(l.settings);
	pthread_cond_destroy(&l.changed);
	pthread_mutex_destroy(&l.lock);
	return rc;
}
