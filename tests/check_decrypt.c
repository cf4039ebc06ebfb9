/* What is done without age(1); the rest is in 53-encrypt.bats. */
#include "unit.h"

#include <sysexits.h>

#include "set/decrypt.h"

START_TEST(needed)
{
	static const struct {
		const char *text;
		bool needed;
	} rows[] = {
	    {"age-encryption.org/v1\n-> X25519 x\n", true},
	    {"-----BEGIN AGE ENCRYPTED FILE-----\n", true},
	    {"age-encryption.org/v1", false},
	    {"age-encryption.org/v2\n", false},
	    {"\x1f\x8b", false},
	    {"", false},
	};
	int fd;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unit_write("x.age", rows[i].text);
		ck_assert_int_ne(fd = open("x.age", O_RDONLY), -1);
		ck_assert_msg(decrypt_needed(fd, "x") == rows[i].needed, "%s", rows[i].text);
		ck_assert(decrypt_needed(fd, "x.age"));
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 0);
		close(fd);
	}
}
END_TEST

START_TEST(names)
{
	static const char *const rows[][2] = {
	    {"a/x.sql.gz.age", "a/x.sql.gz"}, {"x", "x"}, {"age", "age"}, {".age", ".age"}};
	char *name;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_ptr_nonnull(name = decrypt_name(rows[i][0]));
		ck_assert_str_eq(name, rows[i][1]);
		free(name);
	}
}
END_TEST

START_TEST(asks)
{
	static const struct {
		const char *text;
		bool asks;
	} rows[] = {
	    {"# created\nAGE-SECRET-KEY-1XXX\n", false},
	    {"age-encryption.org/v1\n-> scrypt x 18\n", true},
	    {"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", true},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\n"
	     "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAA\n",
		false},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\n"
	     "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAG\n",
		true},
	    {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", false},
	    {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", true},
	    {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unit_write("key", rows[i].text);
		ck_assert_msg(decrypt_asks("key") == rows[i].asks, "%s", rows[i].text);
	}
	ck_assert(!decrypt_asks("none"));
}
END_TEST

START_TEST(opened)
{
	const char *said;
	int fd = -1;

	ck_assert_int_eq(decrypt_open(".", "x", NULL, &fd), EX_NOINPUT);
	ck_assert_int_eq(fd, -1);
	unit_write("x.age", "age-encryption.org/v1\n");
	unit_catch();
	ck_assert_int_eq(decrypt_open(".", "x", NULL, &fd), EX_CONFIG);
	said = unit_caught();
	ck_assert_str_eq(
	    said, "check_decrypt: ./x.age: encrypted: --identity FILE is needed\n");
	ck_assert_int_eq(fd, -1);
	/* The plain one wins. */
	unit_write("x", "plain");
	ck_assert_int_eq(decrypt_open(".", "x", NULL, &fd), 0);
	ck_assert_int_ne(fd, -1);
	close(fd);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("decrypt");

	tcase_add_test(t, needed);
	tcase_add_test(t, names);
	tcase_add_test(t, asks);
	tcase_add_test(t, opened);
	return unit_main(t);
}
