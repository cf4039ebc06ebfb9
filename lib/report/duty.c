#include "report/duty.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/state.h"
#include "notify/words.h"

#define CONTACTS 3

struct duty {
	struct duty_contact contacts[CONTACTS];
	size_t ncontacts;
	struct duty_incident *incidents;
	size_t nincidents;
	struct duty_channel channels[CHANNEL_MAX];
	size_t nchannels;
};

static bool
copy(char **to, const char *text)
{
	*to = *text != '\0' ? strdup(text) : NULL;
	return *text == '\0' || *to != NULL;
}

static int
add_incident(struct duty *d, const struct incident *i)
{
	struct duty_incident *x;

	x = reallocarray(d->incidents, d->nincidents + 1, sizeof(*x));
	if (x == NULL)
		return -1;
	d->incidents = x;
	x = &x[d->nincidents++];
	*x = (struct duty_incident){.since = i->since, .acknowledged = i->acked};
	if (asprintf(&x->id, "%ju", (uintmax_t)i->number) == -1) {
		x->id = NULL;
		return -1;
	}
	x->level = strdup(i->level == INCIDENT_FAIL ? "fail" : "warn");
	x->event = strdup(i->event);
	x->phrase = words_phrase(i, false);
	return x->level != NULL && x->event != NULL && x->phrase != NULL &&
		       copy(&x->job, i->job) && copy(&x->what, i->what) &&
		       copy(&x->message, i->message)
		   ? 0
		   : -1;
}

/* The channels that ${c} has, each with its last test, where there was one. */
static void
add_channels(struct duty *d, const struct config *c, const struct state *s)
{
	struct channels list;

	channel_list(c, &list);
	for (size_t i = 0; i < list.count; i++) {
		struct duty_channel *x = &d->channels[d->nchannels++];
		const struct state_test *test =
		    s != NULL ? state_find_test(s, list.names[i]) : NULL;

		strlcpy(x->name, list.names[i], sizeof(x->name));
		x->tested = test != NULL ? test->when : 0;
		x->ok = test != NULL && test->ok;
	}
}

static int
add_state(struct duty *d, const struct state *s)
{
	const struct incidents *list = state_incidents(s);

	for (size_t i = 0; i < incidents_count(list); i++) {
		const struct incident *x = incidents_get(list, i);

		if (incident_open(x) && add_incident(d, x) != 0)
			return -1;
	}
	return 0;
}

static void
add_contacts(struct duty *d, const struct config *c)
{
	static const struct {
		const char *key, *role;
	} keys[CONTACTS] = {
	    {"CONTACT_PRIMARY", "primary"},
	    {"CONTACT_SECONDARY", "secondary"},
	    {"CONTACT_EMERGENCY", "emergency"},
	};

	for (size_t i = 0; i < CONTACTS; i++) {
		const char *text = config_get(c, keys[i].key);

		if (*text != '\0')
			d->contacts[d->ncontacts++] =
			    (struct duty_contact){.role = keys[i].role, .text = text};
	}
}

int
duty_read(const struct config *c, struct duty **out)
{
	struct duty *d = calloc(1, sizeof(*d));
	struct state *s = NULL;
	int rc = -1;

	*out = NULL;
	if (d == NULL) {
		warn("status");
		return -1;
	}
	add_contacts(d, c);
	if (state_read(config_get(c, "STATE_DIR"), &s) != 0)
		s = NULL;
	add_channels(d, c, s);
	if (s != NULL && add_state(d, s) != 0) {
		warn("status");
		goto out;
	}
	*out = d;
	d = NULL;
	rc = 0;
out:
	state_close(s);
	duty_free(d);
	return rc;
}

const struct duty_contact *
duty_contact(const struct duty *d, size_t i)
{
	return d != NULL && i < d->ncontacts ? &d->contacts[i] : NULL;
}

const struct duty_incident *
duty_incident(const struct duty *d, size_t i)
{
	return d != NULL && i < d->nincidents ? &d->incidents[i] : NULL;
}

const struct duty_channel *
duty_channel(const struct duty *d, size_t i)
{
	return d != NULL && i < d->nchannels ? &d->channels[i] : NULL;
}

void
duty_free(struct duty *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->nincidents; i++) {
		free(d->incidents[i].id);
		free(d->incidents[i].job);
		free(d->incidents[i].event);
		free(d->incidents[i].what);
		free(d->incidents[i].level);
		free(d->incidents[i].message);
		free(d->incidents[i].phrase);
	}
	free(d->incidents);
	free(d);
}
