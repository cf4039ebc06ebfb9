#ifndef NOTIFY_MAIL_H
#define NOTIFY_MAIL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/host.h"
#include "notify/contact.h"
#include "notify/message.h"

/*
 * A message as a mail (RFC 5322): everything in it is 7-bit, whatever the texts are made of, and
 * no text can end its header.
 */

/**
 * mail_write(m, from, host, crlf, out):
 * Append the mail of ${m}, from ${from} (no address: without a From line, which sendmail(1) adds
 * then), sent by the machine ${host}, with line ends for SMTP where ${crlf} is set.  A ${to}
 * that is no address gives nothing but a failed ${out}.
 */
void mail_write(const struct message *m, const struct contact *from, const char *host,
    bool crlf, struct buf *out);

/**
 * mail_host(out):
 * Write the name of this machine, as it may stand in a header, into ${out} of 65 bytes; return
 * ${out}.
 */
const char *mail_host(char out[HOST_SIZE]);

#endif
