#include "report/duty.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/state.h"

#define CONTACTS 3

struct duty {
	struct duty_contact contacts[CONTACTS];
	size_t ncontacts;
	struct duty_incident *incidents;
	size_t nincidents;
	struct duty_channel *channels;
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
	return x->level != NULL && x->event != NULL && copy(&x->job, i->job) &&
		       copy(&x->what, i->what) && copy(&x->message, i->message)
		   ? 0
		   : -1;
}

/* Note the channel ${name}, once, with its last test, where there was one. */
static int
add_channel(struct duty *d, const struct state *s, const char *name)
{
	const struct state_test *test = s != NULL ? state_find_test(s, name) : NULL;
	struct duty_channel *x;

	for (size_t i = 0; i < d->nchannels; i++)
		if (strcmp(d->channels[i].name, name) == 0)
			return 0;
	x = reallocarray(d->channels, d->nchannels + 1, sizeof(*x));
	if (x == NULL)
		return -1;
	d->channels = x;
	x = &x[d->nchannels];
	*x = (struct duty_channel){.name = strdup(name)};
	if (x->name == NULL)
		return -1;
	d->nchannels++;
	if (test != NULL) {
		x->tested = test->when;
		x->ok = test->ok;
	}
	return 0;
}

/* The channels that ${c} has (notify/channel.h), without what is needed to use them. */
static int
add_channels(struct duty *d, const struct config *c, const struct state *s)
{
	char *also = strdup(config_get(c, "NOTIFY_ALSO")), *at = also, *name;
	int rc = also == NULL ? -1 : 0;

	if (rc == 0 && strcmp(config_get(c, "MAIL"), "none") != 0)
		rc = add_channel(d, s, "mail");
	if (rc == 0 && *config_get(c, "SMS") != '\0')
		rc = add_channel(d, s, "sms");
	while (rc == 0 && (name = strsep(&at, " \t,")) != NULL)
		if (*name != '\0')
			rc = add_channel(d, s, name);
	free(also);
	return rc;
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
	if ((s != NULL && add_state(d, s) != 0) || add_channels(d, c, s) != 0) {
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
	}
	for (size_t i = 0; i < d->nchannels; i++) {
		free(d->channels[i].name);
		free(d->channels[i].message);
	}
	free(d->incidents);
	free(d->channels);
	free(d);
}
