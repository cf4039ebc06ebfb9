#include "base/num.h"
#include "notify/channel.h"
#include "notify/promise_parts.h"
#include "notify/state.h"

#define EVERY ((int64_t)35 * 86400) /* the test is monthly */

/* The channel ${name}: gateways rot without a word, and one that was never tried is a hope. */
static void
judge(struct promise_view *v, const struct state *s, const char *name)
{
	const struct state_test *test = s != NULL ? state_find_test(s, name) : NULL;
	char age[24];
	int64_t from;

	/* What a clock that was ahead has noted is no test. */
	if (test != NULL && test->when > v->at->now + PROMISE_AHEAD)
		test = NULL;
	from = test != NULL ? test->when : v->installed;
	num_elapsed(age, sizeof(age), (double)(v->at->now > from ? v->at->now - from : 0));
	if (s == NULL)
		promise_say(v, name, "channel", PROMISE_UNKNOWN, "the state cannot be read");
	else if (v->unsettled)
		promise_say(v, name, "channel", PROMISE_UNKNOWN, "the clock was moved");
	else if (v->at->now - from <= EVERY)
		promise_say(v, name, "channel", test != NULL ? PROMISE_KEPT : PROMISE_UNKNOWN,
		    test != NULL ? "%s: tested %s ago" : "%s: not yet tested", name, age);
	else if (test != NULL)
		promise_say(v, name, "channel", PROMISE_WARN,
		    "%s: the last test of this channel was %s ago: siantre-alert test %s", name,
		    age, name);
	else
		promise_say(v, name, "channel", PROMISE_WARN,
		    "%s: this channel was never tested: siantre-alert test %s", name, name);
}

int
promise_channel(struct promise_view *v)
{
	struct channels channels;
	struct state *s = NULL;

	channel_list(v->c, &channels);
	/* What cannot be read is reported; a test may well have been made. */
	(void)state_read(config_get(v->c, "STATE_DIR"), &s);
	for (size_t i = 0; i < channels.count; i++)
		judge(v, s, channels.names[i]);
	state_close(s);
	return 0;
}
