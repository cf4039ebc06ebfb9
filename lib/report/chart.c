#include "report/chart.h"

#include <stdio.h>

#include "base/language.h"
#include "report/calendar.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

/* The drawing in units of its own; the browser stretches it. */
#define WIDE 1000.0
#define HIGH 100.0

struct point {
	int64_t when;
	double value;
	bool odd;
	size_t index; /* in the list that it comes from */
};

struct chart {
	const char *title; /* of the figure */
	const char *value; /* of the column */
	bool bytes;        /* or seconds */
	size_t job;        /* SIZE_MAX: the free space */
	struct point points[HISTORY_POINTS];
	size_t n;
	double most;
};

static const char *
value_text(struct leaf *l, const struct chart *c, const struct point *p)
{
	if (c->job == SIZE_MAX)
		return leaf_bytes(l, (int64_t)p->value, "disk.points.%zu.free", p->index);
	if (c->bytes)
		return leaf_bytes(
		    l, (int64_t)p->value, "jobs.%zu.points.%zu.bytes", c->job, p->index);
	return leaf_elapsed(l, p->value, "jobs.%zu.points.%zu.seconds", c->job, p->index);
}

static const char *
when_text(struct leaf *l, const struct chart *c, const struct point *p)
{
	if (c->job == SIZE_MAX)
		return leaf_point(l, p->when, "disk.points.%zu.time", p->index);
	return leaf_point(l, p->when, "jobs.%zu.points.%zu.time", c->job, p->index);
}

static double
x_of(const struct chart *c, const struct point *p)
{
	int64_t first = c->points[0].when, last = c->points[c->n - 1].when;

	return last > first ? (double)(p->when - first) / (double)(last - first) * WIDE : WIDE;
}

/* From nothing at the bottom to the most at the top. */
static double
y_of(const struct chart *c, const struct point *p)
{
	return c->most > 0 ? HIGH - p->value / c->most * HIGH : HIGH;
}

static void
draw(struct leaf *l, const struct chart *c)
{
	struct buf *b = l->b;
	const struct point *p;
	const struct point *last = &c->points[c->n - 1];

	buf_printf(b,
	    "<svg viewBox=\"0 0 %.0f %.0f\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
	    "<path class=\"area\" d=\"M%.1f %.0f",
	    WIDE, HIGH, x_of(c, c->points), HIGH);
	for (p = c->points; p <= last; p++)
		buf_printf(b, "L%.1f %.1f", x_of(c, p), y_of(c, p));
	buf_printf(b, "L%.1f %.0fz\"/><path class=\"line\" d=\"", x_of(c, last), HIGH);
	for (p = c->points; p <= last; p++)
		buf_printf(
		    b, "%c%.1f %.1f", p == c->points ? 'M' : 'L', x_of(c, p), y_of(c, p));
	buf_text(b, "\"/>");
	/* A line without length has round ends, which stay round however the drawing is stretched. */
	for (p = c->points; p <= last; p++)
		if (p->odd)
			buf_printf(b, "<path class=\"odd\" d=\"M%.1f %.1fh0\"/>", x_of(c, p),
			    y_of(c, p));
	buf_printf(
	    b, "<path class=\"last\" d=\"M%.1f %.1fh0\"/></svg>", x_of(c, last), y_of(c, last));
}

static void
table(struct leaf *l, const struct chart *c)
{
	struct buf *b = l->b;

	buf_printf(b,
	    "<details><summary>%s</summary><table><caption "
	    "class=\"away\">%s</caption><thead><tr>"
	    "<th scope=\"col\">%s</th><th scope=\"col\" "
	    "class=\"num\">%s</th></tr></thead><tbody>\n",
	    _("As a table"), c->title, _("When"), c->value);
	for (size_t i = c->n; i-- > 0;) {
		const struct point *p = &c->points[i];

		buf_printf(
		    b, "<tr><th scope=\"row\">%s</th><td class=\"num\">", when_text(l, c, p));
		if (p->odd) {
			page_mark(b, "warn", _("odd"));
			buf_text(b, " ");
		}
		buf_printf(b, "%s</td></tr>\n", value_text(l, c, p));
	}
	buf_text(b, "</tbody></table></details>\n");
}

static void
print(struct leaf *l, const struct chart *c)
{
	struct buf *b = l->b;
	const struct point *most = c->points;
	char day[CALENDAR_TEXT];
	size_t odd = 0;

	for (const struct point *p = c->points; p < c->points + c->n; p++) {
		if (p->value > most->value)
			most = p;
		odd += p->odd;
	}
	buf_printf(b, "<figure class=\"chart\"><figcaption>%s <strong>%s</strong>", c->title,
	    value_text(l, c, &c->points[c->n - 1]));
	if (odd > 0) {
		buf_printf(
		    b, "<span class=\"mark warn\" data-odd=\"jobs.%zu.points\">", c->job);
		page_shape(b, "warn");
		buf_printf(b, P_("%zu odd one", "%zu odd ones", odd), odd);
		buf_text(b, "</span>");
	}
	buf_text(b, "<span class=\"most\">");
	buf_printf(b, _("at most %s"), value_text(l, c, most));
	buf_text(b, "</span></figcaption>\n<div class=\"plot\">");
	draw(l, c);
	buf_printf(b, "</div>\n<p class=\"span\"><span>%s</span>",
	    calendar_day(day, c->points[0].when));
	buf_printf(b, "<span>%s</span></p>\n", calendar_day(day, c->points[c->n - 1].when));
	table(l, c);
	buf_text(b, "</figure>\n");
}

static void
add(struct chart *c, int64_t when, double value, bool odd, size_t index)
{
	struct point *p = &c->points[c->n++];

	*p = (struct point){.when = when, .value = value, .odd = odd, .index = index};
	if (value > c->most)
		c->most = value;
}

/* The sizes and the durations of the ${i}th job.  Return whether there was anything to draw. */
static bool
draw_job(struct leaf *l, size_t i)
{
	const struct facts_job *j = facts_job(l->f, i);
	const struct history_job *h = j->history;
	struct chart size = {.title = _("Size"), .value = _("Size"), .bytes = true, .job = i};
	struct chart took = {.title = _("Duration"), .value = _("Took"), .job = i};

	if (h == NULL || h->count < 2)
		return false;
	for (size_t k = 0; k < h->count; k++) {
		const struct history_point *p = &h->points[k];

		if (p->bytes >= 0)
			add(&size, p->when, (double)p->bytes, p->odd, k);
		if (p->seconds >= 0)
			add(&took, p->when, p->seconds, false, k);
	}
	if (size.n < 2 && took.n < 2)
		return false;
	buf_text(l->b, "<h3 class=\"small\">");
	page_job(l->b, j->job);
	buf_text(l->b, "</h3>\n<div class=\"pair\">\n");
	if (size.n >= 2)
		print(l, &size);
	if (took.n >= 2)
		print(l, &took);
	buf_text(l->b, "</div>\n");
	return true;
}

void
chart_space(struct leaf *l)
{
	struct chart c = {
	    .title = _("Free space"), .value = _("Free"), .bytes = true, .job = SIZE_MAX};
	size_t n;
	const struct trend_point *points = history_space(facts_history(l->f), &n);

	for (size_t i = n > HISTORY_POINTS ? n - HISTORY_POINTS : 0; i < n; i++)
		add(&c, points[i].when, (double)points[i].free, false, i);
	if (c.n >= 2)
		print(l, &c);
}

void
page_charts(struct leaf *l)
{
	struct buf *b = l->b;
	size_t begun = b->len;
	bool any = false;

	page_section(l, "charts", _("Size and duration"),
	    _("Of every set that the journal or the disk still knows, up to ninety of each "
	      "job."));
	for (size_t i = 0; facts_job(l->f, i) != NULL; i++)
		any = draw_job(l, i) || any;
	if (!any)
		b->len = begun; /* nothing to see: no heading either */
	else
		page_section_end(l);
}
