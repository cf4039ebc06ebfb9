#include "db/snapshot.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "base/sig.h"
#include "db/query.h"
#include "db/stamp.h"

/* How often a snapshot is tried, and the pause between, which doubles up to 16 times. */
#define TRIES 10
#define PAUSE_NS 50000000L

static int
connect_all(struct snapshot *s, struct login *l, const struct snapshot_options *o)
{
	int rc = login_connect(l, NULL, false, &s->meta);

	if (rc == 0)
		rc = query_run(s->meta, "lock_wait_timeout",
		    "SET SESSION lock_wait_timeout = " HOLD_LOCK_WAIT);
	if (rc == 0)
		rc = grants_read(s->meta, &s->grants);
	if (rc == 0)
		rc = hold_new(l, o->mode, &s->hold);
	s->readers = calloc(o->jobs + 1, sizeof(MYSQL *));
	if (rc == 0 && s->readers == NULL) {
		warn("snapshot");
		rc = EX_OSERR;
	}
	while (rc == 0 && s->n < o->jobs) {
		rc = login_connect(l, NULL, false, &s->readers[s->n]);
		if (rc != 0)
			break;
		s->n++;
		rc = query_run(s->readers[s->n - 1], "isolation",
		    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		if (rc == 0)
			rc = query_run(s->readers[s->n - 1], "lock_wait_timeout",
			    "SET SESSION lock_wait_timeout = " HOLD_LOCK_WAIT);
	}
	return rc;
}

/* One attempt.  Return 0, an exit code after reporting, or -1 with the cause in ${*why}. */
static int
attempt(struct snapshot *s, char *const *databases, size_t n, const struct snapshot_options *o,
    const char **why)
{
	const bool first = *why == NULL;
	struct content *c;
	int rc;

	content_free(s->content);
	s->content = NULL;
	rc = content_read(s->meta, s->grants, databases, n, o->selection, &s->content);
	if (rc == 0 && first)
		rc = content_may(s->grants, s->content, o->definitions, o->warnings);
	if (rc != 0)
		return rc;
	c = s->content;
	rc = hold_tables(s->hold, c->tables, c->ntables, why);
	if (rc == 0)
		rc = stamp_tables(s->meta, c->tables, c->ntables, o->mode == HOLD_DETECT);
	if (rc == 0)
		rc = equal_open(
		    s->readers, &s->n, s->meta, c->tables, c->ntables, &s->position, why);
	if (rc == 0)
		rc = content_settle(s->meta, c, o->definitions, why);
	if (rc == -1) /* whoever waits behind us goes first */
		return hold_tables(s->hold, NULL, 0, why) != 0 ? EX_UNAVAILABLE : -1;
	return rc;
}

/* Our other connections are no reason to give locks back. */
static int
watch(struct snapshot *s)
{
	int rc;

	s->readers[s->n] = s->meta;
	rc = hold_watch(s->hold, s->readers, s->n + 1);
	s->readers[s->n] = NULL;
	return rc;
}

int
snapshot_open(struct login *l, char *const *databases, size_t n,
    const struct snapshot_options *o, struct snapshot **out)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	const char *why = NULL;
	struct timespec pause = {.tv_nsec = PAUSE_NS};
	int rc;

	if (s == NULL) {
		warn("snapshot");
		return EX_OSERR;
	}
	rc = connect_all(s, l, o);
	if (rc == 0)
		rc = attempt(s, databases, n, o, &why);
	for (int try = 1; rc == -1 && try < TRIES && sig_stop() == 0; try++) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 16 * PAUSE_NS)
			pause.tv_nsec *= 2;
		rc = attempt(s, databases, n, o, &why);
	}
	if (rc == -1 && sig_stop() != 0) {
		rc = 1;
	} else if (rc == -1) {
		warnx("snapshot: %s, in all of %d attempts; try again", why, TRIES);
		rc = EX_TEMPFAIL;
	}
	if (rc == 0)
		rc = watch(s);
	if (rc != 0) {
		snapshot_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

int
snapshot_dumped(struct snapshot *s, size_t i)
{
	const struct table *t = s->content->tables[i];
	int rc = 0;

	if (t->kind == CATALOGUE_TABLE && (hold_yielded(s->hold) || !t->transactional))
		rc = stamp_check(s->meta, t);
	hold_release(s->hold, i);
	return rc;
}

void
snapshot_free(struct snapshot *s)
{
	if (s == NULL)
		return;
	hold_free(s->hold);
	for (unsigned int i = 0; i < s->n; i++)
		mysql_close(s->readers[i]);
	if (s->meta != NULL)
		mysql_close(s->meta);
	content_free(s->content);
	grants_free(s->grants);
	equal_position_free(&s->position);
	free(s->readers);
	free(s);
}
