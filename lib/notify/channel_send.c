#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "notify/channel.h"
#include "notify/gateway.h"
#include "notify/mail.h"
#include "notify/mailplace.h"
#include "notify/ping.h"
#include "notify/sendmail.h"
#include "notify/sms.h"
#include "notify/smtp.h"

static int
send_mail(const struct config *c, const struct message *m, char reason[256])
{
	struct mailplace place;
	struct contact from;
	const char *problem;
	char host[HOST_SIZE];

	if ((problem = mailplace_parse(config_get(c, "MAIL"), &place)) != NULL) {
		snprintf(reason, 256, "MAIL: %s", problem);
		return EX_CONFIG;
	}
	if ((problem = contact_parse(config_get(c, "MAIL_FROM"), &from)) != NULL) {
		snprintf(reason, 256, "MAIL_FROM: %s", problem);
		return EX_CONFIG;
	}
	if (contact_mail(m->to) != NULL) {
		snprintf(reason, 256, "not a mail address");
		return EX_DATAERR;
	}
	switch (place.kind) {
	case MAILPLACE_SENDMAIL: return sendmail_send(m, &from, reason);
	case MAILPLACE_SMTP:
	case MAILPLACE_SMTPS:
		/* The protocol needs a sender: the account, where that is an address. */
		if (from.mail[0] == '\0' && strchr(place.user, '@') != NULL &&
		    contact_mail(place.user) == NULL)
			strlcpy(from.mail, place.user, sizeof(from.mail));
		if (from.mail[0] == '\0')
			snprintf(
			    from.mail, sizeof(from.mail), "siantre-backup@%s", mail_host(host));
		return smtp_send(&place, m, &from, config_get(c, "MAIL_CA"), reason);
	case MAILPLACE_NONE: break;
	}
	snprintf(reason, 256, "MAIL=none");
	return EX_CONFIG;
}

int
channel_send(const struct config *c, const struct message *m, char reason[256])
{
	const char *where;

	reason[0] = '\0';
	if (strcmp(m->channel, "mail") == 0)
		return send_mail(c, m, reason);
	if (strcmp(m->channel, "ping") == 0)
		return ping_send(c, m->to, reason);
	if (strcmp(m->channel, "sms") != 0)
		return gateway_send(c, m->channel, m, NULL, reason);
	switch (sms_parse(config_get(c, "SMS"), &where)) {
	case SMS_SMSTOOLS: return sms_spool(where, m, reason);
	case SMS_GAMMU: return sms_inject(where, m, reason);
	case SMS_GATEWAY: return gateway_send(c, where, m, NULL, reason);
	case SMS_NONE: break;
	}
	snprintf(reason, 256, "SMS is not set");
	return EX_CONFIG;
}
