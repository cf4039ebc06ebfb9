#include "db/instead.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/sig.h"
#include "db/exchange_check.h"
#include "db/exchange_name.h"
#include "db/resume.h"
#include "db/target.h"

/* The new database is whole, and compared: it takes the place of the old one. */
static int
exchange(struct attempt *a, const struct exchange *x, const char *stage)
{
	const struct endmark *e = reading_endmark(a->first);
	struct exchange_new new = {.stage = stage,
	    .dump = a->source->name,
	    .digest = e != NULL ? endmark_digest(e) : NULL,
	    .foreign = e == NULL,
	    .allow_warnings = a->o->allow_warnings};
	struct buf script = {0};
	struct target t = {0};
	int rc = loading_script(&a->g, x->target, &script);

	new.script = script.data;
	new.script_len = script.len;
	/* An earlier load into the target itself: --resume would empty the new one. */
	if (rc == 0)
		rc = attempt_forget(x, x->target);
	if (rc == 0)
		rc = exchange_run(x, &new, &a->exchanged);
	a->g.no_scheduler = a->exchanged.no_scheduler;
	buf_free(&script);
	if (rc == 0 || target_look(a->m, stage, &t) != 0)
		return rc;
	if (t.exists && a->o->part != NULL) {
		target_drop(a->m, stage); /* it does not take long to load it again */
		return rc;
	}
	if (t.objects > 0)
		hintx("database `%s` holds all of the dump: --resume", stage);
	if (!t.exists) {
		resume_close(a->g.resume, false);
		a->g.resume = NULL;
	}
	return rc;
}

/*
 * What another tool wrote may be whole and hold nothing: the last words of a pipe whose first program
 * failed.  That takes no database's place.
 */
static int
refuse_nothing(struct attempt *a, const char *target, const char *stage)
{
	struct target t;
	int rc;

	if (reading_endmark(a->first) != NULL)
		return 0;
	if ((rc = target_look(a->m, stage, &t)) != 0)
		return rc;
	if (t.objects > 0)
		return 0;
	warnx("%s: no table in it: it takes no database's place", a->source->name);
	hintx("to empty database `%s`, drop it", target);
	return EX_DATAERR;
}

int
instead_run(struct attempt *a, const struct exchange *x)
{
	struct target t;
	char *stage = exchange_name_stage(x->target);
	int rc = stage != NULL ? target_look(a->m, stage, &t) : EX_CANTCREAT;

	if (rc == 0)
		rc = attempt_resume(a, x, stage, t.exists);
	if (rc == 0 && t.exists && !resume_found(a->g.resume)) {
		warnx("database `%s` is in the way: the dump is loaded there first", stage);
		hintx("drop it if nothing in it is needed; --resume goes on with "
		      "a load of this dump");
		rc = EX_CANTCREAT;
	}
	if (rc == 0)
		rc = exchange_check(x);
	if (rc == 0)
		a->g.alias = x->target;
	if (rc == 0)
		rc = attempt_fresh(a, stage, PROGRAMS_NOT);
	if (rc == 0) {
		rc = sig_stop() != 0 ? 1 : refuse_nothing(a, x->target, stage);
		if (rc != 0)
			attempt_give_up(a, stage);
	}
	if (rc == 0)
		rc = exchange(a, x, stage);
	free(stage);
	return rc;
}
