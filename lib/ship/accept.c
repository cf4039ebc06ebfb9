#include "ship/accept.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/event.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/sig.h"
#include "prove/audit.h"
#include "set/folder.h"
#include "set/partial.h"
#include "ship/accept_guard.h"
#include "ship/accept_set.h"

#define LOCK ".accept.lock"

struct run {
	struct accept_set set;
	struct accept_incoming *incoming;
	struct accept_result *results;
	size_t count; /* how many of them there are */
	int lock;
};

static const char *const words[] = {
    [ACCEPT_UNFINISHED] = "unfinished",
    [ACCEPT_STANDS] = "stands",
    [ACCEPT_TAKEN] = "accepted",
    [ACCEPT_HEALED] = "accepted in place of a damaged copy",
    [ACCEPT_REFUSED] = "REFUSED",
};

static int
take_lock(struct run *run)
{
	const struct accept_options *o = run->set.options;
	char *path = NULL;
	int rc = 0;

	if (asprintf(&path, "%s/" LOCK, o->tree) == -1) {
		warn("%s", o->tree);
		return EX_OSERR;
	}
	if ((run->lock = lock_take(path, 0)) == -1) {
		rc = errno == EWOULDBLOCK ? EX_TEMPFAIL : errno == EINTR ? 1 : EX_CANTCREAT;
		if (rc == EX_TEMPFAIL)
			warnx("%s: another run is at work (process %jd)", o->tree,
			    (intmax_t)lock_owner(path));
	}
	free(path);
	return rc;
}

/* Everything that is looked at once. */
static int
start(struct run *run)
{
	struct accept_set *s = &run->set;
	const struct accept_options *o = s->options;
	int rc;

	if ((rc = accept_guard_open(o->incoming, o->tree, &s->fd)) != 0 ||
	    (rc = take_lock(run)) != 0)
		return rc;
	partial_clean(o->tree);
	if ((mkdirat(s->fd, ".partial", 0700) != 0 && errno != EEXIST) ||
	    (s->partial = openat(
		 s->fd, ".partial", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) == -1) {
		warn("create %s/.partial", o->tree);
		return EX_CANTCREAT;
	}
	if ((rc = accept_tree_read(o->tree, &s->tree)) != 0)
		return rc;
	rc = accept_incoming_open(o->incoming, &run->incoming);
	s->incoming = run->incoming;
	while (run->incoming != NULL && accept_incoming_set(run->incoming, run->count) != NULL)
		run->count++;
	run->results = calloc(run->count + 1, sizeof(*run->results));
	if (run->results == NULL) {
		warn("%s", o->incoming);
		run->count = 0;
		return EX_OSERR;
	}
	return rc;
}

/* Tell the sender what it need not send again. */
static int
tell_sender(const struct run *run)
{
	struct accepted *a = accept_tree_list(run->set.tree);
	int rc = EX_OSERR;

	if (a != NULL)
		rc = accepted_write(
			 a, accept_incoming_fd(run->incoming), run->set.options->incoming) == 0
			 ? 0
			 : EX_IOERR;
	accepted_free(a);
	return rc;
}

static void
print(const struct run *run, size_t i, const char *what)
{
	const struct accept_options *o = run->set.options;
	const struct accept_result *r = &run->results[i];
	bool silent = r->state == ACCEPT_UNFINISHED || r->state == ACCEPT_STANDS;
	char size[16];

	if (o->json || (o->quiet && r->state != ACCEPT_REFUSED) ||
	    ((silent || what != words[r->state]) && !o->verbose))
		return;
	printf("%s: %s", accept_incoming_set(run->incoming, i), what);
	if (what == words[r->state] && (r->state == ACCEPT_TAKEN || r->state == ACCEPT_HEALED))
		printf(": %s, %zu file%s, %s", r->job, r->files, r->files == 1 ? "" : "s",
		    num_human(size, sizeof(size), r->bytes));
	putchar('\n');
	(void)fflush(stdout); /* looked at in the end */
}

/* Take what there is.  A sender that waits sees each set in ACCEPTED as soon as it stands. */
static int
take_all(struct run *run)
{
	int rc = 0;

	for (size_t i = 0; i < run->count; i++) {
		struct accept_result *r = &run->results[i];

		accept_set_take(&run->set, i, r);
		if (sig_stop() != 0)
			return 1;
		print(run, i, words[r->state]);
		rc = audit_worse(rc, r->code);
		if (r->state == ACCEPT_TAKEN || r->state == ACCEPT_HEALED)
			rc = audit_worse(rc, tell_sender(run));
	}
	return rc;
}

static bool
stands(const struct accept_result *r)
{
	return r->state == ACCEPT_STANDS || r->state == ACCEPT_TAKEN ||
	       r->state == ACCEPT_HEALED;
}

/*
 * Remove from INCOMING what TREE has.  The newest of each job stay: rsync finds in them what the
 * next one has in common with them, and does not send it.
 */
static int
clear(struct run *run)
{
	int rc = 0;

	for (size_t i = 0; i < run->count && sig_stop() == 0; i++) {
		uint64_t newer = 0;

		if (!stands(&run->results[i]))
			continue;
		for (size_t j = i + 1; j < run->count; j++)
			newer += stands(&run->results[j]) &&
				 strcmp(run->results[j].job, run->results[i].job) == 0;
		if (newer < run->set.options->basis)
			continue;
		if (accept_incoming_remove(run->incoming, i) != 0)
			rc = EX_IOERR;
		else
			print(run, i, "removed from the incoming folder");
	}
	return rc;
}

static int
print_json(const struct run *run, int rc)
{
	static const char *const states[] = {
	    "unfinished", "stands", "accepted", "healed", "refused"};
	json_t *root, *sets = json_array();
	char now[24];
	int printed = -1;

	for (size_t i = 0; i < run->count; i++) {
		const struct accept_result *r = &run->results[i];

		json_array_append_new(
		    sets, json_pack("{s:s,s:s,s:s,s:I,s:i}", "set",
			      accept_incoming_set(run->incoming, i), "result", states[r->state],
			      "job", r->job, "bytes", (json_int_t)r->bytes, "exit", r->code));
	}
	root = json_pack("{s:i,s:s,s:s,s:i,s:o}", "format", 1, "time", event_now(now), "result",
	    rc == 0 ? "ok" : "fail", "exit", rc, "sets", sets);
	if (root != NULL)
		printed = json_dumpf(root, stdout, JSON_INDENT(1));
	json_decref(root);
	putchar('\n');
	return printed == 0 ? rc : io_write_exit();
}

int
accept_run(const struct accept_options *o)
{
	struct run run = {.set = {.options = o, .fd = -1, .partial = -1}, .lock = -1};
	int rc = start(&run), more;

	if (run.incoming == NULL || run.results == NULL)
		goto out;
	/* What was wrong with the folder as a whole does not keep back what can be read. */
	rc = audit_worse(rc, take_all(&run));
	if (sig_stop() != 0)
		goto out;
	/* Only when the sender can know that a set stands, it may miss it in the folder. */
	if ((more = tell_sender(&run)) == 0)
		more = clear(&run);
	rc = audit_worse(rc, more);
	if (o->json && sig_stop() == 0)
		rc = print_json(&run, rc);
out:
	free(run.results);
	accept_incoming_free(run.incoming);
	accept_tree_free(run.set.tree);
	io_close(&run.set.partial);
	lock_release(run.lock);
	io_close(&run.set.fd);
	return sig_stop() != 0 ? 1 : rc;
}
