#include "unit.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/hash.h"
#include "ship/deposit.h"

START_TEST(names)
{
	static const char *const good[] = {"a", "x.sql.gz", "A-b_c.9", "20261123_020000.gz"};
	static const char *const bad[] = {"", ".", "..", ".a", "-a", "a/b", "/a", "a b", "a\n",
	    "a'b", "a$b", "\xc3\xa9", "20261123_020000", "full", "ACCEPTED", "README.txt"};
	char name[300];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(deposit_is_name(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!deposit_is_name(bad[i]), "%s", bad[i]);
	memset(name, 'x', sizeof(name));
	name[200] = '\0';
	ck_assert(deposit_is_name(name));
	name[200] = 'x';
	name[201] = '\0';
	ck_assert(!deposit_is_name(name));
}
END_TEST

/* Spool ${text} as ${name}; return what the end is, with what was said in ${*said}. */
static int
spool(const char *name, const char *text, bool require_end, const char **said)
{
	struct deposit *d;
	char hex[HASH_HEX];
	int fd, rc;

	unit_write("in", text);
	ck_assert_int_ne(fd = open("in", O_RDONLY), -1);
	unit_catch();
	d = deposit_new(name, fd, require_end, NULL);
	ck_assert_ptr_nonnull(d);
	ck_assert_str_eq(deposit_name(d), name);
	if ((rc = deposit_claim(d, "spool")) == 0)
		rc = deposit_spool(d);
	*said = unit_caught();
	if (rc == 0) {
		hash_bytes(text, strlen(text), hex);
		ck_assert_str_eq(deposit_sha256(d), hex);
		ck_assert_str_eq(unit_read(deposit_path(d)), text);
	}
	deposit_free(d);
	close(fd);
	return rc;
}

START_TEST(passes_or_not)
{
	static const char head[] = "age-encryption.org/v1\n-> X25519 ";
	const char *said;

	ck_assert_int_eq(mkdir("spool", 0700), 0);
	ck_assert_int_eq(spool("x.txt", "hello\n", false, &said), 0);
	ck_assert_str_eq(said, "");
	ck_assert_int_eq(spool("x.txt", "", false, &said), EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "stdin: empty\n"));
	ck_assert_int_eq(spool("x.sql", "SELECT 1;\n", true, &said), EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "stdin: "));
	ck_assert_int_eq(spool("x.age", "hello\n", false, &said), EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "stdin: "));
	ck_assert_int_eq(spool("x.age", head, false, &said), EX_DATAERR);
	/* Nothing stays. */
	ck_assert_int_eq(rmdir("spool"), 0);
	deposit_free(NULL);
}
END_TEST

START_TEST(what_others_left)
{
	const char *said;
	int busy;

	ck_assert_int_eq(mkdir("spool", 0700), 0);
	unit_write("spool/killed", "half");
	unit_write("spool/busy", "half");
	ck_assert_int_ne(busy = open("spool/busy", O_RDWR), -1);
	ck_assert_int_eq(flock(busy, LOCK_EX), 0);
	/* What somebody is writing stays, and is not written over. */
	ck_assert_int_eq(spool("x", "hello", false, &said), 0);
	ck_assert_int_ne(access("spool/killed", F_OK), 0);
	ck_assert_str_eq(unit_read("spool/busy"), "half");
	ck_assert_int_eq(spool("busy", "hello", false, &said), EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(said, "spool/busy: another run is writing it\n"));
	ck_assert_str_eq(unit_read("spool/busy"), "half");
	close(busy);
	ck_assert_int_eq(spool("busy", "hello", false, &said), 0);
	ck_assert_int_eq(rmdir("spool"), 0);
}
END_TEST

START_TEST(no_link_is_followed)
{
	const char *said;
	int fd = -1, rc;

	ck_assert_int_eq(mkdir("spool", 0700), 0);
	unit_write("outside", "outside");
	ck_assert_int_eq(symlink("../outside", "spool/x"), 0);
	unit_catch();
	rc = deposit_open("spool/x", &fd);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_CANTCREAT);
	ck_assert_int_eq(fd, -1);
	ck_assert_ptr_nonnull(
	    strstr(said, "create spool/x: Too many levels of symbolic links\n"));
	/* As one that nobody writes it is removed. */
	ck_assert_int_eq(spool("x", "hello", false, &said), 0);
	ck_assert_str_eq(unit_read("outside"), "outside");
	ck_assert_int_eq(rmdir("spool"), 0);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("deposit");

	tcase_add_test(cases, names);
	tcase_add_test(cases, passes_or_not);
	tcase_add_test(cases, what_others_left);
	tcase_add_test(cases, no_link_is_followed);
	return unit_main(cases);
}
