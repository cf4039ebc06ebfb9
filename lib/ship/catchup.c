#include "ship/catchup.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/sig.h"
#include "prove/audit.h"
#include "set/manifest.h"
#include "ship/expire.h"
#include "ship/leftover.h"
#include "ship/plan.h"
#include "ship/proven.h"
#include "ship/shipment.h"

#define SHARE_FREE 0.05

struct run {
	struct far *far;
	const struct catchup_options *options;
	struct catchup_result *result;
	struct proven *proven;
	struct plan plan;
	struct timespec swept; /* when what is unfinished there was last looked for */
	bool abandoned; /* something was left there unfinished, and nobody will go on with it */
	int code;       /* the worst so far */
};

static void
worse(struct run *r, int code)
{
	if (code != 0)
		r->code = r->code == 0 ? code : audit_worse(r->code, code);
}

/* Whether after ${code} there is no use in going on with the next set. */
static bool
ends(int code)
{
	return code != 0 && code != EX_DATAERR;
}

static void
say(const struct run *r, const struct plan_set *set, const char *what)
{
	if (r->options->verbose || r->options->dry_run)
		warnx("%s: %s %s", r->far->remote->text, what, set->name);
}

/* The bytes of the set here, for the progress. */
static uint64_t
size(const struct plan_set *set)
{
	struct manifest *m = NULL;
	int64_t bytes = 0;

	if (set->path != NULL && manifest_read(set->path, &m) == 0)
		bytes = manifest_bytes(m);
	manifest_free(m);
	return bytes > 0 ? (uint64_t)bytes : 0;
}

static struct progress *
start_progress(const struct run *r)
{
	uint64_t total = 0;

	for (size_t i = 0; i < r->plan.count; i++)
		if (r->plan.sets[i].todo == PLAN_SEND)
			total += size(&r->plan.sets[i]);
	return total > 0 ? progress_start(
			       r->far->remote->text, total, r->far->transfer.options->quiet)
			 : NULL;
}

/* Whether the set was removed here meanwhile, as siantre-prune does. */
static bool
gone(const struct plan_set *set)
{
	return set->path != NULL && access(set->path, F_OK) != 0 && errno == ENOENT;
}

static int
send_set(struct run *r, size_t i)
{
	struct plan_set *set = &r->plan.sets[i];
	int rc;

	say(r, set, r->options->dry_run ? "would send" : "sending");
	if (r->options->dry_run)
		return 0;
	/* Its own trouble keeps back no other. */
	if ((rc = shipment_check(set->path)) != 0) {
		if (!gone(set) && sig_stop() == 0)
			worse(r, rc);
		return sig_stop() != 0 ? 1 : 0;
	}
	progress_note(r->far->transfer.progress, set->name);
	rc = shipment_send(r->far, set->path, set->name, plan_basis(&r->plan, i));
	if (rc != 0) {
		if (!gone(set))
			return rc;
		r->abandoned = true;
		return 0;
	}
	set->there = true;
	r->result->sent++;
	r->result->bytes += size(set);
	return proven_note(r->proven, set->name, set->sums);
}

static int
prove_set(struct run *r, struct plan_set *set)
{
	int rc = -1, got;
	bool mend = false;

	say(r, set, r->options->dry_run ? "would prove" : "proving");
	if (r->options->dry_run)
		return 0;
	if (set->path != NULL)
		rc = shipment_prove(r->far, set->path, set->name, &mend);
	/*
	 * What is here can mend what is damaged there.  First: a line that is cut, or a disk there that
	 * is full, must not leave it called proven.
	 */
	if (mend && (rc = proven_fail(r->proven, set->name)) == 0)
		rc = shipment_mend(r->far, set->path, set->name);
	if (set->path == NULL || (rc != 0 && gone(set)))
		rc = shipment_reprove(r->far, set->name);
	if (rc == 0) {
		r->result->proven++;
		return proven_note(r->proven, set->name, set->sums);
	}
	/* It is none on which retention may rely, nor what the place has newest. */
	if (mend || rc == EX_DATAERR)
		set->verified = false;
	if (rc != EX_DATAERR)
		return rc;
	got = proven_fail(r->proven, set->name);
	return got == 0 ? rc : got;
}

/* Do with ${i}th set what is to be done in ${turn}: PLAN_SEND or PLAN_PROVE. */
static int
take_turn(struct run *r, size_t i, enum plan_todo turn)
{
	struct plan_set *set = &r->plan.sets[i];

	if (turn == PLAN_PROVE)
		return set->todo == PLAN_PROVE ? prove_set(r, set) : 0;
	switch (set->todo) {
	case PLAN_SEND: return send_set(r, i);
	case PLAN_EXPIRED: say(r, set, "too old for"); break;
	case PLAN_CONFLICT:
		transfer_fail(&r->far->transfer,
		    "%s: another set of this name is there; it is left alone", set->name);
		return EX_DATAERR;
	case PLAN_PROVE:
	case PLAN_NOTHING:
	case PLAN_AWAY: break;
	}
	return 0;
}

/*
 * Send what is missing, the oldest first; then prove what nobody has proven, the newest first: a
 * year of sets that are read back must not keep the set of tonight waiting.
 */
static int
send_all(struct run *r)
{
	size_t n = r->plan.count;
	int rc = 0;

	for (size_t k = 0; k < 2 * n && !ends(rc); k++) {
		rc = k < n ? take_turn(r, k, PLAN_SEND)
			   : take_turn(r, 2 * n - 1 - k, PLAN_PROVE);
		if (sig_stop() != 0)
			rc = 1;
		worse(r, rc);
	}
	return ends(rc) ? rc : 0;
}

struct turn {
	size_t set; /* in the plan */
	int64_t when;
};

static int
by_age(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return x->set < y->set ? -1 : 1;
}

/* Prove again a share of what is there: what was proven longest ago. */
static int
prove_share(struct run *r)
{
	struct turn *turns = calloc(r->plan.count + 1, sizeof(*turns));
	double share = r->options->share;
	size_t there = 0, count = 0, left;
	int rc = 0;

	if (turns == NULL) {
		warn("%s", r->far->remote->text);
		return EX_OSERR;
	}
	if (share < 0)
		share = r->far->hashes ? SHARE_FREE : 0;
	for (size_t i = 0; i < r->plan.count; i++) {
		const struct plan_set *set = &r->plan.sets[i];

		there += set->there && set->todo != PLAN_CONFLICT;
		if (set->there && *set->sums != '\0' &&
		    (set->todo == PLAN_NOTHING || set->todo == PLAN_AWAY))
			turns[count++] =
			    (struct turn){.set = i, .when = proven_when(r->proven, set->name)};
	}
	left = (size_t)ceil((double)there * share);
	qsort(turns, count, sizeof(*turns), by_age);
	for (size_t k = 0; k < count && k < left && !ends(rc); k++) {
		rc = prove_set(r, &r->plan.sets[turns[k].set]);
		worse(r, rc);
		if (!ends(rc) && sig_stop() != 0)
			rc = 1;
	}
	free(turns);
	return ends(rc) ? rc : 0;
}

static void
count_there(struct run *r)
{
	for (size_t i = 0; i < r->plan.count; i++) {
		const struct plan_set *set = &r->plan.sets[i];

		if (!set->there && !set->accepted)
			continue;
		r->result->there++;
		/* How fresh a place is, only what is verified can say. */
		if (set->verified &&
		    strcmp(basename(set->name), basename(r->result->newest)) > 0)
			strlcpy(r->result->newest, set->name, sizeof(r->result->newest));
	}
}

/*
 * Whether the last run came to its end, and what streams have left there was looked for not long
 * ago.  From now on nobody can say so, until this run has come to its own end.
 */
static bool
was_clean(struct run *r, const char *path)
{
	struct stat st;

	clock_gettime(CLOCK_REALTIME, &r->swept);
	if (r->options->dry_run)
		return true;
	if (stat(path, &st) != 0 || unlink(path) != 0 ||
	    st.st_mtim.tv_sec > r->swept.tv_sec || /* of a clock that went wrong */
	    r->swept.tv_sec - st.st_mtim.tv_sec >= FAR_STREAM_DAYS * (time_t)86400)
		return false;
	r->swept = st.st_mtim;
	return true;
}

/* Take away what runs that did not come to their end left there. */
static void
clean_up(struct run *r, const char *path, bool clean)
{
	static const char text[] = "Nothing is unfinished there.\n";
	const struct timespec times[] = {r->swept, r->swept};

	if (!clean)
		worse(r, leftover_run(r->far, &r->plan));
	if (r->code == 0 && !r->abandoned && !r->options->dry_run &&
	    atomic_write(path, 0600, text, sizeof(text) - 1) == 0)
		(void)utimensat(AT_FDCWD, path, times, 0);
}

static int
work(struct run *r)
{
	struct far *f = r->far;
	char path[PATH_MAX];
	bool clean;
	int rc;

	if ((rc = far_ready(f)) != 0 || (rc = proven_read(f->state, &r->proven)) != 0)
		return rc;
	rc = plan_make(f, r->options->paths, &r->options->keep, r->proven, &r->plan);
	far_seen(f);
	worse(r, rc);
	/* Where a folder here cannot be listed, another one may. */
	if (ends(rc) && rc != EX_IOERR)
		return rc;
	if (snprintf(path, sizeof(path), "%s/clean", f->state) >= (int)sizeof(path))
		return EX_CANTCREAT;
	clean = was_clean(r, path);
	f->transfer.progress = start_progress(r);
	rc = send_all(r);
	progress_end(f->transfer.progress);
	f->transfer.progress = NULL;
	if (rc == 0)
		rc = prove_share(r);
	if (rc == 0)
		worse(r, rc = expire_run(f, r->options, &r->plan, r->proven, r->result));
	if (rc == 0)
		clean_up(r, path, clean);
	count_there(r);
	return rc;
}

int
catchup_run(struct far *f, const struct catchup_options *o, struct catchup_result *result)
{
	struct run r = {.far = f, .options = o, .result = result};
	char *path = NULL;
	int lock = -1, rc = EX_OSERR;

	memset(result, 0, sizeof(*result));
	if (asprintf(&path, "%s/lock", f->state) == -1) {
		path = NULL;
		warn("%s", f->state);
		goto out;
	}
	if ((lock = lock_take(path, 0)) == -1) {
		rc = errno == EWOULDBLOCK ? EX_TEMPFAIL : EX_CANTCREAT;
		if (rc == EX_TEMPFAIL)
			transfer_fail(&f->transfer, "another run (process %jd) is at it",
			    (intmax_t)lock_owner(path));
		goto out;
	}
	/* Whoever is killed may leave a child that goes on for a while: until it ends, too. */
	(void)fcntl(lock, F_SETFD, 0);
	worse(&r, work(&r));
	worse(&r, proven_write(r.proven));
	rc = r.code;
out:
	plan_free(&r.plan);
	proven_free(r.proven);
	lock_release(lock);
	free(path);
	return rc;
}
