/* siantre-alert test: does a message arrive? */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert.h"
#include "base/event.h"
#include "base/host.h"
#include "base/language.h"
#include "base/plain.h"
#include "base/sig.h"
#include "notify/channel.h"
#include "notify/gateway.h"
#include "notify/moment.h"
#include "notify/sms.h"

const char alert_test_help[] =
    "\n"
    "test sends a message on each channel (or those that are named; ping too) and says what "
    "the\n"
    "answer was.\n"
    "      --scheduled         of the monthly test: what fails is told through the others\n";

/* What became of one channel. */
struct outcome {
	const char *name;
	bool ok;
	char reason[256];
};

/* Whom a message on channel ${name} goes to: the first of the contacts that it reaches. */
static const char *
find_receiver(const struct config *c, const char *name, struct contact *who)
{
	static const char *const keys[] = {
	    "CONTACT_PRIMARY", "CONTACT_SECONDARY", "CONTACT_EMERGENCY"};
	const char *to;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (contact_parse(config_get(c, keys[i]), who) == NULL &&
		    (to = channel_address(c, name, who)) != NULL)
			return to;
	}
	return NULL;
}

/* Whether the gateway that channel ${name} goes by, if it does, cannot be read: ${reason} says why. */
static bool
lacks_gateway(const struct config *c, const char *name, char reason[256])
{
	struct gateway *g = NULL;
	const char *where = name;
	bool lacks;

	if (strcmp(name, "mail") == 0 || strcmp(name, "ping") == 0 ||
	    (strcmp(name, "sms") == 0 &&
		sms_parse(config_get(c, "SMS"), &where) != SMS_GATEWAY))
		return false;
	lacks = gateway_read(where, &g, reason) != 0;
	gateway_free(g);
	return lacks;
}

/* Send the message ${m} where its channel and receiver are known.  Return as channel_send(). */
static int
send_one(const struct alert *a, struct message *m, char reason[256])
{
	char host[HOST_SIZE], time[MOMENT_TEXT];
	int rc = EX_OSERR;

	host_name(host);
	plain_text(host);
	moment_text(time, a->now);
	if (asprintf(&m->id, "test-%jd-%jd-%s", (intmax_t)a->now, (intmax_t)getpid(),
		m->channel) == -1)
		m->id = NULL;
	if (asprintf(&m->thread, "test") == -1)
		m->thread = NULL;
	if (asprintf(&m->subject, _("%s: test of the way by which alerts come"), host) == -1)
		m->subject = NULL;
	if (asprintf(&m->text,
		_("This is a test of siantre-backup on %s, %s.\n\n"
		  "Nothing is wrong. It shows that news of a failed backup would reach you "
		  "this "
		  "way.\n"
		  "Where no test comes for more than a month, something is wrong.\n"),
		host, time) == -1)
		m->text = NULL;
	if (asprintf(&m->brief, _("siantre %s: TEST, nothing is wrong. %s"), host, time) == -1)
		m->brief = NULL;
	m->time = a->now;
	if (m->id == NULL || m->thread == NULL || m->subject == NULL || m->text == NULL ||
	    m->brief == NULL)
		snprintf(reason, 256, "not enough memory");
	else
		rc = channel_send(a->config, m, reason);
	return rc;
}

static void
test_channel(const struct alert *a, const char *name, struct outcome *o)
{
	struct message m = {0};
	struct contact who;
	const char *to;
	bool ping = strcmp(name, "ping") == 0;

	o->name = name;
	/* "log" says something without saying that a backup was made. */
	to = ping ? "log" : find_receiver(a->config, name, &who);
	if (to == NULL)
		snprintf(o->reason, sizeof(o->reason), "it reaches none of the contacts");
	else if (a->dry) {
		o->ok = !lacks_gateway(a->config, name, o->reason);
		if (o->ok)
			snprintf(o->reason, sizeof(o->reason), "would be sent");
	} else if ((m.channel = strdup(name)) != NULL && (m.to = strdup(to)) != NULL)
		o->ok = send_one(a, &m, o->reason) == 0;
	if (!o->ok || !a->quiet)
		printf("%s\t%s\t%s\t%s\n", name, ping || to == NULL || *to == '\0' ? "-" : to,
		    o->ok ? "ok" : "fail", o->reason);
	message_free(&m);
}

/* Note the time in the state, which check and the dashboard look at. */
static int
record(const struct alert *a, const struct outcome *all, size_t count)
{
	struct state *s = NULL;
	int rc;

	if ((rc = state_open(a->folder, ALERT_WAIT, &s)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (state_tested(s, all[i].name, a->now, all[i].ok) != 0)
			rc = EX_OSERR;
	}
	if (state_save(s) != 0)
		rc = EX_IOERR;
	state_close(s);
	return rc;
}

/*
 * Put into the journal how it went: "channel" is the event that an incident of a broken channel is
 * made of.  A failure that somebody looks at is none.
 */
static int
tell(const struct alert *a, const struct outcome *all, size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count; i++) {
		struct event e = {.job = "siantre-alert",
		    .event = "channel",
		    .status = all[i].ok ? "ok" : "fail",
		    .exit = all[i].ok ? 0 : EX_UNAVAILABLE,
		    .seconds = -1,
		    .bytes = -1,
		    .what = all[i].name,
		    .message = all[i].reason};

		if (!all[i].ok && !a->scheduled)
			continue;
		event_stamp(e.time, a->now);
		if (event_append(config_journal(a->config), &e) != 0)
			rc = EX_IOERR;
	}
	return rc;
}

static int
test(const struct alert *a, size_t count, const char *const *names)
{
	struct outcome all[CHANNEL_MAX] = {0};
	size_t i;
	int rc = 0, code;

	for (i = 0; i < count && sig_stop() == 0; i++) {
		test_channel(a, names[i], &all[i]);
		if (!all[i].ok)
			rc = EX_UNAVAILABLE;
	}
	if (a->dry || sig_stop() != 0)
		return rc;
	/* The answer counts most: what cannot be noted is an error only where nothing else is. */
	if ((code = record(a, all, i)) != 0 && rc == 0)
		rc = code;
	if ((code = tell(a, all, i)) != 0 && rc == 0)
		rc = code;
	/* Its own code, of messages that wait as well, is not the test's. */
	if (a->scheduled && rc != 0)
		(void)alert_deliver(a->config, false);
	return rc;
}

/* Whether all of the ${names} are channels of the configuration; not after reporting. */
static bool
are_channels(const struct alert *a, int count, char **names)
{
	const struct config *c = a->config;
	bool ping;

	for (int i = 0; i < count; i++) {
		ping = strcmp(names[i], "ping") == 0 && *config_get(c, "PING_URL") != '\0';
		if (!ping && !channel_has(c, names[i])) {
			warnx(
			    "%s: the configuration has no such channel", plain_text(names[i]));
			alert_hint(a, "siantre-run check-config");
			return false;
		}
	}
	return true;
}

int
alert_test(int argc, char **argv)
{
	struct alert a = {0};
	struct channels list = {0};
	const char *names[CHANNEL_MAX];
	size_t count = 0;
	int first = alert_options(&a, argc, argv, "s"), rc;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (argc - first > CHANNEL_MAX)
		return alert_usage("too many channels");
	if ((rc = alert_start(&a)) != 0)
		goto out;
	if (first == argc || (first + 1 == argc && strcmp(argv[first], "all") == 0)) {
		channel_list(a.config, &list);
		for (; count < list.count; count++)
			names[count] = list.names[count];
	} else if (are_channels(&a, argc - first, argv + first)) {
		for (int i = first; i < argc; i++)
			names[count++] = argv[i];
	} else {
		rc = EX_CONFIG;
		goto out;
	}
	if (count == 0) {
		warnx("the configuration has no channel to test");
		alert_hint(&a, "siantre-run check-config");
		rc = EX_CONFIG;
		goto out;
	}
	rc = test(&a, count, names);
out:
	alert_end(&a);
	return rc;
}
