#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"

#define RANDOM "XXXXXX" /* the end of a temporary name, for mkostemp(3) */
#define TRIES 10        /* temporaries that others took away from us */

struct atomic_file {
	char *path;
	char *temporary;
	mode_t mode;
	int fd;
};

void
atomic_abort(struct atomic_file *f)
{
	if (f == NULL)
		return;
	io_close(&f->fd);
	if (f->temporary != NULL)
		unlink(f->temporary);
	free(f->temporary);
	free(f->path);
	free(f);
}

/*
 * Make ${f->temporary}, and lock it for as long as it is open: what nobody holds was left by a process
 * that was killed.  One that atomic_sweep() found before it was locked is made once more.
 */
static int
make_temporary(struct atomic_file *f)
{
	char *end = f->temporary + strlen(f->temporary) - (sizeof(RANDOM) - 1);
	struct stat st;

	for (int i = 0; i < TRIES; i++) {
		memcpy(end, RANDOM, sizeof(RANDOM) - 1);
		if ((f->fd = mkostemp(f->temporary, O_CLOEXEC)) == -1)
			return -1;
		/* A file system without locks has no sweeping either. */
		if (flock(f->fd, LOCK_EX) != 0 || lstat(f->temporary, &st) == 0)
			return 0;
		io_close(&f->fd);
	}
	errno = ENOENT;
	return -1;
}

struct atomic_file *
atomic_open(const char *path, mode_t mode)
{
	struct atomic_file *f = NULL;
	struct stat st;
	const char *name = basename(path);
	size_t folder = (size_t)(name - path);
	int saved;

	/* A rename would put a file where a device, a pipe or somebody's link was. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		warnx("create %s: there is something else than a regular file", path);
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	if (*name == '\0') {
		warnx("create %s: the name is empty", path);
		errno = ENOENT;
		return NULL;
	}
	if ((f = calloc(1, sizeof(*f))) == NULL)
		goto fail;
	f->fd = -1;
	f->mode = mode;
	if ((f->path = strdup(path)) == NULL)
		goto fail;
	/* The longest name that a folder takes leaves no room for a dot and a suffix. */
	if (asprintf(&f->temporary, "%.*s.%.*s." RANDOM, (int)folder, path, NAME_MAX - 8,
		name) == -1) {
		f->temporary = NULL;
		goto fail;
	}
	if (make_temporary(f) == -1) {
		free(f->temporary);
		f->temporary = NULL;
		goto fail;
	}
	return f;
fail:
	saved = errno;
	warn("create %s", path);
	atomic_abort(f);
	errno = saved;
	return NULL;
}

int
atomic_fd(const struct atomic_file *f)
{
	return f->fd;
}

int
atomic_commit(struct atomic_file *f)
{
	char *folder = NULL;
	int rc = -1, held = -1;

	if ((folder = atomic_folder(f->path)) == NULL) {
		warn("%s", f->path);
		goto out;
	}
	if (fchmod(f->fd, f->mode) == -1) {
		warn("chmod %s", f->path);
		goto out;
	}
	if (fsync(f->fd) == -1) {
		warn("fsync %s", f->path);
		goto out;
	}
	/* Until it has its name it stays locked: else atomic_sweep() takes it for one that was left. */
	held = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	if (io_close(&f->fd) == -1) {
		warn("close %s", f->path);
		goto out;
	}
	if (rename(f->temporary, f->path) == -1) {
		warn("rename %s to %s", f->temporary, f->path);
		goto out;
	}
	free(f->temporary);
	f->temporary = NULL;
	rc = atomic_sync_folder(folder);
out:
	io_close(&held);
	free(folder);
	atomic_abort(f);
	return rc;
}

int
atomic_write(const char *path, mode_t mode, const void *buf, size_t len)
{
	struct atomic_file *f;

	atomic_sweep(path);
	if ((f = atomic_open(path, mode)) == NULL)
		return -1;
	if (io_write(f->fd, buf, len) == -1) {
		warn("write %s", path);
		atomic_abort(f);
		return -1;
	}
	return atomic_commit(f);
}

/* Whether ${name} is a temporary one of ${target}. */
static bool
is_temporary(const char *name, const char *target)
{
	size_t len = strlen(target);

	if (name[0] != '.' || strncmp(name + 1, target, len) != 0 || name[len + 1] != '.')
		return false;
	for (name += len + 2, len = 0; isalnum((unsigned char)name[len]);)
		len++;
	return name[len] == '\0' && len == sizeof(RANDOM) - 1;
}

void
atomic_sweep(const char *path)
{
	const char *target = basename(path);
	char *folder = atomic_folder(path);
	const struct dirent *d;
	struct stat st;
	DIR *dir = folder != NULL ? opendir(folder) : NULL;
	int fd;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (!is_temporary(d->d_name, target) ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid())
			continue;
		fd = openat(
		    dirfd(dir), d->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			(void)unlinkat(dirfd(dir), d->d_name, 0);
		io_close(&fd);
	}
	if (dir != NULL)
		closedir(dir);
	free(folder);
}

char *
atomic_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int
atomic_sync_folder(const char *path)
{
	int fd = -1, rc = -1;

	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		warn("open %s", path);
		goto out;
	}
	if (fsync(fd) == -1) {
		warn("fsync %s", path);
		goto out;
	}
	rc = 0;
out:
	io_close(&fd);
	return rc;
}

int
atomic_adopt(int fd, const char *path)
{
	char *folder = NULL;
	struct stat st;
	int rc = -1;

	if (geteuid() != 0)
		return 0;
	if ((folder = atomic_folder(path)) == NULL)
		goto out;
	if (stat(folder, &st) == -1 || fchown(fd, st.st_uid, st.st_gid) == -1)
		goto out;
	rc = 0;
out:
	free(folder);
	return rc;
}
