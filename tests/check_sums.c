#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "set/sums.h"

#define A "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define B "e258d248fda94c63753607f7c4494ee0fcbe92f1a76bfdac795c9d84101eb317"

START_TEST(round_trip)
{
	struct sums *s = sums_new();
	char hex[HASH_HEX];
	const char *text;
	struct stat st;

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(sums_add(s, "db backup.sql.gz", A), 0);
	ck_assert_int_eq(sums_add(s, "set.json", B), 0);
	ck_assert_int_eq(sums_write(s, "."), 0);
	sums_free(s);
	text = unit_read("SHA256SUMS");
	ck_assert_str_eq(text, A "  db backup.sql.gz\n" B "  set.json\n");
	hash_bytes(text, strlen(text), hex);
	ck_assert_int_eq(stat("SHA256SUMS", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);

	ck_assert_int_eq(sums_read(".", &s), 0);
	ck_assert_str_eq(sums_digest(s), hex);
	ck_assert_str_eq(sums_name(s, 0), "db backup.sql.gz");
	ck_assert_str_eq(sums_hex(s, 1), B);
	ck_assert_ptr_null(sums_name(s, 2));
	ck_assert_ptr_null(sums_hex(s, 2));
	ck_assert_str_eq(sums_find(s, "db backup.sql.gz"), A);
	ck_assert_ptr_null(sums_find(s, "db"));
	sums_free(s);
	sums_free(NULL);
}
END_TEST

/* What sha256sum itself writes, also for binary files. */
START_TEST(coreutils)
{
	struct sums *s = NULL;

	unit_write("a b", "hello\n");
	unit_write("c", "world\n");
	ck_assert_int_eq(system("sha256sum 'a b' >SHA256SUMS; sha256sum -b c >>SHA256SUMS"), 0);
	ck_assert_int_eq(sums_read(".", &s), 0);
	ck_assert_str_eq(sums_find(s, "a b"), A);
	ck_assert_str_eq(sums_find(s, "c"), B);
	sums_free(s);
}
END_TEST

static const struct {
	const char *text, *words;
} bad[] = {
    {"", "./SHA256SUMS: empty"},
    {A "  a", "./SHA256SUMS: not lines of text, or cut short"},
    {A "  a\n" A "  b\n\n", "./SHA256SUMS:3: no SHA-256 digest"},
    {"5891  a\n", "./SHA256SUMS:1: no SHA-256 digest"},
    {A "0  a\n", "./SHA256SUMS:1: no SHA-256 digest"},
    {A " a\n", "./SHA256SUMS:1: not in the format of sha256sum"},
    {A "\ta\n", "./SHA256SUMS:1: not in the format of sha256sum"},
    {A "  \n", "./SHA256SUMS:1: not a name for a file of a set"},
    {A "  ../a\n", "./SHA256SUMS:1: not a name for a file of a set"},
    {A "  /etc/passwd\n", "./SHA256SUMS:1: not a name for a file of a set"},
    {A "  .a\n", "./SHA256SUMS:1: not a name for a file of a set"},
    {A "  a\rb\n", "./SHA256SUMS:1: not a name for a file of a set"},
    {"\\" A "  a\\nb\n", "./SHA256SUMS:1: no SHA-256 digest"},
    {A "  SHA256SUMS\n", "./SHA256SUMS:1: not a name for a file of a set"},
    {A "  a\n" B "  a\n", "./SHA256SUMS:2: the name stands twice"},
};

START_TEST(refused)
{
	struct sums *s = NULL;
	const char *said;
	int rc;

	unit_write("SHA256SUMS", bad[_i].text);
	unit_catch();
	rc = sums_read(".", &s);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_null(s);
	ck_assert_msg(strstr(said, bad[_i].words) != NULL, "it said: %s", said);
}
END_TEST

START_TEST(unreadable)
{
	struct sums *s = NULL;
	const char *said;
	int rc;

	unit_catch();
	rc = sums_read(".", &s);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: No such file or directory"));

	unit_write("other", A "  a\n");
	ck_assert_int_eq(symlink("other", "SHA256SUMS"), 0);
	unit_catch();
	rc = sums_read(".", &s);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: "));
	unlink("SHA256SUMS");

	ck_assert_int_eq(mkfifo("SHA256SUMS", 0600), 0);
	unit_catch();
	rc = sums_read(".", &s);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: not a regular file"));
	unlink("SHA256SUMS");

	unit_write("SHA256SUMS", "");
	ck_assert_int_eq(truncate("SHA256SUMS", SUMS_MAX + 1), 0);
	unit_catch();
	rc = sums_read(".", &s);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: File too large"));
	ck_assert_ptr_null(s);
}
END_TEST

START_TEST(plain_names)
{
	char longest[257];

	memset(longest, 'x', 256);
	longest[256] = '\0';
	ck_assert(!sums_plain(longest));
	longest[255] = '\0';
	ck_assert(sums_plain(longest));
	ck_assert(sums_plain("x"));
	ck_assert(sums_plain("KTP \xf0\x9f\xaa\xaa.txt"));
	ck_assert(!sums_plain(""));
	ck_assert(!sums_plain("."));
	ck_assert(!sums_plain(".."));
	ck_assert(!sums_plain("a/b"));
	ck_assert(!sums_plain("a\\b"));
	ck_assert(!sums_plain("a\x7f"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("sums");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, coreutils);
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, unreadable);
	tcase_add_test(t, plain_names);
	return unit_main(t);
}
