/* siantre-alert: what is open, and who looks after it. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "alert.h"
#include "base/buf.h"
#include "base/event.h"
#include "base/io.h"
#include "base/json.h"
#include "base/language.h"
#include "notify/moment.h"
#include "notify/words.h"
#include "notify/words_phrase.h"

static json_t *
time_json(int64_t t)
{
	char text[24];

	return t != 0 ? json_string(event_stamp(text, t)) : json_null();
}

static json_t *
incident_json(const struct incident *i)
{
	return json_pack(
	    "{s:I,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:i,s:i,s:s,s:o,s:o,s:o,s:i,s:o,s:s}", "incident",
	    (json_int_t)i->number, "host", i->host, "job", i->job, "event", i->event, "what",
	    i->what, "level", i->level == INCIDENT_FAIL ? "fail" : "warn", "since",
	    time_json(i->since), "last", time_json(i->last), "failures", (int)i->count, "exit",
	    i->exit, "message", i->message, "told", time_json(i->told), "told_last",
	    time_json(i->told_last), "delivered", time_json(i->delivered), "contacts",
	    i->told != 0 ? (int)i->rank + 1 : 0, "acked", time_json(i->acked), "acked_by",
	    i->acked_by);
}

/* Return 0, or the exit code after reporting. */
static int
print_json(const struct alert *a, const struct incidents *all)
{
	json_t *list = json_array(), *report;
	char *line;
	size_t len;
	int rc = 0;

	for (size_t k = 0; k < incidents_count(all); k++) {
		const struct incident *i = incidents_get(all, k);

		if (incident_open(i))
			json_array_append_new(list, incident_json(i));
	}
	report = json_pack("{s:o,s:i,s:i}", "incidents", list, "waiting",
	    (int)outbox_waiting(a->folder), "dead", (int)outbox_lost(a->folder));
	/* NULL too where there was no memory for a part of it. */
	if ((line = json_line(report, &len)) == NULL) {
		warn("incidents");
		rc = EX_OSERR;
	} else if (fwrite(line, 1, len, stdout) != len) {
		rc = io_write_exit();
	}
	free(line);
	json_decref(report);
	return rc;
}

static void
print_text(const struct alert *a, const struct incident *i)
{
	char when[MOMENT_TEXT], how[MOMENT_TEXT], *phrase = words_phrase(i, false);
	struct buf b = {0};

	printf("%" PRIu64 "  %s  %s: %s, ", i->number,
	    i->level == INCIDENT_FAIL ? "FAIL" : "warn", i->host, phrase != NULL ? phrase : "");
	printf(_("since %s (%s)"), moment_text(when, i->since),
	    moment_length(how, a->now - i->since));
	if (i->acked != 0)
		printf(_(", %s looks after it"), i->acked_by);
	else if (i->told == 0)
		fputs(_(", not told yet"), stdout);
	else if (i->delivered == 0)
		fputs(_(", not delivered yet"), stdout);
	putchar('\n');
	if (*i->message != '\0')
		printf("    %s\n", i->message);
	if (a->verbose) {
		words_commands(a->config, i, &b);
		if (b.len > 0 && buf_string(&b) != NULL)
			fputs(b.data, stdout);
	}
	buf_free(&b);
	free(phrase);
}

static int
list(struct alert *a)
{
	struct state *s = NULL;
	const struct incidents *all;
	size_t open = 0, waiting, dead;
	int rc;

	if ((rc = state_read(a->folder, &s)) != 0) {
		if (rc == EX_NOPERM)
			alert_hint(a, "sudo siantre-alert list");
		return rc;
	}
	all = state_incidents(s);
	if (a->json) {
		rc = print_json(a, all);
		goto out;
	}
	for (size_t k = 0; k < incidents_count(all); k++) {
		const struct incident *i = incidents_get(all, k);

		if (!incident_open(i))
			continue;
		print_text(a, i);
		open++;
	}
	if (open == 0 && !a->quiet)
		puts(_("Nothing is wrong."));
	waiting = outbox_waiting(a->folder);
	dead = outbox_lost(a->folder);
	if (waiting > 0)
		printf(P_("%zu message waits.\n", "%zu messages wait.\n", waiting), waiting);
	if (dead > 0)
		printf(P_("%zu message could not be delivered: %s/alert/dead\n",
			   "%zu messages could not be delivered: %s/alert/dead\n", dead),
		    dead, a->folder);
out:
	state_close(s);
	return rc;
}

int
alert_list(int argc, char **argv)
{
	struct alert a = {0};
	int first = alert_options(&a, argc, argv, "j"), rc;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (first != argc)
		return alert_usage("list needs no operand");
	if ((rc = alert_start(&a)) == 0)
		rc = list(&a);
	alert_end(&a);
	return rc;
}
