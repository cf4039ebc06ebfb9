/*
 * The part of check-config that is about SMS through a modem of this machine.  Debian's smstools
 * leaves its spool to the group smsd, gammu-smsd its outbox to the group gammu: siantre-backup has
 * to be in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/rights.h"
#include "notify/checkalert_parts.h"

#define CONFIG_MOST 65536

/* ${path} may not be written: name the group that may, which is ${usual} on Debian. */
static void
mend_group(struct checkalert *l, const char *path, const char *usual)
{
	const struct group *g;
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & S_IWGRP) != 0 && st.st_gid != 0 &&
	    (g = getgrgid(st.st_gid)) != NULL)
		usual = g->gr_name;
	findings_mend(l->found, "usermod -aG %s %s", findings_word(usual), RIGHTS_USER);
	findings_fact(l->found, "group", json_string(usual));
}

/* The value of ${key} in the configuration ${path} of gammu; the caller frees it. */
static char *
gammu_value(const char *path, const char *key)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *text = NULL, *rest, *line, *value = NULL;
	size_t len;

	if (fd != -1 && io_read_file(fd, CONFIG_MOST, &text, &len) == 0) {
		rest = text;
		while ((line = strsep(&rest, "\r\n")) != NULL) {
			line += strspn(line, " \t");
			if (strncasecmp(line, key, strlen(key)) != 0)
				continue;
			line += strlen(key);
			line += strspn(line, " \t");
			if (*line++ != '=')
				continue;
			line += strspn(line, " \t");
			free(value);
			value = strndup(line, strcspn(line, " \t"));
		}
	}
	free(text);
	io_close(&fd);
	return value;
}

static void
look_at_gammu(struct checkalert *l, const char *where)
{
	const char *word = findings_word(where);
	char *outbox = NULL;
	struct stat st;

	if (!child_exists("gammu-smsd-inject")) {
		findings_add(l->found, "warn", CHECKALERT_HOW, "sms: %s",
		    _("gammu-smsd is not installed"));
		findings_mend(l->found, "apt-get install gammu-smsd");
	} else if (access(where, R_OK) != 0) {
		findings_add(
		    l->found, "warn", CHECKALERT_HOW, "sms: %s: %s", where, strerror(errno));
		findings_mend(l->found,
		    "usermod -aG gammu %s && chgrp gammu %s && chmod 0640 %s", RIGHTS_USER,
		    word, word);
	} else if ((outbox = gammu_value(where, "outboxpath")) != NULL &&
		   stat(outbox, &st) != 0) {
		findings_add(
		    l->found, "warn", CHECKALERT_HOW, "sms: %s: %s", outbox, strerror(errno));
		findings_mend(
		    l->found, "install -d -m 0770 -o gammu -g gammu %s", findings_word(outbox));
	} else if (outbox != NULL && access(outbox, W_OK | X_OK) != 0) {
		findings_add(l->found, "warn", CHECKALERT_HOW,
		    _("sms: %s: %s may not write there"), outbox, RIGHTS_USER);
		mend_group(l, outbox, "gammu");
	} else {
		checkalert_fine(l, "sms", _("sms through gammu-smsd"));
	}
	free(outbox);
}

static void
look_at_smstools(struct checkalert *l, const char *where)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/outgoing", where);
	if (stat(path, &st) != 0) { /* with the right to look into all folders */
		findings_add(
		    l->found, "warn", CHECKALERT_HOW, "sms: %s: %s", path, strerror(errno));
		findings_mend(l->found, "apt-get install smstools");
	} else if (access(path, W_OK | X_OK) != 0 || access(where, W_OK | X_OK) != 0) {
		findings_add(l->found, "warn", CHECKALERT_HOW,
		    _("sms: %s: %s may not write there"), path, RIGHTS_USER);
		mend_group(l, path, "smsd");
	} else {
		checkalert_fine(l, "sms", _("sms through smstools"));
	}
}

void
checkalert_modem(struct checkalert *l, enum sms_kind kind, const char *where)
{
	if (kind == SMS_GAMMU)
		look_at_gammu(l, where);
	else
		look_at_smstools(l, where);
}
