#include "set/journal_line.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "set/record.h"

/*
 * A journal of a million lines is read in half a second, where the parser takes four: of what our
 * own programs write, nearly all is of one shape.  What is not of it exactly is left to the parser,
 * so that there is no second opinion on what JSON is.
 */
enum kind { TEXT, INTEGER, REAL };

enum key {
	TIME,
	HOST,
	JOB,
	EVENT,
	STATUS,
	EXIT,
	SECONDS,
	BYTES,
	SET,
	MESSAGE,
	WHAT,
	FREE,
	KEYS
};

#define KEY(name) "\"" name "\":", sizeof("\"" name "\":") - 1

static const struct {
	const char *text;
	size_t len;
	enum kind kind;
} keys[KEYS] = {
    [TIME] = {KEY("time"), TEXT},
    [HOST] = {KEY("host"), TEXT},
    [JOB] = {KEY("job"), TEXT},
    [EVENT] = {KEY("event"), TEXT},
    [STATUS] = {KEY("status"), TEXT},
    [EXIT] = {KEY("exit"), INTEGER},
    [SECONDS] = {KEY("seconds"), REAL},
    [BYTES] = {KEY("bytes"), INTEGER},
    [SET] = {KEY("set"), TEXT},
    [MESSAGE] = {KEY("message"), TEXT},
    [WHAT] = {KEY("what"), TEXT},
    [FREE] = {KEY("free"), INTEGER},
};

/* What was found of one key: nothing, where text is NULL. */
struct value {
	char *text;
	size_t len;
	int64_t whole;
	double real;
};

/* Bytes that stand for themselves in a text of JSON, and are ASCII. */
static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* A text, behind its first quote; return what is behind its last, NULL for another shape. */
static char *
take_text(char *at, const char *end, struct value *v)
{
	v->text = at;
	while (at < end && is_plain(*at))
		at++;
	v->len = (size_t)(at - v->text);
	return at < end && *at == '"' ? at + 1 : NULL;
}

/*
 * A number without a sign, of so few digits that no bit of it is lost: an integer, or a decimal
 * fraction, whose quotient is rounded as the parser's strtod() rounds it.
 */
static char *
take_number(char *at, const char *end, struct value *v, enum kind kind)
{
	int64_t n = 0, divisor = 1;
	char *first = at;

	v->text = at;
	while (at < end && *at >= '0' && *at <= '9' && at - first < 15)
		n = n * 10 + (*at++ - '0');
	if (at == first || (*first == '0' && at - first > 1))
		return NULL;
	if (kind == REAL && at < end && *at == '.') {
		char *point = ++at;

		while (at < end && *at >= '0' && *at <= '9' && at - first < 16) {
			n = n * 10 + (*at++ - '0');
			divisor *= 10;
		}
		if (at == point)
			return NULL;
	}
	v->whole = n;
	v->real = (double)n / (double)divisor;
	/* Another digit, an exponent, a point: not ours. */
	return at < end && (*at == ',' || *at == '}') ? at : NULL;
}

/* Take the line apart.  Return whether it has the shape. */
static bool
take_apart(char *line, size_t len, struct value values[KEYS])
{
	const char *end = line + len;
	char *at = line;
	unsigned int next = 0;

	if (len < 2 || *at++ != '{')
		return false;
	do {
		while (next < KEYS && ((size_t)(end - at) < keys[next].len ||
					  memcmp(at, keys[next].text, keys[next].len) != 0))
			next++;
		if (next == KEYS)
			return false;
		at += keys[next].len;
		if (at == end)
			return false;
		if (keys[next].kind == TEXT)
			at = *at == '"' ? take_text(at + 1, end, &values[next]) : NULL;
		else
			at = take_number(at, end, &values[next], keys[next].kind);
		if (at == NULL || at == end)
			return false;
		next++;
	} while (*at++ == ',');
	return at[-1] == '}' && at == end;
}

static bool
is_event(const struct event *e, const char *moment)
{
	int64_t when;

	return moment != NULL && event_time(moment, &when) == 0 && e->event != NULL &&
	       e->status != NULL &&
	       (strcmp(e->status, "ok") == 0 || strcmp(e->status, "warn") == 0 ||
		   strcmp(e->status, "fail") == 0);
}

static bool
is_status(const struct value *v)
{
	return (v->len == 2 && memcmp(v->text, "ok", 2) == 0) ||
	       (v->len == 4 &&
		   (memcmp(v->text, "warn", 4) == 0 || memcmp(v->text, "fail", 4) == 0));
}

bool
journal_line(char *line, size_t len, struct event *e)
{
	struct value v[KEYS];
	int64_t when;

	for (unsigned int i = 0; i < KEYS; i++)
		v[i].text = NULL;
	if (!take_apart(line, len, v) || v[TIME].text == NULL || v[EVENT].text == NULL ||
	    v[STATUS].text == NULL || !is_status(&v[STATUS]) ||
	    v[TIME].len != sizeof("2026-11-23T02:00:41Z") - 1 ||
	    (v[EXIT].text != NULL && v[EXIT].whole > INT32_MAX))
		return false;
	/* event_time() wants a NUL; the quote comes back where it does not like the time. */
	v[TIME].text[v[TIME].len] = '\0';
	if (event_time(v[TIME].text, &when) != 0) {
		v[TIME].text[v[TIME].len] = '"';
		return false;
	}
	for (unsigned int i = 0; i < KEYS; i++)
		if (keys[i].kind == TEXT && v[i].text != NULL)
			v[i].text[v[i].len] = '\0';
	memcpy(e->time, v[TIME].text, v[TIME].len + 1);
	e->host = v[HOST].text;
	e->job = v[JOB].text;
	e->event = v[EVENT].text;
	e->status = v[STATUS].text;
	e->exit = v[EXIT].text != NULL ? (int)v[EXIT].whole : 0;
	e->seconds = v[SECONDS].text != NULL ? v[SECONDS].real : -1;
	e->bytes = v[BYTES].text != NULL ? v[BYTES].whole : -1;
	e->set = v[SET].text;
	e->message = v[MESSAGE].text;
	e->what = v[WHAT].text;
	e->has_free = v[FREE].text != NULL;
	e->free = e->has_free ? v[FREE].whole : 0;
	return true;
}

bool
journal_event(const char *line, size_t len, struct event *e, json_t **holder)
{
	json_t *o = json_read(line, len, 0, NULL);
	const json_t *code, *seconds, *bytes, *room;
	const char *moment;

	*holder = o;
	if (o == NULL)
		return false;
	errno = EBADMSG;
	moment = record_text(o, "time");
	code = json_object_get(o, "exit");
	seconds = json_object_get(o, "seconds");
	bytes = json_object_get(o, "bytes");
	room = json_object_get(o, "free");
	memset(e, 0, sizeof(*e));
	e->host = record_text(o, "host");
	e->job = record_text(o, "job");
	e->event = record_text(o, "event");
	e->status = record_text(o, "status");
	e->set = record_text(o, "set");
	e->message = record_text(o, "message");
	e->what = record_text(o, "what");
	if (!is_event(e, moment))
		return false;
	strlcpy(e->time, moment, sizeof(e->time));
	e->exit = (int)json_integer_value(code);
	e->seconds = json_is_number(seconds) ? json_number_value(seconds) : -1;
	e->bytes = json_is_integer(bytes) ? json_integer_value(bytes) : -1;
	e->has_free = json_is_integer(room);
	e->free = json_integer_value(room);
	return true;
}
