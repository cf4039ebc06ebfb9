#ifndef NOTIFY_CHECKALERT_PARTS_H
#define NOTIFY_CHECKALERT_PARTS_H

#include <stdbool.h>

#include "base/language.h"
#include "notify/contact.h"
#include "notify/sms.h"
#include "notify/state.h"
#include "set/config.h"
#include "set/findings.h"

/*
 * What the parts of the look at people and channels know of each other.
 */
#define CHECKALERT_WHO N_("who is told")
#define CHECKALERT_HOW N_("alert channels")

struct checkalert {
	const struct config *c;
	struct findings *found;
	const struct state *state; /* of siantre-alert; NULL: none that we may read */
	struct contact primary;
	bool systemd; /* the units of siantre-alert get secrets as credentials */
};

/* The channel ${name} can be used: ${text} says how; and what its last test came to. */
void checkalert_fine(struct checkalert *l, const char *name, const char *text);

/* A modem of this machine. */
void checkalert_modem(struct checkalert *l, enum sms_kind kind, const char *where);

#endif
