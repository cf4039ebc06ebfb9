#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "base/sandbox.h"
#include "take_away.h"

/*
 * Where this fork cannot assert, since Check would write to a file: say on stderr what is not
 * as it should be, and end 1.
 */
static int wrong;

#define EXPECT(what)                                                                        \
	do {                                                                                \
		if (!(what)) {                                                              \
			dprintf(STDERR_FILENO, "line %d: %s (errno %d)\n", __LINE__, #what, \
			    errno);                                                         \
			wrong = 1;                                                          \
		}                                                                           \
	} while (0)

/* The call fails, with EPERM where the list of calls is shut. */
#define EXPECT_SHUT(call)                                                               \
	do {                                                                            \
		errno = 0;                                                              \
		EXPECT((call) == -1 && (!(locks & SANDBOX_SECCOMP) || errno == EPERM)); \
	} while (0)

/* Run ${work} in a fork of its own; it is to end 0. */
static void
in_fork(void (*work)(int arg), int arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		work(arg);
		_exit(wrong);
	}
	ck_assert_int_eq(unit_wait(pid), 0);
}

static void *
thread(void *arg)
{
	char *some = malloc(1 << 20);

	if (some != NULL)
		memset(some, 1, 1 << 20);
	free(some);
	return arg;
}

/* Everything that those who read are for. */
static void
expect_work(int file, int out)
{
	char *large = malloc(64 << 20), text[8];
	struct stat st;
	pthread_t t;
	void *got = NULL;

	EXPECT(large != NULL);
	if (large != NULL)
		memset(large, 1, 64 << 20);
	free(large);
	EXPECT(lseek(file, 0, SEEK_SET) == 0 && fstat(file, &st) == 0 && st.st_size == 3);
	EXPECT(read(file, text, 3) == 3 && memcmp(text, "abc", 3) == 0);
	EXPECT(write(out, "x", 1) == 1);
	EXPECT(pthread_create(&t, NULL, thread, &wrong) == 0);
	EXPECT(pthread_join(t, &got) == 0 && got == &wrong);
}

static void
try_all(int missing)
{
	struct sockaddr address = {.sa_family = AF_UNIX};
	unsigned locks = 77, want = SANDBOX_ALL & ~(unsigned)missing;
	char *const argv[] = {NULL};
	int file, ends[2], fd;
	struct stat st;
	void *page;

	unit_write("file", "abc");
	file = open("file", O_RDONLY);
	EXPECT(file != -1 && pipe(ends) == 0);
	take_away((unsigned)missing);
	EXPECT(sandbox_enter(NULL, &locks) == 0);
	EXPECT(locks == want);
	expect_work(file, ends[1]);

	/* Whatever the locks are: no file, no socket, no pipe. */
	EXPECT_SHUT(open("file", O_RDONLY));
	EXPECT_SHUT(open("/etc/passwd", O_RDONLY));
	EXPECT_SHUT(open("new", O_WRONLY | O_CREAT, 0600));
	EXPECT_SHUT(openat(AT_FDCWD, ".", O_RDONLY | O_DIRECTORY));
	EXPECT_SHUT(fd = socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_SHUT(fd = socket(AF_INET, SOCK_STREAM, 0));
	EXPECT_SHUT(fd = socket(AF_INET6, SOCK_DGRAM, 0));
	EXPECT_SHUT(pipe(ends));
	EXPECT_SHUT(dup(file));
	EXPECT_SHUT(memfd_create("x", 0));
	if (!(locks & SANDBOX_SECCOMP) && !(locks & SANDBOX_LANDLOCK))
		return;

	/* One of the two: nothing of files is changed, no program starts. */
	EXPECT_SHUT(mkdir("folder", 0700));
	EXPECT_SHUT(unlink("file"));
	EXPECT_SHUT(rename("file", "other"));
	EXPECT_SHUT(link("file", "other"));
	EXPECT_SHUT(symlink("file", "other"));
	EXPECT_SHUT(execve("/bin/true", argv, argv));
	if (!(locks & SANDBOX_SECCOMP))
		return;

	/* The list of calls: no process, no look at others, no way to run what was read. */
	EXPECT_SHUT(fork());
	EXPECT_SHUT(vfork());
	EXPECT_SHUT((int)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0));
	EXPECT(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS);
	EXPECT_SHUT((int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	EXPECT_SHUT(kill(getppid(), SIGCONT));
	EXPECT_SHUT(kill(getpid(), SIGCONT));
	EXPECT_SHUT(connect(file, &address, sizeof(address)));
	EXPECT_SHUT((int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	EXPECT_SHUT((int)syscall(SYS_pidfd_open, getppid(), 0));
	EXPECT_SHUT((int)syscall(SYS_io_uring_setup, 1, NULL));
	EXPECT_SHUT((int)syscall(SYS_bpf, 0, NULL, 0));
	EXPECT_SHUT((int)syscall(SYS_userfaultfd, 0));
	EXPECT_SHUT((int)syscall(SYS_mount, "a", "b", "c", 0, NULL));
	EXPECT_SHUT((int)syscall(SYS_setuid, 0));
	EXPECT_SHUT((int)syscall(SYS_ioctl, 0, TIOCSTI, "x"));
	EXPECT_SHUT(chmod("file", 0777));
	EXPECT_SHUT(stat("file", &st));
	EXPECT_SHUT(access("file", R_OK));
	EXPECT_SHUT((int)syscall(SYS_unshare, CLONE_NEWUSER));
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(page != MAP_FAILED);
	EXPECT_SHUT(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	EXPECT(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		   MAP_FAILED &&
	       errno == EPERM);
}

START_TEST(locked_in)
{
	/* Whatever is missing, and nothing. */
	in_fork(try_all, _i);
	ck_assert_str_eq(unit_read("file"), "abc");
	ck_assert_int_eq(access("new", F_OK), -1);
}
END_TEST

/* What the kernel tells of this process under ${key} in /proc. */
static long
status(const char *key, int base)
{
	char line[256];
	long value = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			value = (long)strtoull(line + strlen(key) + 1, NULL, base);
	if (f != NULL)
		fclose(f);
	return value;
}

/* Only those who unpack may open a file, so they can be asked; the others are the same in this. */
static void
look_at_rights(int special)
{
	struct sandbox_tree tree = {.special = special != 0};
	const long chown = 1L << 0 | 1L << 1 | 1L << 3 | 1L << 4;
	const long more = 1L << 21 | 1L << 27 | 1L << 31;
	unsigned locks;

	tree.folder = open("/", O_PATH | O_DIRECTORY);
	EXPECT(sandbox_enter(&tree, &locks) == 0);
	EXPECT(status("NoNewPrivs:", 10) == 1);
	EXPECT(status("Seccomp:", 10) == 2);
	EXPECT((status("CapPrm:", 16) & ~(chown | (special ? more : 0))) == 0);
	EXPECT((status("CapEff:", 16) & ~(chown | (special ? more : 0))) == 0);
	EXPECT(status("CapInh:", 16) == 0);
	EXPECT(status("CapAmb:", 16) == 0);
	if (geteuid() == 0)
		EXPECT((status("CapEff:", 16) & chown) == chown);
}

START_TEST(rights)
{
	in_fork(look_at_rights, 0);
	in_fork(look_at_rights, 1);
}
END_TEST

static void
unpack(int missing)
{
	struct sandbox_tree tree = {0};
	unsigned locks;
	int fd;

	EXPECT(mkdir("outer", 0700) == 0 && mkdir("outer/tree", 0700) == 0);
	unit_write("outer/file", "abc");
	tree.folder = open("outer/tree", O_RDONLY | O_DIRECTORY);
	EXPECT(tree.folder != -1);
	take_away((unsigned)missing);
	EXPECT(sandbox_enter(&tree, &locks) == 0);
	EXPECT(locks == (SANDBOX_ALL & ~(unsigned)missing));

	/* Below the folder: everything that makes a tree. */
	EXPECT(fchdir(tree.folder) == 0);
	EXPECT((fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0600)) != -1);
	EXPECT(write(fd, "x", 1) == 1 && fchmod(fd, 0640) == 0 && ftruncate(fd, 0) == 0);
	EXPECT(close(fd) == 0);
	EXPECT(mkdir("folder", 0700) == 0 && link("new", "folder/hard") == 0);
	EXPECT(symlink("../file", "soft") == 0 && mkfifo("fifo", 0600) == 0);
	EXPECT(rename("new", "folder/new") == 0 && unlink("folder/new") == 0);
	EXPECT((fd = open("/etc/passwd", O_RDONLY)) != -1 && close(fd) == 0);

	/* No set-id bit, no device, no socket, no program. */
	EXPECT(chmod("folder/hard", 04755) == -1);
	EXPECT(mknod("zero", S_IFCHR | 0600, makedev(1, 5)) == -1);
	EXPECT_SHUT(socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_SHUT(fork());
	if (!(locks & SANDBOX_LANDLOCK))
		return;
	/* Outside of it: nothing, on no way. */
	EXPECT(open("../file", O_RDONLY) == -1 && errno == EACCES);
	EXPECT(open("soft", O_RDONLY) == -1 && errno == EACCES);
	EXPECT(open("../other", O_WRONLY | O_CREAT, 0600) == -1 && errno == EACCES);
	EXPECT(open("/etc/passwd", O_WRONLY) == -1 && errno == EACCES);
	EXPECT(open("/proc/self/status", O_RDONLY) == -1 && errno == EACCES);
	EXPECT(open("/dev/null", O_RDONLY) == -1 && errno == EACCES);
	EXPECT(unlink("../file") == -1 && errno == EACCES);
	EXPECT(rename("folder/hard", "../hard") == -1);
	EXPECT(link("../file", "taken") == -1);
}

START_TEST(a_tree)
{
	in_fork(unpack, _i == 0 ? 0 : SANDBOX_LANDLOCK);
	ck_assert_str_eq(unit_read("outer/file"), "abc");
	ck_assert_int_eq(access("outer/tree/folder/hard", F_OK), 0);
	ck_assert_int_eq(access("outer/other", F_OK), -1);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("sandbox");

	tcase_add_loop_test(t, locked_in, 0, SANDBOX_ALL + 1);
	tcase_add_test(t, rights);
	tcase_add_loop_test(t, a_tree, 0, 2);
	return unit_main(t);
}
