#include "report/duty.h"

#include <err.h>
#include <stdlib.h>

#define CONTACTS 3

struct duty {
	struct duty_contact contacts[CONTACTS];
	size_t ncontacts;
	struct duty_incident *incidents;
	size_t nincidents;
	struct duty_channel *channels;
	size_t nchannels;
};

int
duty_read(const struct config *c, struct duty **out)
{
	static const struct {
		const char *key, *role;
	} keys[CONTACTS] = {
	    {"CONTACT_PRIMARY", "primary"},
	    {"CONTACT_SECONDARY", "secondary"},
	    {"CONTACT_EMERGENCY", "emergency"},
	};
	struct duty *d = calloc(1, sizeof(*d));

	*out = d;
	if (d == NULL) {
		warn("status");
		return -1;
	}
	for (size_t i = 0; i < CONTACTS; i++) {
		const char *text = config_get(c, keys[i].key);

		if (*text != '\0')
			d->contacts[d->ncontacts++] =
			    (struct duty_contact){.role = keys[i].role, .text = text};
	}
	return 0;
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
