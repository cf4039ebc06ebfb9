/* What facts.c has gathered, for those who tell it. */
#include <string.h>

#include "report/facts_parts.h"

const struct facts_wish *
facts_wish(const struct facts *f)
{
	return &f->wish;
}

const struct facts_job *
facts_job(const struct facts *f, size_t i)
{
	return i < f->njobs ? &f->jobs[i] : NULL;
}

bool
facts_blind(const struct facts *f)
{
	return f->blind;
}

bool
facts_sealed(const struct facts_job *j)
{
	return strcmp(j->level, "sealed") == 0;
}

enum facts_health
facts_health(const struct facts *f)
{
	return f->health;
}

const char *
facts_reason(const struct facts *f)
{
	return f->reasons[0];
}

const char *
facts_reason_plain(const struct facts *f)
{
	return f->reasons[1];
}

size_t
facts_things(const struct facts *f)
{
	size_t things = f->nwarnings[0];

	for (size_t i = 0; duty_incident(f->duty, i) != NULL; i++)
		things++;
	return things;
}

const struct facts_job *
facts_last(const struct facts *f)
{
	const struct facts_job *best = NULL;

	for (size_t i = 0; i < f->njobs; i++)
		if (f->jobs[i].newest != NULL &&
		    (best == NULL || f->jobs[i].began > best->began))
			best = &f->jobs[i];
	return best;
}

const struct facts_job *
facts_next(const struct facts *f)
{
	const struct facts_job *best = NULL;

	for (size_t i = 0; i < f->njobs; i++)
		if (f->jobs[i].rpo >= 0 && f->jobs[i].next > 0 &&
		    (best == NULL || f->jobs[i].next < best->next))
			best = &f->jobs[i];
	return best;
}

const char *
facts_warning(const struct facts *f, size_t i)
{
	return i < f->nwarnings[0] ? f->warnings[0][i] : NULL;
}

const char *
facts_warning_plain(const struct facts *f, size_t i)
{
	return i < f->nwarnings[1] ? f->warnings[1][i] : NULL;
}

const struct history *
facts_history(const struct facts *f)
{
	return f->history;
}

const struct facts_disk *
facts_disk(const struct facts *f)
{
	return &f->disk;
}

const struct copies *
facts_copies(const struct facts *f)
{
	return f->copies;
}

const struct rehearsal *
facts_drill(const struct facts *f)
{
	return f->drill;
}

int64_t
facts_drill_due(const struct facts *f)
{
	return f->drill_due;
}

const struct duty *
facts_duty(const struct facts *f)
{
	return f->duty;
}

const char *
facts_host(const struct facts *f)
{
	return f->host;
}

size_t
facts_events(const struct facts *f)
{
	return f->events;
}

size_t
facts_garbage(const struct facts *f)
{
	return f->garbage;
}

bool
facts_torn(const struct facts *f)
{
	return f->torn;
}

const char *
facts_health_word(enum facts_health health)
{
	static const char *const words[] = {
	    [FACTS_GOOD] = "ok",
	    [FACTS_WARN] = "warn",
	    [FACTS_FAIL] = "fail",
	};

	return words[health];
}

const char *
facts_state_word(enum facts_state state)
{
	static const char *const words[] = {
	    [FACTS_NONE] = "none",
	    [FACTS_FRESH] = "fresh",
	    [FACTS_OVERDUE] = "overdue",
	    [FACTS_UNHELD] = "unheld",
	};

	return words[state];
}
