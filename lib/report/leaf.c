#include "report/leaf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/num.h"
#include "report/calendar.h"
#include "report/markup.h"

#define PATH_SIZE 96

static char *
next_figure(struct leaf *l)
{
	char *figure = l->figures[l->turn];

	l->turn = (l->turn + 1) % LEAF_FIGURES;
	return figure;
}

static const char *
wrap(struct leaf *l, const char *path, const char *value, const char *text)
{
	char *figure = next_figure(l);

	snprintf(figure, LEAF_FIGURE, "<data value=\"%s\" data-fact=\"%s\">%s</data>", value,
	    path, text);
	return figure;
}

static const char *
wrap_time(struct leaf *l, const char *path, int64_t t, const char *text)
{
	char *figure = next_figure(l), stamp[CALENDAR_TEXT];

	snprintf(figure, LEAF_FIGURE, "<time datetime=\"%s\" data-fact=\"%s\">%s</time>",
	    calendar_stamp(stamp, t), path, text);
	return figure;
}

/* The point between whole and part is a comma in some languages. */
static void
localise(char *text)
{
	char *dot = strchr(text, '.');

	/* TRANSLATORS: the decimal point. */
	if (dot != NULL)
		*dot = *_(".");
}

#define PATH(path, format)                                 \
	do {                                               \
		va_list ap;                                \
                                                           \
		va_start(ap, format);                      \
		vsnprintf(path, sizeof(path), format, ap); \
		va_end(ap);                                \
	} while (0)

/* Two units at most, rounded down, so that "1 h 60 min" cannot come about. */
static void
elapsed(char *buf, size_t size, double seconds)
{
	unsigned long n;

	if (!(seconds > 0))
		seconds = 0;
	if (seconds < 9.95) {
		snprintf(buf, size, _("%.1f s"), seconds);
		localise(buf);
		return;
	}
	n = seconds < 1e12 ? (unsigned long)(seconds + 0.5) : (unsigned long)1e12;
	if (n < 60)
		snprintf(buf, size, _("%lu s"), n);
	else if (n < 3600 && n % 60 == 0)
		snprintf(buf, size, _("%lu min"), n / 60);
	else if (n < 3600)
		snprintf(buf, size, _("%lu min %lu s"), n / 60, n % 60);
	else if (n < 172800 && n % 3600 < 60)
		snprintf(buf, size, _("%lu h"), n / 3600);
	else if (n < 172800)
		snprintf(buf, size, _("%lu h %lu min"), n / 3600, n % 3600 / 60);
	else if (n < 864000 && n % 86400 >= 3600)
		snprintf(buf, size, _("%lu days %lu h"), n / 86400, n % 86400 / 3600);
	else
		snprintf(buf, size, P_("%lu day", "%lu days", n / 86400), n / 86400);
}

const char *
leaf_elapsed(struct leaf *l, double seconds, const char *format, ...)
{
	char path[PATH_SIZE], value[32], text[64];

	PATH(path, format);
	snprintf(value, sizeof(value), "%.17g", seconds);
	elapsed(text, sizeof(text), seconds);
	return wrap(l, path, value, text);
}

const char *
leaf_bytes(struct leaf *l, int64_t bytes, const char *format, ...)
{
	char path[PATH_SIZE], value[32], text[32];

	PATH(path, format);
	snprintf(value, sizeof(value), "%jd", (intmax_t)bytes);
	num_human(text, sizeof(text), bytes > 0 ? (uint64_t)bytes : 0);
	localise(text);
	return wrap(l, path, value, text);
}

const char *
leaf_count(struct leaf *l, int64_t n, const char *format, ...)
{
	char path[PATH_SIZE], value[32];

	PATH(path, format);
	snprintf(value, sizeof(value), "%jd", (intmax_t)n);
	return wrap(l, path, value, value);
}

const char *
leaf_whole(struct leaf *l, double n, const char *format, ...)
{
	char path[PATH_SIZE], value[32], text[32];

	PATH(path, format);
	snprintf(value, sizeof(value), "%.17g", n);
	snprintf(text, sizeof(text), "%.0f", floor(n));
	return wrap(l, path, value, text);
}

const char *
leaf_share(struct leaf *l, double part, const char *format, ...)
{
	char path[PATH_SIZE], value[32], text[32];
	double percent = fabs(part) * 100;

	PATH(path, format);
	snprintf(value, sizeof(value), "%.17g", part);
	snprintf(text, sizeof(text), "%.*f %%", percent < 9.95 ? 1 : 0, percent);
	localise(text);
	return wrap(l, path, value, text);
}

const char *
leaf_near(struct leaf *l, int64_t t, const char *format, ...)
{
	char path[PATH_SIZE], text[CALENDAR_TEXT];

	PATH(path, format);
	return wrap_time(l, path, t, calendar_near(text, t, l->now));
}

const char *
leaf_date(struct leaf *l, int64_t t, const char *format, ...)
{
	char path[PATH_SIZE], text[CALENDAR_TEXT];

	PATH(path, format);
	return wrap_time(l, path, t, calendar_date(text, t));
}

const char *
leaf_point(struct leaf *l, int64_t t, const char *format, ...)
{
	char path[PATH_SIZE], text[CALENDAR_TEXT];

	PATH(path, format);
	return wrap_time(l, path, t, calendar_point(text, t));
}

void
leaf_name(struct leaf *l, const char *name, const char *format, ...)
{
	char path[PATH_SIZE];

	PATH(path, format);
	buf_printf(l->b, "<code data-fact=\"%s\">", path);
	markup_foreign(l->b, name, MARKUP_NAME);
	buf_text(l->b, "</code>");
}
