#include "set/applock.h"

#include <err.h>
#include <errno.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/lock.h"

int
applock_take(const struct config *c, int64_t wait, int *out)
{
	const char *path = config_lock(c);

	if ((*out = lock_take(path, wait)) != -1)
		return 0;
	if (errno == EINTR)
		return 1;
	if (errno != EWOULDBLOCK)
		return EX_CANTCREAT;
	warnx("another run (process %jd) holds the lock %s", (intmax_t)lock_owner(path), path);
	return EX_TEMPFAIL;
}

int
applock_hold_off(const struct config *c, int *out)
{
	int rc;

	*out = -1;
	if (geteuid() != 0 || access(config_get(c, "STATE_DIR"), W_OK) != 0)
		return 0;
	if ((rc = applock_take(c, 0, out)) == EX_TEMPFAIL)
		hintx("the same command again, once that run has ended");
	return rc == EX_TEMPFAIL ? rc : 0;
}

bool
applock_is_its_folder(const struct config *c, const char *path)
{
	struct stat ours, theirs;

	return stat(config_get(c, "BACKUP_DIR"), &ours) == 0 && stat(path, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}
