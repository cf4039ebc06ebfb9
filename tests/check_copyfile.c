#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/sig.h"
#include "ship/copyfile.h"

static void
folders(void)
{
	ck_assert_int_eq(mkdir("from", 0700), 0);
	ck_assert_int_eq(mkdir("to", 0700), 0);
}

static ino_t
inode(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_ino;
}

/* Nothing but ${count} entries in to/. */
static void
holds(int count)
{
	char command[80];

	snprintf(command, sizeof(command), "[ $(find to -mindepth 1 | wc -l) = %d ]", count);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(copies)
{
	struct stat st;
	ino_t was;

	folders();
	unit_write("from/a", "hello");
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
	ck_assert_str_eq(unit_read("to/a"), "hello");
	ck_assert_int_eq(stat("to/a", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	/* The same bytes stay, whatever their date. */
	was = inode("to/a");
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
	ck_assert_uint_eq(inode("to/a"), was);
	ck_assert_int_eq(copyfile_into("from", "a", "to", true, NULL), 0);
	ck_assert_uint_ne(inode("to/a"), was);
	/* Other bytes of one length, more, fewer, none. */
	unit_write("from/a", "hallo");
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
	ck_assert_str_eq(unit_read("to/a"), "hallo");
	unit_write("from/a", "hallo!");
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
	ck_assert_str_eq(unit_read("to/a"), "hallo!");
	unit_write("from/a", "");
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
	ck_assert_str_eq(unit_read("to/a"), "");
	holds(1);
}
END_TEST

/* Around the size of the buffer, and a difference in its last byte. */
START_TEST(sizes)
{
	const size_t chunk = (size_t)1 << 20;
	const size_t all[] = {1, chunk - 1, chunk, chunk + 1, 3 * chunk};
	char *bytes = malloc(3 * chunk), command[80];

	ck_assert_ptr_nonnull(bytes);
	folders();
	memset(bytes, 'x', 3 * chunk);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int fd = open("from/a", O_RDWR | O_CREAT | O_TRUNC, 0600);
		ino_t was;

		ck_assert_int_eq(write(fd, bytes, all[i]), (ssize_t)all[i]);
		ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
		snprintf(command, sizeof(command), "cmp from/a to/a");
		ck_assert_int_eq(system(command), 0);
		was = inode("to/a");
		ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
		ck_assert_uint_eq(inode("to/a"), was);
		ck_assert_int_eq(pwrite(fd, "y", 1, (off_t)all[i] - 1), 1);
		ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 0);
		ck_assert_int_eq(system(command), 0);
		close(fd);
	}
	free(bytes);
	holds(1);
}
END_TEST

/* What ${name} ends with, and in which words. */
static void
refused(const char *name, int code, const char *words)
{
	const char *said;
	int rc;

	unit_catch();
	rc = copyfile_into("from", name, "to", false, NULL);
	said = unit_caught();
	ck_assert_msg(rc == code && strstr(said, words) != NULL, "%d: %s", rc, said);
}

START_TEST(refuses)
{
	folders();
	refused("gone", EX_IOERR, "from/gone: No such file or directory\n");
	ck_assert_int_eq(mkdir("from/folder", 0700), 0);
	refused("folder", EX_DATAERR, "from/folder: not a regular file\n");
	ck_assert_int_eq(mkfifo("from/pipe", 0600), 0);
	refused("pipe", EX_DATAERR, "from/pipe: not a regular file\n");
	unit_write("from/a", "hello");
	ck_assert_int_eq(symlink("a", "from/link"), 0);
	refused("link", EX_IOERR, "from/link: ");
	holds(0);
	/* Nor is anything replaced that is no file: not what a link leads to, either. */
	unit_write("outside", "outside");
	ck_assert_int_eq(symlink("../outside", "to/a"), 0);
	refused("a", EX_CANTCREAT, "there is something else than a regular file\n");
	ck_assert_str_eq(unit_read("outside"), "outside");
	holds(1);
}
END_TEST

START_TEST(no_room)
{
	char command[] = "head -c 300000 /dev/zero >from/a";
	const char *said;
	int rc;

	folders();
	ck_assert_int_eq(system(command), 0);
	unit_catch();
	unit_file_limit(100000);
	rc = copyfile_into("from", "a", "to", false, NULL);
	unit_file_limit(0);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "write to/a: File too large\n"));
	holds(0);
}
END_TEST

START_TEST(is_stopped)
{
	folders();
	unit_write("from/a", "hello");
	sig_setup();
	raise(SIGTERM);
	unit_catch();
	ck_assert_int_eq(copyfile_into("from", "a", "to", false, NULL), 1);
	ck_assert_str_eq(unit_caught(), "");
	holds(0);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("copyfile");

	tcase_add_test(cases, copies);
	tcase_add_test(cases, sizes);
	tcase_add_test(cases, refuses);
	tcase_add_test(cases, no_room);
	tcase_add_test(cases, is_stopped);
	return unit_main(cases);
}
