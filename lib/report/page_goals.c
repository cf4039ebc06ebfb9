#include <string.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* The report of a drill is in English; these are the texts that every one of them has. */
static const struct {
	const char *text, *shown;
} words[] = {
    {"critical", N_("Critical")},
    {"normal", N_("Normal")},
    {"disaster", N_("Disaster")},
    {"database", N_("Database")},
    {"configuration", N_("Configuration")},
    {"application", N_("Application")},
    {"the database alone", N_("the database alone")},
    {"the database and the files", N_("the database and the files")},
    {"everything, from an empty server to the last comparison",
	N_("everything, from an empty server to the last comparison")},
    {"the newest set of db", N_("the newest set of the database")},
    {"the newest set of files", N_("the newest set of the files")},
};

static void
say(struct buf *b, const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i].text, text) == 0) {
			markup_text(b, language_text(words[i].shown));
			return;
		}
	}
	markup_message(b, text, MARKUP_LINE);
}

static void
goal(struct leaf *l, const struct rehearsal_goal *g, size_t i)
{
	struct buf *b = l->b;
	bool good = strcmp(g->result, "ok") == 0;

	buf_text(b, "<div><dt>");
	say(b, g->name);
	buf_text(b, "</dt><dd>");
	if (g->seconds < 0)
		page_status(b, strcmp(g->result, "ok") == 0 ? "none" : g->result);
	else if (!good) {
		buf_text(b, "<span class=\"mark fail\">");
		page_shape(b, "fail");
		buf_printf(
		    b, "%s</span>", leaf_elapsed(l, g->seconds, "drill.goals.%zu.seconds", i));
	} else {
		buf_text(b, leaf_elapsed(l, g->seconds, "drill.goals.%zu.seconds", i));
	}
	buf_text(b, "</dd><dd>");
	if (g->seconds >= 0 && g->limit > 0)
		page_bar(b, good ? "ok" : "fail", g->seconds / (double)g->limit);
	buf_printf(
	    b, _("of %s"), leaf_elapsed(l, (double)g->limit, "drill.goals.%zu.limit", i));
	buf_text(b, "<br>");
	say(b, g->what);
	buf_text(b, "</dd></div>\n");
}

static void
goals(struct leaf *l, const struct rehearsal *r, const char *kind, const char *title)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ngoals; i++)
		n += strcmp(r->goals[i].kind, kind) == 0;
	if (n == 0)
		return;
	buf_printf(l->b, "<h3 class=\"small\">%s</h3>\n<dl class=\"figures three\">\n", title);
	for (size_t i = 0; i < r->ngoals; i++)
		if (strcmp(r->goals[i].kind, kind) == 0)
			goal(l, &r->goals[i], i);
	buf_text(l->b, "</dl>\n");
}

static void
verdict(struct buf *b, const char *result)
{
	if (strcmp(result, "ok") == 0)
		page_mark(b, "ok", _("Everything came back, and in time"));
	else if (strcmp(result, "warn") == 0)
		page_mark(b, "warn", _("Everything came back, with warnings"));
	else if (strcmp(result, "missed") == 0)
		page_mark(b, "fail", _("Everything came back, but not as it was promised"));
	else
		page_mark(b, "fail", _("Not everything came back"));
}

void
page_goals(struct leaf *l)
{
	const struct rehearsal *r = facts_drill(l->f);
	int64_t due = facts_drill_due(l->f);
	struct buf *b = l->b;

	page_section(l, "goals", _("How fast back"),
	    _("Measured: the last drill restored the newest sets into a server of its own."));
	if (r == NULL) {
		buf_text(b, "<p class=\"say\">");
		page_mark(b, "warn", _("No drill yet"));
		buf_printf(b, "</p>\n<p class=\"soft\">%s <code>sudo siantre-run",
		    _("Nobody has measured how long a recovery takes. This does it:"));
		page_which(l);
		buf_text(b, " drill</code></p>\n");
		page_section_end(l);
		return;
	}
	buf_text(b, "<p class=\"say\">");
	verdict(b, r->result);
	buf_text(b, "</p>\n<p class=\"soft\">");
	buf_printf(b, _("On %s, in %s."), leaf_date(l, r->when, "drill.time"),
	    leaf_elapsed(l, r->seconds, "drill.seconds"));
	if (due > 0) {
		buf_text(b, " ");
		buf_printf(b, _("The next one is due by %s."), leaf_date(l, due, "drill.due"));
		if (due < l->now) {
			buf_text(b, " ");
			page_mark(b, "overdue", _("Overdue"));
		}
	}
	buf_text(b, "</p>\n");
	goals(l, r, "RTO", _("Time to recover (RTO)"));
	goals(l, r, "RPO", _("What would have been lost (RPO)"));
	page_section_end(l);
}
