#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/num.h"
#include "set/folder.h"
#include "set/manifest.h"
#include "set/mounted.h"
#include "set/sets.h"
#include "set/space.h"

int
space_mounted(const char *path)
{
	int mounted = *path == '\0' ? 1 : mounted_at(path);

	if (mounted == -1) {
		warn("mount point %s", path);
		return EX_CANTCREAT;
	}
	if (mounted == 0) {
		warnx("mount point %s: nothing is mounted there", path);
		hintx("mount %s", path);
		return EX_CANTCREAT;
	}
	return 0;
}

uint64_t
space_estimate(const char *root, const char *application, const char *job)
{
	struct sets *s = NULL;
	struct manifest *m = NULL;
	uint64_t bytes = 0;
	bool full = strcmp(job, "full") == 0, found = false;

	if (access(root, F_OK) != 0 || sets_list(root, &s) != 0)
		return 0;
	for (size_t i = 0; i < sets_count(s) && !found; i++) {
		if (sets_full(s, i) != full || manifest_read(sets_path(s, i), &m) != 0)
			continue;
		found =
		    strcmp(manifest_text(m, "job"), job) == 0 && manifest_is_of(m, application);
		if (found)
			bytes = (uint64_t)manifest_bytes(m);
		manifest_free(m);
	}
	sets_free(s);
	return bytes + bytes / 5;
}

int
space_free(const char *root, uint64_t *out)
{
	struct statvfs st;

	if (statvfs(root, &st) != 0)
		return -1;
	*out = (uint64_t)st.f_bavail * st.f_frsize;
	return 0;
}

int
space_make(const char *root, const char *application, const char *job)
{
	uint64_t need = space_estimate(root, application, job), free_bytes = 0;
	char wanted[16], there[16];

	if (need == 0)
		return 0;
	if (space_free(root, &free_bytes) != 0) {
		warn("%s", root);
		return EX_CANTCREAT;
	}
	if (free_bytes < need) {
		folder_empty_trash(root);
		if (space_free(root, &free_bytes) != 0)
			free_bytes = 0;
	}
	if (free_bytes >= need)
		return 0;
	warnx("%s: the next set may take %s, and %s are free", root,
	    num_human(wanted, sizeof(wanted), need),
	    num_human(there, sizeof(there), free_bytes));
	return EX_CANTCREAT;
}
