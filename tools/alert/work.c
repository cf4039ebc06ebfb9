/* siantre-alert: from what is known to what is sent. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "base/sig.h"
#include "notify/channel.h"
#include "notify/policy.h"

/* What is told although nothing can be written may be told again, but not more often. */
#define BLIND_PAUSE 3600

/* The worse of two exit codes: the first that is one. */
static int
first_of(int rc, int other)
{
	return rc != 0 ? rc : other;
}

static void
show(const struct outbox_item *item)
{
	const struct message *m = &item->message;

	printf("%s\t%s\t%s\n", m->channel, *m->to != '\0' ? m->to : "-", m->subject);
}

/* Put ${box} on the disk, into the last room if need be.  Return how many did not go there. */
static size_t
put_all(struct alert *a, const struct state *s, struct outbox *box)
{
	size_t missing = 0;

	for (size_t i = 0; i < box->count; i++) {
		struct outbox_item *item = &box->items[i];
		int rc = outbox_put(a->folder, item);

		if (rc == -1 && state_make_room(s))
			rc = outbox_put(a->folder, item);
		item->gone = rc != -1; /* there, or sent before the state could know */
		missing += rc == -1;
	}
	return missing;
}

/*
 * Nothing can be written, and a full disk is why backups fail: tell it all the same.  An empty
 * file for each that was sent, which mostly is possible still, keeps it from being told again;
 * where not even that is, the time of the lock says when we last did so.
 */
static void
send_blind(struct alert *a, const struct outbox *box)
{
	const struct timespec now = {.tv_sec = (time_t)a->now};
	const struct timespec times[2] = {now, now};
	char *mark = NULL, reason[256];
	struct stat st;

	if (asprintf(&mark, "%s/alert/blind", a->folder) == -1) {
		warn("%s", a->folder);
		return;
	}
	/* Made while there was room: alert_commit(). */
	if (stat(mark, &st) == 0 && a->now - st.st_mtim.tv_sec < BLIND_PAUSE &&
	    a->now >= st.st_mtim.tv_sec)
		goto out;
	/* Where that stays as it is, as on a disk that is read-only, the hourly look alone tells. */
	if (access(mark, W_OK) == -1 && errno == EROFS && !a->seldom)
		goto out;
	for (size_t i = 0; i < box->count && sig_stop() == 0; i++) {
		const struct outbox_item *item = &box->items[i];

		if (item->gone || item->message.not_before > a->now)
			continue;
		if (channel_send(a->config, &item->message, reason) != 0)
			warnx("%s %s: not delivered, and it cannot be kept: %s",
			    item->message.channel, item->message.to, reason);
		else if (outbox_mark(a->folder, item->message.id) == -1)
			(void)utimensat(AT_FDCWD, mark, times, 0);
	}
out:
	free(mark);
}

/* Make the file that send_blind() keeps its time in: long ago. */
static void
keep_mark(const struct alert *a)
{
	const struct timespec times[2] = {{0}, {0}};
	char *mark = NULL;
	struct stat st;
	int fd;

	if (asprintf(&mark, "%s/alert/blind", a->folder) == -1)
		return;
	if (lstat(mark, &st) == -1 &&
	    (fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) != -1) {
		(void)futimens(fd, times);
		close(fd);
	}
	free(mark);
}

int
alert_commit(struct alert *a, struct state *s, bool *saved)
{
	struct outbox box = {0};
	size_t missing;
	int rc;

	*saved = false;
	rc = policy_run(a->config, s, a->now, &box);
	if (rc != 0 && rc != EX_CONFIG)
		goto out;
	if (a->verbose || a->dry) {
		for (size_t i = 0; i < box.count; i++)
			show(&box.items[i]);
	}
	if (a->dry)
		goto out;
	missing = put_all(a, s, &box);
	if (missing == 0 && state_save(s) == 0) {
		*saved = true;
		outbox_unmark(a->folder);
		keep_mark(a);
	} else {
		rc = EX_IOERR;
		if (missing > 0 && !a->queue)
			send_blind(a, &box);
	}
out:
	outbox_free(&box);
	state_close(s);
	return rc;
}

/* Let the state know what became of messages.  Return 0, or the exit code after reporting. */
static int
take_outcome(struct alert *a, struct outbox_outcome *out, bool *saved)
{
	struct state *s = NULL;
	int rc;

	if ((rc = state_open(a->folder, ALERT_WAIT, &s)) != 0)
		return rc;
	for (size_t i = 0; i < out->delivered.count; i++)
		policy_delivered(s, &out->delivered.items[i], a->now);
	for (size_t i = 0; i < out->lost.count; i++) {
		if (policy_lost(s, &out->lost.items[i], a->now) == -1)
			rc = EX_OSERR;
	}
	if (rc != 0) {
		state_close(s);
		return rc;
	}
	rc = alert_commit(a, s, saved);
	/* Only what the state knows of goes where nobody looks any more. */
	for (size_t i = 0; i < out->lost.count && *saved; i++) {
		if (outbox_bury(a->folder, &out->lost.items[i]) == -1)
			rc = first_of(rc, EX_IOERR);
	}
	return rc;
}

int
alert_send(struct alert *a, bool saved)
{
	struct outbox_outcome out;
	bool lost = false, more = true;
	int rc = 0, code;

	/* What cannot be delivered asks for other messages, which may fail as well. */
	for (int round = 0; round < 4 && more && sig_stop() == 0; round++) {
		code = outbox_send(a->config, a->folder, a->now, saved, a->hurry, &out);
		rc = first_of(rc, code);
		more = out.lost.count > 0 && saved;
		lost |= out.lost.count > 0;
		if (out.delivered.count > 0 || out.lost.count > 0)
			rc = first_of(rc, take_outcome(a, &out, &saved));
		for (size_t i = 0; i < out.delivered.count && a->verbose; i++)
			warnx("delivered: %s %s: %s", out.delivered.items[i].message.channel,
			    out.delivered.items[i].message.to,
			    out.delivered.items[i].message.subject);
		outbox_free(&out.delivered);
		outbox_free(&out.lost);
		a->hurry = false;
	}
	return first_of(rc, lost ? EX_UNAVAILABLE : 0);
}
