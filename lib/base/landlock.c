/*
 * Landlock through its system calls: Debian 12's libc has no functions for them, and its header
 * knows the first two of by now seven versions.  A right that a kernel does not know cannot be
 * taken away there, so the list is cut to the version that it says it has.
 */
#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/io.h"

/* As it has grown: version 1 has files, 4 the network, 6 the scope of signals and sockets. */
struct ruleset {
	uint64_t files;
	uint64_t network;
	uint64_t scope;
};

enum { REFER_VERSION = 2, NETWORK_VERSION = 4, SCOPE_VERSION = 6 };

#define TRUNCATE (1ULL << 14)     /* version 3 */
#define IOCTL_DEVICE (1ULL << 15) /* version 5 */
#define NETWORK 3ULL              /* binding and connecting TCP sockets */
#define SCOPE 3ULL                /* abstract unix sockets, signals */

/* What one can do with files in ${version}. */
static uint64_t
file_rights(long version)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* it is the last of version 1 */

	if (version >= REFER_VERSION)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		all |= TRUNCATE;
	if (version >= 5)
		all |= IOCTL_DEVICE;
	return all;
}

/* Leave ${rights} below ${fd} to those who are locked in. */
static int
leave(int ruleset, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};

	return (int)syscall(
	    SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

static int
leave_file(int ruleset, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC), rc = 0;

	if (fd == -1)
		return 0;
	rc = leave(ruleset, fd, LANDLOCK_ACCESS_FS_READ_FILE);
	io_close(&fd);
	return rc;
}

int
landlock_shut(int folder, const char *const *readable)
{
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset set = {0};
	size_t size = offsetof(struct ruleset, network);
	int fd, rc = -1, saved;

	if (version < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
	/* Before it, nobody could link a file from one folder into another. */
	if (folder != -1 && version < REFER_VERSION)
		return 0;
	set.files = file_rights(version);
	if (version >= NETWORK_VERSION) {
		set.network = NETWORK;
		size = offsetof(struct ruleset, scope);
	}
	if (version >= SCOPE_VERSION) {
		set.scope = SCOPE;
		size = sizeof(set);
	}
	if ((fd = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0)) == -1)
		return -1;
	if (folder != -1 && leave(fd, folder, set.files) == -1)
		goto out;
	for (; readable != NULL && *readable != NULL; readable++)
		if (leave_file(fd, *readable) == -1)
			goto out;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		goto out;
	rc = 1;
out:
	saved = errno;
	io_close(&fd);
	errno = saved;
	return rc;
}
