#include "ship/trouble.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/plain.h"

/*
 * The first rule of which the words stand in what was said.  The far end's words decide before
 * the end of the connection that follows them.
 */
static const struct rule {
	const char *words;
	int code;
	bool passing;
	const char *hint;
} rules[] = {
    {"has changed and you have requested strict checking", EX_CONFIG, false,
	"another machine answers, or it was set up anew: ask its administrator before you "
	"change known_hosts"},
    {"Host key verification failed", EX_CONFIG, false,
	"the host is not in known_hosts of this user: ssh-keyscan HOST, compare, and add it"},
    {"knownhosts: key mismatch", EX_CONFIG, false,
	"another machine answers, or it was set up anew: ask its administrator before you "
	"change known_hosts"},
    {"knownhosts: key is unknown", EX_CONFIG, false,
	"the host is not in known_hosts of this remote: ssh-keyscan HOST, compare, and add it"},
    {"password file must", EX_CONFIG, false, "chmod 0600, owned by the user who reads it"},
    {"could not open password file", EX_CONFIG, false, NULL},
    {"Unknown module", EX_CONFIG, false, NULL},
    {"didn't find section in config file", EX_CONFIG, false,
	"rclone config, as the user who runs this, or --rclone-config"},
    {"NoSuchBucket", EX_CONFIG, false, NULL},
    {"auth failed on module", EX_NOPERM, false, "--password-file, with the module's password"},
    {"is your shell clean", EX_CONFIG, false,
	"the account there must let rsync run, and nothing may be printed when it logs in"},
    {"rsync: command not found", EX_CONFIG, false, "apt install rsync, at the far end"},
    {"rsync: not found", EX_CONFIG, false, "apt install rsync, at the far end"},
    {"unknown flag", EX_CONFIG, false, "a newer rclone"},
    {"configured to refuse", EX_CONFIG, false, "\"refuse options\" of its rsyncd.conf"},
    {"server is not allowed", EX_NOPERM, false,
	"the restriction of this key in authorized_keys"},
    {"rrsync error", EX_CONFIG, false, NULL},
    {"Permission denied (13)", EX_NOPERM, false, "the right to write there, at the far end"},
    {"Permission denied (", EX_NOPERM, false,
	"the public key of this user in authorized_keys of the other"},
    {"Too many authentication failures", EX_NOPERM, false, NULL},
    {"unable to authenticate", EX_NOPERM, false, NULL},
    {"Unauthorized", EX_NOPERM, false, NULL},
    {"Forbidden", EX_NOPERM, false, NULL},
    {"AccessDenied", EX_NOPERM, false, NULL},
    {"InvalidAccessKeyId", EX_NOPERM, false, NULL},
    {"SignatureDoesNotMatch", EX_NOPERM, false, NULL},
    {"module is read only", EX_NOPERM, false, "\"read only = no\" in its rsyncd.conf"},
    {"module is write only", EX_NOPERM, false,
	"it must be readable, too: what is there is looked at before anything is sent"},
    {"No space left on device", EX_IOERR, false, "make room at the far end"},
    {"no space left on device", EX_IOERR, false, "make room at the far end"},
    {"too big for remaining disk space", EX_IOERR, false, "make room at the far end"},
    {"Disk quota exceeded", EX_IOERR, false, "make room at the far end"},
    {"Insufficient Storage", EX_IOERR, false, "make room at the far end"},
    {"File exists", EX_CANTCREAT, false, "another name: nothing that is there is replaced"},
    {"Read-only file system", EX_CANTCREAT, false, NULL},
    {"Permission denied", EX_NOPERM, false, NULL},
    {"permission denied", EX_NOPERM, false, NULL},
    {"Operation not permitted", EX_NOPERM, false, NULL},
    {"is a directory or doesn't exist", EX_CONFIG, false, NULL}, /* rclone deletefile */
    {"404 Not Found", EX_CONFIG, false, NULL},
    {"directory not found", EX_CONFIG, false, NULL},
    {"No such file or directory", EX_CONFIG, false, NULL},
    {"max connections", EX_UNAVAILABLE, true, NULL},
    {"Could not resolve hostname", EX_UNAVAILABLE, true, NULL},
    {"Name or service not known", EX_UNAVAILABLE, true, NULL},
    {"Temporary failure in name resolution", EX_UNAVAILABLE, true, NULL},
    {"no such host", EX_UNAVAILABLE, true, NULL},
    {"Connection refused", EX_UNAVAILABLE, true, NULL},
    {"connection refused", EX_UNAVAILABLE, true, NULL},
    {"Connection timed out", EX_UNAVAILABLE, true, NULL},
    {"No route to host", EX_UNAVAILABLE, true, NULL},
    {"Network is unreachable", EX_UNAVAILABLE, true, NULL},
    {"i/o timeout", EX_UNAVAILABLE, true, NULL},
    {"timeout in data send/receive", EX_UNAVAILABLE, true, NULL},
    {"Connection reset by", EX_UNAVAILABLE, true, NULL},
    {"connection reset by", EX_UNAVAILABLE, true, NULL},
    {"connection unexpectedly closed", EX_UNAVAILABLE, true, NULL},
    {"unexpected EOF", EX_UNAVAILABLE, true, NULL},
    {"error in rsync protocol data stream", EX_UNAVAILABLE, true, NULL},
    {"Input/output error", EX_IOERR, true, NULL},
};

/* What a code alone tells. */
static void
judge_code(const char *program, int status, struct trouble *out)
{
	out->code = EX_UNAVAILABLE;
	out->passing = true;
	if (status == 127) {
		out->code = EX_CONFIG;
		out->passing = false;
	} else if (strcmp(program, "rsync") == 0) {
		switch (status) {
		case 1:
		case 4:
		case 6: /* usage, what it cannot do */
			out->code = EX_CONFIG;
			out->passing = false;
			break;
		case 11: out->code = EX_IOERR; break;
		case 22: out->code = EX_OSERR; break;
		}
	} else if (strcmp(program, "rclone") == 0) {
		out->passing = status != 2 && status != 7;
		out->code = status == 2 ? EX_CONFIG : EX_UNAVAILABLE;
	} else {
		/* A command of ours that failed at the far end; ssh's own code is 255. */
		out->passing = status == 255;
		out->code = status == 255 ? EX_UNAVAILABLE : EX_IOERR;
	}
}

/* Behind "2026/11/26 23:44:18 ERROR : ", which rclone puts before what it says. */
static const char *
past_stamp(const char *line)
{
	static const char form[] = "dddd/dd/dd dd:dd:dd ";
	size_t i = 0;

	while (form[i] != '\0' &&
	       (form[i] == 'd' ? isdigit((unsigned char)line[i]) != 0 : line[i] == form[i]))
		i++;
	if (form[i] != '\0')
		return line;
	line += i;
	line += strncmp(line, "ERROR :", 7) == 0 ? 7 : 0;
	return line + strspn(line, " ");
}

/* Copy the line at ${at} in ${said}. */
static void
take_line(const char *said, const char *at, struct trouble *out)
{
	size_t len;

	while (at > said && at[-1] != '\n')
		at--;
	at = past_stamp(at);
	len = strcspn(at, "\r\n");
	if (len >= sizeof(out->line))
		len = sizeof(out->line) - 1;
	memcpy(out->line, at, len);
	out->line[len] = '\0';
	plain_text(out->line);
}

/* The last line of ${said} that says something. */
static const char *
last_line(const char *said)
{
	size_t len = strlen(said);

	while (len > 0 && (said[len - 1] == '\n' || said[len - 1] == '\r'))
		len--;
	while (len > 0 && said[len - 1] != '\n')
		len--;
	return said + len;
}

void
trouble_judge(const char *program, int status, const char *said, struct trouble *out)
{
	const char *at;

	memset(out, 0, sizeof(*out));
	judge_code(program, status, out);
	/* Some of the files were not sent, or went away meanwhile. */
	out->differently = strcmp(program, "rsync") == 0 && (status == 23 || status == 24);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if ((at = strstr(said, rules[i].words)) == NULL)
			continue;
		out->code = rules[i].code;
		out->passing = rules[i].passing;
		out->hint = rules[i].hint;
		/* A full disk, or a missing right, stays what it is. */
		if (!out->passing && out->code != EX_CONFIG)
			out->differently = false;
		take_line(said, at, out);
		return;
	}
	take_line(said, last_line(said), out);
	if (*out->line == '\0')
		snprintf(
		    out->line, sizeof(out->line), "%s ended with code %d", program, status);
}
