/* siantre-alert check: is what was promised so? */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/io.h"
#include "look.h"

const char alert_check_help[] = "\n"
				"check looks at the sets on the disk and at what else the "
				"configuration promises, and tells\n"
				"what is not so; for each hour. -n prints the event lines, -v "
				"says what is well too, --json\n"
				"prints all promises.\n";

static int
check(struct alert *a, const char *folder, bool readable)
{
	struct promise_moment at;
	struct promises p = {0};
	struct memory *m = NULL;
	int lock = -1, rc;

	look_moment(&at);
	/* By defaults nothing can be judged but that. */
	if ((rc = look_open(folder, &lock, &m)) == 0 &&
	    (!readable || (rc = promise_look(a->config, &at, m, &p)) == 0) &&
	    (rc = promises_add(&p, NULL, "configuration", "config",
		 readable ? PROMISE_KEPT : PROMISE_BROKEN,
		 readable ? "the configuration can be read"
			  : "the configuration cannot be read, and no job runs: siantre-run "
			    "check-config says why")) == 0 &&
	    (rc = promises_add(&p, NULL, "check", "check", PROMISE_KEPT, "somebody looks")) ==
		0)
		rc = look_tell(a, &at, !readable, &p, m);
	promises_free(&p);
	memory_free(m);
	io_close(&lock);
	return rc;
}

int
alert_check(int argc, char **argv)
{
	struct alert a = {0};
	char *folder = NULL;
	int first = alert_options(&a, argc, argv, "qj"), rc, bad;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (first != argc)
		return alert_usage("check needs no operand");
	bad = rc = look_start(&a);
	if (a.config == NULL)
		goto out;
	if (asprintf(&folder, "%s/alert", a.folder) == -1) {
		warn("configuration");
		folder = NULL;
		rc = EX_OSERR;
		goto out;
	}
	rc = check(&a, folder, bad == 0);
	if (bad != 0)
		rc = bad;
out:
	free(folder);
	alert_end(&a);
	return rc;
}
