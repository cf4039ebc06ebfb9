#include "set/setting.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/num.h"
#include "set/config.h"
#include "set/recipients.h"
#include "set/remote.h"
#include "set/retention_rules.h"
#include "set/sample.h"

bool
setting_is_name(const char *text)
{
	size_t len =
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

	return len > 0 && len <= 64 && text[len] == '\0' && isalnum((unsigned char)text[0]);
}

/* Whether ".." is one of the parts of ${path}. */
static bool
climbs(const char *path)
{
	const char *at = path;

	while ((at = strstr(at, "..")) != NULL) {
		if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return true;
		at += 2;
	}
	return false;
}

/*
 * Return what is wrong with the state folder ${path}, or NULL.  The default configuration keeps folders
 * of its own in its one: an application of such a name would share it.
 */
static const char *
judge_state(const char *path)
{
	static const char *const parts[] = {"alert", "alert-watch", "drills", "fetched",
	    "installed", "restore", "scratch", "ship"};
	char part[64];

	if (*path != '/')
		return "it does not begin with a slash";
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		snprintf(part, sizeof(part), CONFIG_STATE "/%s", parts[i]);
		if (config_inside(path, part))
			return "the configuration " CONFIG_DEFAULT " keeps things of its own "
			       "there: set it to another folder";
	}
	return NULL;
}

/* Return what is wrong with the units ${value}, or NULL.  A dash in front would be an option. */
static const char *
judge_units(const char *value)
{
	size_t len, count = 0;
	bool word = false;

	for (const char *c = value + strspn(value, " "); *c != '\0'; c += strspn(c, " ")) {
		len = strspn(c, CONFIG_UNIT_BYTES);
		if (len == 0 || len > 255 || *c == '-' || (c[len] != ' ' && c[len] != '\0'))
			return "not auto, none, or names of units";
		word |= len == 4 && (strncmp(c, "auto", 4) == 0 || strncmp(c, "none", 4) == 0);
		c += len;
		count++;
	}
	if (count == 0)
		return "it is empty";
	return word && count > 1 ? "auto and none stand alone" : NULL;
}

const char *
setting_judge(enum setting_kind kind, const char *value, int64_t *number)
{
	struct retention_rules rules;
	uint64_t count;
	double share;

	if (*value == '\0')
		return kind == PLACES || kind == SIZE_OR_NOT || kind == PATH_OR_NOT ||
			       kind == PATHS || kind == URL_OR_NOT || kind == TEXT_OR_NOT ||
			       kind == RULES || kind == RECIPIENTS
			   ? NULL
			   : "it is empty";
	for (const char *c = value; *c != '\0'; c++) {
		if (iscntrl((unsigned char)*c))
			return "it holds a control character";
	}
	switch (kind) {
	case NAME:
		return setting_is_name(value) ? NULL : "not a name of letters, digits, - and _";
	case PATHS:
		for (const char *c = value; c != NULL; c = strchr(c, ':')) {
			c += *c == ':';
			if (*c != '/')
				return "a path in it does not begin with a slash";
		}
		return NULL;
	case PATH:
	case PATH_OR_NOT: return *value == '/' ? NULL : "it does not begin with a slash";
	case STATE: return judge_state(value);
	case BELOW: return climbs(value) ? "it leaves APP_DIR" : NULL;
	case RULES: return retention_rules_parse(value, &rules);
	case DURATION:
		return num_duration(value, number) == 0 ? NULL
							: "not a duration such as 90m or 4h";
	case PLACES: return remote_judge(value);
	case SIZE:
	case SIZE_OR_NOT:
		if (num_size(value, &count) != 0 || count > INT64_MAX)
			return "not a size such as 512M or 1G";
		*number = (int64_t)count;
		return NULL;
	case LEVEL:
		if (num_count(value, 1, 9, &count) != 0)
			return "not a level between 1 and 9";
		*number = (int64_t)count;
		return NULL;
	case UNITS: return judge_units(value);
	case TEXT_OR_NOT: return NULL;
	case SAMPLE:
		return sample_parse(value, &share) == 0
			   ? NULL
			   : "none of auto, none, all and sample:N%";
	case SPEECH: return language_known(value) ? NULL : "not auto, en or id";
	case RECIPIENTS: return recipients_judge(value);
	case URL_OR_NOT:
		if (strncmp(value, "http://", 7) != 0 && strncmp(value, "https://", 8) != 0)
			return "it does not begin with http:// or https://";
		return strpbrk(value, " \"'") == NULL ? NULL : "not a URL";
	}
	return NULL;
}
