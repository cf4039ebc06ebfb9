#include "unit.h"

#include "base/hash.h"

#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

/* The examples of FIPS 180-4. */
START_TEST(known_digests)
{
	struct hash h;
	char hex[HASH_HEX], thousand[1000];
	int i;

	hash_start(&h);
	hash_take(&h, hex);
	ck_assert_str_eq(hex, NOTHING);
	hash_add(&h, "a", 1);
	hash_add(&h, NULL, 0);
	hash_add(&h, "bc", 2);
	hash_take(&h, hex);
	ck_assert_str_eq(hex, ABC);
	memset(thousand, 'a', sizeof(thousand));
	for (i = 0; i < 1000; i++)
		hash_add(&h, thousand, sizeof(thousand));
	hash_take(&h, hex);
	ck_assert_str_eq(hex, MILLION);
	hash_take(&h, hex);
	ck_assert_str_eq(hex, NOTHING);
	hash_bytes("abc", 3, hex);
	ck_assert_str_eq(hex, ABC);
	hash_bytes("", 0, hex);
	ck_assert_str_eq(hex, NOTHING);
}
END_TEST

/* However the bytes are split, around the block size. */
START_TEST(pieces)
{
	char bytes[130], whole[HASH_HEX], parts[HASH_HEX];
	struct hash h;
	size_t len, cut;

	hash_start(&h);
	for (len = 0; len < sizeof(bytes); len++)
		bytes[len] = (char)(len * 7);
	for (len = 0; len <= sizeof(bytes); len++) {
		hash_bytes(bytes, len, whole);
		for (cut = 0; cut <= len; cut++) {
			hash_add(&h, bytes, cut);
			hash_add(&h, bytes + cut, len - cut);
			hash_take(&h, parts);
			ck_assert_str_eq(parts, whole);
		}
	}
}
END_TEST

START_TEST(descriptors)
{
	char hex[HASH_HEX] = "untouched";
	uint64_t bytes = 42;
	int fd, pipes[2];

	unit_write("file", "skip abc");
	fd = open("file", O_RDONLY);
	ck_assert_int_eq(lseek(fd, 5, SEEK_SET), 5);
	ck_assert_int_eq(hash_fd(fd, hex, &bytes), 0);
	ck_assert_str_eq(hex, ABC);
	ck_assert_uint_eq(bytes, 3);
	ck_assert_int_eq(hash_fd(fd, hex, NULL), 0);
	ck_assert_str_eq(hex, NOTHING);
	close(fd);

	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(write(pipes[1], "abc", 3), 3);
	close(pipes[1]);
	ck_assert_int_eq(hash_fd(pipes[0], hex, &bytes), 0);
	ck_assert_str_eq(hex, ABC);
	close(pipes[0]);

	strcpy(hex, "untouched");
	bytes = 42;
	ck_assert_int_eq(hash_fd(-1, hex, &bytes), -1);
	ck_assert_int_eq(errno, EBADF);
	fd = open(".", O_RDONLY);
	ck_assert_int_eq(hash_fd(fd, hex, &bytes), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_str_eq(hex, "untouched");
	ck_assert_uint_eq(bytes, 42);
	close(fd);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("hash");

	tcase_add_test(t, known_digests);
	tcase_add_test(t, pieces);
	tcase_add_test(t, descriptors);
	return unit_main(t);
}
