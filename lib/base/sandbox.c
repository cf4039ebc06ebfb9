/*
 * Everything that is not on the list of system calls fails with EPERM, as if the right to it
 * were missing: libraries are used to that (a conversion table that cannot be opened, a random
 * seed from elsewhere), and a process that dies of a call that a newer libc makes would make
 * sound backups look damaged.
 *
 * Threads: the flags of clone(2) say whether it makes a thread.  Those of clone3(2) lie in
 * memory where a filter cannot look, so that one does not exist here (ENOSYS), and libc uses the
 * other.
 *
 * The filter is put together here, a plain list: libseccomp's own (2.5) takes two thousand pieces of
 * memory for it, and where one is missing it frees others twice, or lets the kernel have a filter
 * that is another one than it was told.  What it knows of the machine and its calls is of use.
 */
#include "base/sandbox.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/landlock.h"

#define LENGTH(list) (sizeof(list) / sizeof((list)[0]))

/* With any arguments: what works on descriptors that are open, on memory, on this process. */
static const int calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fadvise64),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(alarm),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#ifdef SANITIZED
    /* The sanitizers look at each new thread, and give it a stack for its signals. */
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sigaltstack),
#endif
};

/* What unpacking a tree needs beside them; where, is Landlock's business. */
static const int tree_calls[] = {
    SCMP_SYS(openat),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(pwrite64),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fsync),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(chdir),
    SCMP_SYS(fchdir),
    SCMP_SYS(umask),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rmdir),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(utimensat),
    SCMP_SYS(utimes),
    SCMP_SYS(futimesat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(getxattr),
    SCMP_SYS(lgetxattr),
    SCMP_SYS(fgetxattr),
};

/* Where looking up the name of a user or group leads. */
static const char *const name_files[] = {
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", NULL};

/* Allowed where the bits ${mask} of the argument ${arg} are ${value}; they are in its lower half. */
struct condition {
	int call;
	unsigned arg;
	uint32_t mask;
	uint32_t value;
};

#define CONDITIONS 8
#define THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)

struct filter {
	struct sock_filter code[2 * (LENGTH(calls) + LENGTH(tree_calls)) + 6 * CONDITIONS + 16];
	unsigned short len;
};

static void
add(struct filter *f, uint16_t code, uint32_t value, uint8_t yes, uint8_t no)
{
	f->code[f->len++] = (struct sock_filter){code, yes, no, value};
}

static void
answer(struct filter *f, uint32_t action)
{
	add(f, BPF_RET | BPF_K, action, 0, 0);
}

static void
load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Allow each of ${n} calls; numbers below 0 are those that this machine's kernel never had. */
static void
allow(struct filter *f, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] >= 0) {
			add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)list[i], 0, 1);
			answer(f, SECCOMP_RET_ALLOW);
		}
}

/* The same on conditions; what does not meet its own is refused. */
static void
allow_if(struct filter *f, const struct condition *list, size_t n)
{
	const size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : sizeof(uint32_t);

	for (size_t i = 0; i < n; i++)
		if (list[i].call >= 0) {
			add(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)list[i].call, 0, 5);
			load(f, offsetof(struct seccomp_data, args[list[i].arg]) + low);
			add(f, BPF_ALU | BPF_AND | BPF_K, list[i].mask, 0, 0);
			add(f, BPF_JMP | BPF_JEQ | BPF_K, list[i].value, 0, 1);
			answer(f, SECCOMP_RET_ALLOW);
			answer(f, SECCOMP_RET_ERRNO | EPERM);
		}
}

/* Shut seccomp.  Return 1; 0 where the kernel has none; -1 after reporting. */
static int
shut_calls(const struct sandbox_tree *tree)
{
	const struct condition conditions[] = {
	    {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
	    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
	    {SCMP_SYS(clone), 0, THREAD, THREAD},
	    /* To wake a thread of its own. */
	    {SCMP_SYS(tgkill), 0, UINT32_MAX, (uint32_t)getpid()},
	    /* libc's fstat(); that the name is empty cannot be seen from here. */
	    {SCMP_SYS(newfstatat), 3, UINT32_MAX, AT_EMPTY_PATH},
	};
	const uint32_t special = tree != NULL && tree->special ? 0 : S_ISUID;
	const struct condition tree_conditions[] = {
	    {SCMP_SYS(chmod), 1, special, 0},
	    {SCMP_SYS(fchmod), 1, special, 0},
	    {SCMP_SYS(fchmodat), 2, special, 0},
	};
	struct filter f = {.len = 0};
	struct sock_fprog all = {.filter = f.code};

	_Static_assert(LENGTH(conditions) + LENGTH(tree_conditions) <= CONDITIONS, "room");
	/* Another architecture's calls have other numbers; so have those of x32. */
	load(&f, offsetof(struct seccomp_data, arch));
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 1, 0);
	answer(&f, SECCOMP_RET_KILL_PROCESS);
	load(&f, offsetof(struct seccomp_data, nr));
	add(&f, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
	answer(&f, SECCOMP_RET_ERRNO | EPERM);
	allow(&f, calls, LENGTH(calls));
	if (tree != NULL) {
		allow(&f, tree_calls, LENGTH(tree_calls));
		allow_if(&f, tree_conditions, LENGTH(tree_conditions));
	}
	allow_if(&f, conditions, LENGTH(conditions));
	add(&f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SCMP_SYS(clone3), 0, 1);
	answer(&f, SECCOMP_RET_ERRNO | ENOSYS);
	answer(&f, SECCOMP_RET_ERRNO | EPERM);
	all.len = f.len;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) == 0)
		return 1;
	if (errno == ENOSYS || errno == EINVAL)
		return 0;
	warn("sandbox: system calls");
	return -1;
}

/* Let no capability be left but what ${tree} needs.  Who has none has nothing to lose. */
static int
drop_capabilities(const struct sandbox_tree *tree)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[2], left[2] = {{0}};
	uint32_t keep = 0;

	if (tree != NULL)
		keep = 1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER |
		       1U << CAP_FSETID;
	if (tree != NULL && tree->special) /* the last one: attributes that are trusted.* */
		keep |= 1U << CAP_MKNOD | 1U << CAP_SETFCAP | 1U << CAP_SYS_ADMIN;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &head, now) == -1)
		return -1;
	left[0].permitted = left[0].effective = now[0].permitted & keep;
	return (int)syscall(SYS_capset, &head, left);
}

int
sandbox_enter(const struct sandbox_tree *tree, unsigned *locks)
{
	const struct rlimit none = {0, 0};
	int shut;

	*locks = 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || drop_capabilities(tree) == -1) {
		warn("sandbox: rights");
		return -1;
	}
	/* Where a unit forbids to set limits, the other locks have to do. */
	(void)setrlimit(RLIMIT_CORE, &none);
	if ((shut = landlock_shut(
		 tree != NULL ? tree->folder : -1, tree != NULL ? name_files : NULL)) == -1) {
		warn("sandbox: files");
		return -1;
	}
	*locks |= shut == 1 ? SANDBOX_LANDLOCK : 0U;
	if (tree == NULL)
		(void)setrlimit(RLIMIT_NOFILE, &none);
	if ((shut = shut_calls(tree)) == -1)
		return -1;
	*locks |= shut == 1 ? SANDBOX_SECCOMP : 0U;
	return 0;
}
