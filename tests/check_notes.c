#include "unit.h"

#include "base/notes.h"

START_TEST(nobody_asked)
{
	unsetenv("SIANTRE_NOTES");
	ck_assert_int_eq(notes_wanted(), 0);
	ck_assert_int_eq(notes_add(json_object()), 0);
	setenv("SIANTRE_NOTES", "", 1);
	ck_assert_int_eq(notes_wanted(), 0);
	ck_assert_int_eq(notes_add(json_object()), 0);
	ck_assert_int_eq(notes_add(NULL), 0);
}
END_TEST

START_TEST(lines_follow_each_other)
{
	json_t *kept = json_pack("{s:s,s:i}", "tool", "siantre-pack", "bytes", 1);

	setenv("SIANTRE_NOTES", "notes", 1);
	ck_assert_int_eq(notes_wanted(), 1);
	json_incref(kept);
	ck_assert_int_eq(notes_add(kept), 0);
	ck_assert_uint_eq(kept->refcount, 1);
	json_decref(kept);
	ck_assert_int_eq(notes_add(json_pack("{s:s}", "tool", "siantre-dump")), 0);
	ck_assert_str_eq(unit_read("notes"),
	    "{\"tool\":\"siantre-pack\",\"bytes\":1}\n{\"tool\":\"siantre-dump\"}\n");
}
END_TEST

START_TEST(failures)
{
	json_t *kept = json_object();

	json_incref(kept);
	setenv("SIANTRE_NOTES", "nowhere/notes", 1);
	unit_catch();
	ck_assert_int_eq(notes_add(kept), -1);
	ck_assert_str_eq(
	    unit_caught(), "check_notes: open nowhere/notes: No such file or directory\n");
	ck_assert_uint_eq(kept->refcount, 1);
	json_decref(kept);

	ck_assert_int_eq(symlink("/dev/null", "link"), 0);
	setenv("SIANTRE_NOTES", "link", 1);
	unit_catch();
	ck_assert_int_eq(notes_add(json_object()), -1);
	ck_assert_str_eq(
	    unit_caught(), "check_notes: open link: Too many levels of symbolic links\n");

	setenv("SIANTRE_NOTES", "/dev/full", 1);
	unit_catch();
	ck_assert_int_eq(notes_add(json_object()), -1);
	ck_assert_str_eq(
	    unit_caught(), "check_notes: write /dev/full: No space left on device\n");

	setenv("SIANTRE_NOTES", "notes", 1);
	unit_catch();
	ck_assert_int_eq(notes_add(NULL), -1);
	ck_assert_str_eq(unit_caught(), "check_notes: note for notes: out of memory\n");
}
END_TEST

static void
text_is(const char *text, const char *want)
{
	json_t *s = notes_text(text);

	ck_assert_str_eq(json_string_value(s), want);
	json_decref(s);
}

START_TEST(any_name_can_be_told)
{
	text_is("", "");
	text_is("caf\xc3\xa9\n\"", "caf\xc3\xa9\n\"");
	text_is("\xff", "\\xff");
	text_is("a\xe2\x82z\x80", "a\\xe2\\x82z\\x80");
}
END_TEST

/* A pipeline's tools write at once: every line is whole. */
START_TEST(many_writers)
{
	char line[256], seen[4][100] = {{0}};
	json_error_t error;
	json_t *o;
	int writer, n, lines = 0;
	pid_t pids[4];
	FILE *f;

	setenv("SIANTRE_NOTES", "many", 1);
	for (writer = 0; writer < 4; writer++) {
		if ((pids[writer] = fork()) == 0) {
			for (n = 0; n < 100; n++)
				if (notes_add(json_pack("{s:i,s:i}", "w", writer, "n", n)) ==
				    -1)
					_exit(1);
			_exit(0);
		}
	}
	for (writer = 0; writer < 4; writer++)
		ck_assert_int_eq(unit_wait(pids[writer]), 0);
	f = fopen("many", "r");
	for (; fgets(line, sizeof(line), f) != NULL; lines++) {
		o = json_loads(line, 0, &error);
		ck_assert_ptr_nonnull(o);
		ck_assert_int_eq(json_unpack(o, "{s:i,s:i}", "w", &writer, "n", &n), 0);
		seen[writer][n]++;
		json_decref(o);
	}
	fclose(f);
	ck_assert_int_eq(lines, 400);
	for (n = 0; n < 400; n++)
		ck_assert_int_eq(seen[n / 100][n % 100], 1);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("notes");

	tcase_add_test(t, nobody_asked);
	tcase_add_test(t, lines_follow_each_other);
	tcase_add_test(t, failures);
	tcase_add_test(t, any_name_can_be_told);
	tcase_add_test(t, many_writers);
	return unit_main(t);
}
