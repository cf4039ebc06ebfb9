#include "report/nagios.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define LABEL 48 /* characters of a name that a label takes */

/*
 * ${text} on one line, without what divides the line and its data, and without what is not ASCII:
 * monitors disagree about other bytes.
 */
static void
print_text(FILE *out, const char *text, size_t most)
{
	for (; *text != '\0' && most > 0; text++, most--)
		fputc(*text == '|' || !isprint((unsigned char)*text) ? '?' : *text, out);
}

/* The label of a figure; what it may not hold is left out. */
static void
print_label(FILE *out, const char *kind, const char *name)
{
	fprintf(out, " '%s", kind);
	for (size_t n = 0; *name != '\0' && n < LABEL; name++, n++)
		if (isprint((unsigned char)*name) && strchr("'=|", *name) == NULL)
			fputc(*name, out);
	fputc('\'', out);
}

static void
print_figures(const struct facts *f, FILE *out)
{
	const struct facts_disk *d = facts_disk(f);
	const struct facts_job *j;

	fputs(" |", out);
	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++) {
		if (j->newest == NULL)
			continue;
		print_label(out, "age_", j->job);
		fprintf(out, "=%" PRId64 "s", j->age > 0 ? j->age : 0);
		if (j->rpo >= 0)
			fprintf(out, ";%" PRId64 ";%" PRId64 ";0", j->rpo,
			    j->rpo + facts_wish(f)->grace);
		print_label(out, "size_", j->job);
		fprintf(out, "=%" PRId64 "B;;;0", j->bytes > 0 ? j->bytes : 0);
	}
	if (d->free >= 0)
		fprintf(out, " 'free'=%" PRId64 "B;;;0;%" PRId64, d->free, d->total);
	fputc('\n', out);
}

int
nagios_print(const struct facts *f, FILE *out)
{
	static const char *const words[] = {
	    [FACTS_GOOD] = "OK",
	    [FACTS_WARN] = "WARNING",
	    [FACTS_FAIL] = "CRITICAL",
	};
	const struct duty_incident *incident = duty_incident(facts_duty(f), 0);
	const char *line = facts_warning_plain(f, 0);

	if (line == NULL && incident != NULL)
		line = incident->message;
	fprintf(out, "SIANTRE %s - ", words[facts_health(f)]);
	print_text(out, facts_reason_plain(f), 400);
	/* One of the things that need a look, where that is all there is to say. */
	if (facts_health(f) == FACTS_WARN && line != NULL) {
		fputs(": ", out);
		print_text(out, line, 400);
	}
	print_figures(f, out);
	return (int)facts_health(f);
}

int
nagios_unknown(FILE *out)
{
	fputs("SIANTRE UNKNOWN - the state of the backups could not be read\n", out);
	return 3;
}
