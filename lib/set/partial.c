#include "set/partial.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/tree.h"
#include "set/folder.h"

int
partial_hold(const char *path, int *fd)
{
	struct stat ours, there;

	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd == -1)
		return errno == ENOENT ? -1 : 0;
	(void)flock(*fd, LOCK_EX);
	if (fstat(*fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	    ours.st_ino == there.st_ino)
		return 0;
	io_close(fd);
	return -1;
}

/* Whether somebody works in the folder ${name} of ${dir}, or in that which it stands beside. */
static bool
is_held(int dir, const char *name)
{
	char work[FOLDER_NAME];
	bool held;
	int fd;

	strlcpy(work, name, sizeof(work));
	fd = openat(dir, work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return false;
	held = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	io_close(&fd);
	return held;
}

void
partial_clean(const char *root)
{
	const struct dirent *d;
	char *path = NULL;
	DIR *dir = NULL;
	int fd;

	if (asprintf(&path, "%s/.partial", root) == -1) {
		warn("remove .partial");
		return;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && (errno == ENOTDIR || errno == ELOOP))
		tree_remove(path, false);
	else if ((fd == -1 && errno != ENOENT) || (fd != -1 && (dir = fdopendir(fd)) == NULL))
		warn("%s", path);
	while (dir != NULL && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0 &&
		    !is_held(dirfd(dir), d->d_name))
			tree_remove_at(dirfd(dir), d->d_name, path);
	}
	if (dir != NULL)
		closedir(dir);
	else
		io_close(&fd);
	free(path);
}
