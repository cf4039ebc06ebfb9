#include <math.h>
#include <string.h>

#include "base/language.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"
#include "report/page_strip.h"

static void
state(struct leaf *l, const struct facts_job *j)
{
	switch (j->state) {
	case FACTS_FRESH: page_mark(l->b, "ok", _("Fresh")); return;
	case FACTS_OVERDUE: page_mark(l->b, "overdue", _("Overdue")); return;
	case FACTS_NONE:
		if (facts_blind(l->f)) {
			page_mark(l->b, "fail", _("Not known"));
			return;
		}
		page_mark(l->b, j->rpo >= 0 ? "fail" : "idle", _("No backup yet"));
		return;
	case FACTS_UNHELD: break;
	}
	page_mark(l->b, "ok", _("Kept"));
}

static void
age(struct leaf *l, const struct facts_job *j, size_t i)
{
	int64_t grace = facts_wish(l->f)->grace;

	buf_printf(l->b, "<div><dt>%s</dt>", _("Age of the newest"));
	if (j->newest == NULL) {
		buf_printf(l->b, "<dd>%s</dd>", _("None"));
	} else {
		buf_printf(l->b, "<dd>%s</dd>",
		    leaf_elapsed(l, (double)j->age, "jobs.%zu.newest.age", i));
	}
	buf_text(l->b, "<dd>");
	if (j->rpo >= 0) {
		if (j->newest != NULL)
			page_bar(l->b, j->state == FACTS_FRESH ? "ok" : "fail",
			    (double)j->age / (double)(j->rpo + grace));
		buf_printf(l->b, _("of %s + %s grace"),
		    leaf_elapsed(l, (double)j->rpo, "jobs.%zu.rpo", i),
		    leaf_elapsed(l, (double)grace, "grace"));
	} else {
		buf_text(l->b, _("held to no age"));
	}
	buf_text(l->b, "</dd></div>\n");
}

/* How the newest differs from the one before. */
static void
change(struct leaf *l, const struct facts_job *j, size_t i)
{
	const struct history_job *h = j->history;
	const struct history_point *p;
	const char *share;

	if (h == NULL || h->count == 0 || j->newest == NULL)
		return;
	p = &h->points[h->count - 1];
	if (strcmp(p->set, j->newest) != 0)
		return;
	if (p->odd) {
		page_mark(l->b, "warn", _("Out of the ordinary"));
		buf_text(l->b, "<br>");
	}
	if (isnan(p->change)) {
		buf_text(l->b, _("the first one"));
		return;
	}
	if (fabs(p->change) < 0.0005) {
		buf_text(l->b, _("as the one before"));
		return;
	}
	share = leaf_share(l, p->change, "jobs.%zu.points.%zu.change", i, h->count - 1);
	if (p->change > 0)
		buf_printf(l->b, _("%s more than the one before"), share);
	else
		buf_printf(l->b, _("%s less than the one before"), share);
}

static void
size(struct leaf *l, const struct facts_job *j, size_t i)
{
	buf_printf(l->b, "<div><dt>%s</dt><dd>%s</dd><dd>", _("Size"),
	    j->bytes >= 0 ? leaf_bytes(l, j->bytes, "jobs.%zu.newest.bytes", i) : _("None"));
	change(l, j, i);
	buf_text(l->b, "</dd></div>\n");
}

static void
last_run(struct leaf *l, const struct facts_job *j, size_t i)
{
	const struct history_run *r = j->last;

	buf_printf(l->b, "<div><dt>%s</dt><dd>", _("Last run"));
	if (r == NULL) {
		buf_printf(
		    l->b, "%s</dd><dd>%s</dd></div>\n", _("None"), _("not in the journal"));
		return;
	}
	page_status(l->b, r->status);
	buf_printf(l->b, "</dd><dd>%s", leaf_near(l, r->when, "jobs.%zu.run.time", i));
	if (r->seconds >= 0) {
		buf_text(l->b, ", ");
		buf_printf(
		    l->b, _("took %s"), leaf_elapsed(l, r->seconds, "jobs.%zu.run.seconds", i));
	}
	buf_text(l->b, "</dd></div>\n");
}

/* How deep the newest was proven. */
static const char *
depth(const char *level)
{
	if (strcmp(level, "drill") == 0)
		return _("the newest was brought back in a drill");
	if (strcmp(level, "structure") == 0)
		return _("the newest was read to its end");
	if (strcmp(level, "checksum") == 0)
		return _("the checksums of the newest are right");
	return _("the newest is encrypted and was not opened");
}

static void
sets(struct leaf *l, const struct facts_job *j, size_t i)
{
	buf_printf(l->b, "<div><dt>%s</dt><dd>%s</dd><dd>", _("Proven sets"),
	    leaf_count(l, (int64_t)j->verified, "jobs.%zu.verified", i));
	if (j->verified < j->sets) {
		buf_printf(l->b, _("of %s; the others do not count"),
		    leaf_count(l, (int64_t)j->sets, "jobs.%zu.sets", i));
		buf_text(l->b, j->newest != NULL ? "<br>" : "");
	}
	if (j->newest != NULL)
		buf_text(l->b, depth(j->level));
	buf_text(l->b, "</dd></div>\n");
}

/* What the figures do not say. */
static void
notes(struct leaf *l, const struct facts_job *j, size_t i)
{
	struct buf *b = l->b;

	if (j->last != NULL && strcmp(j->last->status, "ok") != 0 && j->last->message != NULL) {
		bool failed = strcmp(j->last->status, "fail") == 0;

		buf_printf(b, "<p class=\"note %s\">", failed ? "fail" : "warn");
		page_shape(b, failed ? "fail" : "warn");
		markup_message(b, j->last->message, MARKUP_LINE);
		buf_text(b, "</p>\n");
	}
	if (j->unverified != NULL) {
		buf_text(b, "<p class=\"note warn\">");
		page_shape(b, "warn");
		buf_printf(b, "%s ", _("Not proven, so it does not count:"));
		leaf_name(l, j->unverified, "jobs.%zu.unverified", i);
		buf_text(b, "</p>\n");
	}
	if (facts_sealed(j)) {
		buf_text(b, "<p class=\"note\">");
		if (j->rehearsed != NULL) {
			buf_printf(b, "%s ", _("Encrypted; a drill last brought back"));
			leaf_name(l, j->rehearsed, "jobs.%zu.rehearsed", i);
		} else {
			buf_text(b, _("Encrypted, and no drill has brought one back yet."));
		}
		buf_text(b, "</p>\n");
	}
}

static void
one(struct leaf *l, const struct facts_job *j, size_t i)
{
	struct buf *b = l->b;

	buf_text(b, "<article class=\"job\">\n<header><h3>");
	page_job(b, j->job);
	if (j->next > 0) {
		buf_text(b, " <small>");
		buf_printf(b, _("next: %s"), leaf_near(l, j->next, "jobs.%zu.next", i));
		buf_text(b, "</small>");
	}
	buf_text(b, "</h3>");
	state(l, j);
	buf_text(b, "</header>\n");
	if (j->history != NULL)
		page_strip(l, j->history, i);
	buf_text(b, "<dl class=\"figures\">\n");
	age(l, j, i);
	size(l, j, i);
	last_run(l, j, i);
	sets(l, j, i);
	buf_text(b, "</dl>\n");
	notes(l, j, i);
	buf_text(b, "</article>\n");
}

void
page_jobs(struct leaf *l)
{
	const struct facts_job *j;
	bool strips = false;

	page_section(l, "jobs", _("Backups"),
	    _("Thirty days of each; the worst of a day is shown. Only what was proven "
	      "counts."));
	for (size_t i = 0; (j = facts_job(l->f, i)) != NULL; i++) {
		/* A drill leaves no set, and has a place of its own. */
		if (j->sets == 0 && strcmp(j->job, "drill") == 0)
			continue;
		one(l, j, i);
		strips = strips || j->history != NULL;
	}
	if (strips)
		page_legend(l);
	page_section_end(l);
}
