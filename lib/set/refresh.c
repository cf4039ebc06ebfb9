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
	char *name = strdup(config_name(c));
	char *const argv[] = {timeout, kill, limit, program, write, quiet,
	    name != NULL && *name != '\0' ? flag : NULL, name, NULL};
	struct child child = {.pid = -1, .in = -1, .out = -1};
	int status;

	/* Without sets, before the first run, there is nothing to tell of. */
	if (name == NULL || sig_stop() != 0 || access(config_get(c, "BACKUP_DIR"), F_OK) != 0 ||
	    (*config_get(c, "DASHBOARD") == '\0' && *config_get(c, "PROMETHEUS_FILE") == '\0'))
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
