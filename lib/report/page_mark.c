#include "report/page_mark.h"

#include <string.h>

#include "base/language.h"
#include "report/markup.h"

/* Each differs from the others in black and white too: a tick, a triangle, an octagon, a clock. */
static const char symbols[] =
    "<svg class=\"away\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
    "<symbol id=\"s-ok\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"10.5\"/>"
    "<path d=\"M7 12.5l3.5 3.5L17 8.8\"/></symbol>"
    "<symbol id=\"s-warn\" viewBox=\"0 0 24 24\"><path d=\"M12 2.5L22.5 21.5H1.5z\"/>"
    "<path d=\"M12 9.5v5.5M12 17v2\"/></symbol>"
    "<symbol id=\"s-fail\" viewBox=\"0 0 24 24\">"
    "<path d=\"M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z\"/><path d=\"M8 8l8 8M16 8l-8 "
    "8\"/></symbol>"
    "<symbol id=\"s-overdue\" viewBox=\"0 0 24 24\">"
    "<circle cx=\"12\" cy=\"12\" r=\"10.5\" stroke-dasharray=\"3.6 2.4\"/>"
    "<path d=\"M12 6v6.5l4 2.5\"/></symbol>"
    "<symbol id=\"s-idle\" viewBox=\"0 0 24 24\"><path d=\"M5 12h14\"/></symbol>"
    "</defs></svg>\n";

void
page_symbols(struct buf *b)
{
	buf_text(b, symbols);
}

void
page_shape(struct buf *b, const char *kind)
{
	buf_printf(
	    b, "<svg class=\"shape\" aria-hidden=\"true\"><use href=\"#s-%s\"/></svg>", kind);
}

void
page_mark(struct buf *b, const char *kind, const char *word)
{
	buf_printf(b, "<span class=\"mark %s\">", kind);
	page_shape(b, kind);
	markup_text(b, word);
	buf_text(b, "</span>");
}

const char *
page_status_word(const char *status, const char **kind)
{
	*kind = "fail";
	if (status == NULL || strcmp(status, "none") == 0) {
		*kind = "idle";
		return _("Not measured");
	}
	if (strcmp(status, "ok") == 0) {
		*kind = "ok";
		return _("Good");
	}
	if (strcmp(status, "warn") == 0) {
		*kind = "warn";
		return _("Warning");
	}
	return strcmp(status, "missed") == 0 ? _("Missed") : _("Failed");
}

void
page_status(struct buf *b, const char *status)
{
	const char *kind, *word = page_status_word(status, &kind);

	page_mark(b, kind, word);
}

void
page_cell(struct buf *b, enum history_day day, const char *title)
{
	static const char full[] =
	    "<rect class=\"box\" width=\"100%\" height=\"100%\" rx=\"2\"/>";

	buf_printf(b, "<svg class=\"day %s\">", history_day_word(day));
	if (title != NULL) {
		buf_text(b, "<title>");
		markup_text(b, title);
		buf_text(b, "</title>");
	}
	switch (day) {
	case HISTORY_BEFORE:
		buf_text(b, "<rect y=\"50%\" width=\"100%\" height=\"1\"/>");
		break;
	case HISTORY_IDLE: buf_text(b, "<circle cx=\"50%\" cy=\"50%\" r=\"2.5\"/>"); break;
	case HISTORY_OK: buf_text(b, full); break;
	case HISTORY_WARN:
		buf_printf(b,
		    "%s<svg viewBox=\"0 0 24 24\"><path d=\"M12 3v11M12 18v4\"/></svg>", full);
		break;
	case HISTORY_OVERDUE:
		buf_text(b, "<rect class=\"hollow\" x=\"1\" y=\"1\" rx=\"2\"/>"
			    "<svg viewBox=\"0 0 24 24\"><path d=\"M12 5v8l5 4\"/></svg>");
		break;
	case HISTORY_FAIL:
		buf_printf(b,
		    "%s<svg viewBox=\"0 0 24 24\"><path d=\"M5 5l14 14M19 5L5 19\"/></svg>",
		    full);
		break;
	}
	buf_text(b, "</svg>");
}

void
page_bar(struct buf *b, const char *kind, double part)
{
	if (!(part > 0))
		part = 0;
	buf_printf(b,
	    "<span class=\"bar %s\"><svg aria-hidden=\"true\"><rect width=\"%.1f%%\" "
	    "height=\"100%%\"/></svg></span>",
	    kind, part < 1 ? part * 100 : 100);
}

void
page_job(struct buf *b, const char *job)
{
	static const struct {
		const char *job, *name;
	} known[] = {{"db", N_("Database")}, {"files", N_("Files")},
	    {"full", N_("Full system")}, {"drill", N_("Recovery drill")},
	    {"ship", N_("Copies elsewhere")}, {"check", N_("Check")}};

	if (job == NULL)
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(known[i].job, job) == 0) {
			markup_text(b, language_text(known[i].name));
			return;
		}
	}
	markup_foreign(b, job, MARKUP_NAME);
}
