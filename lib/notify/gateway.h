#ifndef NOTIFY_GATEWAY_H
#define NOTIFY_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "notify/answer.h"
#include "notify/message.h"
#include "notify/template.h"
#include "set/config.h"

/*
 * A gateway is one HTTP request written down, and the rule by which its answer is a success: a
 * file NAME.conf in dotenv syntax.  Those that come along lie in LIBDIR/siantre/gateways; each key
 * of a file of the same name in /etc/siantre/gateways takes the place of theirs.  (Tests name
 * both folders in SIANTRE_GATEWAYS, with a colon between.)
 *
 *	URL               https:// (http:// to this machine alone)
 *	METHOD            POST (the default), GET, PUT
 *	HEADERS           one a line; left out whole where a {secret?:NAME} in it is missing
 *	CONTENT_TYPE      of the body; it says how values are encoded in it
 *	BODY
 *	USER, PASSWORD    for Basic authentication
 *	TO_FORMAT         what {to} is: plain (62812..., the default), plus (+62812...), local (0812...)
 *	SENDER            what {sender} is
 *	NORMAL, URGENT    what {priority} is
 *	CA                a file of certificates that are trusted instead of the system's
 *	OK_STATUS, OK_BODY, PERMANENT_STATUS, PERMANENT_BODY, WORDS   see notify/answer.h
 */
struct gateway;

/**
 * gateway_read(name, out, reason):
 * Read and judge the gateway ${name}; ${*out} is the caller's (gateway_free).  Return 0, or
 * EX_CONFIG with the ${reason}: no such file, one that others could change (it says where secrets
 * go), or what is wrong in it.
 */
int gateway_read(const char *name, struct gateway **out, char reason[256]);

/**
 * gateway_personal(g):
 * Return whether its request holds {to}: a message to a person; else it goes to one place for all.
 */
bool gateway_personal(const struct gateway *g);

/**
 * gateway_get(g, key):
 * Return the value of ${key}, or its default, owned by ${g}; "" where it has none.
 */
const char *gateway_get(const struct gateway *g, const char *key);

/**
 * gateway_rules(g):
 * Return its rules for answers, which point into ${g}.
 */
struct answer_rules gateway_rules(const struct gateway *g);

/**
 * gateway_secret(g, i, needed):
 * Return the name of the ${i}th secret it uses, and whether it must be there; NULL behind the
 * last.
 */
const char *gateway_secret(const struct gateway *g, size_t i, bool *needed);

/**
 * gateway_free(g):
 * NULL is fine.
 */
void gateway_free(struct gateway *g);

/**
 * gateway_send(c, name, m, ping, reason):
 * Make the request of gateway ${name} for ${m} and judge the answer; ${ping} is what {ping} is,
 * or NULL.  Return as channel_send().
 */
int gateway_send(const struct config *c, const char *name, const struct message *m,
    const char *ping, char reason[256]);

#endif
