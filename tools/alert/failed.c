/*
 * siantre-alert failed: a unit of systemd has failed; where it could not tell so itself, we do.
 *
 * siantre-run writes a line into the journal however it ends, but not when it is killed at once
 * (memory, a crash, SIGKILL behind a timeout) or was never started.  systemd says in MONITOR_*
 * (systemd.exec(5)) how the unit ended; when it began is asked of it.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/event.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "look.h"
#include "set/chore.h"
#include "set/job.h"
#include "set/journal.h"
#include "set/setting.h"
#include "set/systemctl.h"

#define AWHILE 600 /* seconds: where nobody knows when the unit began */

const char alert_failed_help[] =
    "\n"
    "failed is for OnFailure= of a unit: it tells that UNIT failed, where its job could not.\n";

/* The job of ${unit}: "db" of siantre-db.service, else the unit itself. */
static void
job_of(const char *unit, char job[64])
{
	static const char prefix[] = "siantre-";
	bool ours = strncmp(unit, prefix, strlen(prefix)) == 0;

	strlcpy(job, ours ? unit + strlen(prefix) : unit, 64);
	if (ours)
		job[strcspn(job, ".@")] = '\0';
}

/*
 * The configuration that ${unit} runs for: "shop" of siantre-db@shop.service where that is one.
 * NULL: the default one.  The caller frees it.
 */
static char *
config_of(const char *unit)
{
	const char *at = strchr(unit, '@'), *end = strrchr(unit, '.');
	char *name = NULL, *path = NULL;

	if (strncmp(unit, "siantre-", 8) != 0 || at == NULL || end == NULL || end < at ||
	    (name = strndup(at + 1, (size_t)(end - at - 1))) == NULL)
		return NULL;
	if (!setting_is_name(name) ||
	    asprintf(&path, "%s/%s.conf", CONFIG_FOLDER, name) == -1) {
		free(name);
		return NULL;
	}
	if (access(path, F_OK) != 0) {
		free(name);
		name = NULL;
	}
	free(path);
	return name;
}

/* When ${unit} began, in seconds since 1970. */
static int64_t
began(const char *unit, int64_t now)
{
	char program[] = "systemctl", show[] = "show", unix_time[] = "--timestamp=unix";
	char what[] = "--property=InactiveExitTimestamp", end[] = "--", *said = NULL, *at;
	char *name = strdup(unit);
	char *const argv[] = {program, show, unix_time, what, end, name, NULL};
	int64_t when = now - AWHILE;
	uint64_t n;

	if (name != NULL && systemctl_is_unit(unit) && child_exists(program) &&
	    child_output(argv, 65536, &said) == 0 && (at = strchr(said, '@')) != NULL) {
		at[strcspn(at, "\n")] = '\0';
		if (num_count(at + 1, 1, INT64_MAX, &n) == 0 && (int64_t)n <= now)
			when = (int64_t)n;
	}
	free(said);
	free(name);
	return when;
}

/* Whether the journal has a line that ${job} failed, not older than ${since}. */
static bool
is_told(const struct config *c, const char *job, int64_t since)
{
	struct journal *j = journal_open_past(config_journal(c));
	struct event e;
	int64_t when;
	bool told = false;

	while (!told && j != NULL && journal_next(j, &e) > 0)
		told = e.job != NULL && strcmp(e.job, job) == 0 &&
		       strcmp(e.event, "check") != 0 && strcmp(e.status, "fail") == 0 &&
		       event_time(e.time, &when) == 0 && when >= since;
	journal_close(j);
	return told;
}

static const char *
monitor(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

/* The exit code: what it says, or 128 and the number of the signal "KILL". */
static int
code_of(const char *status)
{
	uint64_t n;

	if (num_count(status, 0, 255, &n) == 0)
		return n != 0 ? (int)n : 1;
	for (int i = 1; i < NSIG; i++) {
		const char *name = sigabbrev_np(i);

		if (name != NULL && strcmp(name, status) == 0)
			return 128 + i;
	}
	return 1;
}

/*
 * The hourly look itself failed.  That is a promise as the others are: the next look that succeeds
 * says that it is kept again.
 */
static int
tell_look(struct alert *a, const char *job, const char *message)
{
	struct promise_moment at;
	struct promises p = {0};
	struct memory *m = NULL;
	char *folder = NULL;
	int lock = -1, rc;

	if (asprintf(&folder, "%s/alert%s", a->folder,
		strcmp(job, "watch") == 0 ? "-watch" : "") == -1) {
		warn("configuration");
		return EX_OSERR;
	}
	look_moment(&at);
	if ((rc = look_open(folder, &lock, &m)) == 0)
		/* A look by another memory may have ended it since. */
		memory_drop(m, &(struct memory_key){.host = "", .job = job, .what = "check"});
	if (rc == 0 &&
	    (rc = promises_add(&p, NULL, job, "check", PROMISE_BROKEN, "%s", message)) == 0)
		rc = look_tell(a, &at, true, &p, m);
	promises_free(&p);
	memory_free(m);
	io_close(&lock);
	free(folder);
	return rc;
}

static int
tell(struct alert *a, const char *unit, bool readable)
{
	const char *result = monitor("MONITOR_SERVICE_RESULT");
	const char *how = monitor("MONITOR_EXIT_CODE"),
		   *status = monitor("MONITOR_EXIT_STATUS");
	char job[64], message[512], *line;
	struct event e = {.job = job,
	    .status = "fail",
	    .exit = code_of(status),
	    .seconds = -1,
	    .bytes = -1,
	    .message = message};

	job_of(unit, job);
	/* Another run of it was at work, and tells of itself. */
	if (chore_is(job) && strcmp(how, "exited") == 0 && e.exit == EX_TEMPFAIL)
		return 0;
	/* The look has told so itself: of what is wrong in the configuration there is a promise. */
	if (!readable && strcmp(job, "check") == 0 && strcmp(how, "exited") == 0 &&
	    e.exit == EX_CONFIG)
		return 0;
	if (is_told(a->config, job, began(unit, a->now)))
		return 0;
	e.event = chore_is(job) ? job : "run";
	event_stamp(e.time, a->now);
	snprintf(message, sizeof(message), "%s failed%s%s%s%s%s%s%s%s", unit,
	    *result != '\0' ? ": " : "", result, *status != '\0' ? " (" : "",
	    *status != '\0' ? how : "", *status != '\0' ? ", " : "", status,
	    *status != '\0' ? ")" : "",
	    readable ? ", and its job could not tell of it"
		     : "; the configuration cannot be read: siantre-run check-config");
	plain_text(message);
	if (strcmp(job, "check") == 0 || strcmp(job, "watch") == 0)
		return tell_look(a, job, message);
	if (!a->quiet)
		warnx("%s", message);
	if (a->dry || event_append(config_journal(a->config), &e) == 0)
		return 0;
	/* On a full disk it is told all the same. */
	if ((line = event_line(&e)) != NULL)
		(void)alert_tell(a->config, a->queue, line, strlen(line));
	free(line);
	return EX_IOERR;
}

int
alert_failed(int argc, char **argv)
{
	struct alert a = {0};
	char *name = NULL;
	int first = alert_options(&a, argc, argv, "q"), rc, bad, code;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (argc - first != 1)
		return alert_usage("failed: one unit");
	if (a.name == NULL)
		a.name = name = config_of(argv[first]);
	bad = rc = look_start(&a);
	if (a.config == NULL)
		goto out;
	rc = job_path() != 0 ? EX_OSERR : tell(&a, argv[first], bad == 0);
	if (!a.dry && (code = alert_deliver(a.config, a.queue)) != 0 && rc == 0)
		rc = code;
	if (bad != 0)
		rc = bad;
out:
	alert_end(&a);
	free(name);
	return rc;
}
