/* The file of the state: one JSON object, read with distrust. */
#include "notify/message.h"
#include "notify/state_parts.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"

#define FORMAT 1

/* An incident as take_incident() reads it. */
static json_t *
of_incident(const struct incident *i)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:i,s:i,s:I,s:I,s:I,s:i,s:I,s:i,s:i,s:s,s:s,s:i,s:I,"
			 "s:I,s:I,s:i,s:i,"
			 "s:i,s:I,s:s,s:I}",
	    "host", i->host, "job", i->job, "event", i->event, "what", i->what, "level",
	    (int)i->level, "worst", (int)i->worst, "number", (json_int_t)i->number, "since",
	    (json_int_t)i->since, "last", (json_int_t)i->last, "seen", (int)i->seen, "closed",
	    (json_int_t)i->closed, "count", (int)i->count, "exit", i->exit, "message",
	    i->message, "set", i->set, "told_level", (int)i->told_level, "told",
	    (json_int_t)i->told, "told_last", (json_int_t)i->told_last, "delivered",
	    (json_int_t)i->delivered, "reminders", (int)i->reminders, "rank", (int)i->rank,
	    "climb", (int)i->climb, "acked", (json_int_t)i->acked, "acked_by", i->acked_by,
	    "calm", (json_int_t)i->calm);
}

static bool
within(json_int_t value, json_int_t most)
{
	return value >= 0 && value <= most;
}

/* A time that can be calculated with. */
static bool
is_time(json_int_t t)
{
	return within(t, (json_int_t)1 << 40);
}

static bool
set_text(char **to, const char *text)
{
	free(*to);
	if ((*to = strdup(text)) == NULL)
		warn("incidents");
	return *to != NULL;
}

/* Whether ${o} is an incident, which then stands in ${list}. */
static bool
take_incident(json_t *o, struct incidents *list)
{
	const char *host, *job, *event, *what, *message, *set, *by;
	json_int_t number, since, last, closed, told, told_last, delivered, acked, calm;
	int level, worst, told_level, seen, count, code, reminders, rank, climb;
	struct incident *i;

	if (json_unpack(o,
		"{s:s,s:s,s:s,s:s,s:i,s:i,s:I,s:I,s:I,s:i,s:I,s:i,s:i,s:s,s:s,s:i,s:I,s:I,s:I,"
		"s:i,"
		"s:i,s:i,s:I,s:s,s:I}",
		"host", &host, "job", &job, "event", &event, "what", &what, "level", &level,
		"worst", &worst, "number", &number, "since", &since, "last", &last, "seen",
		&seen, "closed", &closed, "count", &count, "exit", &code, "message", &message,
		"set", &set, "told_level", &told_level, "told", &told, "told_last", &told_last,
		"delivered", &delivered, "reminders", &reminders, "rank", &rank, "climb",
		&climb, "acked", &acked, "acked_by", &by, "calm", &calm) != 0)
		return false;
	if (!within(level, INCIDENT_FAIL) || !within(worst, INCIDENT_FAIL) || level > worst ||
	    !within(told_level, INCIDENT_FAIL) || number < 0 || !is_time(since) ||
	    !is_time(last) || !is_time(closed) || !is_time(told) || !is_time(told_last) ||
	    !is_time(delivered) || !is_time(acked) || !is_time(calm) || !within(seen, 7) ||
	    count < 0 || !within(reminders, 40) || !within(rank, 2) || !within(climb, 2))
		return false;
	if (!message_line(host, 200) || !message_line(job, 200) || !message_line(event, 200) ||
	    !message_line(what, 200) || !message_line(message, 500) ||
	    !message_line(set, 200) || !message_line(by, 200) ||
	    incidents_find(list, host, job, event, what) != NULL)
		return false;
	if ((i = incidents_add(list, host, job, event, what)) == NULL ||
	    !set_text(&i->message, message) || !set_text(&i->set, set) ||
	    !set_text(&i->acked_by, by))
		return false;
	i->level = (enum incident_level)level;
	i->worst = (enum incident_level)worst;
	i->told_level = (enum incident_level)told_level;
	i->number = (uint64_t)number;
	i->since = since;
	i->last = last;
	i->seen = (unsigned)seen;
	i->closed = closed;
	i->count = (unsigned)count;
	i->exit = code;
	i->told = told;
	i->told_last = told_last;
	i->delivered = delivered;
	i->reminders = (unsigned)reminders;
	i->rank = (unsigned)rank;
	i->climb = (unsigned)climb;
	i->acked = acked;
	i->calm = calm;
	return true;
}

static bool
take_cursor(json_t *o, struct state_cursor *c)
{
	json_int_t inode, start, offset;
	const char *digest;

	if (json_unpack(o, "{s:I,s:I,s:I,s:s}", "inode", &inode, "start", &start, "offset",
		&offset, "digest", &digest) != 0)
		return false;
	if (start < 0 || offset < start || strlen(digest) >= sizeof(c->digest))
		return false;
	c->inode = (uint64_t)inode;
	c->start = start;
	c->offset = offset;
	strlcpy(c->digest, digest, sizeof(c->digest));
	return true;
}

static bool
take_job(json_t *o, struct state *s)
{
	const char *host, *job, *event;
	json_int_t last, bytes;
	struct state_job *j;
	int good, bad;

	if (json_unpack(o, "{s:s,s:s,s:s,s:i,s:i,s:I,s:I}", "host", &host, "job", &job, "event",
		&event, "good", &good, "bad", &bad, "last", &last, "bytes", &bytes) != 0 ||
	    !message_line(host, 200) || !message_line(job, 200) || !message_line(event, 200) ||
	    good < 0 || bad < 0 || !is_time(last))
		return false;
	if ((j = state_job(s, host, job, event)) == NULL) {
		warn("jobs");
		return false;
	}
	j->good = (unsigned)good;
	j->bad = (unsigned)bad;
	j->last = last;
	j->bytes = bytes;
	return true;
}

static bool
take_test(json_t *o, struct state *s)
{
	const char *name;
	json_int_t when;
	int ok;

	return json_unpack(o, "{s:s,s:I,s:b}", "name", &name, "when", &when, "ok", &ok) == 0 &&
	       message_line(name, 200) && is_time(when) &&
	       state_tested(s, name, when, ok != 0) == 0;
}

int
state_parse(const char *text, size_t len, struct state *s)
{
	json_t *all = json_read(text, len, JSON_REJECT_DUPLICATES, NULL), *at;
	json_t *cursor, *incidents, *tests, *jobs;
	json_int_t next, week, order;
	const char *wrong = "not JSON";
	int format = 0, known, rc = 0;
	bool starved;
	size_t i;

	if (all == NULL)
		goto out;
	errno = 0;
	wrong = "not a state";
	if (json_unpack(all, "{s:i}", "format", &format) != 0)
		goto out;
	wrong = "a format of a newer version";
	if (format != FORMAT)
		goto out;
	wrong = "not whole";
	if (json_unpack(all, "{s:b,s:o,s:I,s:I,s:I,s:o,s:o,s:o}", "known", &known, "journal",
		&cursor, "next", &next, "order", &order, "week", &week, "incidents", &incidents,
		"tests", &tests, "jobs", &jobs) != 0 ||
	    next < 1 || next == INT64_MAX || order < 0 || order == INT64_MAX ||
	    !is_time(week) || !json_is_array(incidents) || !json_is_array(tests) ||
	    !json_is_array(jobs))
		goto out;
	wrong = "something in it cannot be";
	if (!take_cursor(cursor, &s->cursor))
		goto out;
	json_array_foreach(incidents, i, at)
	{
		/* What has a number was given it before. */
		if (!take_incident(at, s->incidents) ||
		    json_integer_value(json_object_get(at, "number")) >= next)
			goto out;
	}
	json_array_foreach(tests, i, at)
	{
		if (!take_test(at, s))
			goto out;
	}
	json_array_foreach(jobs, i, at)
	{
		if (!take_job(at, s))
			goto out;
	}
	s->known = known != 0;
	s->week = week;
	s->order = (uint64_t)order;
	incidents_number(s->incidents, (uint64_t)next);
	wrong = NULL;
out:
	/* For want of memory, nothing is wrong with the file: it is not to be begun anew. */
	starved = json_starved() || (all == NULL && errno == ENOMEM);
	if (wrong != NULL && (starved || errno == ENOMEM)) {
		if (starved)
			warnx("%s: out of memory", STATE_FILE); /* else it was said */
		rc = EX_OSERR;
	} else if (wrong != NULL) {
		warnx("%s: %s", STATE_FILE, wrong);
		rc = EX_DATAERR;
	}
	json_decref(all);
	return rc;
}

/* Append ${value}, which is taken over; a failed allocation is remembered in ${*bad}. */
static void
append(json_t *array, json_t *value, bool *bad)
{
	if (json_array_append_new(array, value) == -1)
		*bad = true;
}

int
state_format(const struct state *s, struct buf *b)
{
	json_t *incidents = json_array(), *tests = json_array(), *jobs = json_array();
	json_t *all = NULL;
	char *text = NULL;
	bool bad = false;

	for (size_t i = 0; i < incidents_count(s->incidents); i++)
		append(incidents, of_incident(incidents_get(s->incidents, i)), &bad);
	for (size_t i = 0; i < s->test_count; i++)
		append(tests,
		    json_pack("{s:s,s:I,s:b}", "name", s->tests[i].name, "when",
			(json_int_t)s->tests[i].when, "ok", (int)s->tests[i].ok),
		    &bad);
	for (size_t i = 0; i < s->job_count; i++) {
		const struct state_job *j = &s->jobs[i];

		append(jobs,
		    json_pack("{s:s,s:s,s:s,s:i,s:i,s:I,s:I}", "host", j->host, "job", j->job,
			"event", j->event, "good", (int)j->good, "bad", (int)j->bad, "last",
			(json_int_t)j->last, "bytes", (json_int_t)j->bytes),
		    &bad);
	}
	all = json_pack("{s:i,s:b,s:{s:I,s:I,s:I,s:s},s:I,s:I,s:I,s:o,s:o,s:o}", "format",
	    FORMAT, "known", (int)s->known, "journal", "inode", (json_int_t)s->cursor.inode,
	    "start", (json_int_t)s->cursor.start, "offset", (json_int_t)s->cursor.offset,
	    "digest", s->cursor.digest, "next", (json_int_t)incidents_next(s->incidents),
	    "order", (json_int_t)s->order, "week", (json_int_t)s->week, "incidents", incidents,
	    "tests", tests, "jobs", jobs);
	text = json_format(bad ? NULL : all, JSON_INDENT(1));
	if (text != NULL) {
		buf_text(b, text);
		buf_text(b, "\n");
	}
	json_decref(all);
	free(text);
	if (text == NULL || b->failed) {
		warnx("%s: out of memory", STATE_FILE);
		return -1;
	}
	return 0;
}
