#ifndef SET_CHECK_H
#define SET_CHECK_H

#include <stdbool.h>

#include "set/config.h"
#include "set/findings.h"

/*
 * siantre-run check-config: what would be saved, where to and with which rights, what is
 * missing, and the command that mends it.  Nothing is changed.
 */

/**
 * check_config(c, jobs, more, json):
 * Look at everything that the jobs db, files and full need, as the user that this process is,
 * and print the findings to stdout, with those of ${more}, as text or as JSON.  ${jobs} is
 * job_find's folder.  Return 0, or EX_CONFIG where a nightly run would fail.
 */
int check_config(const struct config *c, const char *jobs,
    void (*more)(const struct config *c, struct findings *found), bool json);

#endif
