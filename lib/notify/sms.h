#ifndef NOTIFY_SMS_H
#define NOTIFY_SMS_H

#include "notify/message.h"

/*
 * SMS through a modem of this machine: the spool of smstools, or gammu-smsd.  SMS is "smstools",
 * "smstools:/SPOOL" (/var/spool/sms), "gammu", "gammu:/CONFIG" (/etc/gammu-smsdrc), or the name of
 * a gateway.
 */
enum sms_kind { SMS_NONE, SMS_SMSTOOLS, SMS_GAMMU, SMS_GATEWAY };

#define SMS_SPOOL "/var/spool/sms"
#define SMS_GAMMU_CONFIG "/etc/gammu-smsdrc"
#define SMS_SEPTETS 160
#define SMS_TEXT (SMS_SEPTETS + 1)

/**
 * sms_parse(text, where):
 * Return what the value ${text} of SMS means; ${*where} is the spool, the configuration, or the
 * gateway's name, and points into ${text} or to what lasts.
 */
enum sms_kind sms_parse(const char *text, const char **where);

/**
 * sms_text(brief, out):
 * Write ${brief} as text that takes one SMS everywhere into ${out}: one line of ASCII that the
 * alphabet of GSM has, where [ ] { } ~ ^ \ | count twice.
 */
void sms_text(const char *brief, char out[SMS_TEXT]);

/**
 * sms_spool(spool, m, reason):
 * Put ${m} into the outgoing folder of smstools' ${spool}, whole or not at all, and once however
 * often it is tried.  Return as channel_send().
 */
int sms_spool(const char *spool, const struct message *m, char reason[256]);

/**
 * sms_inject(config, m, reason):
 * Hand ${m} to gammu-smsd-inject(1).  Return as channel_send().
 */
int sms_inject(const char *config, const struct message *m, char reason[256]);

#endif
