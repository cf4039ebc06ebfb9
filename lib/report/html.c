#include "report/html.h"

#include "base/buf.h"
#include "base/language.h"
#include "report/leaf.h"
#include "report/markup.h"
#include "report/page_mark.h"
#include "report/page_parts.h"
#include "report/page_style.h"

/* The state in the tab of the browser: a tick, an exclamation mark, a cross on its colour. */
static const char *
icon(enum facts_health health)
{
#define ICON(colour, path)                                                                    \
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E" \
	"%3Crect width='24' height='24' rx='5' fill='%23" colour "'/%3E%3Cpath d='" path      \
	"' fill='none' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E"
	switch (health) {
	case FACTS_GOOD: return ICON("14513c", "M6 12.5l4 4 8-9");
	case FACTS_WARN: return ICON("6e4703", "M12 5v9M12 16.500v3");
	case FACTS_FAIL: break;
	}
	return ICON("8e1f1a", "M7 7l10 10M17 7L7 17");
#undef ICON
}

/* Nothing but the style in the page and the icon in its head may be loaded. */
static void
begin(struct leaf *l)
{
	struct buf *b = l->b;
	enum facts_health health = facts_health(l->f);

	buf_printf(b,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<link rel=\"icon\" href=\"%s\">\n<title>",
	    language_now(), icon(health));
	markup_text(b, facts_wish(l->f)->application);
	buf_text(b, ": ");
	page_sentence(b, l->f);
	buf_printf(b, "</title>\n<style>\n%s</style>\n</head>\n<body class=\"is-%s\">\n",
	    page_style, facts_health_word(health));
}

void
page_section(struct leaf *l, const char *id, const char *title, const char *note)
{
	buf_printf(l->b, "<section aria-labelledby=\"%s\">\n<header><h2 id=\"%s\">", id, id);
	markup_text(l->b, title);
	buf_text(l->b, "</h2>");
	if (note != NULL)
		buf_printf(l->b, "<p>%s</p>", note);
	buf_text(l->b, "</header>\n<div>\n");
}

void
page_which(struct leaf *l)
{
	const struct config *c = facts_wish(l->f)->config;

	if (c == NULL || *config_name(c) == '\0')
		return;
	buf_text(l->b, " -c ");
	markup_foreign(l->b, config_name(c), MARKUP_WHOLE);
}

void
page_section_end(struct leaf *l)
{
	buf_text(l->b, "</div>\n</section>\n");
}

int
html_print(const struct facts *f, FILE *out)
{
	struct buf b = {0};
	struct leaf l = {.b = &b, .f = f, .now = facts_wish(f)->now};
	int rc = -1;

	begin(&l);
	page_symbols(&b);
	page_head(&l);
	buf_text(&b, "<main id=\"main\" class=\"wide\">\n");
	page_warnings(&l);
	page_jobs(&l);
	page_goals(&l);
	page_disk(&l);
	page_copies(&l);
	page_incidents(&l);
	page_duty(&l);
	page_checklist(&l);
	page_charts(&l);
	page_runs(&l);
	buf_text(&b, "</main>\n");
	page_foot(&l);
	buf_text(&b, "</body>\n</html>\n");
	if (buf_string(&b) != NULL) {
		rc = fwrite(b.data, 1, b.len, out) == b.len && fflush(out) == 0 ? 0 : -1;
	}
	buf_free(&b);
	return rc;
}
