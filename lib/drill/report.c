#include "drill/report.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "base/atomic.h"
#include "base/event.h"
#include "base/json.h"
#include "base/notes.h"
#include "base/num.h"

static json_t *
text(const char *s)
{
	return *s != '\0' ? notes_text(s) : json_null();
}

static json_t *
seconds(double s)
{
	/* A hundredth is as much as anyone reads. */
	return s >= 0 ? json_real((double)(int64_t)(s * 100 + 0.5) / 100) : json_null();
}

json_t *
report_json(const struct protocol *p)
{
	json_t *steps = json_array(), *goals = json_array();
	const struct drill_step *s;
	const struct drill_goal *g;

	for (size_t i = 0; (s = protocol_step(p, i)) != NULL; i++)
		json_array_append_new(
		    steps, json_pack("{s:o,s:o,s:o,s:s,s:i,s:o,s:o}", "job", text(s->job),
			       "set", text(s->set), "what", text(s->what), "result",
			       protocol_word(s->state), "exit", s->code, "seconds",
			       seconds(s->seconds), "detail", text(s->detail)));
	for (size_t i = 0; (g = protocol_goal_at(p, i)) != NULL; i++)
		json_array_append_new(
		    goals, json_pack("{s:s,s:s,s:s,s:s,s:o,s:I,s:o}", "kind", g->kind, "name",
			       g->name, "what", g->what, "result", protocol_word(g->state),
			       "seconds", seconds(g->measured), "limit", (json_int_t)g->limit,
			       "detail", text(g->detail)));
	return json_pack("{s:i,s:s,s:o,s:o,s:o,s:s,s:i,s:o,s:o,s:o}", "format", 1, "time",
	    protocol_time(p), "application", text(protocol_application(p)), "host",
	    text(protocol_host(p)), "server", text(protocol_where(p)), "result",
	    protocol_word(protocol_state(p)), "exit", protocol_code(p), "seconds",
	    seconds(protocol_seconds(p)), "steps", steps, "goals", goals);
}

/* The time of the drill on the clock of whoever reads. */
static bool
local(const struct protocol *p, struct tm *tm)
{
	int64_t when;
	time_t t;

	if (event_time(protocol_time(p), &when) != 0)
		return false;
	t = (time_t)when;
	return localtime_r(&t, tm) != NULL;
}

/* For people; ${buf} has 32 bytes. */
static const char *
moment(const struct protocol *p, char buf[32])
{
	struct tm tm;

	if (!local(p, &tm) || strftime(buf, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		strlcpy(buf, "-", 32);
	return buf;
}

static const char *
verdict(const struct protocol *p)
{
	if (protocol_step(p, 0) == NULL)
		return "FAILED: nothing was drilled";
	switch (protocol_state(p)) {
	case DRILL_OK: return "PASSED";
	case DRILL_WARN: return "PASSED, with warnings";
	case DRILL_MISSED: return "FAILED: everything came back, but not as it was promised";
	case DRILL_FAIL:
		return protocol_code(p) == EX_DATAERR
			   ? "FAILED: not everything came back as it was saved"
			   : "FAILED: not everything could be restored here";
	case DRILL_NONE: return "FAILED: nothing was drilled";
	}
	return "FAILED";
}

/* How long it took, against what it may; ${buf} has 64 bytes. */
static const char *
against(const struct drill_goal *g, char buf[64])
{
	char took[24], limit[24];

	num_elapsed(limit, sizeof(limit), (double)g->limit);
	if (g->measured < 0)
		snprintf(buf, 64, "not measured, limit %s", limit);
	else
		snprintf(
		    buf, 64, "%s of %s", num_elapsed(took, sizeof(took), g->measured), limit);
	return buf;
}

void
report_text(const struct protocol *p, struct buf *b)
{
	const struct drill_step *s;
	const struct drill_goal *g;
	const char *set = NULL;
	char when[32], took[24], figures[64];

	buf_printf(b, "Recovery drill of %s on %s, %s\n", protocol_application(p),
	    protocol_host(p), moment(p, when));
	buf_printf(
	    b, "%s (%s)\n", verdict(p), num_elapsed(took, sizeof(took), protocol_seconds(p)));
	if (*protocol_where(p) != '\0')
		buf_printf(b, "Server: %s\n", protocol_where(p));
	for (size_t i = 0; (s = protocol_step(p, i)) != NULL; i++) {
		if (set == NULL || strcmp(set, s->set) != 0)
			buf_printf(b, "\n%s%s%s\n", *s->set != '\0' ? s->job : "preparation",
			    *s->set != '\0' ? " " : "", s->set);
		set = s->set;
		buf_printf(b, "  %-6s %8s  %s%s%s\n", protocol_word(s->state),
		    num_elapsed(took, sizeof(took), s->seconds), s->what,
		    *s->detail != '\0' ? ": " : "", s->detail);
	}
	if (protocol_goal_at(p, 0) != NULL)
		buf_text(b, "\ngoals\n");
	for (size_t i = 0; (g = protocol_goal_at(p, i)) != NULL; i++)
		buf_printf(b, "  %-6s %s %-13s  %s: %s%s%s%s\n", protocol_word(g->state),
		    g->kind, g->name, against(g, figures), g->what,
		    *g->detail != '\0' ? " (" : "", g->detail, *g->detail != '\0' ? ")" : "");
}

static void
escape(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&': buf_text(b, "&amp;"); break;
		case '<': buf_text(b, "&lt;"); break;
		case '>': buf_text(b, "&gt;"); break;
		case '"': buf_text(b, "&quot;"); break;
		case '\'': buf_text(b, "&#39;"); break;
		default: buf_add(b, s, 1); break;
		}
	}
}

static void
cell(struct buf *b, const char *s)
{
	buf_text(b, "<td>");
	escape(b, s);
	buf_text(b, "</td>");
}

/* The colour underlines the word, and is never the only sign. */
static void
state_cell(struct buf *b, enum drill_state state)
{
	buf_printf(b, "<td class=\"%s\">%s</td>", protocol_word(state), protocol_word(state));
}

void
report_html(const struct protocol *p, struct buf *b)
{
	static const char style[] =
	    "body{font:16px/1.5 sans-serif;margin:2em auto;max-width:70em;padding:0 "
	    "1em;color:#222}"
	    "table{border-collapse:collapse;width:100%}"
	    "th,td{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px "
	    "solid "
	    "#ccc;overflow-wrap:anywhere}"
	    ".ok{background:#dff3e1}.warn{background:#fff3cd}.missed,.fail{background:#f8d7da;"
	    "font-weight:bold}.none{background:#eee}";
	const struct drill_step *s;
	const struct drill_goal *g;
	char when[32], took[24], figures[64];

	buf_printf(b,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'unsafe-inline'\">\n<title>Recovery drill of ");
	escape(b, protocol_application(p));
	buf_printf(
	    b, "</title>\n<style>%s</style></head><body>\n<h1>Recovery drill of ", style);
	escape(b, protocol_application(p));
	buf_printf(b, "</h1>\n<p class=\"%s\">%s</p>\n<p>%s on ",
	    protocol_word(protocol_state(p)), verdict(p), moment(p, when));
	escape(b, protocol_host(p));
	buf_printf(b, ", in %s", num_elapsed(took, sizeof(took), protocol_seconds(p)));
	if (*protocol_where(p) != '\0') {
		buf_text(b, "; server: ");
		escape(b, protocol_where(p));
	}
	buf_text(b, "</p>\n<h2>Goals</h2>\n<table><tr><th>result</th><th>goal</th><th>measured"
		    "</th><th>of what</th><th>detail</th></tr>\n");
	for (size_t i = 0; (g = protocol_goal_at(p, i)) != NULL; i++) {
		buf_text(b, "<tr>");
		state_cell(b, g->state);
		buf_printf(b, "<td>%s %s</td>", g->kind, g->name);
		cell(b, against(g, figures));
		cell(b, g->what);
		cell(b, g->detail);
		buf_text(b, "</tr>\n");
	}
	buf_text(b, "</table>\n<h2>Steps</h2>\n<table><tr><th>result</th><th>set</th><th>step"
		    "</th><th>time</th><th>detail</th></tr>\n");
	for (size_t i = 0; (s = protocol_step(p, i)) != NULL; i++) {
		buf_text(b, "<tr>");
		state_cell(b, s->state);
		buf_text(b, "<td>");
		escape(b, s->job);
		buf_text(b, " ");
		escape(b, s->set);
		buf_text(b, "</td>");
		cell(b, s->what);
		cell(b, num_elapsed(took, sizeof(took), s->seconds));
		cell(b, s->detail);
		buf_text(b, "</tr>\n");
	}
	buf_text(b, "</table>\n</body></html>\n");
}

int
report_print(const struct protocol *p, bool json)
{
	struct buf b = {0};
	json_t *o = NULL;
	int rc = -1;

	if (json) {
		if ((o = report_json(p)) == NULL)
			warnx("report: no memory");
		else if (json_dumpf(o, stdout, JSON_INDENT(1)) == 0 && putchar('\n') != EOF)
			rc = 0;
	} else {
		report_text(p, &b);
		if (buf_string(&b) != NULL && fputs(b.data, stdout) != EOF)
			rc = 0;
	}
	json_decref(o);
	buf_free(&b);
	return rc;
}

static int
write_one(const char *folder, const char *name, const char *suffix, const char *content)
{
	char *path = NULL;
	int rc = -1;

	if (asprintf(&path, "%s/%s.%s", folder, name, suffix) == -1) {
		warn("%s", folder);
		return -1;
	}
	rc = atomic_write(path, 0640, content, strlen(content));
	free(path);
	return rc;
}

int
report_write(const struct protocol *p, const char *folder)
{
	struct buf plain = {0}, page = {0};
	char name[64], *dumped = NULL;
	json_t *o = report_json(p);
	struct tm tm;
	int rc = -1;

	if (!local(p, &tm) || strftime(name, sizeof(name), "drill_%Y%m%d_%H%M%S", &tm) == 0)
		strlcpy(name, "drill", sizeof(name));
	if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
		warn("make %s", folder);
		goto out;
	}
	report_text(p, &plain);
	report_html(p, &page);
	if (o != NULL)
		dumped = json_format(o, JSON_INDENT(1));
	if (buf_string(&plain) == NULL || buf_string(&page) == NULL || dumped == NULL) {
		warnx("%s: no memory for the report", folder);
		goto out;
	}
	rc = write_one(folder, name, "txt", plain.data) == 0 &&
		     write_one(folder, name, "html", page.data) == 0 &&
		     write_one(folder, name, "json", dumped) == 0
		 ? 0
		 : -1;
out:
	json_decref(o);
	free(dumped);
	buf_free(&plain);
	buf_free(&page);
	return rc;
}
