#include <string.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* As many are in sight; older ones are behind a click. */
#define IN_SIGHT 10

static const char *
event_word(const char *event)
{
	static const struct {
		const char *event, *shown;
	} known[] = {{"run", N_("backup")}, {"ship", N_("copy elsewhere")},
	    {"drill", N_("drill")}, {"verify", N_("proof")}, {"prune", N_("clean-up")}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].event, event) == 0)
			return language_text(known[i].shown);
	return NULL;
}

/* Whose run it was, and of what kind where that is not the same. */
static void
what(struct leaf *l, const struct history_run *r)
{
	const char *word = event_word(r->event);

	page_job(l->b, r->job);
	if (r->job != NULL && strcmp(r->job, r->event) == 0)
		return;
	buf_text(l->b, " <span class=\"soft\">");
	if (word != NULL)
		buf_text(l->b, word);
	else
		markup_foreign(l->b, r->event, MARKUP_NAME);
	buf_text(l->b, "</span>");
}

/* What the columns do not show, or not on a telephone. */
static void
details(struct leaf *l, const struct history_run *r, size_t i)
{
	struct buf *b = l->b;

	buf_text(b, "<details><summary>");
	what(l, r);
	buf_text(b, "</summary><dl class=\"pairs\">\n");
	if (r->message != NULL) {
		buf_printf(b, "<div><dt>%s</dt><dd>", _("Message"));
		markup_message(b, r->message, MARKUP_WHOLE);
		buf_text(b, "</dd></div>\n");
	}
	if (r->set != NULL) {
		buf_printf(b, "<div><dt>%s</dt><dd>", _("Set"));
		leaf_name(l, r->set, "runs.%zu.set", i);
		buf_text(b, "</dd></div>\n");
	}
	if (r->seconds >= 0)
		buf_printf(b, "<div><dt>%s</dt><dd>%s</dd></div>\n", _("Took"),
		    leaf_elapsed(l, r->seconds, "runs.%zu.seconds", i));
	if (r->bytes >= 0)
		buf_printf(b, "<div><dt>%s</dt><dd>%s</dd></div>\n", _("Size"),
		    leaf_bytes(l, r->bytes, "runs.%zu.bytes", i));
	buf_printf(b, "<div><dt>%s</dt><dd>%s</dd></div>\n</dl></details>", _("Exit code"),
	    leaf_count(l, r->exit, "runs.%zu.exit", i));
}

static void
row(struct leaf *l, const struct history_run *r, size_t i)
{
	struct buf *b = l->b;

	buf_printf(
	    b, "<tr><th scope=\"row\">%s</th><td>", leaf_near(l, r->when, "runs.%zu.time", i));
	details(l, r, i);
	/* Why it did not go well is worth a line that nobody has to open. */
	if (strcmp(r->status, "ok") != 0 && r->message != NULL) {
		buf_text(b, "<p class=\"soft why\">");
		markup_message(b, r->message, MARKUP_LINE);
		buf_text(b, "</p>");
	}
	buf_text(b, "</td><td>");
	page_status(b, r->status);
	buf_printf(b,
	    "</td><td class=\"num roomy\">%s</td><td class=\"num roomy\">%s</td></tr>\n",
	    r->seconds >= 0 ? leaf_elapsed(l, r->seconds, "runs.%zu.seconds", i) : "",
	    r->bytes >= 0 ? leaf_bytes(l, r->bytes, "runs.%zu.bytes", i) : "");
}

static void
table(struct leaf *l, size_t from, size_t to, const char *caption)
{
	const struct history *h = facts_history(l->f);
	const struct history_run *r;

	buf_printf(l->b,
	    "<table class=\"runs\"><caption class=\"away\">%s</caption><thead><tr>"
	    "<th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\" class=\"num roomy\">%s</th>"
	    "<th scope=\"col\" class=\"num roomy\">%s</th></tr></thead><tbody>\n",
	    caption, _("Ended"), _("Job"), _("Result"), _("Took"), _("Size"));
	for (size_t i = from; i < to && (r = history_run(h, i)) != NULL; i++)
		row(l, r, i);
	buf_text(l->b, "</tbody></table>\n");
}

void
page_runs(struct leaf *l)
{
	const struct history *h = facts_history(l->f);

	page_section(l, "runs", _("Runs"), _("The last ones, the latest first."));
	if (history_run(h, 0) == NULL) {
		buf_printf(l->b, "<p class=\"soft\">%s</p>\n", _("The journal has none."));
	} else {
		table(l, 0, IN_SIGHT, _("The last runs"));
		if (history_run(h, IN_SIGHT) != NULL) {
			buf_printf(l->b, "<details class=\"more\"><summary>%s</summary>\n",
			    _("Older runs"));
			table(l, IN_SIGHT, HISTORY_RUNS, _("Older runs"));
			buf_text(l->b, "</details>\n");
		}
	}
	page_section_end(l);
}
