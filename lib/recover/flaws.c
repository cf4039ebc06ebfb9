#include "recover/flaws.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/plain.h"
#include "set/manifest.h"

void
flaws_tell(const char *archive)
{
	const char *slash = strrchr(archive, '/'), *name = slash != NULL ? slash + 1 : archive;
	char *folder =
	    slash != NULL ? strndup(archive, (size_t)(slash - archive) + 1) : strdup(".");
	struct manifest *m = NULL;
	size_t len = strlen(name), told = 0, more = 0;
	char *path = NULL;
	const char *text;

	if (folder == NULL || asprintf(&path, "%s/%s", folder, MANIFEST_NAME) == -1)
		path = NULL;
	if (path == NULL) {
		warn("%s", archive);
		goto out;
	}
	if (access(path, F_OK) != 0 || manifest_read(folder, &m) != 0)
		goto out;
	for (size_t i = 0; (text = manifest_warning(m, i)) != NULL; i++) {
		if (strncmp(text, name, len) != 0 || strncmp(text + len, ": ", 2) != 0)
			continue;
		if (told++ < FLAWS_TOLD)
			warnx("%s: when it was packed: %s", name, plain_name(text + len + 2));
		else
			more++;
	}
	if (more > 0)
		warnx("%s: %zu more in %s", name, more, path);
out:
	manifest_free(m);
	free(folder);
	free(path);
}
