#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* What an incident is about. */
static const char *
subject(const struct duty_incident *x)
{
	static const struct {
		const char *what, *shown;
	} known[] = {{"age", N_("no verified backup in time")},
	    {"remote", N_("a copy elsewhere is behind")}, {"drill", N_("a drill is overdue")},
	    {"reread", N_("what is kept is not read again")},
	    {"disk", N_("the disk is nearly full")},
	    {"dashboard", N_("this page was not written")}, {"clock", N_("the clock is wrong")},
	    {"channel", N_("a channel was not tested")},
	    {"mount", N_("the backup disk is not mounted")}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(x->event, "check") == 0 && x->what != NULL &&
		    strcmp(known[i].what, x->what) == 0)
			return language_text(known[i].shown);
	return x->phrase;
}

static void
incident(struct leaf *l, const struct duty_incident *x, size_t i)
{
	struct buf *b = l->b;
	const char *kind = x->level != NULL && strcmp(x->level, "fail") == 0 ? "fail" : "warn";

	buf_printf(b, "<li class=\"incident %s\"><p class=\"say\"><span class=\"mark %s\">",
	    kind, kind);
	page_shape(b, kind);
	page_job(b, x->job);
	buf_text(b, x->job != NULL ? ": " : "");
	markup_text(b, subject(x));
	buf_text(b, "</span></p>\n");
	if (x->message != NULL) {
		buf_text(b, "<p>");
		markup_message(b, x->message, MARKUP_WHOLE);
		buf_text(b, "</p>\n");
	}
	buf_text(b, "<p class=\"soft\">");
	buf_printf(b, _("Open since %s."), leaf_near(l, x->since, "incidents.%zu.since", i));
	buf_text(b, " ");
	if (x->acknowledged > 0) {
		buf_printf(b, _("Acknowledged %s."),
		    leaf_near(l, x->acknowledged, "incidents.%zu.acknowledged", i));
	} else {
		buf_printf(
		    b, "%s <code>sudo siantre-alert ack", _("Nobody has acknowledged it:"));
		page_which(l);
		buf_text(b, " ");
		markup_foreign(b, x->id, MARKUP_NAME);
		buf_text(b, "</code>");
	}
	buf_text(b, "</p></li>\n");
}

void
page_incidents(struct leaf *l)
{
	const struct duty *d = facts_duty(l->f);
	const struct duty_incident *x;

	if (d == NULL)
		return;
	page_section(l, "incidents", _("Open incidents"), NULL);
	if (duty_incident(d, 0) == NULL) {
		buf_text(l->b, "<p class=\"say\">");
		page_mark(l->b, "ok", _("None"));
		buf_text(l->b, "</p>\n");
	} else {
		buf_text(l->b, "<ul>\n");
		for (size_t i = 0; (x = duty_incident(d, i)) != NULL; i++)
			incident(l, x, i);
		buf_text(l->b, "</ul>\n");
	}
	page_section_end(l);
}

static const char *
role(const char *name)
{
	if (strcmp(name, "primary") == 0)
		return _("First");
	if (strcmp(name, "secondary") == 0)
		return _("Second");
	return _("In an emergency");
}

static void
contacts(struct leaf *l, const struct duty *d)
{
	const struct duty_contact *c;

	buf_text(l->b, "<dl class=\"people\">\n");
	for (size_t i = 0; (c = duty_contact(d, i)) != NULL; i++) {
		buf_printf(l->b, "<div><dt>%s</dt><dd data-text=\"contacts.%zu.contact\">",
		    role(c->role), i);
		if (*c->text != '\0')
			markup_foreign(l->b, c->text, MARKUP_LINE);
		else
			buf_printf(
			    l->b, "<span class=\"soft\">%s</span>", _("nobody is named"));
		buf_text(l->b, "</dd></div>\n");
	}
	buf_text(l->b, "</dl>\n");
}

static void
channels(struct leaf *l, const struct duty *d)
{
	struct buf *b = l->b;
	const struct duty_channel *c;

	buf_printf(b, "<h3 class=\"small\">%s</h3>\n", _("How they are told"));
	if (duty_channel(d, 0) == NULL) {
		buf_text(b, "<p class=\"say\">");
		page_mark(b, "warn", _("In no way: no channel is set up"));
		buf_text(b, "</p>\n");
		return;
	}
	buf_printf(b,
	    "<table><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">%s</th></tr></thead><tbody>\n",
	    _("Channel"), _("Last test"), _("Result"));
	for (size_t i = 0; (c = duty_channel(d, i)) != NULL; i++) {
		buf_text(b, "<tr><th scope=\"row\">");
		markup_foreign(b, c->name, MARKUP_NAME);
		buf_printf(b, "</th><td>%s</td><td>",
		    c->tested > 0 ? leaf_near(l, c->tested, "channels.%zu.tested", i)
				  : _("never"));
		if (c->tested <= 0)
			page_mark(b, "idle", _("Not tested"));
		else
			page_status(b, c->ok ? "ok" : "fail");
		buf_text(b, "</td></tr>\n");
	}
	buf_text(b, "</tbody></table>\n");
}

void
page_duty(struct leaf *l)
{
	const struct duty *d = facts_duty(l->f);

	if (d == NULL)
		return;
	page_section(l, "duty", _("Who is responsible"),
	    _("Whoever does not answer is not alone: the next one is told too."));
	contacts(l, d);
	channels(l, d);
	page_section_end(l);
}
