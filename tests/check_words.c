#include "unit.h"

#include "ship/words.h"

START_TEST(one_by_one)
{
	struct words w = {0};

	words_add(&w, "rsync");
	words_add(&w, "--timeout=%d", 120);
	words_add(&w, "%s", "a b 'c' $d");
	words_add(&w, "%s", "");
	ck_assert_int_eq(w.failed, 0);
	ck_assert_uint_eq(w.count, 4);
	ck_assert_str_eq(w.list[1], "--timeout=120");
	ck_assert_str_eq(w.list[2], "a b 'c' $d");
	ck_assert_str_eq(w.list[3], "");
	ck_assert_ptr_null(w.list[4]);
	words_free(&w);
	ck_assert_uint_eq(w.count, 0);
	words_free(&w);
}
END_TEST

/* A command that is too long is none: it must not run without its end. */
START_TEST(too_many)
{
	struct words w = {0};

	for (int i = 0; i < WORDS_MAX; i++)
		words_add(&w, "%d", i);
	ck_assert_int_eq(w.failed, 0);
	unit_catch();
	words_add(&w, "more");
	words_add(&w, "more");
	ck_assert_ptr_nonnull(strstr(unit_caught(), "no memory for a command\n"));
	ck_assert_int_eq(w.failed, 1);
	ck_assert_ptr_null(w.list[WORDS_MAX]);
	words_free(&w);
	ck_assert_int_eq(w.failed, 0);
}
END_TEST

/* Every word comes through a shell as it was. */
START_TEST(quoted_for_a_shell)
{
	static const char *const texts[] = {"", "plain", "a b", "it's", "''",
	    "\"$HOME\" `id` \\", "new\nline", "-x", "*", "!", "~", "\x80\xff"};
	char command[200], got[100];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *word = words_quote(texts[i]);
		size_t len;
		FILE *p;

		ck_assert_ptr_nonnull(word);
		snprintf(command, sizeof(command), "printf %%s %s", word);
		ck_assert_ptr_nonnull(p = popen(command, "r"));
		len = fread(got, 1, sizeof(got) - 1, p);
		got[len] = '\0';
		ck_assert_int_eq(pclose(p), 0);
		ck_assert_str_eq(got, texts[i]);
		free(word);
	}
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("words");

	tcase_add_test(cases, one_by_one);
	tcase_add_test(cases, too_many);
	tcase_add_test(cases, quoted_for_a_shell);
	return unit_main(cases);
}
