#include "unit.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/buf.h"
#include "tar/write.h"

#define AGAIN ((off_t)2 << 20) /* where data begins again behind a hole */
#define SIZE ((off_t)3 << 20)

static unsigned looks;    /* for data */
static unsigned fails_at; /* the one that fails; 0: none */

/* Instead of libc's: a file system that cannot tell its holes any more. */
off_t
lseek(int fd, off_t offset, int whence)
{
	if (whence == SEEK_DATA && ++looks == fails_at) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_lseek, fd, offset, whence);
}

static int
take(void *ctx, const void *buf, size_t len)
{
	buf_add(ctx, buf, len);
	return 0;
}

/* Pack the file ${name}. */
static struct buf
packed(char *name)
{
	char *paths[] = {name, NULL};
	const struct tar_tree tree = {.paths = paths};
	struct account account = {0};
	struct buf archive = {0};

	ck_assert_int_eq(tar_write(&tree, take, &archive, &account), 0);
	ck_assert_uint_eq(account.warnings, 0);
	ck_assert(!archive.failed);
	account_free(&account);
	return archive;
}

/* Wherever the holes of a file cannot be told any more, it is packed as if it had none. */
START_TEST(holes_that_cannot_be_told)
{
	struct buf archive;
	struct stat st;
	int fd = open("holes", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	ck_assert_int_eq(pwrite(fd, "first", 5, 0), 5);
	ck_assert_int_eq(pwrite(fd, "second", 6, AGAIN), 6);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_lt(st.st_blocks * 512, SIZE);
	close(fd);

	archive = packed((char[]){"holes"});
	ck_assert_uint_lt(archive.len, (size_t)1 << 20);
	ck_assert_ptr_nonnull(memmem(archive.data, archive.len, "second", 6));
	buf_free(&archive);
	for (fails_at = 1; fails_at <= 2; fails_at++) {
		looks = 0;
		archive = packed((char[]){"holes"});
		ck_assert_uint_gt(archive.len, (size_t)SIZE);
		ck_assert_ptr_nonnull(memmem(archive.data, archive.len, "first", 5));
		ck_assert_ptr_nonnull(memmem(archive.data, archive.len, "second", 6));
		buf_free(&archive);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("member");

	tcase_add_test(t, holes_that_cannot_be_told);
	return unit_main(t);
}
