#include "notify/sms.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "notify/contact.h"
#include "notify/program.h"

enum sms_kind
sms_parse(const char *text, const char **where)
{
	*where = text;
	if (*text == '\0')
		return SMS_NONE;
	if (strcmp(text, "smstools") == 0) {
		*where = SMS_SPOOL;
		return SMS_SMSTOOLS;
	}
	if (strcmp(text, "gammu") == 0) {
		*where = SMS_GAMMU_CONFIG;
		return SMS_GAMMU;
	}
	if (strncmp(text, "smstools:/", 10) == 0) {
		*where = text + 9;
		return SMS_SMSTOOLS;
	}
	if (strncmp(text, "gammu:/", 7) == 0) {
		*where = text + 6;
		return SMS_GAMMU;
	}
	return SMS_GATEWAY;
}

void
sms_text(const char *brief, char out[SMS_TEXT])
{
	size_t used = 0, septets = 0, width;

	for (const char *c = brief; *c != '\0'; c++) {
		char is = *c;

		if (((unsigned char)is & 0xc0) == 0x80)
			continue; /* within a character, which has its question mark */
		if (strchr("\t\r\n", is) != NULL)
			is = ' ';
		else if (is == '`')
			is = '\'';
		else if (is < ' ' || is > '~')
			is = '?';
		width = strchr("[]{}~^\\|", is) != NULL ? 2 : 1;
		if (septets + width > SMS_SEPTETS)
			break;
		septets += width;
		out[used++] = is;
	}
	out[used] = '\0';
}

/* Write the file of smstools at ${fd}: headers, an empty line, the text. */
static int
write_sms(int fd, const struct message *m)
{
	char text[SMS_TEXT], file[SMS_TEXT + 64];
	int len;

	sms_text(m->brief, text);
	len = snprintf(file, sizeof(file), "To: %s\n\n%s", m->to, text);
	/* smsd runs as another user, and writes down in it what became of it. */
	if (io_write(fd, file, (size_t)len) != 0 || fchmod(fd, 0660) != 0 || fsync(fd) != 0)
		return -1;
	return 0;
}

int
sms_spool(const char *spool, const struct message *m, char reason[256])
{
	char temporary[PATH_MAX], folder[PATH_MAX], target[PATH_MAX];
	char number[16];
	int fd = -1, dir = -1, rc = EX_TEMPFAIL;
	bool made = false;

	if (contact_number(m->to, number) != NULL || strcmp(number, m->to) != 0) {
		snprintf(reason, 256, "not a telephone number");
		return EX_DATAERR;
	}
	if ((size_t)snprintf(temporary, sizeof(temporary), "%s/.siantre.XXXXXX", spool) >=
		sizeof(temporary) ||
	    (size_t)snprintf(folder, sizeof(folder), "%s/outgoing", spool) >= sizeof(folder) ||
	    (size_t)snprintf(target, sizeof(target), "%s/siantre-%s", folder, m->id) >=
		sizeof(target)) {
		snprintf(reason, 256, "the path of the spool is too long");
		return EX_CONFIG;
	}
	if ((dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
	    (fd = mkostemp(temporary, O_CLOEXEC)) == -1)
		goto fail;
	made = true;
	/* link() refuses where an earlier attempt got as far; the daemon sees the whole file. */
	if (write_sms(fd, m) != 0 || (link(temporary, target) != 0 && errno != EEXIST) ||
	    fsync(dir) != 0)
		goto fail;
	snprintf(reason, 256, "smstools has it in its spool");
	rc = 0;
	goto out;
fail:
	snprintf(reason, 256, "%.180s: %s", spool, strerror(errno));
	rc = errno == EACCES || errno == ENOENT || errno == EPERM ? EX_CONFIG : EX_TEMPFAIL;
out:
	if (made)
		unlink(temporary);
	io_close(&fd);
	io_close(&dir);
	return rc;
}

int
sms_inject(const char *config, const struct message *m, char reason[256])
{
	char program[] = "gammu-smsd-inject", c[] = "-c", kind[] = "TEXT", number[16];
	char path[PATH_MAX], text[SMS_TEXT + 1], said[200];
	char to[17], *argv[] = {program, c, path, kind, to, NULL};
	int status;

	if (contact_number(m->to, number) != NULL || strcmp(number, m->to) != 0) {
		snprintf(reason, 256, "not a telephone number");
		return EX_DATAERR;
	}
	if (!child_exists(program)) {
		snprintf(reason, 256, "%s is not installed", program);
		return EX_CONFIG;
	}
	snprintf(path, sizeof(path), "%s", config);
	/* With a plus it is international for every network. */
	snprintf(to, sizeof(to), "+%s", number);
	sms_text(m->brief, text);
	status = program_run(argv, text, strlen(text), program_patience(), said, sizeof(said));
	if (status == 0) {
		snprintf(reason, 256, "gammu-smsd has it in its outbox");
		return 0;
	}
	if (status == PROGRAM_LATE)
		snprintf(
		    reason, 256, "%s did not end within %d s", program, program_patience());
	else
		snprintf(reason, 256, "%s ended with exit code %d: %s", program, status, said);
	return EX_TEMPFAIL;
}
