#include "set/mounted.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A line of /proc/self/mountinfo, see proc(5); paths with their escapes. */
struct mount {
	uint64_t id, parent;
	char *dev;   /* 254:0 */
	char *root;  /* what of the file system is seen */
	char *point; /* where */
};

static void
clear(struct mount *m)
{
	free(m->dev);
	free(m->root);
	free(m->point);
	*m = (struct mount){0};
}

/* Find the mount ${id}; return whether it is there. */
static bool
find(uint64_t id, struct mount *m)
{
	FILE *in = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (in != NULL && !found && getline(&line, &size, in) > 0) {
		clear(m);
		found = sscanf(line, "%" SCNu64 " %" SCNu64 " %ms %ms %ms", &m->id, &m->parent,
			    &m->dev, &m->root, &m->point) == 5 &&
			m->id == id;
	}
	free(line);
	if (in != NULL)
		(void)fclose(in);
	return found;
}

/* Whether ${m} shows what would be seen there without it, in ${around}. */
static bool
is_itself(const struct mount *m, const struct mount *around)
{
	size_t point = strlen(around->point), root = strlen(around->root);

	/* "/" is nothing in front of a path. */
	point -= point == 1;
	root -= root == 1;
	return strcmp(m->dev, around->dev) == 0 &&
	       strncmp(m->point, around->point, point) == 0 && m->point[point] == '/' &&
	       strncmp(m->root, around->root, root) == 0 &&
	       strcmp(m->root + root, m->point + point) == 0;
}

int
mounted_at(const char *path)
{
	struct mount m = {0}, around = {0};
	struct statx st;
	int mounted = 1;

	if (statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0)
		return -1;
	/* The attribute (Linux 5.8) knows bind mounts too, which have their parent's device. */
	if ((st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
	    (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0)
		return 0;
	if ((st.stx_mask & STATX_MNT_ID) != 0 && find(st.stx_mnt_id, &m) &&
	    find(m.parent, &around) && is_itself(&m, &around))
		mounted = 0;
	clear(&m);
	clear(&around);
	return mounted;
}
