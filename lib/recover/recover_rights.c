/*
 * Step: owners and modes.  Archives bring both along; what can be wrong on a new server is the
 * owner of what PHP must write to, where its account has another number, and an .env that others
 * may read.  Nothing is opened to anybody.
 *
 * The trees belong to a less trusted account: they are walked by descriptors, no symlink is
 * followed, and a file with several names is left alone (one of them may be elsewhere).
 */
#include "recover/recover.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "tar/write.h"

/* What PHP writes to, beside the storage folder. */
static const char cache[] = "bootstrap/cache";

/* What Laravel wants to find in its storage folder, and git does not keep. */
static const char *const folders[] = {"framework", "framework/cache", "framework/cache/data",
    "framework/sessions", "framework/views", "logs", "app"};

/* Look at or (set) mend the tree ${fd}, ${depth} levels down.  Return how many are not ${pw}'s. */
static size_t
walk(int fd, const struct passwd *pw, bool set, int depth)
{
	DIR *d = fdopendir(fd);
	struct dirent *entry;
	struct stat st;
	size_t wrong = 0;
	int one;

	if (d == NULL) {
		(void)io_close(&fd);
		return 1;
	}
	while ((set || wrong == 0) && sig_stop() == 0 && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		one = openat(dirfd(d), entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (one == -1 || fstat(one, &st) == -1) {
			(void)io_close(&one);
			continue;
		}
		if (st.st_uid != pw->pw_uid && (S_ISDIR(st.st_mode) || st.st_nlink == 1) &&
		    (!set || fchownat(one, "", pw->pw_uid, pw->pw_gid,
				 AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == -1))
			wrong++;
		(void)io_close(&one);
		if (S_ISDIR(st.st_mode) && depth < TAR_DEPTH &&
		    (one = openat(dirfd(d), entry->d_name,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) != -1)
			wrong += walk(one, pw, set, depth + 1);
	}
	closedir(d);
	return wrong;
}

/* The same for the folder ${path} itself and all in it; none is wrong where it is not there. */
static size_t
tree(const char *path, const struct passwd *pw, bool set)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	size_t wrong = 0;

	if (fd == -1)
		return errno == ENOENT ? 0 : 1;
	if (fstat(fd, &st) == -1 ||
	    (st.st_uid != pw->pw_uid && (!set || fchown(fd, pw->pw_uid, pw->pw_gid) == -1)))
		wrong++;
	return wrong + walk(fd, pw, set, 0);
}

/* The account that PHP runs as; NULL after saying that there is none. */
static const struct passwd *
account(struct recover *r)
{
	const char *user = config_get(r->config, "APP_USER");
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL)
		recover_say(r, "APP_USER=%s: there is no such account", user);
	return pw;
}

/* Whether ${pw} may read what ${st} is, once others may not. */
static bool
reads(const struct passwd *pw, const struct stat *st)
{
	gid_t groups[64];
	int n = sizeof(groups) / sizeof(groups[0]);

	if (st->st_uid == pw->pw_uid)
		return (st->st_mode & S_IRUSR) != 0;
	if ((st->st_mode & S_IRGRP) == 0 ||
	    getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) == -1)
		return false;
	while (n > 0)
		if (groups[--n] == st->st_gid)
			return true;
	return false;
}

/* Close the .env to others, and let PHP read it: that may have been by the rights of others. */
static void
close_env(const char *env, const struct passwd *pw)
{
	int fd = open(env, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), rc = 0;
	mode_t more = 0;
	struct stat st;

	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (!reads(pw, &st)) {
			more = st.st_uid == pw->pw_uid ? S_IRUSR : S_IRGRP;
			if (more == S_IRGRP)
				rc = fchown(fd, (uid_t)-1, pw->pw_gid);
		}
		if (rc == -1 || fchmod(fd, (st.st_mode & 07770) | more) == -1)
			warn("%s", env);
	}
	(void)io_close(&fd);
}

bool
recover_rights_there(struct recover *r)
{
	const char *env = config_get(r->config, "DB_ENV_FILE");
	const struct passwd *pw = account(r);
	char path[PATH_MAX];
	struct stat st;

	if (pw == NULL)
		return false;
	if (lstat(env, &st) == 0 && (st.st_mode & S_IRWXO) != 0) {
		recover_say(r, "%s: others may read it (mode %04o)", env,
		    (unsigned)st.st_mode & 07777U);
		return false;
	}
	if (lstat(env, &st) == 0 && S_ISREG(st.st_mode) && !reads(pw, &st)) {
		recover_say(r, "%s: %s may not read it", env, pw->pw_name);
		return false;
	}
	if (!recover_storage_path(r, path)) {
		recover_say(r, "%s: not there", path);
		return false;
	}
	if (tree(path, pw, false) > 0 ||
	    (recover_path(r, cache, path) && tree(path, pw, false) > 0)) {
		recover_say(r, "%s: not all of it belongs to %s", path, pw->pw_name);
		return false;
	}
	recover_say(
	    r, "uploads and caches belong to %s, the .env is closed to others", pw->pw_name);
	return true;
}

int
recover_rights(struct recover *r)
{
	const struct passwd *pw = account(r);
	char path[PATH_MAX];
	int fd;

	if (pw == NULL)
		return EX_CONFIG;
	close_env(config_get(r->config, "DB_ENV_FILE"), pw);
	(void)recover_storage_path(r, path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (size_t i = 0; fd != -1 && i < sizeof(folders) / sizeof(folders[0]); i++)
		(void)mkdirat(fd, folders[i], 0775);
	(void)io_close(&fd);
	if (tree(path, pw, true) > 0)
		warnx("%s: some of it could not be given to %s", path, pw->pw_name);
	if (recover_path(r, cache, path) && tree(path, pw, true) > 0)
		warnx("%s: some of it could not be given to %s", path, pw->pw_name);
	return 0;
}
