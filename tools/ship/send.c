/* siantre-ship: what is done with one destination. */
#include "ship.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/event.h"
#include "base/io.h"
#include "base/num.h"
#include "base/sig.h"
#include "prove/audit.h"
#include "set/refresh.h"
#include "set/space.h"
#include "ship/deposit.h"
#include "ship/retrieve.h"
#include "ship/roster.h"

static int
open_far(const struct ship *s, const char *text, struct remote **remote, struct far **far)
{
	int rc;

	*far = NULL;
	if ((rc = remote_parse(text, remote)) != 0)
		return rc;
	return far_open(*remote, &s->transfer, s->state, far);
}

static void
close_far(struct remote *remote, struct far *far)
{
	far_close(far);
	remote_free(remote);
}

/* Why it failed, in one line: what was said last, or what the code means. */
static const char *
reason(const struct ship *s, int code)
{
	if (*s->transfer.reason != '\0')
		return s->transfer.reason;
	switch (code) {
	case EX_DATAERR: return "a set is damaged";
	case EX_UNAVAILABLE: return "it does not answer";
	case EX_CANTCREAT: return "a file cannot be made";
	case EX_IOERR: return "reading or writing failed";
	case EX_NOPERM: return "a right is missing";
	case EX_CONFIG: return "it is not a place for backups";
	default: return "failed";
	}
}

/* The line about what was done, and with the configuration an event. */
static int
tell(const struct ship *s, const char *to, const struct catchup_result *r, int code,
    double seconds)
{
	struct event e = {.job = "ship",
	    .event = "ship",
	    .status = code == 0 ? "ok" : "fail",
	    .exit = sig_stop() != 0 ? 128 + sig_stop() : code,
	    .seconds = seconds,
	    .bytes = (int64_t)r->bytes,
	    .what = to,
	    .set = *r->newest != '\0' ? basename(r->newest) : NULL};
	char size[16], took[24], done[512], message[1024];

	snprintf(done, sizeof(done),
	    "%zu sent (%s), %zu proven again, %zu removed, %zu there%s%s in %s", r->sent,
	    num_human(size, sizeof(size), r->bytes), r->proven, r->removed, r->there,
	    *r->newest != '\0' ? ", the newest " : "", r->newest,
	    num_elapsed(took, sizeof(took), seconds));
	/* On stderr the reason has been said. */
	if (!s->quiet && !s->catchup.dry_run)
		warnx("%s: %s%s", to, code == 0 ? "" : "failed; ", done);
	snprintf(message, sizeof(message), "%s: %s%s%s", to,
	    code == 0         ? ""
	    : sig_stop() != 0 ? "stopped"
			      : reason(s, code),
	    code == 0 ? "" : "; ", done);
	e.message = message;
	if (s->events && !s->catchup.dry_run && code != EX_TEMPFAIL &&
	    event_append(config_journal(s->config), &e) != 0) {
		warnx("%s: the journal does not know of this", to);
		return code != 0 ? code : EX_IOERR;
	}
	return code;
}

static int
send_sets(const struct ship *s, const char *to, char *const *paths)
{
	struct catchup_options o = s->catchup;
	struct catchup_result r = {0};
	struct remote *remote = NULL;
	struct far *far = NULL;
	struct timespec from;
	int rc;

	o.paths = paths;
	*s->transfer.reason = '\0';
	clock_gettime(CLOCK_MONOTONIC, &from);
	if ((rc = open_far(s, to, &remote, &far)) == 0)
		rc = catchup_run(far, &o, &r);
	/* What is no destination in the configuration is wrong there, and somebody must hear of it. */
	if (rc == EX_USAGE && s->events)
		rc = EX_CONFIG;
	if (rc != EX_USAGE)
		rc = tell(s, to, &r, rc, event_seconds(&from));
	close_far(remote, far);
	return rc;
}

int
ship_all(struct ship *s, const char *const *to, size_t count, char *const *paths)
{
	const struct config *c = s->config;
	char *folder[] = {NULL, NULL}, *places = NULL, *at, *place;
	int rc = 0;

	folder[0] = strdup(config_get(c, "BACKUP_DIR"));
	places = strdup(config_get(c, "SHIP_TO"));
	if (folder[0] == NULL || places == NULL) {
		warn("configuration");
		rc = EX_OSERR;
		goto out;
	}
	if (*paths == NULL) {
		/* Where the disk is missing, an empty folder is no reason to call all sent. */
		if ((rc = space_mounted(config_get(c, "BACKUP_MOUNT"))) != 0)
			goto out;
		paths = folder;
	}
	for (size_t i = 0; i < count && sig_stop() == 0; i++)
		rc = audit_worse(rc, send_sets(s, to[i], paths));
	if (count > 0)
		goto out;
	s->events = true;
	if (*places == '\0' && !s->quiet)
		warnx("SHIP_TO is empty: there is no place to send to");
	for (at = places; (place = strsep(&at, " ")) != NULL && sig_stop() == 0;) {
		if (*place != '\0')
			rc = audit_worse(rc, send_sets(s, place, paths));
	}
	if (!s->catchup.dry_run && getenv("SIANTRE_JOB") == NULL)
		refresh_pages(c, NULL);
out:
	free(folder[0]);
	free(places);
	return sig_stop() != 0 && rc == 0 ? 1 : rc;
}

int
ship_stream(const struct ship *s, const char *to)
{
	struct remote *remote = NULL;
	struct far *far = NULL;
	struct progress *progress = NULL;
	struct deposit *d = NULL;
	char *room = NULL;
	int rc;

	/* A disk that is not mounted takes no streams either. */
	if ((rc = open_far(s, to, &remote, &far)) != 0 || (rc = far_ready(far)) != 0)
		goto out;
	far_seen(far);
	progress = progress_start(s->name, 0, s->quiet);
	if ((d = deposit_new(s->name, STDIN_FILENO, s->require_end, progress)) == NULL)
		rc = EX_OSERR;
	else if ((room = far_room(far, "deposit")) == NULL)
		rc = EX_CANTCREAT;
	else if ((rc = deposit_claim(d, room)) == 0)
		rc = far->kind->deposit(far, d);
out:
	deposit_free(d);
	free(room);
	progress_end(progress);
	close_far(remote, far);
	return rc;
}

/* Print what ${text} holds. */
static int
print(struct buf *text, int code)
{
	if (text->len > 0 && fwrite(text->data, 1, text->len, stdout) != text->len && code == 0)
		code = io_write_exit();
	buf_free(text);
	return code;
}

int
ship_list(const struct ship *s, const char *from)
{
	struct remote *remote = NULL;
	struct far *far = NULL;
	struct buf text = {0};
	int rc;

	if ((rc = open_far(s, from, &remote, &far)) == 0)
		rc = roster_list(far, &text);
	close_far(remote, far);
	return print(&text, rc);
}

int
ship_create(const struct ship *s, const char *to)
{
	struct remote *remote = NULL;
	struct far *far = NULL;
	int rc;

	if ((rc = open_far(s, to, &remote, &far)) == 0 && (rc = far_make(far)) == 0)
		rc = far_ready(far);
	close_far(remote, far);
	return rc;
}

int
ship_fetch(const struct ship *s, const char *from, const char *set, const char *folder)
{
	struct remote *remote = NULL;
	struct far *far = NULL;
	struct buf text = {0};
	int rc;

	if ((rc = open_far(s, from, &remote, &far)) == 0)
		rc = retrieve_run(far, set, s->job, folder, &text);
	close_far(remote, far);
	return print(&text, rc);
}
