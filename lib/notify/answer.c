#include "notify/answer.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"
#include "base/num.h"
#include "notify/program.h"

#define PATH_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
#define LINE_MOST 256

/* Copy the next line of ${*at}, trimmed, to ${line}; false behind the last. */
static bool
next_line(const char **at, char line[LINE_MOST])
{
	while (**at != '\0') {
		size_t len = strcspn(*at, "\n"), used = 0;

		for (size_t i = 0; i < len && used < LINE_MOST - 1; i++) {
			if (used > 0 || strchr(" \t\r", (*at)[i]) == NULL)
				line[used++] = (*at)[i];
		}
		while (used > 0 && strchr(" \t\r", line[used - 1]) != NULL)
			used--;
		line[used] = '\0';
		*at += len + ((*at)[len] == '\n');
		if (used > 0)
			return true;
	}
	return false;
}

/* Walk the list ${list} of codes and ranges; set ${*in} where ${status} is in it. */
static const char *
walk_status(const char *list, long status, bool *in)
{
	*in = false;
	for (const char *c = list; *c != '\0';) {
		char *end;
		long from = strtol(c, &end, 10), to = from;

		if (!isdigit((unsigned char)*c))
			return "not a list of status codes such as 200-299,409";
		if (*end == '-' && isdigit((unsigned char)end[1]))
			to = strtol(end + 1, &end, 10);
		if (from < 100 || to > 599 || from > to || (*end != ',' && *end != '\0'))
			return "not a list of status codes such as 200-299,409";
		*in |= from <= status && status <= to;
		c = *end == ',' ? end + 1 : end;
	}
	return NULL;
}

const char *
answer_judge_status(const char *list)
{
	bool in;

	return walk_status(list, 0, &in);
}

const char *
answer_judge_rules(const char *rules)
{
	char line[LINE_MOST];

	while (next_line(&rules, line)) {
		const char *rule = line + (line[0] == '!');
		size_t path = strspn(rule, PATH_BYTES);

		if (strlen(line) == LINE_MOST - 1)
			return "a rule in it is too long";
		if (strchr("=~", rule[path]) == NULL || rule[path] == '\0' ||
		    (path == 0 && rule[0] == '=') || rule[path + 1] == '\0')
			return "a rule in it is not PATH=VALUE, PATH~WORDS or ~WORDS";
	}
	return NULL;
}

/* What ${path} leads to in ${value}, or NULL. */
static const json_t *
follow(const json_t *value, const char *path, size_t len)
{
	char name[LINE_MOST];
	uint64_t index;

	for (size_t part; value != NULL && len > 0; path += part, len -= part) {
		part = strcspn(path, ".");
		if (part > len)
			part = len;
		memcpy(name, path, part);
		name[part] = '\0';
		if (!json_is_array(value))
			value = json_object_get(value, name);
		else if (num_count(name, 0, 1 << 20, &index) == 0)
			value = json_array_get(value, (size_t)index);
		else
			value = NULL;
		if (part < len)
			part++;
	}
	return value;
}

/* The JSON ${value} as text, for the caller to free; NULL for lists and objects. */
static char *
text_of(const json_t *value)
{
	if (json_is_string(value))
		return strdup(json_string_value(value));
	return json_is_object(value) || json_is_array(value) || value == NULL
		   ? NULL
		   : json_format(value, JSON_ENCODE_ANY);
}

/* Whether ${rule} holds or, behind an exclamation mark, does not. */
static bool
holds(const char *rule, const json_t *json, const char *body)
{
	bool negated = *rule == '!', yes = false, equal;
	size_t path, len;
	char *text, word[LINE_MOST];

	rule += negated;
	path = strspn(rule, PATH_BYTES);
	equal = rule[path] == '=';
	text = path == 0 ? strdup(body) : text_of(follow(json, rule, path));
	for (const char *c = rule + path; text != NULL && *c != '\0'; c += len) {
		len = strcspn(++c, "|");
		memcpy(word, c, len);
		word[len] = '\0';
		yes |= equal ? strcmp(text, word) == 0 : strcasestr(text, word) != NULL;
	}
	free(text);
	return yes != negated;
}

/* Whether all of the ${rules} hold, or any. */
static bool
judge(const char *rules, const json_t *json, const char *body, bool any)
{
	char line[LINE_MOST];
	bool yes = !any;

	while (next_line(&rules, line))
		yes = any ? yes || holds(line, json, body) : yes && holds(line, json, body);
	return yes;
}

/* What the other side said: by one of the ${paths}, else the beginning of its body. */
static void
say(const struct http_answer *a, const char *paths, const json_t *json, char reason[256])
{
	char line[LINE_MOST], *text = NULL, said[150];

	while (text == NULL && next_line(&paths, line))
		text = text_of(follow(json, line, strlen(line)));
	program_line(text != NULL ? text : a->body, said, sizeof(said));
	snprintf(reason, 256, "HTTP %ld%s%s%s", a->status,
	    a->status >= 300 && a->status < 400 ? ", a redirect, which is not followed" : "",
	    said[0] != '\0' ? ": " : "", said);
	free(text);
}

int
answer_verdict(const struct http_answer *a, const struct answer_rules *rules, char reason[256])
{
	json_t *json = a->cut ? NULL : json_loads(a->body, JSON_DECODE_ANY, NULL);
	bool ok, never;
	int rc = EX_TEMPFAIL;

	walk_status(rules->ok_status, a->status, &ok);
	walk_status(rules->permanent_status, a->status, &never);
	say(a, rules->words, json, reason);
	if (ok && judge(rules->ok_body, json, a->body, false))
		rc = 0;
	else if (never || judge(rules->permanent_body, json, a->body, true))
		rc = EX_UNAVAILABLE;
	json_decref(json);
	return rc;
}
