#include "drill/drill.h"

#include <err.h>
#include <linux/ioprio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/event.h"
#include "base/hint.h"
#include "base/num.h"
#include "base/sig.h"
#include "base/tree.h"
#include "drill/checks.h"
#include "drill/choice.h"
#include "drill/client.h"
#include "drill/database.h"
#include "drill/git.h"
#include "drill/given.h"
#include "drill/goals.h"
#include "drill/protocol.h"
#include "drill/report.h"
#include "drill/scratch.h"
#include "drill/server.h"
#include "drill/setdrill.h"
#include "set/decrypt.h"
#include "set/job.h"

struct drill {
	const struct config *config;
	const struct drill_options *o;
	struct protocol *protocol;
	struct scratch *scratch;
	struct choice *chosen;
	struct checks *checks;
	struct server *server;
	struct given *given;
	struct setdrill_place place;
	char database[GIVEN_NAME];
};

/* The application comes first.  Where a sandbox does not allow it, it has seen to that itself. */
static void
step_back(void)
{
	if (getpriority(PRIO_PROCESS, 0) < 10)
		setpriority(PRIO_PROCESS, 0, 10);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

static int
choose(struct drill *d)
{
	const char *root = config_get(d->config, "BACKUP_DIR");
	int rc;

	if (d->o->count > 0)
		return choice_given(d->o->paths, d->o->count, &d->chosen);
	if ((rc = choice_newest(root, config_get(d->config, "APP_NAME"), &d->chosen)) != 0)
		return rc;
	if (choice_set(d->chosen, 0) == NULL)
		warnx("%s: no verified set", root);
	return 0;
}

/* Whether any set holds a dump that can be loaded, so that a server is needed. */
static bool
has_dump(const struct choice *c, bool opens)
{
	const struct choice_set *s;
	struct manifest_file f;

	for (size_t i = 0; (s = choice_set(c, i)) != NULL; i++)
		for (size_t j = 0; manifest_file(s->manifest, j, &f) == 0; j++)
			if (choice_is_dump(&f) && (opens || !choice_is_encrypted(&f)))
				return true;
	return false;
}

/* An empty server of our own. */
static int
start_server(struct drill *d)
{
	char text[128], *folder = scratch_file(d->scratch, "server"), *tmp = NULL;
	int64_t memory = config_number(d->config, "DRILL_MEMORY");
	int rc = EX_CANTCREAT;

	protocol_begin(d->protocol, NULL, NULL, DRILL_OTHER, "start an empty server");
	if (memory < CONFIG_DRILL_MEMORY_MIN) {
		warnx("DRILL_MEMORY: a server needs %jd MiB at least",
		    (intmax_t)(CONFIG_DRILL_MEMORY_MIN >> 20));
		rc = EX_CONFIG;
	} else if (folder == NULL || asprintf(&tmp, "%s/tmp", folder) == -1) {
		tmp = NULL;
		rc = EX_OSERR;
	} else if (mkdir(folder, 0700) != 0 || mkdir(tmp, 0700) != 0) {
		warn("make %s", folder);
	} else {
		rc = server_start(folder, (uint64_t)memory, &d->server);
	}
	if (rc == 0) {
		snprintf(text, sizeof(text), "%s, started for this drill",
		    server_version(d->server));
		protocol_server(d->protocol, text);
		d->place.landing.options = server_options(d->server);
		d->place.landing.version = server_version(d->server);
	}
	protocol_end(d->protocol, rc == 0 ? DRILL_OK : DRILL_FAIL, rc,
	    rc == 0 ? server_version(d->server) : "the private server does not start");
	free(folder);
	free(tmp);
	return rc;
}

/* Without the package: a database beside the live one. */
static int
borrow_server(struct drill *d)
{
	char text[192];
	int rc;

	protocol_begin(d->protocol, NULL, NULL, DRILL_OTHER,
	    "find the server of the application (no server package is installed here)");
	rc = given_open(d->config, scratch_path(d->scratch), &d->given);
	if (rc == 0) {
		given_name(d->database);
		snprintf(text, sizeof(text), "%s of the application, in the database %s",
		    given_version(d->given), d->database);
		protocol_server(d->protocol, text);
		d->place.landing.options = given_options(d->given);
		d->place.landing.version = given_version(d->given);
		d->place.landing.database = d->database;
		d->place.given = d->given;
	} else if (rc == EX_UNAVAILABLE && client_available() != NULL) {
		/* It has no network; a server that is started for the drill needs none. */
		hintx("the unit siantre-drill reaches it by its socket alone: see "
		      "SCHEDULE in "
		      "siantre-run(1)");
	}
	protocol_end(d->protocol, rc == 0 ? DRILL_OK : DRILL_FAIL, rc,
	    rc == 0 ? given_version(d->given) : "the server cannot be used");
	return rc;
}

/* The database that a killed drill left on the application's server. */
static void
drop_leftover(struct drill *d)
{
	struct given *g = NULL;
	const char *name = scratch_database(d->scratch);

	if (*name == '\0')
		return;
	if (given_open(d->config, scratch_path(d->scratch), &g) == 0 &&
	    given_drop(g, name) == 0) {
		warnx("warning: dropped %s, which a drill left that was killed", name);
		scratch_keep_database(d->scratch, "");
	} else {
		warnx("warning: the database %s, left by a drill that was killed, stays", name);
	}
	given_free(g);
}

/* Room, server, sets. */
static int
work(struct drill *d)
{
	const struct choice_set *s;
	bool opens = d->place.landing.identity != NULL;
	bool own = server_available(), dumps = has_dump(d->chosen, opens);
	int rc = scratch_room(d->scratch, choice_room(d->chosen, dumps && own, opens));

	if (rc != 0) {
		protocol_begin(d->protocol, NULL, NULL, DRILL_OTHER, "look for room");
		protocol_end(d->protocol, DRILL_FAIL, rc, "not enough in DRILL_DIR");
		return rc;
	}
	if (dumps && (rc = own ? start_server(d) : borrow_server(d)) != 0)
		return rc;
	d->place.landing.config = scratch_config(d->scratch);
	d->place.protocol = d->protocol;
	d->place.scratch = d->scratch;
	d->place.checks = d->checks;
	for (size_t i = 0; sig_stop() == 0 && (s = choice_set(d->chosen, i)) != NULL; i++)
		setdrill_run(&d->place, s);
	/* Silence is no answer. */
	if (dumps && !d->place.checked && checks_name(d->checks, 0) != NULL) {
		protocol_begin(d->protocol, NULL, NULL, DRILL_OTHER, "ask DRILL_SQL");
		warnx("%s: not asked: no single database came back",
		    config_get(d->config, "DRILL_SQL"));
		protocol_end(
		    d->protocol, DRILL_MISSED, 1, "not asked: no single database came back");
	}
	return 0;
}

static void
measure(struct drill *d)
{
	char *folder = scratch_file(d->scratch, "git");
	struct git git = {.age = -1};
	int64_t now = (int64_t)time(NULL);

	goals_rto(d->protocol, d->config);
	if (d->o->count == 0 && folder != NULL) {
		git_look(config_get(d->config, "APP_DIR"), folder, now, &git);
		tree_remove(folder, true);
		goals_rpo(d->protocol, d->config, d->chosen, &git, now);
	}
	free(folder);
}

/* Report and event.  Return 0, or EX_IOERR after reporting. */
static int
tell(struct drill *d, int code)
{
	const struct choice_set *s = d->chosen != NULL ? choice_find(d->chosen, "db") : NULL;
	enum drill_state state = protocol_state(d->protocol);
	struct event e = {.job = "drill",
	    .event = "drill",
	    .exit = code,
	    .status = code != 0             ? "fail"
		      : state == DRILL_WARN ? "warn"
					    : "ok",
	    .seconds = protocol_seconds(d->protocol),
	    .bytes = -1,
	    .set = s != NULL ? s->name : NULL};
	char *message = protocol_summary(d->protocol), *folder = NULL;
	int rc = 0;

	if (sig_stop() != 0) {
		free(message);
		e.exit = 128 + sig_stop();
		if (asprintf(&message, "stopped by SIG%s", sigabbrev_np(sig_stop())) == -1)
			message = NULL;
	}
	e.message = message;
	if (!d->o->quiet || code != 0)
		rc = report_print(d->protocol, d->o->json) != 0 ? EX_IOERR : 0;
	if (d->o->report == NULL && d->o->count == 0 &&
	    asprintf(&folder, "%s/drills", config_get(d->config, "STATE_DIR")) == -1)
		folder = NULL;
	if ((d->o->report != NULL || folder != NULL) &&
	    report_write(d->protocol, d->o->report != NULL ? d->o->report : folder) != 0)
		rc = EX_IOERR;
	if (d->o->count == 0 && event_append(config_journal(d->config), &e) != 0) {
		warnx("the journal does not know of this drill");
		rc = EX_IOERR;
	}
	warnx("drill: %s", message != NULL ? message : "done");
	free(message);
	free(folder);
	return rc;
}

/* The key of encrypted sets: 0, or EX_CONFIG after reporting. */
static int
find_identity(struct drill *d)
{
	const char *path = d->o->identity;
	int rc;

	if (path == NULL && *config_get(d->config, "IDENTITY") != '\0')
		path = config_get(d->config, "IDENTITY");
	d->place.landing.identity = path;
	if (path == NULL || (rc = decrypt_ready(path)) != 0)
		return path == NULL ? 0 : rc;
	/* The tools that we start have no terminal to ask on. */
	if (!decrypt_asks(path))
		return 0;
	warnx("identity %s: it has a passphrase, which a drill cannot ask for", path);
	return EX_CONFIG;
}

int
drill_run(const struct config *c, const struct drill_options *o)
{
	struct drill d = {.config = c, .o = o};
	int rc = EX_OSERR, told;
	bool began = false, busy;

	/* Programs of ours and of the system, in words that can be compared. */
	if (job_path() != 0 || setenv("LC_ALL", "C.UTF-8", 1) != 0 ||
	    (d.protocol = protocol_new(
		 config_get(c, "APP_NAME"), !o->quiet && isatty(STDERR_FILENO) == 1)) == NULL)
		return EX_OSERR;
	unsetenv("SIANTRE_NOTES");
	step_back();
	if ((rc = find_identity(&d)) != 0 ||
	    (rc = checks_read(config_get(c, "DRILL_SQL"), &d.checks)) != 0 ||
	    (rc = choose(&d)) != 0 ||
	    (rc = scratch_open(config_get(c, "DRILL_DIR"), &d.scratch)) != 0)
		goto out;
	began = true;
	setenv("TMPDIR", scratch_path(d.scratch), 1);
	drop_leftover(&d);
	work(&d);
	if (sig_stop() == 0)
		measure(&d);
	if (sig_stop() != 0) { /* what was not reached did not come back */
		protocol_begin(d.protocol, NULL, NULL, DRILL_OTHER, "go on");
		protocol_end(d.protocol, DRILL_FAIL, 1, "stopped");
	}
	protocol_close(d.protocol);
	rc = protocol_code(d.protocol);
out:
	server_stop(d.server);
	given_free(d.given);
	if (scratch_close(d.scratch) != 0 && rc == 0)
		rc = EX_IOERR;
	busy = !began && rc == EX_TEMPFAIL;
	if (!began) {
		protocol_begin(d.protocol, NULL, NULL, DRILL_OTHER, "prepare");
		protocol_end(d.protocol, DRILL_FAIL, rc, "the drill did not begin");
	}
	/* Another drill will tell of itself. */
	if (!busy && (told = tell(&d, rc)) != 0 && rc == 0)
		rc = told;
	checks_free(d.checks);
	choice_free(d.chosen);
	protocol_free(d.protocol);
	return rc;
}
