#ifndef REPORT_DUTY_H
#define REPORT_DUTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/channel.h"
#include "set/config.h"

/*
 * Who is on duty and what he was told: contacts, open incidents, and the ways by which messages go.
 */
struct duty_contact {
	const char *role; /* primary, secondary, emergency */
	const char *text; /* as CONTACT_... has it */
};

struct duty_incident {
	char *id;  /* for siantre-alert ack */
	char *job; /* may be NULL, as what and message */
	char *event;
	char *what;
	char *level; /* fail, warn */
	int64_t since;
	int64_t acknowledged; /* when; 0: by nobody */
	char *message;
	char *phrase; /* what is wrong, in words and in the language of the page */
};

struct duty_channel {
	char name[CHANNEL_NAME]; /* mail, sms, ntfy ... */
	int64_t tested;          /* its last self-test; 0: never */
	bool ok;                 /* how that went */
};

struct duty;

/**
 * duty_read(c, out):
 * Read the configuration and the state of siantre-alert.  ${*out} is the caller's (duty_free).  A
 * state that cannot be read is reported, and as good as none.  Return 0, or -1 without memory,
 * after reporting.
 */
int duty_read(const struct config *c, struct duty **out);

/**
 * duty_contact(d, i), duty_incident(d, i), duty_channel(d, i):
 * Return the ${i}th, NULL behind the last; ${d} may be NULL.
 */
const struct duty_contact *duty_contact(const struct duty *d, size_t i);
const struct duty_incident *duty_incident(const struct duty *d, size_t i);
const struct duty_channel *duty_channel(const struct duty *d, size_t i);

/**
 * duty_free(d):
 * NULL is fine.
 */
void duty_free(struct duty *d);

#endif
