#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* How the steps of a drill begin; what follows is the name of a file, a database or a check. */
static const struct {
	const char *begin, *shown;
} steps[] = {
    {"check: ", N_("Check: %s")},
    {"read ", N_("Read %s")},
    {"load ", N_("Load %s")},
    {"dump again and compare ", N_("Dump again and compare %s")},
    {"start an empty server", N_("Start an empty server")},
    {"look for room", N_("Look for room")},
    {"ask DRILL_SQL", N_("Ask the questions of the drill")},
    {"prove the set", N_("Prove the set")},
    {"make the database ", N_("Make the database %s")},
    {"look for every part", N_("Look for every part")},
    {"open ", N_("Open %s")},
    {"unpack ", N_("Unpack %s")},
    {"compare ", N_("Compare %s")},
};

static void
say(struct buf *b, const char *text)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		const char *shown = language_text(steps[i].shown), *hole = strstr(shown, "%s");
		size_t len = strlen(steps[i].begin);

		if (strncmp(text, steps[i].begin, len) != 0 ||
		    (hole == NULL && text[len] != '\0'))
			continue;
		if (hole == NULL) {
			markup_text(b, shown);
			return;
		}
		buf_add(b, shown, (size_t)(hole - shown));
		markup_foreign(b, text + len, MARKUP_LINE);
		markup_text(b, hole + 2);
		return;
	}
	markup_message(b, text, MARKUP_LINE);
}

/* The word of one that went well is for those who cannot see the tick. */
static void
step(struct leaf *l, const struct rehearsal_step *s, size_t i)
{
	struct buf *b = l->b;
	const char *kind, *word = page_status_word(s->result, &kind);
	bool good = strcmp(kind, "ok") == 0;

	buf_printf(b, "<tr><td class=\"%s\">", kind);
	page_shape(b, kind);
	buf_printf(b, "<span class=\"away\">%s</span></td><td>", word);
	say(b, s->what);
	if (!good)
		buf_printf(b, "<br><strong class=\"%s\">%s</strong>", kind, word);
	if (s->detail != NULL && *s->detail != '\0') {
		buf_printf(b, "%s<span class=\"soft\">", good ? "<br>" : " ");
		markup_message(b, s->detail, MARKUP_LINE);
		buf_text(b, "</span>");
	}
	buf_printf(b, "</td><td class=\"num\">%s</td></tr>\n",
	    s->seconds >= 0 ? leaf_elapsed(l, s->seconds, "drill.steps.%zu.seconds", i) : "");
}

static bool
same(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

void
page_checklist(struct leaf *l)
{
	const struct rehearsal *r = facts_drill(l->f);
	struct buf *b = l->b;

	if (r == NULL || r->nsteps == 0)
		return;
	page_section(l, "checklist", _("Recovery, step by step"),
	    _("The checklist of the last drill: what a recovery does, and how long it took."));
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct rehearsal_step *s = &r->steps[i];

		if (i == 0 || !same(s->set, s[-1].set)) {
			buf_printf(
			    b, "%s<h3 class=\"small\">", i > 0 ? "</tbody></table>\n" : "");
			if (s->set != NULL && *s->set != '\0') {
				page_job(b, s->job);
				buf_text(b, " ");
				leaf_name(l, s->set, "drill.steps.%zu.set", i);
			} else {
				buf_text(b, _("Preparation"));
			}
			buf_printf(b,
			    "</h3>\n<table class=\"steps\"><thead class=\"away\"><tr><th "
			    "scope=\"col\">%s</th>"
			    "<th scope=\"col\">%s</th><th "
			    "scope=\"col\">%s</th></tr></thead><tbody>\n",
			    _("Result"), _("Step"), _("Took"));
		}
		step(l, s, i);
	}
	buf_text(b, "</tbody></table>\n");
	page_section_end(l);
}
