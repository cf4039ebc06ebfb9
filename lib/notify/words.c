#include "notify/words.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/host.h"
#include "base/language.h"
#include "base/num.h"
#include "notify/moment.h"
#include "notify/state_parts.h"
#include "notify/words_phrase.h"

#define NAMED 3 /* good runs in a subject */

/* Take what the three buffers hold into ${m}, and free them. */
static int
settle(struct message *m, struct buf *subject, struct buf *text, struct buf *brief)
{
	int rc = -1;

	if (buf_string(subject) == NULL || buf_string(text) == NULL ||
	    buf_string(brief) == NULL)
		goto out;
	/* Plain ASCII, whatever a translation brought, and no longer than it may be. */
	for (size_t i = 0; i < brief->len; i++) {
		if (brief->data[i] < ' ' || brief->data[i] > '~')
			brief->data[i] = '?';
	}
	free(m->subject);
	free(m->text);
	free(m->brief);
	m->subject = strdup(subject->data);
	m->text = strdup(text->data);
	m->brief = strndup(brief->data, MESSAGE_BRIEF);
	if (m->subject == NULL || m->text == NULL || m->brief == NULL) {
		warn("message");
		goto out;
	}
	rc = 0;
out:
	buf_free(subject);
	buf_free(text);
	buf_free(brief);
	return rc;
}

/* How long it lasted, or lasts. */
static int64_t
length(const struct notice *n, int64_t now)
{
	const struct incident *i = n->incident;
	int64_t end = now;

	if (n->kind == NOTICE_CLOSED)
		end = i->closed;
	else if (n->kind == NOTICE_EASED)
		end = i->last;
	return end > i->since ? end - i->since : 0;
}

static bool
is_over(const struct notice *n)
{
	return n->kind == NOTICE_CLOSED || n->kind == NOTICE_EASED;
}

/* What follows the phrase: for how long. */
static void
add_length(struct buf *b, const struct notice *n, int64_t now)
{
	char how[MOMENT_TEXT];

	moment_length(how, length(n, now));
	switch (n->kind) {
	case NOTICE_OPEN: break;
	case NOTICE_REMIND: buf_printf(b, _(", for %s now"), how); break;
	case NOTICE_CLIMB:
		if (n->incident->climb > 0)
			buf_text(b, _(", and a message about it cannot be delivered"));
		else
			buf_printf(b, _(", and nobody has answered for %s"), how);
		break;
	case NOTICE_EASED: buf_printf(b, _(", after %s, with a warning"), how); break;
	case NOTICE_CLOSED: buf_printf(b, _(", after %s"), how); break;
	}
}

static void
row(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s: %s\n", name, value);
}

/* The part of the text that says what to do. */
static void
add_advice(const struct config *c, const struct notice *n, struct buf *b)
{
	const struct incident *i = n->incident;
	const char *name = config_name(c);
	char here[HOST_SIZE];

	if (*i->host != '\0' && strcmp(host_name(here), i->host) != 0)
		buf_printf(b, _("\nWhat to do, on %s:\n"), i->host);
	else
		buf_text(b, _("\nWhat to do:\n"));
	words_commands(c, i, b);
	if (i->worst != INCIDENT_FAIL || n->kind == NOTICE_EASED)
		return;
	if (i->acked != 0) {
		buf_printf(b, _("\n%s looks after it.\n"), i->acked_by);
		return;
	}
	buf_text(b, _("\nTell the others that you look after it:\n"));
	buf_printf(b, "  sudo siantre-alert ack%s%s %" PRIu64 "\n", *name != '\0' ? " -c " : "",
	    name, i->number);
}

int
words_notice(const struct config *c, const struct notice *n, int64_t now, struct message *m)
{
	const struct incident *i = n->incident;
	struct buf subject = {0}, text = {0}, brief = {0};
	char when[MOMENT_TEXT], how[MOMENT_TEXT], number[32];
	char *phrase = words_phrase(i, is_over(n)), *was = words_phrase(i, false);

	if (phrase == NULL || was == NULL) {
		free(phrase);
		free(was);
		return -1;
	}
	if (incident_urgent(i) && !is_over(n)) {
		buf_text(&subject, _("URGENT: "));
		buf_text(&brief, _("URGENT: "));
	}
	words_ascii(&subject, i->host, 64);
	buf_printf(&subject, ": %s", phrase);
	add_length(&subject, n, now);

	buf_printf(&text, "%s: %s", i->host, phrase);
	add_length(&text, n, now);
	buf_text(&text, ".\n\n");
	if (is_over(n)) {
		row(&text, _("It was"), was);
		row(&text, _("From"), moment_text(when, i->since));
		row(&text, _("Until"),
		    moment_text(when, n->kind == NOTICE_CLOSED ? i->closed : i->last));
		row(&text, _("Outage"), moment_length(how, length(n, now)));
	} else {
		row(&text, _("Since"), moment_text(when, i->since));
	}
	if (*i->what != '\0' && strcmp(i->event, "check") != 0)
		row(&text, _("About"), i->what);
	if (i->count > 1) {
		snprintf(number, sizeof(number), "%u", i->count);
		row(&text, _("Failures"), number);
	}
	if (*i->message != '\0')
		row(&text, _("What happened"), i->message);
	if (i->exit != 0) {
		snprintf(number, sizeof(number), "%d", i->exit);
		row(&text, _("Exit code"), number);
	}
	snprintf(number, sizeof(number), "%" PRIu64, i->number);
	row(&text, _("Incident"), number);
	if (n->kind != NOTICE_CLOSED)
		add_advice(c, n, &text);

	/* What is cut off, if anything, is how long it was. */
	words_ascii(&brief, i->host, 30);
	buf_printf(&brief, ": %s (#%" PRIu64 ")", phrase, i->number);
	if (n->kind == NOTICE_OPEN)
		buf_printf(&brief, _(", since %s"), moment_text(when, i->since));
	else
		add_length(&brief, n, now);
	free(phrase);
	free(was);
	return settle(m, &subject, &text, &brief);
}

int
words_digest(const struct config *c, const struct notice *list, size_t count, int64_t now,
    struct message *m)
{
	struct buf subject = {0}, text = {0}, brief = {0};
	const char *host = list[0].incident->host, *name = config_name(c);
	size_t over = 0;
	bool urgent = false;

	buf_text(&text, _("Several things at once:\n"));
	for (size_t k = 0; k < count; k++) {
		const struct incident *i = list[k].incident;
		char *phrase = words_phrase(i, is_over(&list[k]));
		char when[MOMENT_TEXT];

		if (strcmp(host, i->host) != 0)
			host = "";
		over += is_over(&list[k]);
		urgent |= incident_urgent(i) && !is_over(&list[k]);
		buf_printf(&text, "\n%" PRIu64 ". %s: %s", i->number, i->host,
		    phrase != NULL ? phrase : "");
		add_length(&text, &list[k], now);
		buf_printf(&text, _(" (since %s)\n"), moment_text(when, i->since));
		if (*i->message != '\0' && !is_over(&list[k]))
			buf_printf(&text, "   %s\n", i->message);
		free(phrase);
	}
	if (over < count) {
		buf_text(&text, _("\nTell the others that you look after it:\n"));
		buf_printf(&text, "  sudo siantre-alert ack%s%s all\n",
		    *name != '\0' ? " -c " : "", name);
		buf_text(&text, _("\nWhat to do for each:\n"));
		buf_printf(&text, "  sudo siantre-alert list -v%s%s\n",
		    *name != '\0' ? " -c " : "", name);
	}
	if (urgent)
		buf_text(&subject, _("URGENT: "));
	if (*host != '\0') {
		words_ascii(&subject, host, 64);
		buf_text(&subject, ": ");
	}
	buf_printf(&subject, P_("%zu incident", "%zu incidents", count), count);
	if (over > 0)
		buf_printf(
		    &subject, P_(", %zu of them over", ", %zu of them over", over), over);
	buf_text(&brief, "siantre: ");
	if (buf_string(&subject) != NULL)
		buf_text(&brief, subject.data);
	buf_text(&brief, ". sudo siantre-alert list");
	return settle(m, &subject, &text, &brief);
}

/* "7 of 7 went well, the newest 2026-11-23 02:00 WIB (1.2 GiB)". */
static void
add_job(struct buf *b, const struct state_job *j)
{
	char when[MOMENT_TEXT], size[16];
	unsigned all = j->good + j->bad;

	buf_printf(b, "  %s %s%s%s: ", j->host, j->job,
	    strcmp(j->event, "run") == 0 || strcmp(j->event, j->job) == 0 ? "" : " ",
	    strcmp(j->event, "run") == 0 || strcmp(j->event, j->job) == 0 ? "" : j->event);
	buf_printf(b, _("%u of %u went well"), j->good, all);
	if (j->last > 0)
		buf_printf(b, _(", the newest %s"), moment_text(when, j->last));
	if (j->bytes > 0)
		buf_printf(b, " (%s)", num_human(size, sizeof(size), (uint64_t)j->bytes));
	buf_text(b, "\n");
}

int
words_weekly(const struct config *c, const struct state *s, struct message *m)
{
	struct buf subject = {0}, text = {0}, brief = {0};
	size_t open = 0, good = 0, bad = 0;
	char host[HOST_SIZE];

	host_name(host);
	for (size_t k = 0; k < s->job_count; k++) {
		good += s->jobs[k].good;
		bad += s->jobs[k].bad;
	}
	for (size_t k = 0; k < incidents_count(s->incidents); k++)
		open += incident_open(incidents_get(s->incidents, k));
	words_ascii(&subject, host, 64);
	buf_printf(
	    &subject, _(": the backups of a week: %zu went well, %zu did not"), good, bad);
	buf_printf(
	    &text, _("The backups of %s in the last week:\n\n"), config_get(c, "APP_NAME"));
	for (size_t k = 0; k < s->job_count; k++)
		add_job(&text, &s->jobs[k]);
	if (s->job_count == 0)
		buf_text(&text, _("  There was none. Is anything scheduled?\n"));
	if (open > 0)
		buf_text(&text, _("\nStill open:\n"));
	for (size_t k = 0; k < incidents_count(s->incidents); k++) {
		const struct incident *i = incidents_get(s->incidents, k);
		char *phrase, when[MOMENT_TEXT];

		if (!incident_open(i) || (phrase = words_phrase(i, false)) == NULL)
			continue;
		buf_printf(&text, "  %" PRIu64 ". %s: %s", i->number, i->host, phrase);
		buf_printf(&text, _(" (since %s)\n"), moment_text(when, i->since));
		free(phrase);
	}
	buf_text(&text, _("\nThis comes every week; if it does not, something is wrong.\n"));
	words_ascii(&brief, host, 30);
	buf_printf(&brief, _(": the backups of a week: %zu went well, %zu did not"), good, bad);
	return settle(m, &subject, &text, &brief);
}

int
words_good(const struct state *s, struct message *m)
{
	struct buf subject = {0}, text = {0}, brief = {0};

	for (size_t k = 0; k < s->good_count; k++) {
		const struct state_good *g = &s->good[k];
		char when[MOMENT_TEXT];

		if (k == 0) {
			words_ascii(&subject, g->host, 64);
			words_ascii(&brief, g->host, 30);
		}
		/* A subject has an end; the text names them all. */
		if (s->good_count <= NAMED) {
			buf_text(&subject, k == 0 ? ": " : ", ");
			buf_printf(&subject, _("backup %s is made"), g->job);
		}
		buf_printf(&text, "%s: ", g->host);
		buf_printf(&text, _("backup %s is made"), g->job);
		buf_printf(&text, ", %s\n", moment_text(when, g->time));
		if (*g->message != '\0')
			buf_printf(&text, "  %s\n", g->message);
	}
	if (s->good_count > NAMED)
		buf_printf(&subject, ": %zu %s", s->good_count, _("good backups"));
	buf_printf(&brief, ": %zu %s", s->good_count, _("good backups"));
	return settle(m, &subject, &text, &brief);
}
