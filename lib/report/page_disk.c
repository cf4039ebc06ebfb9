#include <stdio.h>

#include "base/language.h"
#include "report/chart.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

static void
full_in(struct leaf *l, const struct facts_disk *d)
{
	const struct config *c = facts_wish(l->f)->config;
	struct buf *b = l->b;

	buf_printf(b, "<div><dt>%s</dt><dd>", _("Full in"));
	if (d->days >= 0) {
		char days[128];

		snprintf(days, sizeof(days),
		    P_("about %s day", "about %s days", (unsigned long)d->days),
		    leaf_whole(l, (double)d->days, "disk.full_in_days"));
		if (c != NULL && forecast_soon(c, d->days)) {
			buf_text(b, "<span class=\"mark warn\">");
			page_shape(b, "warn");
			buf_printf(b, "%s</span>", days);
		} else {
			buf_text(b, days);
		}
		buf_printf(b, "</dd><dd>%s</dd></div>\n", _("if it goes on as it did"));
	} else if (d->days == FORECAST_NEVER) {
		buf_printf(
		    b, "%s</dd><dd>%s</dd></div>\n", _("Not in sight"), _("not within a year"));
	} else {
		buf_printf(b, "%s</dd><dd>%s</dd></div>\n", _("Not known yet"),
		    _("too few sets and days are known"));
	}
}

void
page_disk(struct leaf *l)
{
	const struct facts_disk *d = facts_disk(l->f);
	struct buf *b = l->b;

	page_section(l, "disk", _("Room on the disk"), NULL);
	buf_printf(b, "<dl class=\"figures three\">\n<div><dt>%s</dt><dd>", _("Free"));
	if (d->free >= 0) {
		buf_printf(b, "%s</dd><dd>", leaf_bytes(l, d->free, "disk.free"));
		if (d->total > 0)
			page_bar(b, "even", 1 - (double)d->free / (double)d->total);
		buf_printf(b, _("of %s"), leaf_bytes(l, d->total, "disk.total"));
	} else {
		buf_text(b, _("Not known"));
	}
	buf_text(b, "</dd></div>\n");
	full_in(l, d);
	buf_text(b, "</dl>\n");
	chart_space(l);
	page_section_end(l);
}
