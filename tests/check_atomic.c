#include "unit.h"

#include <dirent.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/atomic.h"

static bool swept; /* somebody sweeps just before a file gets its name */

/* Instead of libc's: the one call between the last write and the name. */
int
rename(const char *from, const char *to)
{
	if (swept)
		atomic_sweep(to);
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* The one name in the folder ${path} but `.` and `..`; "" for none, "many" for more. */
static const char *
only_name(const char *path)
{
	static char name[NAME_MAX + 1];
	DIR *dir = opendir(path);
	struct dirent *e;

	name[0] = '\0';
	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			strcpy(name, name[0] == '\0' ? e->d_name : "many");
	}
	closedir(dir);
	return name;
}

START_TEST(sizes)
{
	static const size_t lengths[] = {0, 1, 4096, 65536};
	char *bytes = calloc(1, 65537);
	struct stat st;

	memset(bytes, 'x', lengths[_i]);
	umask(077);
	ck_assert_int_eq(atomic_write("file", 0440, bytes, lengths[_i]), 0);
	ck_assert_str_eq(unit_read("file"), bytes);
	ck_assert_int_eq(stat("file", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	free(bytes);
}
END_TEST

/* Until the commit the old file stands, and the new one is nobody else's business. */
START_TEST(replaced_at_once)
{
	struct atomic_file *f;
	struct stat st;
	char path[64];

	mkdir("dir", 0700);
	ck_assert_ptr_nonnull(f = atomic_open("dir/name", 0644));
	ck_assert_int_eq(strncmp(only_name("dir"), ".name.", 6), 0);
	snprintf(path, sizeof(path), "dir/%.40s", only_name("dir"));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(fcntl(atomic_fd(f), F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(write(atomic_fd(f), "one", 3), 3);
	ck_assert_int_eq(atomic_commit(f), 0);
	ck_assert_str_eq(only_name("dir"), "name");
	ck_assert_ptr_nonnull(f = atomic_open("dir/name", 0644));
	ck_assert_int_eq(write(atomic_fd(f), "two", 3), 3);
	ck_assert_str_eq(unit_read("dir/name"), "one");
	ck_assert_int_eq(atomic_commit(f), 0);
	ck_assert_str_eq(unit_read("dir/name"), "two");
	ck_assert_str_eq(only_name("dir"), "name");

	ck_assert_ptr_nonnull(f = atomic_open("dir/name", 0644));
	ck_assert_int_eq(write(atomic_fd(f), "three", 5), 5);
	atomic_abort(f);
	ck_assert_str_eq(unit_read("dir/name"), "two");
	ck_assert_str_eq(only_name("dir"), "name");
	atomic_abort(NULL);
}
END_TEST

static void
refused(const char *path, int error, const char *words)
{
	unit_catch();
	errno = 0;
	ck_assert_ptr_null(atomic_open(path, 0600));
	ck_assert_int_eq(errno, error);
	ck_assert_str_eq(unit_caught(), words);
}

START_TEST(refusals)
{
	char name[257];

	mkdir("folder", 0700);
	mkfifo("pipe", 0600);
	ck_assert_int_eq(symlink("target", "link"), 0);
	refused("folder", EISDIR,
	    "check_atomic: create folder: there is something else than a regular file\n");
	refused("pipe", EINVAL,
	    "check_atomic: create pipe: there is something else than a regular file\n");
	refused("link", EINVAL,
	    "check_atomic: create link: there is something else than a regular file\n");
	refused("/dev/null", EINVAL,
	    "check_atomic: create /dev/null: there is something else than a regular file\n");
	refused("nowhere/name", ENOENT,
	    "check_atomic: create nowhere/name: No such file or directory\n");
	refused("", ENOENT, "check_atomic: create : the name is empty\n");
	refused("nowhere/", ENOENT, "check_atomic: create nowhere/: the name is empty\n");
	/* The longest name there is needs a shorter temporary one. */
	memset(name, 'n', 255);
	name[255] = '\0';
	ck_assert_int_eq(atomic_write(name, 0600, "x", 1), 0);
	ck_assert_str_eq(unit_read(name), "x");
	unlink(name);
	memset(name, 'n', 256);
	name[256] = '\0';
	unit_catch();
	ck_assert_int_eq(atomic_write(name, 0600, "x", 1), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_ptr_nonnull(strstr(unit_caught(), ": File name too long\n"));
}
END_TEST

/* Whatever fails, nothing is left behind. */
START_TEST(failed_commits)
{
	struct atomic_file *f;
	static const char bytes[5000];
	const char *words;
	char kept[128];
	int rc;

	mkdir("dir", 0700);
	ck_assert_ptr_nonnull(f = atomic_open("dir/name", 0600));
	snprintf(kept, sizeof(kept),
	    "check_atomic: rename dir/%.40s to dir/name: Is a directory\n", only_name("dir"));
	mkdir("dir/name", 0700);
	unit_catch();
	ck_assert_int_eq(atomic_commit(f), -1);
	ck_assert_str_eq(unit_caught(), kept);
	ck_assert_str_eq(only_name("dir"), "name");
	rmdir("dir/name");

	unit_write("dir/name", "old");
	unit_catch();
	unit_file_limit(4096);
	rc = atomic_write("dir/name", 0600, bytes, sizeof(bytes));
	unit_file_limit(0);
	words = unit_caught();
	ck_assert_int_eq(rc, -1);
	ck_assert_str_eq(words, "check_atomic: write dir/name: File too large\n");
	ck_assert_str_eq(only_name("dir"), "name");
	ck_assert_str_eq(unit_read("dir/name"), "old");

	/* A descriptor that was closed behind our back. */
	ck_assert_ptr_nonnull(f = atomic_open("dir/name", 0600));
	unit_catch();
	close(atomic_fd(f));
	ck_assert_int_eq(atomic_commit(f), -1);
	ck_assert_str_eq(unit_caught(), "check_atomic: chmod dir/name: Bad file descriptor\n");
	ck_assert_str_eq(only_name("dir"), "name");
	ck_assert_str_eq(unit_read("dir/name"), "old");
}
END_TEST

START_TEST(folders)
{
	unit_write("plain", "");
	ck_assert_int_eq(atomic_sync_folder("."), 0);
	unit_catch();
	ck_assert_int_eq(atomic_sync_folder("nowhere"), -1);
	ck_assert_int_eq(atomic_sync_folder("plain"), -1);
	ck_assert_str_eq(unit_caught(),
	    "check_atomic: open nowhere: No such file or directory\n"
	    "check_atomic: open plain: Not a directory\n");
}
END_TEST

START_TEST(adopted)
{
	struct stat st;
	int fd;

	mkdir("state", 0700);
	fd = open("state/file", O_RDWR | O_CREAT, 0600);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown("state", 1234, 5678), 0);
		ck_assert_int_eq(atomic_adopt(fd, "state/file"), 0);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_uid, 1234);
		ck_assert_uint_eq(st.st_gid, 5678);
		ck_assert_int_eq(atomic_adopt(fd, "nowhere/file"), -1);
		ck_assert_int_eq(errno, ENOENT);
		/* The folder of a name without a slash, and the root folder. */
		ck_assert_int_eq(atomic_adopt(fd, "file"), 0);
		ck_assert_int_eq(atomic_adopt(fd, "/file"), 0);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_uint_eq(st.st_uid, 0);
	} else {
		ck_assert_int_eq(atomic_adopt(fd, "nowhere/file"), 0);
	}
	close(fd);
}
END_TEST

/* What a writer that was killed left goes with the next one; what is being written stays. */
START_TEST(sweeping)
{
	static const char *const stay[] = {"dir/.name.abc", "dir/.name.abcdefg",
	    "dir/.name.abc.ef", "dir/.names.abcdef", "dir/name.abcdef", "dir/.name.backup~",
	    "dir/.other.abcdef"};
	static struct atomic_file *f; /* the child lets go of it where it ends */
	char held[NAME_MAX + 8];
	pid_t pid;

	mkdir("dir", 0700);
	if ((pid = fork()) == 0) {
		f = atomic_open("dir/name", 0644);
		_exit(f != NULL && write(atomic_fd(f), "half", 4) == 4 ? 0 : 1);
	}
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert_int_eq(strncmp(only_name("dir"), ".name.", 6), 0);
	atomic_sweep("dir/nam");
	ck_assert_str_ne(only_name("dir"), "");
	ck_assert_int_eq(atomic_write("dir/name", 0644, "whole", 5), 0);
	ck_assert_str_eq(only_name("dir"), "name");

	for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		unit_write(stay[i], "x");
	ck_assert_int_eq(symlink("name", "dir/.name.linked"), 0);
	ck_assert_int_eq(mkdir("dir/.name.folder", 0700), 0);
	ck_assert_int_eq(mkdir("held", 0700), 0);
	ck_assert_ptr_nonnull(f = atomic_open("held/name", 0644));
	snprintf(held, sizeof(held), "held/%s", only_name("held"));
	ck_assert_int_eq(atomic_write("dir/name", 0644, "again", 5), 0);
	for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		ck_assert_int_eq(access(stay[i], F_OK), 0);
	ck_assert_int_eq(unlink("dir/.name.linked"), 0);
	ck_assert_int_eq(rmdir("dir/.name.folder"), 0);
	atomic_sweep("held/name");
	ck_assert_int_eq(access(held, F_OK), 0);
	ck_assert_int_eq(atomic_commit(f), 0);
	atomic_sweep("nowhere/name");
}
END_TEST

/* Two write the same file at the same time: neither takes the other's for one that was left. */
START_TEST(swept_at_the_last_moment)
{
	mkdir("dir", 0700);
	swept = true;
	ck_assert_int_eq(atomic_write("dir/name", 0644, "whole", 5), 0);
	swept = false;
	ck_assert_str_eq(only_name("dir"), "name");
	ck_assert_str_eq(unit_read("dir/name"), "whole");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("atomic");

	tcase_add_loop_test(t, sizes, 0, 4);
	tcase_add_test(t, replaced_at_once);
	tcase_add_test(t, refusals);
	tcase_add_test(t, failed_commits);
	tcase_add_test(t, folders);
	tcase_add_test(t, adopted);
	tcase_add_test(t, sweeping);
	tcase_add_test(t, swept_at_the_last_moment);
	return unit_main(t);
}
