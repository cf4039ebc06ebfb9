#include "ship/accept_guard.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"

static const char *
user(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw != NULL ? pw->pw_name : "root";
}

static int
unsafe(const char *path, const char *why, const char *mend)
{
	warnx("%s: %s: who has the sender could change what stands", path, why);
	hintx("%s %s", mend, path);
	return EX_CONFIG;
}

/*
 * Who may write to a folder above the tree may put another tree in its place, except in one with
 * the sticky bit, like /tmp, where only the owner of an entry may.
 */
static int
check_above(const char *path, const struct stat *in)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		warn("%s", path);
		return EX_CONFIG;
	}
	if (st.st_dev == in->st_dev && st.st_ino == in->st_ino) {
		warnx("%s: the tree lies in the incoming folder", path);
		return EX_USAGE;
	}
	if (st.st_uid == in->st_uid && st.st_uid != 0 && st.st_uid != geteuid())
		return unsafe(
		    path, "it belongs to the owner of the incoming folder", "chown root");
	if (st.st_mode & S_ISVTX)
		return 0;
	if (st.st_mode & S_IWOTH)
		return unsafe(path, "others may write to it", "chmod o-w");
	if ((st.st_mode & S_IWGRP) && st.st_gid == in->st_gid)
		return unsafe(
		    path, "the group of the incoming folder may write to it", "chmod g-w");
	return 0;
}

static int
check_tree(const char *path, const struct stat *st, const struct stat *in)
{
	if (st->st_dev == in->st_dev && st->st_ino == in->st_ino) {
		warnx("%s: the tree and the incoming folder are the same", path);
		return EX_USAGE;
	}
	if (st->st_uid != geteuid()) {
		warnx("%s: owned by another user (uid %ju)", path, (uintmax_t)st->st_uid);
		hintx("chown -R %s: %s", user(), path);
		return EX_CONFIG;
	}
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return unsafe(path, "others may write to it", "chmod 0700");
	return 0;
}

int
accept_guard_open(const char *incoming, const char *tree, int *fd)
{
	char *path = NULL, *slash;
	struct stat in, st;
	int rc;

	if (stat(incoming, &in) != 0 || (!S_ISDIR(in.st_mode) && (errno = ENOTDIR))) {
		warn("%s", incoming);
		return EX_IOERR;
	}
	if (stat(tree, &st) != 0 || (!S_ISDIR(st.st_mode) && (errno = ENOTDIR)) ||
	    (path = realpath(tree, NULL)) == NULL) {
		rc = errno == ENOENT || errno == ENOTDIR ? EX_CANTCREAT : EX_IOERR;
		warn("%s", tree);
		/* A disk that is not mounted must not look like a tree without sets. */
		if (errno == ENOENT)
			hintx("mount its disk, or: install -d -m 0700 -o %s %s", user(), tree);
		return rc;
	}
	rc = check_tree(path, &st, &in);
	while (rc == 0 && (slash = strrchr(path, '/')) != NULL && path[1] != '\0') {
		slash[slash == path ? 1 : 0] = '\0';
		rc = check_above(path, &in);
	}
	free(path);
	if (rc == 0 && (*fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		warn("%s", tree);
		rc = EX_IOERR;
	}
	return rc;
}
