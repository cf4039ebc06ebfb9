/* siantre-run: one transaction around a job: lock, set folder, script, proof, commit, event. */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "base/event.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/notes.h"
#include "base/num.h"
#include "base/rights.h"
#include "base/sig.h"
#include "notify/checkalert.h"
#include "set/applock.h"
#include "check/check.h"
#include "set/chore.h"
#include "set/config.h"
#include "set/encrypt.h"
#include "set/folder.h"
#include "set/job.h"
#include "set/log.h"
#include "set/manifest.h"
#include "set/partial.h"
#include "set/prune_job.h"
#include "set/refresh.h"
#include "set/space.h"
#include "run/look.h"

static const char synopsis[] =
    "usage: siantre-run [-nqv] [-c NAME] [--jobs DIR] [--wait[=TIME]] JOB\n"
    "       siantre-run [-c NAME] [--jobs DIR] [--json] check-config\n"
    "       siantre-run --note TEXT | --age FILE.age\n";

static const char help[] =
    "\n"
    "Runs the job JOB (db, files, full, or a script of yours in " CONFIG_FOLDER "/jobs): it\n"
    "gets an empty folder, and what it leaves there becomes a set once all of it is proven.\n"
    "As root it first becomes the user " RIGHTS_USER ". Prints the path of the set.\n"
    "The jobs ship, drill and verify make none: they bring the copies elsewhere up to date,\n"
    "restore the newest sets for good measure, and read again what is kept.\n"
    "\n"
    "  -c, --config NAME   " CONFIG_FOLDER "/NAME.conf, or a path (siantre)\n"
    "      --jobs DIR      take the scripts from this folder only\n"
    "      --wait[=TIME]   for timers: wait while another run holds the lock, TIME or "
    "LOCK_WAIT\n"
    "                      long, and say nothing but failures\n"
    "  -n, --dry-run       say what would be done\n"
    "  -q, --quiet         say nothing but failures\n"
    "  -v, --verbose       show the job's output even with --wait\n"
    "      --json          check-config: the findings as JSON\n"
    "      --note TEXT     in a job's script: put a warning into the set's manifest\n"
    "      --age FILE.age  in a job's script: encrypt stdin for ENCRYPT_TO into this file\n"
    "      --help          this text\n"
    "  -V, --version       version\n";

enum { OPT_JOBS = 256, OPT_WAIT, OPT_JSON, OPT_NOTE, OPT_AGE, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"wait", optional_argument, NULL, OPT_WAIT},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"json", no_argument, NULL, OPT_JSON},
    {"note", required_argument, NULL, OPT_NOTE},
    {"age", required_argument, NULL, OPT_AGE},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

struct run {
	const struct config *config;
	char *job;
	char *script;
	char started[24];
	bool scheduled; /* --wait */
	int64_t wait;
	int lock;
	bool busy; /* another run held the lock */
	struct log *log;
	struct folder *folder;
	struct manifest *manifest;
};

static int
usage(void)
{
	fputs(synopsis, stderr);
	return EX_USAGE;
}

/* The transaction.  Return 0 when the set is in its place. */
static int
make_set(struct run *r)
{
	const char *root = config_get(r->config, "BACKUP_DIR");
	const char *to = config_get(r->config, "ENCRYPT_TO");
	int rc;

	if ((rc = encrypt_ready(to)) != 0)
		return rc;
	if ((rc = space_mounted(config_get(r->config, "BACKUP_MOUNT"))) != 0)
		return rc;
	rc = applock_take(r->config, r->wait, &r->lock);
	r->busy = rc == EX_TEMPFAIL;
	/* Again: a disk may have gone while we waited. */
	if (rc != 0 || (rc = space_mounted(config_get(r->config, "BACKUP_MOUNT"))) != 0)
		return rc;
	event_now(r->started); /* the time in the queue is nobody's work */
	partial_clean(root);
	if ((rc = space_make(root, config_get(r->config, "APP_NAME"), r->job)) != 0)
		return rc;
	if ((r->folder = folder_begin(root, r->job)) == NULL)
		return EX_CANTCREAT;
	if ((rc = job_script(r->config, r->job, r->script, r->folder, r->log)) != 0)
		return rc;
	log_forget(r->log);
	if ((rc = folder_seal(r->folder)) != 0)
		return rc;
	r->manifest = manifest_new(
	    r->job, config_get(r->config, "APP_NAME"), folder_name(r->folder), r->started);
	if (r->manifest == NULL)
		return EX_OSERR;
	rc = manifest_fill(r->manifest, folder_work(r->folder), folder_notes(r->folder));
	if (rc != 0 || (rc = encrypt_complete(to, r->manifest)) != 0)
		return rc;
	if ((rc = manifest_write(r->manifest, folder_work(r->folder))) != 0)
		return rc;
	if ((rc = job_prove(r->config, r->job, folder_work(r->folder), r->log)) != 0)
		return rc;
	if (sig_stop() != 0)
		return 1;
	return folder_commit(r->folder);
}

/* Write the event, and say how it went. */
static int
tell(const struct run *r, int rc, double seconds)
{
	struct event e = {
	    .job = r->job, .event = "run", .exit = rc, .seconds = seconds, .bytes = -1};
	char took[24], *message = NULL;
	uint64_t room;

	/* From a history of it siantre-status tells when the disk will be full. */
	e.has_free = space_free(config_get(r->config, "BACKUP_DIR"), &room) == 0;
	if (e.has_free)
		e.free = (int64_t)room;
	if (rc == 0) {
		e.status = manifest_text(r->manifest, "status");
		e.bytes = manifest_bytes(r->manifest);
		e.set = folder_name(r->folder);
		e.message = message = manifest_summary(r->manifest);
		warnx("%s: %s in %s: %s", r->job, e.set,
		    num_elapsed(took, sizeof(took), seconds), message != NULL ? message : "");
	} else if (sig_stop() != 0) {
		e.status = "fail";
		e.exit = 128 + sig_stop();
		if (asprintf(&message, "stopped by SIG%s", sigabbrev_np(sig_stop())) == -1)
			message = NULL;
		e.message = message;
		warnx("%s: no set was made: %s", r->job, message != NULL ? message : "stopped");
	} else {
		e.status = "fail";
		e.message = message = strdup(log_last(r->log));
		warnx("%s: no set was made (exit %d)", r->job, e.exit);
	}
	/* By hand it is seen at once, and a lock that is held is no failed backup. */
	if (!(r->busy && !r->scheduled) && event_append(config_journal(r->config), &e) != 0) {
		warnx("%s: the journal does not know of this", r->job);
		if (rc == 0)
			rc = EX_IOERR;
	}
	free(message);
	return rc;
}

/* Run one job, and return the exit code. */
static int
run(struct run *r, bool echo, bool quiet)
{
	struct timespec from;
	struct chore_count before;
	char *who = NULL, *said = NULL;
	int rc = EX_OSERR;
	bool made = false;

	if (asprintf(&who, "%s %s", config_get(r->config, "APP_NAME"), r->job) == -1) {
		warn("%s", r->job);
		who = NULL;
		goto out;
	}
	if ((r->log = log_open(config_get(r->config, "LOG_FILE"), who, echo)) == NULL)
		goto out;
	clock_gettime(CLOCK_MONOTONIC, &from);
	if (chore_is(r->job)) {
		before = chore_events(r->config, r->job);
		if ((rc = chore_ready(r->config, r->job)) == 0)
			rc = job_script(r->config, r->job, r->script, r->folder, r->log);
		rc = chore_tell(
		    r->config, r->job, before, rc, event_seconds(&from), log_last(r->log));
	} else {
		rc = make_set(r);
		made = rc == 0;
		rc = tell(r, rc, event_seconds(&from));
		if (rc == 0)
			rc = prune_job(r->config, r->job);
	}
	if (rc != 0)
		said = strdup(log_last(r->log));
	/*
	 * The page looks at the copies too, and a place that hangs is no reason for the next job to
	 * wait.  What was not committed goes while the lock is ours.
	 */
	if (!made) {
		folder_free(r->folder);
		r->folder = NULL;
	}
	lock_release(r->lock);
	r->lock = -1;
	refresh_pages(r->config, r->log);
	if (made && !quiet && puts(folder_final(r->folder)) == EOF && rc == 0)
		rc = io_write_exit();
out:
	manifest_free(r->manifest);
	folder_free(r->folder);
	log_close(r->log);
	lock_release(r->lock);
	if (said != NULL && !echo) /* what the log has, for the mail of cron */
		warnx("%s: %s", r->job, said);
	free(said);
	free(who);
	return rc;
}

int
main(int argc, char **argv)
{
	static const struct check_above above = {.disk = look_disk, .alert = checkalert_look};
	struct config *config = NULL;
	struct run r = {.lock = -1};
	const char *name = NULL, *jobs = NULL, *note = NULL, *age = NULL, *wait = NULL;
	bool dry = false, quiet = false, verbose = false, json = false, check;
	int c, rc;

	while ((c = getopt_long(argc, argv, "c:nqvV", options, NULL)) != -1) {
		switch (c) {
		case 'c': name = optarg; break;
		case OPT_JOBS: jobs = optarg; break;
		case OPT_WAIT:
			r.scheduled = true;
			wait = optarg;
			break;
		case 'n': dry = true; break;
		case 'q': quiet = true; break;
		case 'v': verbose = true; break;
		case OPT_JSON: json = true; break;
		case OPT_NOTE: note = optarg; break;
		case OPT_AGE: age = optarg; break;
		case OPT_HELP:
			printf("%s%s", synopsis, help);
			return fflush(stdout) == 0 ? 0 : 1;
		case 'V':
			printf("siantre-run %s\n", VERSION);
			return fflush(stdout) == 0 ? 0 : 1;
		default: return usage();
		}
	}
	argc -= optind;
	argv += optind;

	if (note != NULL && argc == 0) {
		rc = notes_add(
		    json_pack("{s:s, s:[o]}", "tool", "job", "warnings", notes_text(note)));
		return rc == 0 ? 0 : EX_IOERR;
	}
	if (age != NULL && note == NULL && argc == 0) {
		sig_setup();
		return sig_exit(encrypt_stdin(getenv("SIANTRE_ENCRYPT_TO"), age));
	}
	if (argc != 1 || note != NULL || age != NULL) {
		warnx(argc == 0 ? "which job?" : "one job at a time");
		return usage();
	}
	check = strcmp(argv[0], "check-config") == 0;
	if (json && !check) {
		warnx("--json is for check-config");
		return usage();
	}
	if (wait != NULL && num_duration(wait, &r.wait) != 0) {
		warnx("--wait=%s: not a duration such as 90m or 4h", wait);
		return usage();
	}
	sig_setup();
	/* A job shall not inherit what our caller happened to have open. */
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);

	if ((rc = rights_drop()) != 0 || (rc = config_read(name, &config)) != 0)
		goto out;
	if (job_path() != 0) {
		rc = EX_OSERR;
		goto out;
	}
	if (check) {
		rc = check_config(config, jobs, &above, json);
		goto out;
	}
	r.config = config;
	r.job = argv[0];
	if (r.scheduled && wait == NULL)
		r.wait = config_number(config, "LOCK_WAIT");
	if ((rc = job_find(r.job, jobs, &r.script)) != 0)
		goto out;
	if (chore_idle(config, r.job)) {
		if (!quiet && !r.scheduled)
			warnx("%s: SHIP_TO is empty: there is no place to send to", r.job);
	} else if (dry && chore_is(r.job))
		printf("%s would run\n", r.script);
	else if (dry)
		printf("%s would fill a set in %s%s\n", r.script,
		    config_get(config, "BACKUP_DIR"),
		    strcmp(r.job, "full") == 0 ? "/full" : "");
	else
		rc = run(&r, verbose || !(quiet || r.scheduled), quiet || r.scheduled);
out:
	free(r.script);
	config_free(config);
	if (fflush(stdout) != 0 && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}
