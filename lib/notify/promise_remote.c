#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hash.h"
#include "base/num.h"
#include "notify/promise_parts.h"
#include "set/remote.h"
#include "set/retention.h"
#include "ship/accepted.h"
#include "ship/place.h"
#include "ship/proven.h"

/* What is proven in one place. */
struct place {
	struct proven *proven;
	struct accepted *accepted; /* by the machine behind it; NULL: it has no such thing */
	bool reached;              /* at some time */
};

static int
place_open(const char *state, struct place *place)
{
	char *path = NULL;
	int rc;

	if ((rc = proven_read(state, &place->proven)) != 0)
		return rc == EX_OSERR ? rc : 0;
	if (asprintf(&path, "%s/mirror/" ACCEPTED_NAME, state) == -1) {
		warn("%s", state);
		return EX_OSERR;
	}
	/* What cannot be read is reported, and proves nothing. */
	(void)accepted_read(path, &place->accepted);
	free(path);
	return 0;
}

static void
place_close(struct place *place)
{
	proven_free(place->proven);
	accepted_free(place->accepted);
}

static bool
is_there(const struct place *place, const struct promise_set *s)
{
	const char *hex =
	    place->accepted != NULL ? accepted_find(place->accepted, s->name) : NULL;

	return (place->proven != NULL && proven_is(place->proven, s->name, s->sums)) ||
	       (hex != NULL && strcmp(hex, s->sums) == 0);
}

/* Mark in ${gone} what the retention there would not keep. */
static int
expire(const struct promise_view *v, bool *gone)
{
	struct retention_set *list = calloc(v->count + 1, sizeof(*list));
	struct retention_rules keep;
	int rc = EX_OSERR;

	if (list == NULL) {
		warn("retention");
		return rc;
	}
	(void)retention_rules_parse(config_get(v->c, "SHIP_KEEP"), &keep);
	for (size_t i = 0; i < v->count; i++)
		list[i] = (struct retention_set){
		    .name = v->sets[i].name, .job = v->sets[i].job, .verified = true};
	if (retention_elsewhere(list, v->count, &keep, v->at->now) == 0) {
		for (size_t i = 0; i < v->count; i++)
			gone[i] = list[i].remove;
		rc = 0;
	}
	free(list);
	return rc;
}

/* The place ${to}, named since ${since}. */
static int
judge(struct promise_view *v, const char *job, const char *to, const char *state, int64_t since,
    const bool *gone)
{
	struct place place = {0};
	const struct promise_set *oldest = NULL;
	size_t behind = 0, there = 0;
	char age[24];
	int rc;

	if ((rc = place_open(state, &place)) != 0)
		goto out;
	for (size_t i = 0; i < v->count; i++) {
		const struct promise_set *s = &v->sets[i];
		int64_t from = s->time > since ? s->time : since;

		if (is_there(&place, s))
			there++;
		else if (!gone[i] && v->at->now - from > v->patience) {
			behind++;
			oldest = s;
		}
	}
	if (behind == 0) {
		promise_say(v, job, "remote", PROMISE_KEPT,
		    "%s: %zu of %zu sets are proven there", to, there, v->count);
		goto out;
	}
	num_elapsed(age, sizeof(age), (double)(v->at->now - oldest->time));
	if (there == 0)
		promise_say(v, job, "remote", PROMISE_BROKEN,
		    "%s: no set is proven there; %zu due, the oldest (%s) is %s old", to,
		    behind, oldest->name, age);
	else
		promise_say(v, job, "remote", PROMISE_BROKEN,
		    "%s: it is behind: %zu of %zu sets are not proven there, the oldest (%s) "
		    "is %s old",
		    to, behind, v->count, oldest->name, age);
out:
	place_close(&place);
	return rc;
}

int
promise_remote(struct promise_view *v)
{
	char *places = strdup(config_get(v->c, "SHIP_TO")), *at = places, *to, *folder = NULL;
	char *state = NULL, job[32], key[HASH_HEX];
	struct remote *remote = NULL;
	bool *gone = calloc(v->count + 1, sizeof(*gone));
	int64_t since;
	size_t n = 0;
	int rc = EX_OSERR;

	if (places == NULL || gone == NULL ||
	    asprintf(&folder, "%s/ship", config_get(v->c, "STATE_DIR")) == -1) {
		folder = NULL;
		warn("SHIP_TO");
		goto out;
	}
	if ((rc = expire(v, gone)) != 0)
		goto out;
	while ((to = strsep(&at, " ")) != NULL) {
		if (*to == '\0')
			continue;
		snprintf(job, sizeof(job), n == 0 ? "ship" : "ship-%zu", n + 1);
		n++;
		free(state);
		remote_free(remote);
		state = NULL;
		if ((rc = remote_parse(to, &remote)) != 0)
			goto out;
		if ((state = place_state(folder, remote)) == NULL) {
			warn("%s", to);
			rc = EX_OSERR;
			goto out;
		}
		/* Disks may take turns in a place, which is one place all the same. */
		hash_bytes(to, strlen(to), key);
		since = memory_number(v->memory, "places", key);
		/* A clock that went back would leave it in the future for ever. */
		if (since == -1 || since > v->at->now) {
			since = v->at->now;
			if (memory_set_number(v->memory, "places", key, since) != 0) {
				rc = EX_OSERR;
				goto out;
			}
		}
		if (!v->seen || v->unsettled)
			promise_say(v, job, "remote", PROMISE_UNKNOWN, "%s: %s", to,
			    v->seen ? "the clock was moved" : "the sets cannot be read");
		else if ((rc = judge(v, job, to, state, since, gone)) != 0)
			goto out;
	}
	rc = 0;
out:
	remote_free(remote);
	free(state);
	free(folder);
	free(places);
	free(gone);
	return rc;
}
