#include <stdio.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"

static void
state(struct leaf *l, const struct copies_place *p)
{
	if (!p->known)
		page_mark(l->b, "warn", _("Never reached"));
	else if (p->damaged > 0)
		page_mark(l->b, "fail", _("Damaged there"));
	else if (p->missing > 0)
		page_mark(l->b, "warn", _("Behind"));
	else
		page_mark(l->b, "ok", _("Complete"));
}

static void
newest(struct leaf *l, const struct copies_place *p, size_t i)
{
	buf_printf(l->b, "<div><dt>%s</dt><dd>", _("Newest there"));
	if (p->newest[0] == '\0') {
		buf_printf(l->b, "%s</dd></div>\n", _("None"));
		return;
	}
	buf_printf(
	    l->b, "%s</dd><dd>", leaf_near(l, p->newest_when, "copies.%zu.newest_time", i));
	leaf_name(l, p->newest, "copies.%zu.newest", i);
	buf_text(l->b, "</dd></div>\n");
}

static void
place(struct leaf *l, const struct copies_place *p, size_t i)
{
	struct buf *b = l->b;

	buf_text(b, "<article class=\"job\">\n<header><h3 class=\"place\">");
	markup_foreign(b, p->place, MARKUP_LINE);
	buf_text(b, "</h3>");
	state(l, p);
	buf_text(b, "</header>\n");
	if (!p->known) {
		buf_text(b, "</article>\n");
		return;
	}
	buf_text(b, "<dl class=\"figures\">\n");
	newest(l, p, i);
	buf_printf(b, "<div><dt>%s</dt><dd>%s</dd></div>\n", _("Sets there"),
	    leaf_count(l, (int64_t)p->sets, "copies.%zu.sets", i));
	buf_printf(b, "<div><dt>%s</dt><dd>%s</dd>", _("Missing there"),
	    leaf_count(l, (int64_t)p->missing, "copies.%zu.missing", i));
	if (p->behind > 0) {
		buf_text(b, "<dd>");
		buf_printf(
		    b, _("for %s"), leaf_elapsed(l, (double)p->behind, "copies.%zu.behind", i));
		buf_text(b, "</dd>");
	}
	buf_text(b, "</div>\n");
	buf_printf(b, "<div><dt>%s</dt><dd>%s</dd>", _("Proven there"),
	    p->proven > 0 ? leaf_near(l, p->proven, "copies.%zu.proven", i) : _("Never"));
	if (p->damaged > 0)
		buf_printf(b, "<dd class=\"fail\">%s: %s</dd>", _("damaged"),
		    leaf_count(l, (int64_t)p->damaged, "copies.%zu.damaged", i));
	buf_text(b, "</div>\n</dl>\n</article>\n");
}

void
page_copies(struct leaf *l)
{
	const struct copies *c = facts_copies(l->f);
	const struct copies_place *p;

	if (c == NULL)
		return;
	page_section(l, "copies", _("Copies elsewhere"),
	    _("What survives this server. As old as the last run that sent them."));
	for (size_t i = 0; (p = copies_place(c, i)) != NULL; i++)
		place(l, p, i);
	if (copies_place(c, 0) == NULL) {
		buf_text(l->b, "<p class=\"say\">");
		page_mark(l->b, "warn", _("None"));
		buf_printf(l->b, "</p>\n<p class=\"soft\">%s <code>SHIP_TO</code></p>\n",
		    _("If this server is lost, the backups are lost with it. The key that "
		      "names a place:"));
	}
	page_section_end(l);
}
