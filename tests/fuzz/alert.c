/*
 * The state of siantre-alert and its messages: what is taken is the same when it is written and
 * read again, and everything that is made of it keeps its promises.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "notify/outbox.h"
#include "notify/state_parts.h"
#include "notify/words.h"

static void
state(const char *text, size_t size)
{
	struct state *s = state_new(), *again = state_new();
	struct buf one = {0}, other = {0};

	REQUIRE(s != NULL && again != NULL);
	if (state_parse(text, size, s) == 0) {
		REQUIRE(state_format(s, &one) == 0);
		REQUIRE(state_parse(one.data, one.len, again) == 0);
		REQUIRE(state_format(again, &other) == 0);
		REQUIRE(one.len == other.len && memcmp(one.data, other.data, one.len) == 0);
		for (size_t k = 0; k < incidents_count(state_incidents(s)); k++) {
			const struct incident *i = incidents_get(state_incidents(s), k);
			char *phrase = words_phrase(i, false);

			REQUIRE(i->level <= i->worst &&
				i->number < incidents_next(state_incidents(s)));
			REQUIRE(phrase != NULL);
			for (const char *c = phrase; *c != '\0'; c++)
				REQUIRE(*c >= ' ' && *c <= '~');
			free(phrase);
		}
		incidents_settle(state_incidents(s), 1800000000);
	}
	buf_free(&one);
	buf_free(&other);
	state_close(s);
	state_close(again);
}

static void
message(const char *text, size_t size)
{
	struct outbox_item item, again;
	char *one, *other;

	if (outbox_parse(text, size, &item) != 0)
		return;
	REQUIRE(
	    item.message.id[strspn(item.message.id, "abcdefghijklmnopqrstuvwxyz0123456789-")] ==
	    '\0');
	REQUIRE(strlen(item.message.brief) <= MESSAGE_BRIEF);
	REQUIRE(strpbrk(item.message.to, "\r\n") == NULL);
	REQUIRE(strpbrk(item.message.subject, "\r\n") == NULL);
	REQUIRE((one = outbox_format(&item)) != NULL);
	REQUIRE(outbox_parse(one, strlen(one), &again) == 0);
	REQUIRE((other = outbox_format(&again)) != NULL);
	REQUIRE(strcmp(one, other) == 0);
	free(one);
	free(other);
	outbox_item_free(&item);
	outbox_item_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	state((const char *)data, size);
	message((const char *)data, size);
	return 0;
}
