#include "notify/sendmail.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "notify/mail.h"
#include "notify/program.h"

const char *
sendmail_program(void)
{
	static const char *const places[] = {"/usr/sbin/sendmail", "/usr/lib/sendmail"};

	if (child_exists("sendmail"))
		return "sendmail";
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

/*
 * What an exit code means to us.  Only what names this message or the configuration is final:
 * programs of this kind say EX_NOHOST where the network is down, EX_UNAVAILABLE where a server
 * puts a recipient off (msmtp), and 1 for anything.
 */
static int
verdict(int status)
{
	switch (status) {
	case 0: return 0;
	case EX_USAGE:
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOPERM:
	case EX_CONFIG: return status;
	default: return EX_TEMPFAIL;
	}
}

int
sendmail_send(const struct message *m, const struct contact *from, char reason[256])
{
	const char *program = sendmail_program();
	struct buf mail = {0};
	char host[HOST_SIZE], name[32], said[200];
	char t[] = "-t", oi[] = "-oi";
	char *argv[] = {name, t, oi, NULL};
	int status, rc;

	if (program == NULL) {
		snprintf(reason, 256, "sendmail is not installed");
		return EX_CONFIG;
	}
	snprintf(name, sizeof(name), "%s", program);
	mail_write(m, from, mail_host(host), false, &mail);
	if (buf_string(&mail) == NULL) {
		snprintf(reason, 256, "not enough memory");
		rc = EX_TEMPFAIL;
		goto out;
	}
	status = program_run(argv, mail.data, mail.len, program_patience(), said, sizeof(said));
	rc = verdict(status);
	if (rc == 0)
		snprintf(reason, 256, "sendmail took it");
	else if (status == PROGRAM_LATE)
		snprintf(reason, 256, "sendmail did not end within %d s", program_patience());
	else if (status == -1)
		snprintf(reason, 256, "sendmail cannot be started");
	else
		snprintf(reason, 256, "sendmail ended with exit code %d%s%s", status,
		    said[0] != '\0' ? ": " : "", said);
out:
	buf_free(&mail);
	return rc;
}
