#include "unit.h"

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/rights.h"

START_TEST(opened_below)
{
	char buf[8] = "";
	int dir, fd;

	mkdir("tree", 0700);
	mkdir("tree/sub", 0700);
	unit_write("tree/sub/file", "hello");
	dir = open("tree", O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(fd = rights_open(dir, "sub/file", O_RDONLY), -1);
	ck_assert_int_eq(io_read(fd, buf, sizeof(buf)), 5);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
	ck_assert_int_ne(fd = rights_open(dir, "sub/../sub", O_RDONLY | O_DIRECTORY), -1);
	close(fd);
	ck_assert_int_ne(fd = rights_open(dir, "sub", O_PATH), -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	ck_assert_int_ne(fd = rights_open(dir, "new", O_WRONLY | O_CREAT | O_EXCL), -1);
	close(fd);
	close(dir);
}
END_TEST

static void
closed(int dir, const char *path, int error)
{
	errno = 0;
	ck_assert_msg(rights_open(dir, path, O_RDONLY) == -1, "opened %s", path);
	ck_assert_msg(errno == error, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(rights_open(dir, path, O_PATH), -1);
}

START_TEST(no_way_out)
{
	int dir, fd;

	mkdir("tree", 0700);
	mkdir("tree/sub", 0700);
	unit_write("secret", "secret");
	unit_write("tree/file", "hello");
	ck_assert_int_eq(symlink("file", "tree/inside"), 0);
	ck_assert_int_eq(symlink("../secret", "tree/outside"), 0);
	ck_assert_int_eq(symlink("sub", "tree/folder"), 0);
	ck_assert_int_eq(symlink("/proc/self/fd", "tree/magic"), 0);
	dir = open("tree", O_RDONLY | O_DIRECTORY);
	closed(dir, "../secret", EXDEV);
	closed(dir, "sub/../../secret", EXDEV);
	closed(dir, "/etc/passwd", EXDEV);
	closed(dir, "magic/0", ELOOP);
	closed(dir, "folder/.", ELOOP);
	closed(dir, "nowhere", ENOENT);
	closed(dir, "", ENOENT);
	closed(dir, "file/x", ENOTDIR);
	closed(-1, "file", EBADF);
	errno = 0;
	ck_assert_int_eq(rights_open(dir, "inside", O_RDONLY), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert_int_eq(rights_open(dir, "outside", O_RDONLY), -1);
	ck_assert_int_eq(errno, ELOOP);
	/* A pipe without a writer does not hold us up. */
	mkfifo("tree/pipe", 0600);
	ck_assert_int_ne(fd = rights_open(dir, "pipe", O_RDONLY), -1);
	close(fd);
	close(dir);
}
END_TEST

START_TEST(private_modes)
{
	static const struct {
		mode_t mode;
		const char *words;
	} table[] = {{0600, ""}, {0400, ""}, {0700, ""}, {0, ""}, {04600, ""},
	    {0644, "readable by others (mode 0644)"}, {0604, "readable by others (mode 0604)"},
	    {0666, "writable by others (mode 0666)"}, {0602, "writable by others (mode 0602)"},
	    {0640, "readable by its group (mode 0640)"},
	    {0660, "writable by its group (mode 0660)"},
	    {0601, "executable by others (mode 0601)"},
	    {02610, "executable by others (mode 2610)"}};
	char want[200];
	size_t i;
	int fd;

	unit_write("file", "");
	fd = open("file", O_RDWR);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_int_eq(fchmod(fd, table[i].mode), 0);
		snprintf(want, sizeof(want),
		    "check_rights: my file: %s\nhint: chmod 0600 my file\n", table[i].words);
		unit_catch();
		ck_assert_int_eq(
		    rights_private(fd, "my file"), table[i].words[0] == '\0' ? 0 : -1);
		ck_assert_str_eq(unit_caught(), table[i].words[0] == '\0' ? "" : want);
	}
	if (geteuid() == 0) {
		ck_assert_int_eq(fchmod(fd, 0600), 0);
		ck_assert_int_eq(fchown(fd, 1234, 0), 0);
		unit_catch();
		ck_assert_int_eq(rights_private(fd, "file"), -1);
		ck_assert_str_eq(unit_caught(),
		    "check_rights: file: owned by another user (uid 1234)\n"
		    "hint: chown root: file\n");
	}
	close(fd);
	fd = open(".", O_RDONLY);
	unit_catch();
	ck_assert_int_eq(rights_private(fd, "."), -1);
	ck_assert_int_eq(rights_private(-1, "gone"), -1);
	ck_assert_str_eq(unit_caught(),
	    "check_rights: .: not a regular file\ncheck_rights: gone: Bad file descriptor\n");
	close(fd);
}
END_TEST

/* Whether the accounts can be ours: root, and a mount namespace to lay our files over /etc's. */
static bool
make_accounts(const char *passwd, const char *group)
{
	if (geteuid() != 0)
		return false;
	unit_write("passwd", passwd);
	unit_write("group", group);
	unit_write("nsswitch", "passwd: files\ngroup: files\n");
	ck_assert_int_eq(chmod("passwd", 0644) | chmod("group", 0644), 0);
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", "none", MS_REC | MS_PRIVATE, NULL) == -1)
		return false;
	if (access("/etc/nsswitch.conf", F_OK) == 0)
		ck_assert_int_eq(
		    mount("nsswitch", "/etc/nsswitch.conf", "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(mount("passwd", "/etc/passwd", "none", MS_BIND, NULL), 0);
	ck_assert_int_eq(mount("group", "/etc/group", "none", MS_BIND, NULL), 0);
	return true;
}

#define ROOT "root:x:0:0:root:/root:/bin/sh\n"

/* The value of the line ${name} of a /proc/PID/status. */
static const char *
status_line(const char *text, const char *name)
{
	static char line[256];
	const char *start = strstr(text, name);

	ck_assert_ptr_nonnull(start);
	start += strlen(name) + 2;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(start, "\n"), start);
	return line;
}

/* Everything but the right to read is gone, here and in a program that we start. */
static void
rights_are_few(const char *path)
{
	const char *text = unit_read(path);

	ck_assert_str_eq(status_line(text, "\nUid"), "4321\t4321\t4321\t4321");
	ck_assert_str_eq(status_line(text, "\nGid"), "4322\t4322\t4322\t4322");
	ck_assert_str_eq(status_line(text, "\nGroups"), "4322 4400 ");
	ck_assert_str_eq(status_line(text, "\nCapInh"), "0000000000000004");
	ck_assert_str_eq(status_line(text, "\nCapPrm"), "0000000000000004");
	ck_assert_str_eq(status_line(text, "\nCapEff"), "0000000000000004");
	ck_assert_str_eq(status_line(text, "\nCapAmb"), "0000000000000004");
	ck_assert_str_eq(status_line(text, "\nCapBnd"), "0000000000000000");
	ck_assert_str_eq(status_line(text, "\nNoNewPrivs"), "1");
}

START_TEST(given_up)
{
	int fd;

	if (!make_accounts(ROOT RIGHTS_USER
		":x:4321:4322::/var/lib/siantre:/usr/sbin/nologin\n",
		"root:x:0:\nsiantre-backup:x:4322:\nsms:x:4400:" RIGHTS_USER
		"\nother:x:4500:\n"))
		return;
	unit_write("roots", "secret");
	mkdir("out", 0700);
	ck_assert_int_eq(chmod(".", 0700), 0);
	ck_assert_int_eq(chown("out", 4321, 4322), 0);
	umask(0);
	ck_assert_int_eq(rights_drop(), 0);
	ck_assert_uint_eq(umask(077), 077);
	rights_are_few("/proc/self/status");
	ck_assert_int_eq(system("cat /proc/self/status >out/status"), 0);
	rights_are_few("out/status");
	ck_assert_str_eq(getenv("HOME"), "/var/lib/siantre");
	ck_assert_str_eq(getenv("USER"), RIGHTS_USER);
	ck_assert_str_eq(getenv("LOGNAME"), RIGHTS_USER);
	/* Reading goes everywhere, writing nowhere, and there is no way back. */
	ck_assert_str_eq(unit_read("roots"), "secret");
	ck_assert_int_eq(fd = open("roots", O_WRONLY), -1);
	ck_assert_int_eq(open("new", O_WRONLY | O_CREAT, 0600), -1);
	ck_assert_int_eq(setuid(0), -1);
	ck_assert_int_eq(setgid(0), -1);
	/* Once more is nothing. */
	ck_assert_int_eq(rights_drop(), 0);
	rights_are_few("/proc/self/status");
}
END_TEST

START_TEST(no_such_user)
{
	if (!make_accounts(ROOT, "root:x:0:\n"))
		return;
	unit_catch();
	ck_assert_int_eq(rights_drop(), EX_CONFIG);
	ck_assert_str_eq(unit_caught(),
	    "check_rights: the user siantre-backup does not exist\n"
	    "hint: useradd --system --user-group --home-dir /var/lib/siantre --no-create-home "
	    "--shell /usr/sbin/nologin siantre-backup\n");
	ck_assert_uint_eq(geteuid(), 0);
}
END_TEST

START_TEST(root_in_disguise)
{
	if (!make_accounts(ROOT RIGHTS_USER ":x:0:0::/:/bin/sh\n", "root:x:0:\n"))
		return;
	unit_catch();
	ck_assert_int_eq(rights_drop(), EX_CONFIG);
	ck_assert_str_eq(
	    unit_caught(), "check_rights: the user siantre-backup is root by another name\n");
}
END_TEST

START_TEST(anyone_else)
{
	pid_t pid;

	if ((pid = fork()) == 0) {
		if (geteuid() == 0 && (setgid(65534) == -1 || setuid(65534) == -1))
			_exit(1);
		umask(0);
		_exit(rights_drop() == 0 && umask(0) == 077 ? 0 : 2);
	}
	ck_assert_int_eq(unit_wait(pid), 0);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("rights");

	tcase_add_test(t, opened_below);
	tcase_add_test(t, no_way_out);
	tcase_add_test(t, private_modes);
	tcase_add_test(t, given_up);
	tcase_add_test(t, no_such_user);
	tcase_add_test(t, root_in_disguise);
	tcase_add_test(t, anyone_else);
	return unit_main(t);
}
