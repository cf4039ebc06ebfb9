/*
 * Runs a program under those limits of a systemd unit that are a matter of seccomp(2).
 *
 *   confined LIST MEMORY NAMESPACES REALTIME SETID FAMILIES PROGRAM [ARGUMENT ...]
 *
 * LIST is a file with the system calls that SystemCallFilter= comes to, one a line; every other
 * fails with EPERM.  The four after it are yes or no: MemoryDenyWriteExecute=, RestrictNamespaces=,
 * RestrictRealtime=, RestrictSUIDSGID=.  FAMILIES are those of RestrictAddressFamilies=, with commas
 * between.  PR_SET_NO_NEW_PRIVS has to be set already.  What each does is in systemd's
 * src/shared/seccomp-util.c.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define DENY SCMP_ACT_ERRNO(EPERM)

static void
must(int rc, const char *what)
{
	if (rc < 0 && rc != -EEXIST)
		errx(125, "%s: %s", what, strerror(-rc));
}

static scmp_filter_ctx
start(uint32_t action)
{
	scmp_filter_ctx filter = seccomp_init(action);

	if (filter == NULL)
		errx(125, "seccomp_init");
	must(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, DENY), "attribute");
	return filter;
}

static void
load(scmp_filter_ctx filter)
{
	must(seccomp_load(filter), "load");
	seccomp_release(filter);
}

/* Deny ${call} where the bits ${mask} of the argument ${arg} are ${value}. */
static void
deny(scmp_filter_ctx filter, int call, unsigned arg, uint64_t mask, uint64_t value)
{
	must(seccomp_rule_add(
		 filter, DENY, call, 1, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value)),
	    "rule");
}

static void
memory(scmp_filter_ctx filter)
{
	deny(filter, SCMP_SYS(mmap), 2, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE);
	deny(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, PROT_EXEC);
	deny(filter, SCMP_SYS(pkey_mprotect), 2, PROT_EXEC, PROT_EXEC);
	deny(filter, SCMP_SYS(shmat), 2, SHM_EXEC, SHM_EXEC);
}

static void
namespaces(scmp_filter_ctx filter)
{
	static const int flags[] = {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
	    CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		deny(filter, SCMP_SYS(unshare), 0, (unsigned)flags[i], (unsigned)flags[i]);
		deny(filter, SCMP_SYS(clone), 0, (unsigned)flags[i], (unsigned)flags[i]);
	}
	must(seccomp_rule_add(filter, DENY, SCMP_SYS(setns), 0), "rule");
	/* Its flags are where no filter can see them. */
	must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0), "rule");
}

static void
realtime(scmp_filter_ctx filter)
{
	for (int policy = SCHED_FIFO; policy <= SCHED_DEADLINE; policy++)
		if (policy != SCHED_BATCH && policy != SCHED_IDLE)
			must(seccomp_rule_add(filter, DENY, SCMP_SYS(sched_setscheduler), 1,
				 SCMP_A1(SCMP_CMP_EQ, (unsigned)policy, 0)),
			    "rule");
}

static void
set_id(scmp_filter_ctx filter)
{
	static const struct {
		int call;
		unsigned arg;
	} modes[] = {{SCMP_SYS(chmod), 1}, {SCMP_SYS(fchmod), 1}, {SCMP_SYS(fchmodat), 2},
	    {SCMP_SYS(mkdir), 1}, {SCMP_SYS(mkdirat), 2}, {SCMP_SYS(mknod), 1},
	    {SCMP_SYS(mknodat), 2}, {SCMP_SYS(creat), 1}};

	for (unsigned bit = S_ISGID; bit <= S_ISUID; bit <<= 1) {
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			deny(filter, modes[i].call, modes[i].arg, bit, bit);
		must(seccomp_rule_add(filter, DENY, SCMP_SYS(open), 2,
			 SCMP_A1(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
			 SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit)),
		    "rule");
		must(seccomp_rule_add(filter, DENY, SCMP_SYS(openat), 2,
			 SCMP_A2(SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT),
			 SCMP_A3(SCMP_CMP_MASKED_EQ, bit, bit)),
		    "rule");
	}
}

static void
families(scmp_filter_ctx filter, const char *list)
{
	static const struct {
		int number;
		const char *name;
	} all[] = {{AF_UNIX, "AF_UNIX"}, {AF_INET, "AF_INET"}, {AF_INET6, "AF_INET6"},
	    {AF_NETLINK, "AF_NETLINK"}};
	const unsigned most = 64;

	for (unsigned n = 0; n < most; n++) {
		bool allowed = false;

		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
			size_t len = strlen(all[i].name);

			for (const char *c = list; c != NULL && (unsigned)all[i].number == n;
			     c = strchr(c, ',')) {
				c += *c == ',';
				allowed |= strncmp(c, all[i].name, len) == 0 &&
					   (c[len] == ',' || c[len] == '\0');
			}
		}
		if (!allowed)
			must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT),
				 SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, n, 0)),
			    "rule");
	}
}

static void
calls(scmp_filter_ctx filter, const char *path)
{
	FILE *in = fopen(path, "re");
	char name[64];
	int call;

	if (in == NULL)
		err(125, "%s", path);
	while (fscanf(in, "%63s", name) == 1)
		/* Some belong to other architectures. */
		if ((call = seccomp_syscall_resolve_name(name)) >= 0)
			must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0), name);
	fclose(in);
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx list, rest;

	if (argc < 8)
		errx(125,
		    "usage: confined LIST MEMORY NAMESPACES REALTIME SETID FAMILIES PROGRAM");
	list = start(DENY);
	calls(list, argv[1]);
	rest = start(SCMP_ACT_ALLOW);
	if (strcmp(argv[2], "yes") == 0)
		memory(rest);
	if (strcmp(argv[3], "yes") == 0)
		namespaces(rest);
	if (strcmp(argv[4], "yes") == 0)
		realtime(rest);
	if (strcmp(argv[5], "yes") == 0)
		set_id(rest);
	families(rest, argv[6]);
	/* The one that allows most goes first: the other one might not allow a second. */
	load(rest);
	load(list);
	execv(argv[7], argv + 7);
	err(125, "%s", argv[7]);
}
