#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdbool.h>

#include "set/config.h"
#include "set/findings.h"

/*
 * siantre-run check-config: what would be saved, where to and with which rights, what is
 * missing, and the command that mends it.  Nothing is changed.
 */

/* What is known above this folder, and where its findings belong. */
struct check_above {
	void (*disk)(const struct config *c, struct findings *found);  /* NULL: nothing */
	void (*alert)(const struct config *c, struct findings *found); /* NULL: nothing */
};

/**
 * check_config(c, jobs, above, json):
 * Look at everything that the jobs need, as the user that this process is, and print the findings
 * to stdout, with those of ${above}, as text in the language of whoever reads or as JSON in
 * English.  ${jobs} is job_find's folder.  Return 0, or EX_CONFIG where a nightly run would fail.
 */
int check_config(
    const struct config *c, const char *jobs, const struct check_above *above, bool json);

#endif
