#include "report/page_strip.h"

#include <stdio.h>

#include "base/language.h"
#include "report/calendar.h"
#include "report/page_mark.h"

/* More days than that are counted, not named. */
#define NAMED 4

static const char *const words[] = {
    [HISTORY_BEFORE] = N_("before the first"),
    [HISTORY_IDLE] = N_("nothing was due"),
    [HISTORY_OK] = N_("went well"),
    [HISTORY_WARN] = N_("with a warning"),
    [HISTORY_OVERDUE] = N_("overdue"),
    [HISTORY_FAIL] = N_("failed"),
};

/* Some hours into the ${i}th day, which no change of the clock moves away. */
static int64_t
noon(const struct leaf *l, size_t i)
{
	return history_midnight(facts_history(l->f), i) + 12 * 3600;
}

/* The days of one kind in words: "failed: 9 Nov, 12 Nov". */
static void
name_days(struct leaf *l, const struct history_job *h, enum history_day kind)
{
	char day[CALENDAR_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < HISTORY_DAYS; i++)
		n += h->days[i] == kind;
	if (n == 0)
		return;
	buf_printf(l->b, "<span class=\"%s\">%s: ", history_day_word(kind),
	    language_text(words[kind]));
	if (n > NAMED)
		buf_printf(l->b, P_("%zu day", "%zu days", n), n);
	for (size_t i = 0, said = 0; n <= NAMED && i < HISTORY_DAYS; i++)
		if (h->days[i] == kind)
			buf_printf(l->b, "%s%s", said++ > 0 ? ", " : "",
			    calendar_day(day, noon(l, i)));
	buf_text(l->b, "</span>");
}

/* What a screen reader says in place of thirty signs. */
static void
label(struct leaf *l, const struct history_job *h)
{
	buf_printf(l->b, "%s:", _("The last thirty days"));
	for (int kind = HISTORY_FAIL; kind >= HISTORY_BEFORE; kind--) {
		size_t n = 0;

		for (size_t i = 0; i < HISTORY_DAYS; i++)
			n += h->days[i] == (enum history_day)kind;
		if (n > 0)
			buf_printf(l->b, " %zu %s;", n, language_text(words[kind]));
	}
}

void
page_strip(struct leaf *l, const struct history_job *h, size_t job)
{
	struct buf *b = l->b;
	char day[CALENDAR_TEXT], title[CALENDAR_TEXT + 64];

	buf_printf(b,
	    "<div class=\"strip\" data-days=\"jobs.%zu.days\" role=\"img\" aria-label=\"", job);
	label(l, h);
	buf_text(b, "\">");
	for (size_t i = 0; i < HISTORY_DAYS; i++) {
		snprintf(title, sizeof(title), "%s: %s", calendar_date(day, noon(l, i)),
		    language_text(words[h->days[i]]));
		page_cell(b, h->days[i], title);
	}
	buf_printf(
	    b, "</div>\n<p class=\"span\"><span>%s</span>", calendar_day(day, noon(l, 0)));
	buf_text(b, "<span class=\"bad\">");
	name_days(l, h, HISTORY_FAIL);
	name_days(l, h, HISTORY_OVERDUE);
	name_days(l, h, HISTORY_WARN);
	buf_printf(b, "</span><span>%s</span></p>\n", _("today"));
}

void
page_legend(struct leaf *l)
{
	static const enum history_day order[] = {HISTORY_OK, HISTORY_WARN, HISTORY_FAIL,
	    HISTORY_OVERDUE, HISTORY_IDLE, HISTORY_BEFORE};

	buf_text(l->b, "<ul class=\"legend\" aria-hidden=\"true\">");
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		buf_text(l->b, "<li>");
		page_cell(l->b, order[i], NULL);
		buf_printf(l->b, "%s</li>", language_text(words[order[i]]));
	}
	buf_text(l->b, "</ul>\n");
}
