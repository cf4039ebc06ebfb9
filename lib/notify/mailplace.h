#ifndef NOTIFY_MAILPLACE_H
#define NOTIFY_MAILPLACE_H

#include <stdbool.h>

/*
 * Where mail goes out, the value of MAIL: "sendmail", "none", smtp://[USER@]HOST[:PORT] or
 * smtps://[USER@]HOST[:PORT].  Its password is the secret "mail".
 *
 * smtp:// without a port is 587 with a USER and 25 without; smtps:// is 465.
 */
enum mailplace_kind { MAILPLACE_NONE, MAILPLACE_SENDMAIL, MAILPLACE_SMTP, MAILPLACE_SMTPS };

#define MAILPLACE_SECRET "mail"

struct mailplace {
	enum mailplace_kind kind;
	char user[256]; /* empty: none, so no password */
	char host[256]; /* without the brackets of an IPv6 address */
	unsigned port;
	bool loopback; /* host is this machine, by its name or number */
};

/**
 * mailplace_parse(text, out):
 * Return NULL, or what is wrong with ${text}, which is not shown: a password may be in it.
 */
const char *mailplace_parse(const char *text, struct mailplace *out);

/**
 * mailplace_loopback(host):
 * Return whether ${host} (brackets or not) is localhost, 127.0.0.0/8 or ::1, by its text alone.
 */
bool mailplace_loopback(const char *host);

#endif
