/*
 * The syntax itself is tested in 10-dotenv.bats, against the parser that Laravel uses.
 */
#include "unit.h"

#include "base/dotenv.h"

static struct dotenv *
parse(const char *text)
{
	return dotenv_parse(text, strlen(text), "x.env");
}

START_TEST(values)
{
	struct dotenv *d = parse("B=2\nA='1'\nEMPTY=\nB=\"two\"\nC=${A}${B}\nGONE=1\nGONE\n");

	ck_assert_ptr_nonnull(d);
	ck_assert_str_eq(dotenv_get(d, "A"), "1");
	ck_assert_str_eq(dotenv_get(d, "B"), "two");
	ck_assert_str_eq(dotenv_get(d, "C"), "1two");
	ck_assert_str_eq(dotenv_get(d, "EMPTY"), "");
	ck_assert_ptr_null(dotenv_get(d, "GONE"));
	ck_assert_ptr_null(dotenv_get(d, "a"));
	ck_assert_ptr_null(dotenv_get(d, ""));
	ck_assert_ptr_null(dotenv_get(d, "AA"));
	ck_assert_str_eq(dotenv_key(d, 0), "B");
	ck_assert_str_eq(dotenv_key(d, 1), "A");
	ck_assert_str_eq(dotenv_key(d, 2), "EMPTY");
	ck_assert_str_eq(dotenv_key(d, 3), "C");
	ck_assert_ptr_null(dotenv_key(d, 4));
	ck_assert_ptr_null(dotenv_key(d, 100));
	dotenv_free(d);
	dotenv_free(NULL);
}
END_TEST

START_TEST(nothing)
{
	struct dotenv *d = dotenv_parse(NULL, 0, "x.env");

	ck_assert_ptr_nonnull(d);
	ck_assert_ptr_null(dotenv_key(d, 0));
	ck_assert_ptr_null(dotenv_get(d, "A"));
	dotenv_free(d);
}
END_TEST

/* Exactly ${len} bytes are looked at. */
START_TEST(no_terminator)
{
	struct dotenv *d = dotenv_parse("A=12345", 4, "x.env");

	ck_assert_str_eq(dotenv_get(d, "A"), "12");
	dotenv_free(d);
}
END_TEST

START_TEST(refusals)
{
	unit_catch();
	ck_assert_ptr_null(parse("A=1\nB=one two\n"));
	ck_assert_ptr_null(parse("A=1\n\n=2\n"));
	ck_assert_ptr_null(parse("A='1\n"));
	ck_assert_ptr_null(parse("A=\"\\q\"\n"));
	ck_assert_ptr_null(parse("A B=\n"));
	ck_assert_ptr_null(dotenv_parse("A=1\nB=\0002\n", 10, "x.env"));
	ck_assert_str_eq(unit_caught(),
	    "check_dotenv: x.env:2: text behind the value (one with spaces needs quotes)\n"
	    "check_dotenv: x.env:3: no name before the equals sign\n"
	    "check_dotenv: x.env:1: missing closing quote\n"
	    "check_dotenv: x.env:1: unknown escape between double quotes\n"
	    "check_dotenv: x.env:1: a name has only letters, digits, _ and .\n"
	    "check_dotenv: x.env:2: a NUL byte\n");
}
END_TEST

START_TEST(descriptors)
{
	struct dotenv *d;
	int fd;

	unit_write("file", "A=1\n");
	fd = open("file", O_RDONLY);
	ck_assert_ptr_nonnull(d = dotenv_read(fd, "file"));
	ck_assert_str_eq(dotenv_get(d, "A"), "1");
	dotenv_free(d);
	close(fd);
	unit_catch();
	ck_assert_ptr_null(dotenv_read(-1, "file"));
	fd = open("/dev/zero", O_RDONLY);
	ck_assert_ptr_null(dotenv_read(fd, "/dev/zero"));
	close(fd);
	fd = open(".", O_RDONLY);
	ck_assert_ptr_null(dotenv_read(fd, "."));
	close(fd);
	ck_assert_str_eq(unit_caught(), "check_dotenv: read file: Bad file descriptor\n"
					"check_dotenv: /dev/zero: larger than 1 MiB\n"
					"check_dotenv: read .: Is a directory\n");
}
END_TEST

/* Every prefix of a file with everything in it is read or refused, without a slip. */
START_TEST(prefixes)
{
	static const char text[] =
	    "\xef\xbb\xbf# c\r\nexport AB='x' # c\nC=\"a\\n\\\"${AB}\nb\\\\\"\n"
	    "\"Q\"=${A${AB}} \xe2\x82\xac\xff\nU\nC2=$$${C}\n";
	struct dotenv *d;
	char *exact;
	size_t len;

	unit_catch();
	for (len = 0; len < sizeof(text); len++) {
		exact = malloc(len == 0 ? 1 : len);
		memcpy(exact, text, len);
		d = dotenv_parse(exact, len, "x.env");
		if (d != NULL && dotenv_get(d, "AB") != NULL)
			ck_assert_ptr_nonnull(dotenv_key(d, 0));
		dotenv_free(d);
		free(exact);
	}
	unit_caught();
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("dotenv");

	tcase_add_test(t, values);
	tcase_add_test(t, nothing);
	tcase_add_test(t, no_terminator);
	tcase_add_test(t, refusals);
	tcase_add_test(t, descriptors);
	tcase_add_test(t, prefixes);
	return unit_main(t);
}
