#include "notify/checkalert.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/rights.h"
#include "notify/channel.h"
#include "notify/checkalert_parts.h"
#include "notify/gateway.h"
#include "notify/mailplace.h"
#include "notify/moment.h"
#include "notify/policy.h"
#include "notify/secret.h"
#include "notify/sendmail.h"
#include "set/systemctl.h"

#define WHO CHECKALERT_WHO
#define HOW CHECKALERT_HOW

/* Name the file and the key in it that mend the last finding. */
static void
mend_key(struct checkalert *l, const char *key)
{
	findings_mend(
	    l->found, "sensible-editor %s    # set %s", findings_word(config_path(l->c)), key);
}

void
checkalert_fine(struct checkalert *l, const char *name, const char *text)
{
	const struct state_test *t = l->state != NULL ? state_find_test(l->state, name) : NULL;
	time_t when = t != NULL ? (time_t)t->when : 0;
	const char *of = config_name(l->c);
	char at[24] = "-";
	struct tm tm;

	if (t != NULL && localtime_r(&when, &tm) != NULL)
		strftime(at, sizeof(at), "%Y-%m-%d", &tm);
	if (t == NULL)
		findings_add(l->found, "ok", HOW, _("%s; not tested yet"), text);
	else if (t->ok)
		findings_add(l->found, "ok", HOW, _("%s; tested on %s"), text, at);
	else
		findings_add(l->found, "warn", HOW, _("%s; its test on %s failed"), text, at);
	if (t == NULL || !t->ok)
		findings_mend(l->found, "siantre-alert test%s%s %s", *of != '\0' ? " -c " : "",
		    *of != '\0' ? findings_word(of) : "", name);
	findings_fact(l->found, "channel", json_string(name));
	findings_fact(l->found, "tested", t != NULL ? json_string(at) : json_null());
	findings_fact(
	    l->found, "test", t != NULL ? json_string(t->ok ? "ok" : "fail") : json_null());
}

/* Look at the secret ${name}; return whether it can be used. */
static bool
look_at_secret(struct checkalert *l, const char *channel, const char *name, bool needed)
{
	static const char own[] = SYSCONFDIR SECRET_FOLDER "/";
	char reason[SECRET_REASON], path[256], *value;
	int rc = secret_read(name, &value, reason);
	const char *word = findings_word(secret_path(name, path, sizeof(path)));
	struct stat st;

	secret_free(value);
	/*
	 * We may read more than siantre-alert may: what is root's reaches it as a credential of its
	 * unit, and not where cron starts it.
	 */
	if (rc == 0 && (l->systemd || strncmp(path, own, strlen(own)) != 0 ||
			   stat(path, &st) != 0 || st.st_uid == geteuid()))
		return true;
	if (rc == EX_NOINPUT && !needed)
		return true;
	if (rc == 0)
		findings_add(l->found, "warn", HOW,
		    _("%s: %s: siantre-alert may not read it where cron starts it"), channel,
		    path);
	else
		findings_add(l->found, "warn", HOW, "%s: %s", channel, reason);
	if (rc == EX_NOINPUT)
		findings_mend(l->found,
		    "install -D -m 0600 -o %s /dev/stdin %s    # type it, then Ctrl-D",
		    RIGHTS_USER, word);
	else
		findings_mend(
		    l->found, "chown %s %s && chmod 0600 %s", RIGHTS_USER, word, word);
	return false;
}

static bool
look_at_gateway(struct checkalert *l, const char *key, const char *name)
{
	struct gateway *g;
	char reason[256];
	const char *secret;
	bool needed, fine = true;

	if (gateway_read(name, &g, reason) != 0) {
		findings_add(l->found, "warn", HOW, "%s: %s", name, reason);
		mend_key(l, key);
		return false;
	}
	if (strcmp(key, "PING_URL") != 0 && strcmp(gateway_get(g, "URL"), "{ping}") == 0) {
		findings_add(l->found, "warn", HOW,
		    _("%s: it is for PING_URL, and reaches nobody"), name);
		mend_key(l, key);
		fine = false;
	}
	if (*gateway_get(g, "CA") != '\0' && access(gateway_get(g, "CA"), R_OK) != 0) {
		findings_add(l->found, "warn", HOW, "%s: CA=%s: %s", name, gateway_get(g, "CA"),
		    strerror(errno));
		fine = false;
	}
	for (size_t i = 0; (secret = gateway_secret(g, i, &needed)) != NULL; i++)
		fine &= look_at_secret(l, name, secret, needed);
	gateway_free(g);
	return fine;
}

static void
look_at_mail(struct checkalert *l)
{
	const struct config *c = l->c;
	const struct contact *primary = &l->primary;
	const char *problem, *ca = config_get(c, "MAIL_CA");
	struct mailplace place;
	struct contact from;
	char how[400];
	bool fine = true;

	if ((problem = mailplace_parse(config_get(c, "MAIL"), &place)) != NULL) {
		/* The value is not shown: a password may be in it. */
		findings_add(l->found, "warn", HOW, "MAIL: %s", language_text(problem));
		mend_key(l, "MAIL");
		return;
	}
	if ((problem = contact_parse(config_get(c, "MAIL_FROM"), &from)) != NULL) {
		findings_add(l->found, "warn", HOW, "MAIL_FROM=%s: %s",
		    config_get(c, "MAIL_FROM"), language_text(problem));
		mend_key(l, "MAIL_FROM");
		fine = false;
	}
	if (place.kind == MAILPLACE_NONE)
		return;
	if (place.kind == MAILPLACE_SENDMAIL) {
		if (sendmail_program() == NULL) {
			findings_add(
			    l->found, "warn", HOW, "mail: %s", _("sendmail is not installed"));
			findings_mend(
			    l->found, "apt-get install msmtp-mta    # or another; or set MAIL");
		} else if (fine)
			checkalert_fine(l, "mail", _("mail through sendmail"));
		return;
	}
	if (place.user[0] != '\0')
		fine &= look_at_secret(l, "mail", MAILPLACE_SECRET, true);
	if (*ca != '\0' && access(ca, R_OK) != 0) {
		findings_add(l->found, "warn", HOW, "MAIL_CA=%s: %s", ca, strerror(errno));
		mend_key(l, "MAIL_CA");
		fine = false;
	}
	if (from.mail[0] == '\0' && strchr(place.user, '@') == NULL) {
		findings_add(l->found, "warn", HOW, "%s",
		    _("mail: MAIL_FROM is empty, and many servers take no mail from this "
		      "machine's name"));
		mend_key(l, "MAIL_FROM");
	}
	if (primary->mail[0] != '\0' && strchr(primary->mail, '@') == NULL && !place.loopback) {
		findings_add(l->found, "warn", HOW,
		    _("mail: %s is an account of this machine, which %s does not know"),
		    primary->mail, place.host);
		mend_key(l, "CONTACT_PRIMARY");
		fine = false;
	}
	/* TRANSLATORS: name of a server, number of a port */
	snprintf(how, sizeof(how),
	    place.user[0] != '\0' ? _("mail through %s, port %u, with a password (not asked)")
				  : _("mail through %s, port %u (not asked)"),
	    place.host, place.port);
	if (fine)
		checkalert_fine(l, "mail", how);
}

static void
look_at_sms(struct checkalert *l)
{
	const struct config *c = l->c;
	const struct contact *primary = &l->primary;
	const char *where;
	char how[400];
	enum sms_kind kind = sms_parse(config_get(c, "SMS"), &where);

	if (kind == SMS_NONE) {
		findings_add(l->found, "warn", HOW, "%s",
		    _("SMS is not set: that there is no backup is told by mail alone"));
		mend_key(l, "SMS");
		return;
	}
	if (kind != SMS_GATEWAY)
		checkalert_modem(l, kind, where);
	else if (look_at_gateway(l, "SMS", where)) {
		snprintf(how, sizeof(how), _("sms through the gateway %s (not asked)"), where);
		checkalert_fine(l, "sms", how);
	}
	if (primary->phone[0] == '\0' && !channel_shared(c, "sms")) {
		findings_add(l->found, "warn", WHO, "%s",
		    _("CONTACT_PRIMARY has no telephone number for SMS"));
		mend_key(l, "CONTACT_PRIMARY");
	}
}

/* Look at one of the contacts. */
static void
look_at_contact(struct checkalert *l, const char *key, struct contact *who)
{
	const struct config *c = l->c;
	const char *problem = contact_parse(config_get(c, key), who);

	if (problem != NULL) {
		findings_add(l->found, "warn", WHO, "%s=%s: %s", key, config_get(c, key),
		    language_text(problem));
		mend_key(l, key);
	} else if (who->mail[0] != '\0' || who->phone[0] != '\0')
		findings_add(l->found, "ok", WHO, "%s: %s%s%s%s", key,
		    who->name[0] != '\0' ? who->name : who->mail,
		    who->name[0] != '\0' && who->mail[0] != '\0' ? ", " : "",
		    who->name[0] != '\0' ? who->mail : "",
		    who->phone[0] != '\0' ? _(", by SMS too") : "");
}

/* Look at when people are told, where siantre-alert goes by a default instead. */
static void
look_at_times(struct checkalert *l)
{
	const char *wish = config_get(l->c, "NOTIFY_OK"),
		   *hours = config_get(l->c, "QUIET_HOURS");
	int64_t end;

	if (!policy_knows(wish)) {
		findings_add(l->found, "warn", WHO,
		    _("NOTIFY_OK=%s: none of never, weekly and each; taken as weekly"), wish);
		mend_key(l, "NOTIFY_OK");
	}
	if (moment_quiet(hours, 0, &end) == -1) {
		findings_add(l->found, "warn", WHO,
		    _("QUIET_HOURS=%s: not hours such as 22:00-06:00; nothing waits"), hours);
		mend_key(l, "QUIET_HOURS");
	}
}

/* Whether anybody can be reached at all. */
static bool
reached(const struct config *c, const struct channels *list, const struct contact *primary)
{
	for (size_t i = 0; i < list->count; i++) {
		if (channel_address(c, list->names[i], primary) != NULL)
			return true;
	}
	return false;
}

void
checkalert_look(const struct config *c, struct findings *found)
{
	struct checkalert l = {.c = c, .found = found, .systemd = systemctl_running()};
	struct contact other;
	struct channels list;
	struct state *state = NULL;
	char *path = NULL, how[400];

	/* Its state is no reason to say anything here. */
	if (asprintf(&path, "%s/alert/state.json", config_get(c, "STATE_DIR")) != -1 &&
	    access(path, R_OK) == 0 && state_read(config_get(c, "STATE_DIR"), &state) == 0)
		l.state = state;
	channel_list(c, &list);
	look_at_contact(&l, "CONTACT_PRIMARY", &l.primary);
	look_at_contact(&l, "CONTACT_SECONDARY", &other);
	look_at_contact(&l, "CONTACT_EMERGENCY", &other);
	if (!reached(c, &list, &l.primary)) {
		findings_add(found, "warn", WHO, "%s",
		    _("CONTACT_PRIMARY is reached by no channel: nobody hears of a backup that "
		      "fails"));
		mend_key(&l, "CONTACT_PRIMARY");
	}
	look_at_times(&l);
	look_at_mail(&l);
	look_at_sms(&l);
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.names[i], "mail") == 0 || strcmp(list.names[i], "sms") == 0 ||
		    !look_at_gateway(&l, "NOTIFY_ALSO", list.names[i]))
			continue;
		snprintf(how, sizeof(how), _("%s (not asked)"), list.names[i]);
		checkalert_fine(&l, list.names[i], how);
	}
	if (*config_get(c, "PING_URL") != '\0')
		look_at_gateway(&l, "PING_URL", "healthchecks");
	state_close(state);
	free(path);
}
