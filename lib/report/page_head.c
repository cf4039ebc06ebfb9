#include <stdio.h>

#include "base/language.h"
#include "report/calendar.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* Which of the jobs ${j} is, as it stands in the list. */
static size_t
place(const struct facts *f, const struct facts_job *j)
{
	size_t i = 0;

	while (facts_job(f, i) != NULL && facts_job(f, i) != j)
		i++;
	return i;
}

/* The jobs that are in trouble of one kind, as people call them, with commas between. */
static void
list(const struct facts *f, enum facts_state state, struct buf *b)
{
	const struct facts_job *j;

	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++) {
		if (j->state != state || (state == FACTS_NONE && !facts_needed(j)))
			continue;
		if (b->len > 0)
			buf_text(b, ", ");
		page_job(b, j->job);
	}
}

void
page_sentence(struct buf *b, const struct facts *f)
{
	struct buf late = {0}, never = {0};
	size_t things = facts_things(f);

	if (facts_blind(f)) {
		buf_text(b, _("The backups cannot be read."));
		return;
	}
	list(f, FACTS_OVERDUE, &late);
	list(f, FACTS_NONE, &never);
	if (facts_health(f) == FACTS_GOOD)
		buf_text(b, _("Every backup is fresh and proven."));
	else if (facts_health(f) == FACTS_WARN)
		buf_printf(b,
		    P_("Every backup is fresh, but one thing needs a look.",
			"Every backup is fresh, but %zu things need a look.", things),
		    things);
	if (late.len > 0 && buf_string(&late) != NULL)
		buf_printf(b, _("Backups are overdue: %s."), late.data);
	if (never.len > 0 && buf_string(&never) != NULL) {
		buf_text(b, late.len > 0 ? " " : "");
		buf_printf(b, _("Never backed up: %s."), never.data);
	}
	b->failed = b->failed || late.failed || never.failed;
	buf_free(&late);
	buf_free(&never);
}

static void
made(struct leaf *l)
{
	char text[CALENDAR_TEXT], stamp[CALENDAR_TEXT];

	buf_printf(l->b,
	    "<div class=\"made\"><dt>%s</dt><dd><time datetime=\"%s\" data-fact=\"time\">",
	    _("This page was made"), calendar_stamp(stamp, l->now));
	markup_text(l->b, calendar_long(text, l->now));
	buf_printf(l->b, "</time></dd><dd>%s</dd></div>\n",
	    _("It cannot know that it is old: if this is not today, look at the server."));
}

static void
last_one(struct leaf *l)
{
	const struct facts_job *j = facts_last(l->f);
	size_t i = place(l->f, j);

	buf_printf(l->b, "<div><dt>%s</dt><dd>", _("Last backup"));
	if (j == NULL) {
		buf_printf(l->b, "%s</dd><dd>%s</dd></div>\n",
		    facts_blind(l->f) ? _("Not known") : _("None yet"),
		    facts_blind(l->f) ? _("The folder of the backups cannot be read.")
				      : _("There is no verified set."));
		return;
	}
	page_job(l->b, j->job);
	buf_printf(l->b, ", %s</dd><dd>", leaf_near(l, j->began, "jobs.%zu.newest.time", i));
	leaf_name(l, j->newest, "jobs.%zu.newest.set", i);
	buf_text(l->b, "</dd></div>\n");
}

static void
next_one(struct leaf *l)
{
	const struct facts_job *j = facts_next(l->f);
	size_t i = place(l->f, j);

	buf_printf(l->b, "<div><dt>%s</dt><dd>", _("Next backup"));
	if (j == NULL) {
		buf_printf(l->b, "%s</dd></div>\n", _("No job has an hour of its own"));
		return;
	}
	page_job(l->b, j->job);
	buf_printf(l->b, ", %s</dd><dd>", leaf_near(l, j->next, "jobs.%zu.next", i));
	buf_printf(l->b, _("in %s"),
	    leaf_elapsed(l, (double)(j->next - l->now), "jobs.%zu.next - time", i));
	buf_text(l->b, "</dd></div>\n");
}

void
page_head(struct leaf *l)
{
	const struct facts_wish *w = facts_wish(l->f);
	struct buf *b = l->b;

	buf_printf(b,
	    "<a class=\"skip\" href=\"#main\">%s</a>\n<header class=\"band\"><div "
	    "class=\"wide\">\n"
	    "<p class=\"where\"><span>%s <strong>",
	    _("Skip to the details"), _("Backups of"));
	markup_foreign(b, w->application, MARKUP_NAME);
	buf_printf(b, "</strong> %s ", _("on the server"));
	markup_foreign(b, facts_host(l->f), MARKUP_NAME);
	buf_printf(b, "</span><span>%s <code>", _("Kept in"));
	markup_foreign(b, w->root, MARKUP_LINE);
	buf_text(b, "</code></span></p>\n<div class=\"state\">");
	page_shape(b, facts_health_word(facts_health(l->f)));
	buf_text(b, "<h1>");
	page_sentence(b, l->f);
	buf_text(b, "</h1></div>\n<dl class=\"first\">\n");
	made(l);
	last_one(l);
	next_one(l);
	buf_text(b, "</dl>\n</div></header>\n");
}

void
page_warnings(struct leaf *l)
{
	const char *line;

	if (facts_warning(l->f, 0) == NULL)
		return;
	page_section(l, "look", _("Worth a look"), NULL);
	buf_text(l->b, "<ul class=\"lines\">\n");
	for (size_t i = 0; (line = facts_warning(l->f, i)) != NULL; i++) {
		buf_text(l->b, "<li>");
		page_shape(l->b, "warn");
		buf_printf(l->b, "<span data-text=\"warnings.%zu\">", i);
		markup_foreign(l->b, line, MARKUP_WHOLE);
		buf_text(l->b, "</span></li>\n");
	}
	buf_text(l->b, "</ul>\n");
	page_section_end(l);
}

void
page_foot(struct leaf *l)
{
	struct buf *b = l->b;

	buf_text(b, "<footer class=\"wide\"><div><p>");
	buf_printf(b,
	    _("From the verified sets on the disk, and from %s lines of the journal."),
	    leaf_count(l, (int64_t)facts_events(l->f), "journal.events"));
	if (facts_garbage(l->f) > 0) {
		buf_text(b, " ");
		buf_printf(b, _("%s lines of it could not be read."),
		    leaf_count(l, (int64_t)facts_garbage(l->f), "journal.garbage"));
	}
	buf_printf(b, "</p><p>%s</p></div></footer>\n",
	    _("Made by siantre-status, without a script."));
}
