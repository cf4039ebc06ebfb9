#ifndef REPORT_FACTS_PARTS_H
#define REPORT_FACTS_PARTS_H

#include "base/host.h"
#include "report/due.h"
#include "report/facts.h"
#include "report/forecast.h"

/*
 * What facts.c gathers and facts_judge.c looks at.
 */
struct facts {
	struct facts_wish wish;
	struct facts_job jobs[HISTORY_JOBS];
	size_t njobs;
	bool blind; /* the folder of sets could not be read */
	struct history *history;
	struct forecast *forecast;
	struct due *due;
	struct facts_disk disk;
	struct copies *copies;
	struct rehearsal *drill;
	int64_t drill_due;
	struct duty *duty;
	char host[HOST_SIZE];
	char **warnings[2]; /* in the language of people, in English */
	size_t nwarnings[2];
	enum facts_health health;
	char *reasons[2]; /* likewise */
	size_t events;
	size_t garbage;
	bool torn;
};

/**
 * facts_judge(f):
 * All is gathered: find what somebody should read, and how it stands with the whole.  Return 0, or
 * 1 after reporting.
 */
int facts_judge(struct facts *f);

#endif
