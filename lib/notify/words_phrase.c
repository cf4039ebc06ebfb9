/* What can be wrong, in words, and what to do then. */
#include "notify/words_phrase.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/language.h"
#include "notify/words.h"

/*
 * {job} is the name of the job, {what} what the event is about.  No phrase names anything else:
 * it goes through the hands of others.  In commands, {c} is the option for the configuration.
 */
static const struct thing {
	const char *event;
	const char *what; /* NULL: any */
	const char *bad;
	const char *odd; /* a warning; NULL: as bad */
	const char *good;
	const char *commands; /* with newlines between */
} things[] = {
    {"run", NULL, N_("backup {job} failed"), N_("backup {job} was made, with a warning"),
	N_("backup {job} works again"),
	"sudo siantre-run{c} check-config\nsudo siantre-run{c} {job}"},
    {"verify", NULL, N_("a backup that is kept is damaged"), NULL,
	N_("the backups that are kept are proven again"),
	"sudo siantre-run{c} verify\nsiantre-status{c}"},
    {"prune", NULL, N_("pruning old backups of {job} failed"),
	N_("old backups of {job} are not pruned"), N_("old backups of {job} are pruned again"),
	"sudo siantre-prune {backup}\ndf -h {backup}"},
    {"ship", NULL, N_("copying backups elsewhere failed"), NULL,
	N_("copying backups elsewhere works again"), "sudo siantre-run{c} ship"},
    {"drill", NULL, N_("the recovery drill failed"),
	N_("the recovery drill passed, with a warning"), N_("the recovery drill passed"),
	"sudo siantre-run{c} drill\nls {state}/drills"},
    {"check", "age", N_("no verified backup of {job} in time"), NULL,
	N_("there is a verified backup of {job} again"),
	"siantre-status{c}\nsudo siantre-run{c} {job}"},
    {"check", "remote", N_("the copies elsewhere are behind"), NULL,
	N_("the copies elsewhere are up to date again"), "sudo siantre-run{c} ship"},
    {"check", "drill", N_("the recovery drill is overdue"), NULL,
	N_("the recovery drill is no longer overdue"), "sudo siantre-run{c} drill"},
    {"check", "reread", N_("backups that are kept are not read again"), NULL,
	N_("backups that are kept are read again"),
	"sudo siantre-run{c} verify\nsudo siantre-run{c} check-config"},
    {"check", "disk", N_("the backup disk is filling up"), NULL,
	N_("the backup disk has room again"), "df -h {backup}\nsudo siantre-prune {backup}"},
    {"check", "dashboard", N_("the dashboard is out of date"), NULL,
	N_("the dashboard is up to date again"),
	"siantre-status{c}\nsystemctl list-timers 'siantre-*'"},
    {"check", "clock", N_("the clock is wrong"), NULL, N_("the clock is right again"),
	"timedatectl"},
    {"check", "channel", N_("a way to send alerts has not been proven"), NULL,
	N_("the ways to send alerts are proven again"), "sudo siantre-alert test{c}"},
    {"check", "mount", N_("the backup disk is not mounted"), NULL,
	N_("the backup disk is mounted again"), "findmnt {mount}\nsudo mount {mount}"},
    {"check", "config", N_("the configuration of the backups cannot be read"), NULL,
	N_("the configuration of the backups can be read again"),
	"sudo siantre-run{c} check-config"},
    {"check", "check", N_("the hourly look at the backups failed"), NULL,
	N_("the hourly look at the backups works again"),
	"sudo siantre-alert check{c} -v\njournalctl -u siantre-check"},
    {"check", "damaged", N_("a backup that was sent is damaged"), NULL,
	N_("the backups that were sent are whole again"), "siantre-alert list{c} -v"},
    {"check", "place", N_("a place with backups cannot be read"), NULL,
	N_("all places with backups can be read again"), "findmnt\ndf -h"},
    {"channel", NULL, N_("messages by {what} cannot be delivered"), NULL,
	N_("messages by {what} are delivered again"),
	"sudo siantre-alert test{c} {what}\nsudo ls {state}/alert/dead"},
    {"", NULL, N_("{job} is not well"), NULL, N_("{job} is well again"), "siantre-status{c}"},
};

/* Of a host that siantre-alert watch misses: it has no job, and no command here makes one. */
static const struct thing silent = {"check", "age", N_("no backups of this machine arrive"),
    NULL, N_("backups of this machine arrive again"), "siantre-status\nsudo siantre-run ship"};

/* Of kept sets that could not be read to their end: nobody knows that one is damaged. */
static const struct thing unread = {"verify", NULL,
    N_("backups that are kept are not read again"), NULL,
    N_("backups that are kept are read again"),
    "sudo siantre-run{c} verify\nsiantre-status{c}"};

static const struct thing *
thing_of(const struct incident *i)
{
	const struct thing *t = things;

	if (incident_urgent(i) && strncmp(i->job, "host", 4) == 0 &&
	    (i->job[4] == '\0' || i->job[4] == '@'))
		return &silent;
	if (strcmp(i->event, "verify") == 0 && i->exit != EX_DATAERR)
		return &unread;
	while (*t->event != '\0' && (strcmp(t->event, i->event) != 0 ||
					(t->what != NULL && strcmp(t->what, i->what) != 0)))
		t++;
	return t;
}

void
words_ascii(struct buf *b, const char *text, size_t max)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789.-_";

	for (size_t i = 0; i < max && text[i] != '\0'; i++) {
		/* One dash for a whole character. */
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			buf_add(b, strchr(fine, text[i]) != NULL ? &text[i] : "-", 1);
	}
}

char *
words_phrase(const struct incident *i, bool good)
{
	const struct thing *t = thing_of(i);
	const char *text;
	struct buf b = {0};

	if (good)
		text = language_text(t->good);
	else if (i->worst == INCIDENT_WARNING && t->odd != NULL)
		text = language_text(t->odd);
	else
		text = language_text(t->bad);
	while (*text != '\0') {
		if (strncmp(text, "{job}", 5) == 0) {
			words_ascii(&b, *i->job != '\0' ? i->job : i->event, 24);
			text += 5;
		} else if (strncmp(text, "{what}", 6) == 0) {
			words_ascii(&b, i->what, 24);
			text += 6;
		} else {
			buf_add(&b, text++, 1);
		}
	}
	/* The caller's now. */
	if (buf_string(&b) == NULL)
		buf_free(&b);
	return b.data;
}

/* Whether a shell takes ${text} as one plain word. */
static bool
is_word(const char *text)
{
	return *text != '\0' && *text != '-' &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    "._/:@+-") == strlen(text);
}

/* What {${key}} of ${len} bytes stands for; NULL where there is no such thing. */
static const char *
value_of(const struct config *c, const struct incident *i, const char *key, size_t len)
{
	const char *value = "";

	if (strncmp(key, "job", len) == 0)
		value = i->job;
	else if (strncmp(key, "what", len) == 0)
		value = i->what;
	else if (strncmp(key, "backup", len) == 0)
		value = config_get(c, "BACKUP_DIR");
	else if (strncmp(key, "state", len) == 0)
		value = config_get(c, "STATE_DIR");
	else if (strncmp(key, "mount", len) == 0)
		value = config_get(c, "BACKUP_MOUNT");
	return is_word(value) ? value : NULL;
}

/* Append one command, the ${len} bytes at ${text}; nothing where a part of it is missing. */
static void
command(const struct config *c, const struct incident *i, const char *text, size_t len,
    struct buf *b)
{
	const char *end = text + len, *name = config_name(c), *value;
	size_t before = b->len, key;

	buf_text(b, "  ");
	while (text < end) {
		if (*text != '{') {
			buf_add(b, text++, 1);
			continue;
		}
		key = strcspn(++text, "}");
		if (strncmp(text, "c", key) == 0 && key == 1) {
			if (is_word(name))
				buf_printf(b, " -c %s", name);
		} else if ((value = value_of(c, i, text, key)) != NULL) {
			buf_text(b, value);
		} else {
			b->len = before;
			return;
		}
		text += key + 1;
	}
	buf_text(b, "\n");
}

void
words_commands(const struct config *c, const struct incident *i, struct buf *b)
{
	const char *at = thing_of(i)->commands;
	size_t len;

	while (*at != '\0') {
		len = strcspn(at, "\n");
		command(c, i, at, len, b);
		at += len + (at[len] == '\n');
	}
}
