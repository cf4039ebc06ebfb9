#ifndef NOTIFY_SENDMAIL_H
#define NOTIFY_SENDMAIL_H

#include "notify/contact.h"
#include "notify/message.h"

/**
 * sendmail_program(void):
 * Return the sendmail(1) of this machine: in PATH, else in /usr/sbin or /usr/lib; NULL where there
 * is none.
 */
const char *sendmail_program(void);

/**
 * sendmail_send(m, from, reason):
 * Hand ${m} over to sendmail(1).  Return as channel_send().
 */
int sendmail_send(const struct message *m, const struct contact *from, char reason[256]);

#endif
