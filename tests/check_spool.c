#include <stdint.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/spool.h"
#include "unit.h"

enum { PIECE = 1 << 20 };

/* Every size goes through a file and back, from where the descriptor stands. */
START_TEST(sizes_come_back)
{
	static const size_t sizes[] = {0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7};
	size_t len = sizes[_i], got;
	char path[] = "/tmp/siantre-check.XXXXXX", *bytes = malloc(len + 1), *back = NULL;
	int in = mkstemp(path), out = -1;
	struct stat st;

	unlink(path);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 2654435761U >> 24);
	ck_assert_int_eq(io_write(in, "skipped", 7), 0);
	ck_assert_int_eq(io_write(in, bytes, len), 0);
	ck_assert_int_eq(lseek(in, 7, SEEK_SET), 7);
	unsetenv("TMPDIR");
	ck_assert_int_eq(spool_fd(in, "bytes", &out), 0);
	ck_assert_int_eq(io_read_file(out, len, &back, &got), 0);
	ck_assert_uint_eq(got, len);
	ck_assert_int_eq(memcmp(bytes, back, len), 0);
	ck_assert_int_eq(fstat(out, &st), 0);
	ck_assert_uint_eq(st.st_nlink, 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(fcntl(out, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(in);
	close(out);
	free(bytes);
	free(back);
}
END_TEST

START_TEST(no_folder)
{
	int in = open("/dev/null", O_RDONLY), out = 0;

	setenv("TMPDIR", "/nowhere", 1);
	ck_assert_int_eq(spool_fd(in, "bytes", &out), EX_CANTCREAT);
	ck_assert_int_eq(out, -1);
	setenv("TMPDIR", "/tmp", 1);
	close(in);
	ck_assert_int_eq(spool_fd(-1, "bytes", &out), EX_IOERR);
	ck_assert_int_eq(out, -1);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("spool");

	tcase_add_loop_test(t, sizes_come_back, 0, 6);
	tcase_add_test(t, no_folder);
	return unit_main(t);
}
