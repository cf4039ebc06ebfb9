#include <string.h>

#include "base/num.h"
#include "notify/promise_parts.h"

/* The job verify reads each set about once a month, and may miss a week. */
#define EVERY ((int64_t)45 * 86400)

int
promise_reread(struct promise_view *v)
{
	const struct promise_set *worst = NULL;
	bool old = false;
	char age[24];

	for (size_t i = 0; i < v->count; i++) {
		const struct promise_set *s = &v->sets[i];

		old = old || v->at->now - s->time > EVERY;
		if (v->at->now - s->read > EVERY && (worst == NULL || s->read < worst->read))
			worst = s;
	}
	if (!v->seen || v->unsettled)
		promise_say(v, "verify", "reread", PROMISE_UNKNOWN, "%s",
		    v->seen ? "the clock was moved" : "the sets cannot be read");
	else if (worst != NULL)
		promise_say(v, "verify", "reread", PROMISE_WARN,
		    "the set %s was last read %s ago: what is kept is not read again",
		    worst->name,
		    num_elapsed(age, sizeof(age), (double)(v->at->now - worst->read)));
	else if (old || !promise_was_kept(v, "verify", "reread"))
		promise_say(v, "verify", "reread", PROMISE_KEPT, "what is kept is read again");
	else
		promise_say(v, "verify", "reread", PROMISE_UNKNOWN,
		    "no set is so old that it must have been read again");
	return 0;
}
