#include "set/refresh.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sig.h"
#include "set/job.h"

void
refresh_pages(const struct config *c, struct log *l)
{
	/* It looks at other disks too, and one that hangs lets go of a program that is killed. */
	char timeout[] = "timeout", kill[] = "--kill-after=10s", limit[] = "10m";
	char program[] = "siantre-status", write[] = "--write", quiet[] = "-q", flag[] = "-c";
	const char *page = config_get(c, "DASHBOARD"),
		   *figures = config_get(c, "PROMETHEUS_FILE");
	char *name = strdup(config_name(c));
	char *const argv[] = {timeout, kill, limit, program, write, quiet,
	    name != NULL && *name != '\0' ? flag : NULL, name, NULL};
	struct child child = {.pid = -1, .in = -1, .out = -1};
	int status;

	/* Before the first run there is nothing to tell of; that a disk is gone there is. */
	if (name == NULL || sig_stop() != 0 ||
	    (access(config_get(c, "BACKUP_DIR"), F_OK) != 0 && access(page, F_OK) != 0 &&
		access(figures, F_OK) != 0) ||
	    (*page == '\0' && *figures == '\0'))
		goto out;
	if (l != NULL)
		status = job_run(argv, NULL, NULL, l);
	else
		status = child_start(&child, argv, NULL, NULL, 0, STDERR_FILENO, -1) == 0
			     ? child_wait(&child)
			     : -1;
	if (status > 0)
		warnx("siantre-status --write ended %d", status);
out:
	free(name);
}
