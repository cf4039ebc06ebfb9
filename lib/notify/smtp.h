#ifndef NOTIFY_SMTP_H
#define NOTIFY_SMTP_H

#include "notify/contact.h"
#include "notify/mailplace.h"
#include "notify/message.h"

/*
 * Mail to an SMTP server.  smtp:// means STARTTLS: where the server does not offer it, nothing
 * is sent, and no password is.  The certificate must be good, and for that host.  There is one
 * exception: to this machine itself (127.0.0.1, ::1, localhost) TLS is used where it is offered,
 * and the certificate not looked at, since nobody can sit in between, and few have a certificate
 * for "localhost"; where a file ${ca} of certificates is given, the rule is the same there too.
 */

/**
 * smtp_send(place, m, from, ca, reason):
 * Hand ${m} over to the server ${place}.  Return as channel_send(): 4xx is later, 5xx never.
 */
int smtp_send(const struct mailplace *place, const struct message *m,
    const struct contact *from, const char *ca, char reason[256]);

#endif
