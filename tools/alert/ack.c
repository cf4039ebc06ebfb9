/* siantre-alert: somebody knows. */
#include <err.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/utf8.h"
#include "notify/words.h"

#define NAMES_MAX 256

/* Who types this, even through sudo. */
static const char *
who(void)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *pw;

	if (name == NULL || *name == '\0')
		name = (pw = getpwuid(getuid())) != NULL ? pw->pw_name : "somebody";
	return name;
}

/* Whether ${i} is one of those that were asked for; all of them where none was. */
static bool
is_named(const struct incident *i, int count, char **names, bool *found)
{
	bool named = count == 0;
	uint64_t number;

	for (int k = 0; k < count; k++) {
		if (strcmp(names[k], "all") == 0 ||
		    (num_count(names[k], 1, INT64_MAX, &number) == 0 && number == i->number))
			named = found[k] = true;
	}
	return named;
}

/* Note that ${by} knows of ${i} or, where ${a} says so, that it is over.  -1 after reporting. */
static int
take(const struct alert *a, struct incident *i, const char *by)
{
	/* In the words of what it is, and not of what is over. */
	char *name, *phrase = words_phrase(i, false);
	size_t len;

	if (a->over) {
		incidents_close(i, a->now);
		incidents_forget(i);
	} else if (i->acked == 0) {
		/* The state holds no other text. */
		if ((name = utf8_clean(by, strlen(by), "?", &len)) == NULL) {
			warn("incident %" PRIu64, i->number);
			free(phrase);
			return -1;
		}
		free(i->acked_by);
		i->acked_by = name;
		i->acked = a->now;
	}
	if (!a->quiet)
		printf(
		    "%" PRIu64 "  %s: %s\n", i->number, i->host, phrase != NULL ? phrase : "");
	free(phrase);
	return 0;
}

static int
ack(const struct alert *a, const char *by, int count, char **names)
{
	bool found[NAMES_MAX] = {false};
	struct state *s = NULL;
	int rc;

	rc = a->dry ? state_read(a->folder, &s) : state_open(a->folder, ALERT_WAIT, &s);
	if (rc != 0)
		return rc;
	for (size_t k = 0; k < incidents_count(state_incidents(s)); k++) {
		struct incident *i = incidents_get(state_incidents(s), k);

		if (incident_open(i) && is_named(i, count, names, found) &&
		    take(a, i, by) == -1)
			rc = EX_OSERR;
	}
	for (int k = 0; k < count; k++) {
		if (!found[k] && strcmp(names[k], "all") != 0) {
			warnx("%s: no open incident", names[k]);
			alert_hint(a, "siantre-alert list");
			rc = 1;
		}
	}
	if (!a->dry && state_save(s) != 0)
		rc = EX_IOERR;
	state_close(s);
	return rc;
}

int
alert_ack(int argc, char **argv)
{
	struct alert a = {0};
	char by[64];
	int first = alert_options(&a, argc, argv, "o"), rc;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (argc - first > NAMES_MAX)
		return alert_usage("too many incidents");
	/* To close what may still be broken needs a name. */
	if (a.over && argc == first)
		return alert_usage("--over needs an incident, or all");
	strlcpy(by, who(), sizeof(by));
	plain_text(by);
	if ((rc = alert_start(&a)) == 0)
		rc = ack(&a, by, argc - first, argv + first);
	alert_end(&a);
	return rc;
}
