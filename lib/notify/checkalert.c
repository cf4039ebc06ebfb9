#include "notify/checkalert.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/rights.h"
#include "notify/channel.h"
#include "notify/gateway.h"
#include "notify/mailplace.h"
#include "notify/secret.h"
#include "notify/sendmail.h"
#include "notify/sms.h"

#define WHO "who is told"
#define HOW "alert channels"

/* Name the file and the key in it that mend the last finding. */
static void
mend_key(const struct config *c, struct findings *found, const char *key)
{
	const char *path = config_path(c);

	findings_mend(found, "sensible-editor %s    # set %s",
	    path != NULL ? path : CONFIG_FOLDER "/" CONFIG_DEFAULT ".conf", key);
}

/* Look at the secret ${name}; return whether it can be used. */
static bool
look_at_secret(const char *channel, const char *name, bool needed, struct findings *found)
{
	char reason[SECRET_REASON], path[256], *value;
	int rc = secret_read(name, &value, reason);

	secret_free(value);
	if (rc == 0 || (rc == EX_NOINPUT && !needed))
		return true;
	findings_add(found, "warn", HOW, "%s: %s", channel, reason);
	if (rc == EX_NOINPUT)
		findings_mend(found,
		    "install -D -m 0600 -o %s /dev/stdin %s    # type it, then Ctrl-D",
		    RIGHTS_USER, secret_path(name, path, sizeof(path)));
	else
		findings_mend(found, "chown %s %s && chmod 0600 %s", RIGHTS_USER,
		    secret_path(name, path, sizeof(path)), path);
	return false;
}

static bool
look_at_gateway(
    const struct config *c, const char *key, const char *name, struct findings *found)
{
	struct gateway *g;
	char reason[256];
	const char *secret;
	bool needed, fine = true;

	if (gateway_read(name, &g, reason) != 0) {
		findings_add(found, "warn", HOW, "%s: %s", name, reason);
		mend_key(c, found, key);
		return false;
	}
	if (strcmp(key, "PING_URL") != 0 && strcmp(gateway_get(g, "URL"), "{ping}") == 0) {
		findings_add(
		    found, "warn", HOW, "%s: it is for PING_URL, and reaches nobody", name);
		mend_key(c, found, key);
		fine = false;
	}
	if (*gateway_get(g, "CA") != '\0' && access(gateway_get(g, "CA"), R_OK) != 0) {
		findings_add(found, "warn", HOW, "%s: CA=%s: %s", name, gateway_get(g, "CA"),
		    strerror(errno));
		fine = false;
	}
	for (size_t i = 0; (secret = gateway_secret(g, i, &needed)) != NULL; i++)
		fine &= look_at_secret(name, secret, needed, found);
	gateway_free(g);
	return fine;
}

static void
look_at_mail(const struct config *c, const struct contact *primary, struct findings *found)
{
	const char *problem, *ca = config_get(c, "MAIL_CA");
	struct mailplace place;
	struct contact from;
	bool fine = true;

	if ((problem = mailplace_parse(config_get(c, "MAIL"), &place)) != NULL) {
		/* The value is not shown: a password may be in it. */
		findings_add(found, "warn", HOW, "MAIL: %s", problem);
		mend_key(c, found, "MAIL");
		return;
	}
	if ((problem = contact_parse(config_get(c, "MAIL_FROM"), &from)) != NULL) {
		findings_add(found, "warn", HOW, "MAIL_FROM=%s: %s", config_get(c, "MAIL_FROM"),
		    problem);
		mend_key(c, found, "MAIL_FROM");
		fine = false;
	}
	if (place.kind == MAILPLACE_NONE)
		return;
	if (place.kind == MAILPLACE_SENDMAIL) {
		if (sendmail_program() == NULL) {
			findings_add(found, "warn", HOW, "mail: sendmail is not installed");
			findings_mend(
			    found, "apt install msmtp-mta    # or another; or set MAIL");
		} else if (fine)
			findings_add(found, "ok", HOW, "mail through sendmail");
		return;
	}
	if (place.user[0] != '\0')
		fine &= look_at_secret("mail", MAILPLACE_SECRET, true, found);
	if (*ca != '\0' && access(ca, R_OK) != 0) {
		findings_add(found, "warn", HOW, "MAIL_CA=%s: %s", ca, strerror(errno));
		mend_key(c, found, "MAIL_CA");
		fine = false;
	}
	if (from.mail[0] == '\0' && strchr(place.user, '@') == NULL) {
		findings_add(found, "warn", HOW,
		    "mail: MAIL_FROM is empty, and many servers take no "
		    "mail from this machine's name");
		mend_key(c, found, "MAIL_FROM");
	}
	if (primary->mail[0] != '\0' && strchr(primary->mail, '@') == NULL && !place.loopback) {
		findings_add(found, "warn", HOW,
		    "mail: %s is an account of this machine, which %s "
		    "does not know",
		    primary->mail, place.host);
		mend_key(c, found, "CONTACT_PRIMARY");
		fine = false;
	}
	if (fine)
		findings_add(found, "ok", HOW, "mail through %s, port %u%s (not asked)",
		    place.host, place.port, place.user[0] != '\0' ? ", with a password" : "");
}

static void
look_at_modem(enum sms_kind kind, const char *where, struct findings *found)
{
	char path[512];

	if (kind == SMS_GAMMU) {
		if (!child_exists("gammu-smsd-inject")) {
			findings_add(found, "warn", HOW, "sms: gammu-smsd is not installed");
			findings_mend(found, "apt install gammu-smsd");
		} else if (access(where, R_OK) != 0) {
			findings_add(found, "warn", HOW, "sms: %s: %s", where, strerror(errno));
			findings_mend(found,
			    "usermod -aG gammu %s && chgrp gammu %s && chmod 0640 %s",
			    RIGHTS_USER, where, where);
		} else
			findings_add(found, "ok", HOW, "sms through gammu-smsd");
		return;
	}
	snprintf(path, sizeof(path), "%s/outgoing", where);
	if (access(path, F_OK) != 0) {
		findings_add(found, "warn", HOW, "sms: %s: %s", path, strerror(errno));
		findings_mend(found, "apt install smstools");
	} else if (access(path, W_OK | X_OK) != 0 || access(where, W_OK | X_OK) != 0) {
		findings_add(found, "warn", HOW, "sms: %s: may not be written", path);
		findings_mend(found, "usermod -aG smsd %s", RIGHTS_USER);
	} else
		findings_add(found, "ok", HOW, "sms through smstools");
}

static void
look_at_sms(const struct config *c, const struct contact *primary, struct findings *found)
{
	const char *where;
	enum sms_kind kind = sms_parse(config_get(c, "SMS"), &where);

	if (kind == SMS_NONE) {
		findings_add(found, "warn", HOW,
		    "SMS is not set: that there is no backup is told by mail alone");
		mend_key(c, found, "SMS");
		return;
	}
	if (kind != SMS_GATEWAY)
		look_at_modem(kind, where, found);
	else if (look_at_gateway(c, "SMS", where, found))
		findings_add(found, "ok", HOW, "sms through the gateway %s (not asked)", where);
	if (primary->phone[0] == '\0' && !channel_shared(c, "sms")) {
		findings_add(
		    found, "warn", WHO, "CONTACT_PRIMARY has no telephone number for SMS");
		mend_key(c, found, "CONTACT_PRIMARY");
	}
}

/* Look at one of the contacts. */
static void
look_at_contact(
    const struct config *c, const char *key, struct contact *who, struct findings *found)
{
	const char *problem = contact_parse(config_get(c, key), who);

	if (problem != NULL) {
		findings_add(found, "warn", WHO, "%s=%s: %s", key, config_get(c, key), problem);
		mend_key(c, found, key);
	} else if (who->mail[0] != '\0' || who->phone[0] != '\0')
		findings_add(found, "ok", WHO, "%s: %s%s%s%s", key,
		    who->name[0] != '\0' ? who->name : who->mail,
		    who->name[0] != '\0' && who->mail[0] != '\0' ? ", " : "",
		    who->name[0] != '\0' ? who->mail : "",
		    who->phone[0] != '\0' ? ", by SMS too" : "");
}

/* Whether anybody can be reached at all. */
static bool
reached(const struct config *c, const struct channels *list, const struct contact *primary)
{
	for (size_t i = 0; i < list->count; i++) {
		if (channel_address(c, list->names[i], primary) != NULL)
			return true;
	}
	return false;
}

void
checkalert_look(const struct config *c, struct findings *found)
{
	struct contact primary, other;
	struct channels list;

	channel_list(c, &list);
	look_at_contact(c, "CONTACT_PRIMARY", &primary, found);
	look_at_contact(c, "CONTACT_SECONDARY", &other, found);
	look_at_contact(c, "CONTACT_EMERGENCY", &other, found);
	if (!reached(c, &list, &primary)) {
		findings_add(found, "warn", WHO,
		    "CONTACT_PRIMARY is reached by no channel: nobody "
		    "hears of a backup that fails");
		mend_key(c, found, "CONTACT_PRIMARY");
	}
	look_at_mail(c, &primary, found);
	look_at_sms(c, &primary, found);
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.names[i], "mail") != 0 && strcmp(list.names[i], "sms") != 0 &&
		    look_at_gateway(c, "NOTIFY_ALSO", list.names[i], found))
			findings_add(found, "ok", HOW, "%s (not asked)", list.names[i]);
	}
	if (*config_get(c, "PING_URL") != '\0')
		look_at_gateway(c, "PING_URL", "healthchecks", found);
}
