#ifndef RECOVER_CHECKLIST_H
#define RECOVER_CHECKLIST_H

#include "recover/recover.h"

/**
 * checklist_run(r):
 * Look whether the application of ${r} is back, without changing anything, and print a line for
 * each of eleven points, with a tick or a cross: server, database, rows, application,
 * configuration, rights, web server, HTTP, main page, cron, queue worker.  Return 0 where all of
 * them are right, else 1.
 */
int checklist_run(struct recover *r);

#endif
