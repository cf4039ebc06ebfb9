#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "ship/proven.h"

static struct proven *
read_it(void)
{
	struct proven *p;

	ck_assert_int_eq(proven_read(".", &p), 0);
	ck_assert_ptr_nonnull(p);
	return p;
}

START_TEST(it_lasts)
{
	struct proven *p = read_it();
	int64_t now = (int64_t)time(NULL);

	ck_assert(!proven_is(p, "20261123_020000", "aa"));
	ck_assert_int_eq(proven_when(p, "20261123_020000"), 0);
	ck_assert_int_eq(proven_note(p, "20261123_020000", "aa"), 0);
	ck_assert_int_eq(proven_note(p, "full/20261122_040000", "bb"), 0);
	proven_free(p);

	p = read_it();
	ck_assert(proven_is(p, "20261123_020000", "aa"));
	/* Another set of this name. */
	ck_assert(!proven_is(p, "20261123_020000", "ab"));
	ck_assert(!proven_is(p, "20261122_040000", "bb"));
	ck_assert(proven_is(p, "full/20261122_040000", "bb"));
	ck_assert_int_ge(proven_when(p, "20261123_020000"), now);
	ck_assert_int_le(proven_when(p, "20261123_020000"), now + 60);

	ck_assert(!proven_failed(p, "20261123_020000"));
	ck_assert_int_eq(proven_fail(p, "20261123_020000"), 0);
	proven_free(p);
	p = read_it();
	ck_assert(proven_failed(p, "20261123_020000"));
	ck_assert(!proven_is(p, "20261123_020000", "aa"));
	ck_assert_int_eq(proven_when(p, "20261123_020000"), 0);
	/* Mended. */
	ck_assert_int_eq(proven_note(p, "20261123_020000", "aa"), 0);
	ck_assert(!proven_failed(p, "20261123_020000"));
	proven_forget(p, "full/20261122_040000");
	proven_forget(p, "full/20261122_040000");
	ck_assert_int_eq(proven_write(p), 0);
	proven_free(p);
	p = read_it();
	ck_assert(proven_is(p, "20261123_020000", "aa"));
	ck_assert(!proven_is(p, "full/20261122_040000", "bb"));
	proven_free(p);
	proven_free(NULL);
}
END_TEST

/* A place that holds very many sets: not all is written after each, and nothing is lost in the end. */
START_TEST(many)
{
	struct proven *p = read_it();
	ino_t last = 0;
	int writes = 0;
	struct stat st;
	char name[32];

	unlink("proven.json");
	proven_free(p);
	p = read_it();
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "20261123_%06d", i);
		ck_assert_int_eq(proven_note(p, name, "aa"), 0);
		ck_assert_int_eq(stat("proven.json", &st), 0);
		/* Two in a row never have the same number: the old file is there until the end. */
		writes += st.st_ino != last;
		last = st.st_ino;
	}
	ck_assert_int_ge(writes, 200);
	ck_assert_int_le(writes, 500);
	/* Damage is written at once, with all that was not. */
	snprintf(name, sizeof(name), "20261123_%06d", 999);
	ck_assert_int_eq(proven_note(p, name, "bb"), 0);
	ck_assert_int_eq(proven_fail(p, "20261123_000000"), 0);
	proven_free(p);
	p = read_it();
	ck_assert(proven_failed(p, "20261123_000000"));
	ck_assert(proven_is(p, name, "bb"));
	ck_assert_int_eq(proven_note(p, name, "cc"), 0);
	ck_assert_int_eq(proven_write(p), 0);
	proven_free(p);
	p = read_it();
	ck_assert(proven_is(p, name, "cc"));
	/* What will be removed is forgotten for good before that, also where there are many. */
	proven_forget(p, name);
	ck_assert_int_eq(proven_write(p), 0);
	proven_free(p);
	p = read_it();
	ck_assert(!proven_is(p, name, "cc"));
	proven_free(p);
	ck_assert_int_eq(proven_write(NULL), 0);
}
END_TEST

/* Whatever has become of the file, all is proven anew, and it is written again. */
START_TEST(damaged)
{
	static const struct {
		const char *text, *said;
	} bad[] = {{"", "proven.json:1: not JSON\n"},
	    {"{\"20261123_020000\": {\"sums\": \"aa\"", "not JSON\n"},
	    {"[1, 2]", "proven.json: not a JSON object\n"}, {"{\"20261123_020000\": 7}", ""},
	    {"{\"20261123_020000\": {\"sums\": 7, \"time\": \"x\", \"failed\": []}}", ""}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct proven *p;
		const char *said;

		unlink("proven.json");
		unit_write("proven.json", bad[i].text);
		unit_catch();
		p = read_it();
		said = unit_caught();
		ck_assert_msg(strstr(said, bad[i].said) != NULL &&
				  (*bad[i].said != '\0' || *said == '\0'),
		    "%s: %s", bad[i].text, said);
		ck_assert(!proven_is(p, "20261123_020000", "aa"));
		ck_assert(!proven_failed(p, "20261123_020000"));
		ck_assert_int_eq(proven_when(p, "20261123_020000"), 0);
		ck_assert_int_eq(proven_note(p, "20261123_020000", "aa"), 0);
		proven_free(p);
		p = read_it();
		ck_assert(proven_is(p, "20261123_020000", "aa"));
		proven_free(p);
	}
}
END_TEST

START_TEST(no_room)
{
	struct proven *p = read_it();
	int rc;

	unit_catch();
	unit_file_limit(4);
	rc = proven_note(p, "20261123_020000", "aa");
	unit_file_limit(0);
	(void)unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	proven_free(p);
	ck_assert_int_ne(access("proven.json", F_OK), 0);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("proven");

	tcase_add_test(cases, it_lasts);
	tcase_add_test(cases, many);
	tcase_add_test(cases, damaged);
	tcase_add_test(cases, no_room);
	return unit_main(cases);
}
