#include "base/tree.h"

#include <err.h>
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
tree_remove(const char *path, bool itself)
{
	char *copy = strdup(path), *roots[2] = {copy, NULL};
	FTS *fts = NULL;
	FTSENT *e;
	int rc = 0;

	if (copy == NULL ||
	    (fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL)) == NULL) {
		warn("remove %s", path);
		free(copy);
		return -1;
	}
	while ((e = fts_read(fts)) != NULL) {
		bool bad = false;

		switch (e->fts_info) {
		case FTS_D:
			if ((e->fts_statp->st_mode & S_IRWXU) != S_IRWXU)
				bad = chmod(e->fts_path, 0700) != 0;
			break;
		case FTS_DP:
			if (itself || e->fts_level > 0)
				bad = rmdir(e->fts_path) != 0;
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			errno = e->fts_errno;
			bad = e->fts_level > 0 || errno != ENOENT;
			break;
		default: bad = unlink(e->fts_path) != 0; break;
		}
		if (bad) {
			warn("remove %s", e->fts_path);
			rc = -1;
		}
	}
	fts_close(fts);
	free(copy);
	return rc;
}
