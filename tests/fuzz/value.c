/*
 * One value as people write it in options, configurations and names: the first byte says of which
 * kind, the rest is the text.  What is taken lies within its bounds, and means the same when it is
 * written down again.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <sysexits.h>

#include "base/event.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/utf8.h"
#include "set/recipients.h"
#include "set/remote.h"
#include "set/sample.h"
#include "set/setname.h"
#include "set/setting.h"
#include "ship/words.h"
#include "sql/url.h"

static void
numbers(const char *text)
{
	uint64_t count = 7, size = 7, again = 7;
	int64_t seconds = 7;
	char other[64], human[16];

	if (num_count(text, 2, 1000, &count) == 0)
		REQUIRE(count >= 2 && count <= 1000);
	else
		REQUIRE(count == 7);
	if (num_size(text, &size) == 0) {
		snprintf(other, sizeof(other), "%" PRIu64, size);
		REQUIRE(num_size(other, &again) == 0 && again == size);
		REQUIRE(strlen(num_human(human, sizeof(human), size)) < sizeof(human) - 1);
	} else {
		REQUIRE(size == 7);
	}
	if (num_duration(text, &seconds) == 0 && seconds > 0) {
		int64_t same = 7;

		snprintf(other, sizeof(other), "%" PRId64 "s", seconds);
		REQUIRE(num_duration(other, &same) == 0 && same == seconds);
	} else {
		REQUIRE(seconds == 7 || seconds == 0);
	}
}

/* Parts of a URL lie in it; none is longer than it was. */
static void
urls(char *text)
{
	const char *end = text + strlen(text);
	struct url u = {0};

	if (url_split(text, &u) != 0)
		return;
	const char *parts[] = {u.scheme, u.user, u.password, u.host, u.port, u.database};

	REQUIRE(u.scheme != NULL && *u.scheme != '\0');
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i] == NULL)
			continue;
		REQUIRE(parts[i] >= text && parts[i] + strlen(parts[i]) <= end);
		REQUIRE(i == 2 || *parts[i] != '\0');
	}
}

static void
remotes(char *text)
{
	struct remote *r = NULL, *again = NULL;
	size_t len;

	if (remote_parse(text, &r) == 0) {
		REQUIRE(strcmp(r->text, text) == 0 && *r->path != '\0');
		len = strlen(r->path);
		/* Of a remote of rclone "NAME:/" is another place than "NAME:". */
		REQUIRE(
		    len == 1 || r->path[len - 1] != '/' ||
		    (r->kind == REMOTE_RCLONE && strchr(r->path, ':') == r->path + len - 2));
		REQUIRE((r->kind == REMOTE_SSH) == (r->host != NULL));
		REQUIRE(r->port == NULL || r->port[strspn(r->port, "0123456789")] == '\0');
		/* ssh and rsync would take them for options. */
		REQUIRE(r->host == NULL || *r->host != '-');
		/* A path behind a host is never an operand of its own. */
		REQUIRE(remote_parse(r->text, &again) == 0 && again->kind == r->kind);
		REQUIRE(strcmp(r->path, again->path) == 0);
	} else {
		REQUIRE(r == NULL);
	}
	remote_free(r);
	remote_free(again);
	remote_judge(text);
	len = strlen(text);
	remote_mask(text);
	for (const char *c = text; *c != '\0'; c++)
		REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* What a set may be kept under, and when something was. */
static void
times(const char *text)
{
	struct setname s;
	char again[32];
	int64_t when;
	time_t moment;
	struct tm tm;

	if (setname_read(text, &s) == 0) {
		moment = s.wall;
		REQUIRE(gmtime_r(&moment, &tm) != NULL);
		strftime(again, sizeof(again), "%04Y%m%d_%H%M%S", &tm);
		REQUIRE(strcmp(again, text) == 0 && tm.tm_year + 1900 == s.year);
	}
	if (event_time(text, &when) == 0) {
		moment = when;
		REQUIRE(gmtime_r(&moment, &tm) != NULL);
		strftime(again, sizeof(again), "%04Y-%m-%dT%H:%M:%SZ", &tm);
		REQUIRE(strcmp(again, text) == 0);
	}
}

static void
settings(const char *text)
{
	double share = -7;
	int64_t number;
	char **words;

	for (int kind = NAME; kind <= RECIPIENTS; kind++)
		if (setting_judge((enum setting_kind)kind, text, &number) == NULL)
			REQUIRE(strpbrk(text, "\r\n") == NULL);
	if (sample_parse(text, &share) == 0)
		REQUIRE((share >= 0 && share <= 1) || share == -1);
	else
		REQUIRE(share == -7);
	if (*text != '\0' && recipients_judge(text) == NULL) {
		REQUIRE((words = recipients_arguments(text)) != NULL);
		REQUIRE(strcmp(words[0], "age") == 0);
		for (size_t i = 1; words[i] != NULL; i += 2)
			REQUIRE(words[i][0] == '-' && words[i + 1] != NULL &&
				words[i + 1][0] != '-');
		free(words);
	}
}

/* Text of any kind made fit for a terminal, for JSON and for a shell at the far end. */
static void
texts(const uint8_t *data, size_t size, char *text)
{
	size_t len, step, at;
	char *clean, *quoted;

	REQUIRE((clean = utf8_clean((const char *)data, size, "?", &len)) != NULL);
	for (at = 0; at < len; at += step)
		REQUIRE((step = utf8_next(clean + at, len - at)) > 0);
	plain_bytes(clean, len);
	for (at = 0; at < len; at += step) {
		REQUIRE((step = utf8_next(clean + at, len - at)) > 0);
		REQUIRE((unsigned char)clean[at] >= ' ' && clean[at] != 0x7f);
	}
	free(clean);
	REQUIRE((quoted = words_quote(text)) != NULL);
	/* Nothing but what stands between the marks, or behind a backslash. */
	for (const char *c = quoted; *c != '\0'; c++) {
		if (*c == '\'')
			REQUIRE((c = strchr(c + 1, '\'')) != NULL);
		else
			REQUIRE(*c == '\\' && *++c == '\'');
	}
	free(quoted);
	plain_text(text);
	for (const char *c = text; *c != '\0'; c++)
		REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	REQUIRE(text != NULL);
	switch (data[0]) {
	case 'n': numbers(text); break;
	case 'u': urls(text); break;
	case 'r': remotes(text); break;
	case 't': times(text); break;
	case 's': settings(text); break;
	case 'p': texts(data + 1, size - 1, text); break;
	default: break;
	}
	free(text);
	return 0;
}
