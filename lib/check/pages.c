#include "check/pages.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/language.h"
#include "base/rights.h"

void
checkpages_look(const struct config *c, struct findings *found)
{
	static const char *const keys[] = {"DASHBOARD", "PROMETHEUS_FILE"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *path = config_get(c, keys[i]);
		char *folder, *slash;

		/* The folder of the state is made by the first run, and looked at by others. */
		if (*path == '\0' || config_inside(path, config_get(c, "STATE_DIR")) ||
		    (folder = strdup(path)) == NULL)
			continue;
		if ((slash = strrchr(folder, '/')) != NULL)
			slash[slash == folder] = '\0';
		if (access(folder, W_OK | X_OK) == 0)
			findings_add(
			    found, "ok", N_("page and figures"), "%s=%s", keys[i], path);
		else {
			bool missing = errno == ENOENT;

			findings_add(found, "warn", N_("page and figures"), "%s=%s: %s: %s",
			    keys[i], path, folder, strerror(errno));
			if (missing)
				findings_mend(found, "install -d -o %s %s", RIGHTS_USER,
				    findings_word(folder));
			else
				findings_mend(found, "%ssetfacl -m u:%s:rwx %s",
				    child_exists("setfacl") ? "" : "apt-get install acl && ",
				    RIGHTS_USER, findings_word(folder));
		}
		free(folder);
	}
}
