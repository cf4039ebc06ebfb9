#include "set/kind.h"
#include "unit.h"

/* A tar header with a right checksum. */
static void
header(char block[KIND_HEAD])
{
	unsigned sum = 0;

	memset(block, 0, KIND_HEAD);
	strcpy(block, "siantre/.env");
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < KIND_HEAD; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
}

START_TEST(by_content)
{
	static const struct {
		const char *head, *word;
	} cases[] = {
	    {"-- siantre-dump 1\nSET NAMES utf8mb4;\n", "dump"},
	    {"-- siantre-dump 2\n", "dump"}, /* whose end mark is then refused */
	    {"-- siantre-dumpling\n", "other"},
	    {"-- MySQL dump 10.13\n", "foreign"},
	    {"-- MariaDB dump 10.19\n", "foreign"},
	    {"/*M!999999\\- enable the sandbox mode */\n", "foreign"},
	    {"siantre-index 1 46 0\n", "index"},
	    {"age-encryption.org/v1\n-> X25519 x\n", "age"},
	    {"-----BEGIN AGE ENCRYPTED FILE-----\n", "age"},
	    {"APP_NAME=SiAntre\n", "other"},
	    {"", "other"},
	};

	ck_assert_uint_lt((size_t)_i, sizeof(cases) / sizeof(cases[0]));
	ck_assert_str_eq(kind_word(kind_see(cases[_i].head, strlen(cases[_i].head), "stdin")),
	    cases[_i].word);
}
END_TEST

START_TEST(tar_headers)
{
	char block[KIND_HEAD];

	header(block);
	ck_assert_int_eq(kind_see(block, KIND_HEAD, "stdin"), KIND_TAR);
	ck_assert_int_eq(kind_see(block, KIND_HEAD - 1, "stdin"), KIND_OTHER);
	block[3] ^= 1;
	ck_assert_int_eq(kind_see(block, KIND_HEAD, "stdin"), KIND_OTHER);
	/* A block of zeros is an empty archive only where the name says so. */
	memset(block, 0, sizeof(block));
	ck_assert_int_eq(kind_see(block, KIND_HEAD, "stdin"), KIND_OTHER);
	ck_assert_int_eq(kind_see(block, KIND_HEAD, "x.tar"), KIND_TAR);
}
END_TEST

START_TEST(by_name)
{
	ck_assert_int_eq(kind_see("junk", 4, "a/x.tar.gz"), KIND_TAR);
	ck_assert_int_eq(kind_see("junk", 4, "x.tgz"), KIND_TAR);
	ck_assert_int_eq(kind_see("junk", 4, "x.sql"), KIND_FOREIGN);
	ck_assert_int_eq(kind_see("junk", 4, "x.sql.gz"), KIND_FOREIGN);
	ck_assert_int_eq(kind_see("junk", 4, "x.gz"), KIND_OTHER);
	ck_assert_int_eq(kind_see("junk", 4, ".tar"), KIND_OTHER);
	/* What the content says stands above the name. */
	ck_assert_int_eq(kind_see("-- siantre-dump 1\n", 18, "x.tar"), KIND_DUMP);

	ck_assert(kind_promises_gzip("x.gz") && kind_promises_gzip("x.tgz"));
	ck_assert(!kind_promises_gzip("x.gz.idx") && !kind_promises_gzip(".gz"));
	ck_assert(kind_promises_tar("x.tar") && !kind_promises_tar("x.star.gz"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("kind");

	tcase_add_loop_test(t, by_content, 0, 11);
	tcase_add_test(t, tar_headers);
	tcase_add_test(t, by_name);
	return unit_main(t);
}
