#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/hash.h"
#include "set/sums.h"
#include "ship/digests.h"

#define A "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03" /* hello\n */
#define B "e258d248fda94c63753607f7c4494ee0fcbe92f1a76bfdac795c9d84101eb317" /* world\n */
#define N "0000000000000000000000000000000000000000000000000000000000000000"

/* The folder "set" with two files, as they were told. */
static void
make_set(void)
{
	ck_assert_int_eq(mkdir("set", 0700), 0);
	unit_write("set/a", "hello\n");
	unit_write("set/b", "world\n");
	unit_write("set/SHA256SUMS", A "  a\n" B "  b\n");
}

static struct digests *
told(const char *text)
{
	struct digests *d;

	ck_assert_int_eq(digests_told(text, &d), 0);
	return d;
}

/* What hold says of ${got}, with ${code}. */
static const char *
held(const struct digests *promised, struct digests *got, bool sums, int code)
{
	const char *said;
	int rc;

	unit_catch();
	rc = digests_hold(promised, got, "far/set", sums);
	said = unit_caught();
	ck_assert_msg(rc == code, "%d: %s", rc, said);
	digests_free(got);
	return said;
}

START_TEST(what_is_promised)
{
	struct digests *promised, *got;
	char text[400], hex[HASH_HEX];

	make_set();
	ck_assert_int_eq(digests_promised("set", false, &promised), 0);
	held(promised, told(A "  a\n" B "  b\n"), false, 0);
	held(promised, told(B " *b\n\n" A " *a"), false, 0);
	held(promised, told(A "  a\n" B "  b\n" N "  verified.json\n" N "  SHA256SUMS\n"),
	    false, 0);
	/* What a killed transfer leaves of a file that belongs there. */
	held(promised, told(A "  a\n" B "  b\n" N "  .a.AbCdEf\n" N "  .SHA256SUMS.123456\n"),
	    false, 0);
	ck_assert_ptr_nonnull(strstr(
	    held(promised, told(A "  a\n" B "  b\n" N "  .c.AbCdEf\n"), false, EX_DATAERR),
	    "far/set/.c.AbCdEf: it does not belong to the set\n"));
	ck_assert_ptr_nonnull(strstr(held(promised, told(A "  a\n"), false, EX_DATAERR),
	    "far/set/b: it is not there\n"));
	ck_assert_ptr_nonnull(
	    strstr(held(promised, told(A "  a\n" A "  b\n"), false, EX_DATAERR),
		"far/set/b: other bytes than were sent\n"));
	ck_assert_ptr_nonnull(strstr(
	    held(promised, told(A "  a\n" B "  b\n" A "  c\x1b[0m\n"), false, EX_DATAERR),
	    "far/set/c?[0m: it does not belong to the set\n"));
	/* Every difference is told. */
	ck_assert_ptr_nonnull(strstr(
	    held(promised, told(""), false, EX_DATAERR), "far/set/a: it is not there\n"));
	digests_free(promised);

	/* SHA256SUMS itself. */
	ck_assert_int_eq(digests_promised("set", true, &promised), 0);
	ck_assert_ptr_nonnull(
	    strstr(held(promised, told(A "  a\n" B "  b\n"), true, EX_DATAERR),
		"far/set/SHA256SUMS: it is not there\n"));
	hash_bytes(A "  a\n" B "  b\n", 2 * 68, hex);
	snprintf(text, sizeof(text), A "  a\n" B "  b\n%s  SHA256SUMS\n", hex);
	held(promised, told(text), true, 0);
	/* And as it is read. */
	ck_assert_int_eq(digests_read("set", &got), 0);
	held(promised, got, true, 0);
	digests_free(promised);
	digests_free(NULL);
}
END_TEST

START_TEST(what_is_not_told)
{
	static const char *const texts[] = {"x", A, A " ", A "  ", A "x  a", A " xa",
	    "\\" A "  a", "5891  a", "ERROR  a\n", A "  a\n\x1b]0;x\n"};
	struct digests *d;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *said;
		int rc;

		unit_catch();
		rc = digests_told(texts[i], &d);
		said = unit_caught();
		ck_assert_msg(rc == EX_DATAERR && d == NULL, "%s", texts[i]);
		ck_assert_ptr_nonnull(strstr(said, ": not a digest: "));
		ck_assert_ptr_null(strchr(said, '\x1b'));
	}
	d = told("");
	digests_free(d);
}
END_TEST

START_TEST(what_cannot_be_read)
{
	struct digests *d;
	const char *said;
	int rc;

	make_set();
	ck_assert_int_eq(symlink("a", "set/link"), 0);
	unit_catch();
	rc = digests_read("set", &d);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_null(d);
	ck_assert_ptr_nonnull(strstr(said, "set/link: "));
	ck_assert_int_eq(unlink("set/link"), 0);
	ck_assert_int_eq(mkfifo("set/pipe", 0600), 0); /* does not wait for a writer */
	unit_catch();
	rc = digests_read("set", &d);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "set/pipe: not a regular file\n"));
	unit_catch();
	rc = digests_read("gone", &d);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "gone: No such file or directory\n"));
	unit_catch();
	rc = digests_promised("gone", false, &d);
	(void)unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_null(d);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("digests");

	tcase_add_test(cases, what_is_promised);
	tcase_add_test(cases, what_is_not_told);
	tcase_add_test(cases, what_cannot_be_read);
	return unit_main(cases);
}
