#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/nocore.h"
#include "base/rights.h"

int
rights_user(const struct passwd **out)
{
	const struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(RIGHTS_USER)) == NULL) {
		if (errno == ENOMEM || errno == EMFILE || errno == ENFILE || errno == EIO) {
			warn("look up the user %s", RIGHTS_USER);
			return EX_OSERR;
		}
		if (errno != 0)
			warn("look up the user %s", RIGHTS_USER);
		else
			warnx("the user %s does not exist", RIGHTS_USER);
		hintx("useradd --system --user-group --home-dir /var/lib/siantre "
		      "--no-create-home --shell /usr/sbin/nologin %s",
		    RIGHTS_USER);
		return EX_CONFIG;
	}
	if (pw->pw_uid == 0) {
		warnx("the user %s is root by another name", RIGHTS_USER);
		return EX_CONFIG;
	}
	*out = pw;
	return 0;
}

int
rights_groups(const struct passwd *pw)
{
	/* With the name, not only the number: a group may be all that opens a spool folder. */
	if (initgroups(pw->pw_name, pw->pw_gid) == 0)
		return 0;
	warn("set the groups of %s", pw->pw_name);
	return errno == ENOMEM ? EX_OSERR : EX_NOPERM;
}

int
rights_home(const struct passwd *pw)
{
	/* Children (ssh, rclone, sendmail) look for their files where these say, not at root's. */
	if (setenv("HOME", pw->pw_dir, 1) == -1 || setenv("USER", pw->pw_name, 1) == -1 ||
	    setenv("LOGNAME", pw->pw_name, 1) == -1) {
		warn("environment of %s", pw->pw_name);
		return EX_OSERR;
	}
	return 0;
}

int
rights_become(void)
{
	uid_t real, effective, saved;
	const struct passwd *pw;
	int rc;

	umask(077);
	if (geteuid() != 0)
		return 0;
	if ((rc = rights_user(&pw)) != 0 || (rc = rights_groups(pw)) != 0)
		return rc;
	/* With it go all capabilities but the bounding set, which set-id programs need. */
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1) {
		warn("become %s", pw->pw_name);
		return EX_NOPERM;
	}
	if (getresuid(&real, &effective, &saved) == -1 || real != pw->pw_uid ||
	    effective != pw->pw_uid || saved != pw->pw_uid || setuid(0) != -1) {
		warnx("become %s: the rights are not as asked for", pw->pw_name);
		return EX_NOPERM;
	}
	nocore_set();
	return rights_home(pw);
}
