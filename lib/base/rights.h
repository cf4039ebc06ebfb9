#ifndef BASE_RIGHTS_H
#define BASE_RIGHTS_H

#include <stdbool.h>

#define RIGHTS_USER "siantre-backup"

/**
 * rights_drop(void):
 * Where the process is root: become RIGHTS_USER with its groups, keep CAP_DAC_READ_SEARCH as an
 * effective, inheritable and ambient capability and give up every other one for good (bounding set
 * and what set-id programs would give too), set HOME, USER and LOGNAME, and set umask 077.  Anyone
 * else: do nothing but set the umask.  Return 0, or the exit code after reporting (EX_CONFIG where
 * the user does not exist, with the command that makes it; EX_NOPERM where root may not do this).
 */
int rights_drop(void);

/**
 * rights_become(void):
 * Where the process is root: become RIGHTS_USER with its groups and without any capability, set
 * HOME, USER and LOGNAME, and set umask 077.  Unlike after rights_drop(), set-id programs below
 * keep what they are given: sendmail(1) cannot do without.  Anyone else: do nothing but set the
 * umask.  Return as rights_drop() does.
 */
int rights_become(void);

/**
 * rights_user(out), rights_groups(pw), rights_home(pw):
 * Look up RIGHTS_USER; take its groups, as root; let the environment say that we are ${pw}.  Return
 * 0, or the exit code after reporting.
 */
struct passwd;
int rights_user(const struct passwd **out);
int rights_groups(const struct passwd *pw);
int rights_home(const struct passwd *pw);

/**
 * rights_forgo(void):
 * After rights_drop(), give up CAP_DAC_READ_SEARCH too, for good and for all children: who speaks
 * with other machines needs what this user owns, and no more.  Return 0, or EX_NOPERM after
 * reporting.
 */
int rights_forgo(void);

/**
 * rights_open(dir, path, flags):
 * Open ${path} below the descriptor ${dir} where a less trusted account owns the tree:
 * openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, O_NONBLOCK, O_NOCTTY and O_CLOEXEC.
 * The caller fstats before it reads.  Return the descriptor, or -1 with errno set (ELOOP for
 * a symlink, EXDEV for a way out).
 */
int rights_open(int dir, const char *path, int flags);

/**
 * rights_private(fd, path):
 * Check that ${fd} is a regular file owned by this user or root and with no group or other
 * bits.  Return 0, or -1 after reporting, with a hint that mends it.
 */
int rights_private(int fd, const char *path);

#endif
