#include "notify/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "notify/gateway.h"
#include "notify/mailplace.h"
#include "notify/sms.h"

/* Whether ${len} bytes at ${name} are one of the names that are no gateway's. */
static bool
is_reserved(const char *name, size_t len)
{
	return (len == 4 && (memcmp(name, "mail", 4) == 0 || memcmp(name, "ping", 4) == 0)) ||
	       (len == 3 && memcmp(name, "sms", 3) == 0);
}

/* Append ${len} bytes at ${name} unless it is there, or too long. */
static void
add(struct channels *list, const char *name, size_t len)
{
	if (len == 0 || len >= CHANNEL_NAME || list->count == CHANNEL_MAX)
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (strlen(list->names[i]) == len && memcmp(list->names[i], name, len) == 0)
			return;
	}
	memcpy(list->names[list->count], name, len);
	list->names[list->count++][len] = '\0';
}

void
channel_list(const struct config *c, struct channels *out)
{
	struct mailplace place;
	const char *where, *also = config_get(c, "NOTIFY_ALSO");
	size_t len;

	*out = (struct channels){0};
	/* What MAIL says wrongly is a way that fails, and not none. */
	if (mailplace_parse(config_get(c, "MAIL"), &place) != NULL ||
	    place.kind != MAILPLACE_NONE)
		add(out, "mail", 4);
	if (sms_parse(config_get(c, "SMS"), &where) != SMS_NONE)
		add(out, "sms", 3);
	for (; *also != '\0'; also += len) {
		also += strspn(also, " ,");
		len = strcspn(also, " ,");
		/* An incident must not become a sign of life. */
		if (!is_reserved(also, len))
			add(out, also, len);
	}
}

bool
channel_has(const struct config *c, const char *name)
{
	struct channels list;

	channel_list(c, &list);
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.names[i], name) == 0)
			return true;
	}
	return false;
}

/* Whether the gateway ${name} has one place for all; one that cannot be read has not. */
static bool
shared(const char *name)
{
	struct gateway *g;
	char reason[256];
	bool yes;

	if (gateway_read(name, &g, reason) != 0)
		return false;
	yes = !gateway_personal(g);
	gateway_free(g);
	return yes;
}

bool
channel_shared(const struct config *c, const char *name)
{
	const char *where;

	if (strcmp(name, "mail") == 0)
		return false;
	if (strcmp(name, "sms") == 0)
		return sms_parse(config_get(c, "SMS"), &where) == SMS_GATEWAY && shared(where);
	return shared(name);
}

const char *
channel_address(const struct config *c, const char *name, const struct contact *who)
{
	const char *to;

	if (channel_shared(c, name))
		return "";
	to = strcmp(name, "mail") == 0 ? who->mail : who->phone;
	return *to != '\0' ? to : NULL;
}
