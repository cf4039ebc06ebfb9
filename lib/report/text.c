#include "report/text.h"

#include <string.h>
#include <time.h>

#include "base/event.h"
#include "base/num.h"
#include "tar/account.h"

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

/* A time of the journal on the clock of whoever reads. */
static const char *
local(const char *moment, char buf[24])
{
	int64_t seconds;
	time_t t;
	struct tm tm;

	if (event_time(moment, &seconds) != 0)
		return "-";
	t = (time_t)seconds;
	if (localtime_r(&t, &tm) == NULL || strftime(buf, 24, "%Y-%m-%d %H:%M", &tm) == 0)
		return "-";
	return buf;
}

/* The worst of all jobs, in the words of the first line. */
static void
print_heading(const struct facts *f, FILE *out, bool colour)
{
	const struct facts_job *j;
	const char *sign = GREEN;
	char words[256] = "";

	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++) {
		if (j->state != FACTS_OVERDUE &&
		    (j->state != FACTS_NONE || strcmp(j->job, "full") == 0 || j->rpo < 0))
			continue;
		sign = RED;
		strlcat(words, *words != '\0' ? ", " : "", sizeof(words));
		strlcat(words, j->job, sizeof(words));
		strlcat(words, j->state == FACTS_OVERDUE ? " overdue" : " never backed up",
		    sizeof(words));
	}
	if (*words == '\0' && facts_warning(f, 0) != NULL) {
		sign = YELLOW;
		strlcpy(words, "fresh, with warnings", sizeof(words));
	}
	fprintf(out, "%s: %s%s%s\n\n", facts_wish(f)->application, colour ? sign : "",
	    *words != '\0' ? words : "all fresh", colour ? PLAIN : "");
}

static void
print_job(const struct facts_job *j, FILE *out, bool colour)
{
	const char *sign = j->state == FACTS_OVERDUE ? RED
			   : j->state == FACTS_FRESH ? GREEN
						     : "";
	const char *bad = j->last != NULL && strcmp(j->last->status, "fail") == 0 ? RED : "";
	char age[24] = "-", size[16] = "-", when[24];

	if (j->newest != NULL)
		num_elapsed(age, sizeof(age), j->age > 0 ? (double)j->age : 0);
	if (j->bytes >= 0)
		num_human(size, sizeof(size), (uint64_t)j->bytes);
	fprintf(out, "%-8s %-16s %s%-12s%s %10s %5zu  %-16s ", tar_printable(j->job),
	    j->newest != NULL ? j->newest : "-", colour ? sign : "", age,
	    colour && *sign != '\0' ? PLAIN : "", size, j->sets,
	    j->oldest != NULL ? j->oldest : "-");
	if (j->last != NULL)
		fprintf(out, "%s%s%s %s\n", colour ? bad : "", tar_printable(j->last->status),
		    colour && *bad != '\0' ? PLAIN : "", local(j->last->time, when));
	else
		fputs("-\n", out);
}

/* No warning: who encrypts has wanted that this machine cannot look into it. */
static void
print_sealed(const struct facts_job *j, FILE *out)
{
	fprintf(out, "sealed: %s: %s is encrypted, and not looked into; ",
	    tar_printable(j->job), j->newest);
	if (j->rehearsed != NULL)
		fprintf(out, "the newest that was rehearsed is %s\n", j->rehearsed);
	else
		fputs("not rehearsed: a drill needs --identity\n", out);
}

static void
print_failure(const struct history_run *x, FILE *out)
{
	char when[24];

	fprintf(out, "failed: %s %s %s, exit code %d%s%s\n", local(x->time, when),
	    x->job != NULL ? tar_printable(x->job) : "-", tar_printable(x->event), x->exit,
	    x->message != NULL ? ": " : "",
	    x->message != NULL ? tar_printable(x->message) : "");
}

void
text_print(const struct facts *f, FILE *out, bool colour, bool quiet)
{
	const struct history_run *x;
	const struct facts_job *j;
	const char *line;
	bool sealed = false;

	if (!quiet) {
		print_heading(f, out, colour);
		fprintf(out, "%-8s %-16s %-12s %10s %5s  %-16s %s\n", "JOB", "NEWEST VERIFIED",
		    "AGE", "SIZE", "SETS", "OLDEST", "LAST RUN");
	}
	for (size_t i = 0; !quiet && (j = facts_job(f, i)) != NULL; i++)
		print_job(j, out, colour);
	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++)
		sealed = sealed || facts_sealed(j);
	if (!quiet &&
	    (facts_warning(f, 0) != NULL || history_failure(facts_history(f), 0) != NULL ||
		facts_garbage(f) > 0 || facts_torn(f) || sealed))
		fputc('\n', out);
	for (size_t i = 0; !quiet && (j = facts_job(f, i)) != NULL; i++)
		if (facts_sealed(j))
			print_sealed(j, out);
	for (size_t i = 0; (line = facts_warning(f, i)) != NULL; i++)
		fprintf(out, "%swarning%s: %s\n", colour ? YELLOW : "", colour ? PLAIN : "",
		    tar_printable(line));
	for (size_t i = 0; (x = history_failure(facts_history(f), i)) != NULL; i++)
		print_failure(x, out);
	if (facts_garbage(f) > 0)
		fprintf(out, "journal: %zu %s\n", facts_garbage(f),
		    facts_garbage(f) == 1 ? "line is no event" : "lines are no events");
	if (facts_torn(f))
		fprintf(out, "journal: the last line is torn\n");
}
