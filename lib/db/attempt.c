#include "db/attempt.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hint.h"
#include "sql/exchange_file.h"
#include "db/exchange_name.h"
#include "db/redump.h"
#include "db/resume.h"
#include "db/target.h"

static int
compare(struct attempt *a, const char *database, const char *origin)
{
	const struct redump r = {.login = a->login,
	    .database = database,
	    .origin = origin,
	    .promised = reading_endmark(a->first),
	    .dump = a->source->name,
	    .part = a->o->part != NULL,
	    .jobs = a->o->jobs,
	    .quiet = a->o->quiet};

	return redump_compare(&r);
}

int
attempt_once(struct attempt *a, const char *into, enum turn_programs programs)
{
	const struct endmark *e = reading_endmark(a->first);
	const struct guard *names = reading_guard(a->first);
	const char *name;
	int rc;

	a->g.into = into;
	a->g.programs = programs;
	rc = loading_run(&a->g);
	if (rc != 0 || e == NULL)
		return rc;
	if (a->o->rows_only)
		return target_count(a->m, into, e, a->source->name);
	if (into != NULL)
		return compare(a, into, NULL);
	for (size_t i = 0; rc == 0 && (name = guard_database(names, i)) != NULL; i++)
		rc = compare(a, name, name);
	return rc;
}

int
attempt_resume(struct attempt *a, const struct exchange *x, const char *database, bool exists)
{
	const struct endmark *e = reading_endmark(a->first);
	char *path;
	int rc;

	if (exists && !a->o->resume)
		return 0;
	/* What stands in a certain order cannot be taken up in the middle. */
	if (e == NULL || reading_parts(a->first)->epochs_len != 1) {
		if (!a->o->resume)
			return 0;
		warnx("%s: only a dump of siantre-dump can be resumed", a->source->name);
		return EX_USAGE;
	}
	if (exchange_file_folder(x->folder) != 0) {
		if (!a->o->resume)
			return 0; /* nobody will go on, but that is no reason not to load */
		warn("%s", x->folder);
		return EX_CANTCREAT;
	}
	path = exchange_name_path(x, database, ".loading", &rc);
	if (rc == 0)
		rc = resume_open(path, database, endmark_digest(e), exists, &a->g.resume);
	free(path);
	return rc;
}

int
attempt_forget(const struct exchange *x, const char *database)
{
	int rc;
	char *path = exchange_name_path(x, database, ".loading", &rc);

	if (rc == 0 && unlink(path) == 0)
		rc = atomic_sync_folder(x->folder) == 0 ? 0 : EX_IOERR;
	else if (rc == 0 && errno != ENOENT) {
		warn("%s", path);
		rc = EX_CANTCREAT;
	}
	free(path);
	return rc;
}

void
attempt_give_up(struct attempt *a, const char *into)
{
	if (a->o->resume) {
		hintx("the next call with --resume goes on from here");
		return;
	}
	if (mysql_ping(a->m) != 0 || target_drop(a->m, into) != 0) {
		hintx("database `%s` holds a part of the dump: drop it", into);
		return;
	}
	resume_close(a->g.resume, false);
	a->g.resume = NULL;
}

int
attempt_fresh(struct attempt *a, const char *into, enum turn_programs programs)
{
	const bool found = resume_found(a->g.resume);
	int rc = found ? resume_clear(a->g.resume, a->m, into, reading_endmark(a->first))
		       : target_create(a->m, into);

	/* What could not be made may be somebody else's: nobody goes on with that. */
	if (rc != 0 && !found) {
		resume_close(a->g.resume, false);
		a->g.resume = NULL;
		return rc;
	}
	if (rc == 0)
		rc = attempt_once(a, into, programs);
	if (rc != 0)
		attempt_give_up(a, into);
	return rc;
}
