#include "unit.h"

#include "base/json.h"

static void
line_is(json_t *value, const char *want)
{
	size_t len;
	char *line = json_line(value, &len);

	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, want);
	ck_assert_uint_eq(len, strlen(want));
	free(line);
	json_decref(value);
}

START_TEST(lines)
{
	json_t *o = json_object();

	line_is(json_object(), "{}\n");
	line_is(json_null(), "null\n");
	json_object_set_new(o, "z", json_integer(1));
	json_object_set_new(o, "a", json_real(41.2));
	json_object_set_new(o, "m", json_string("\xc3\xa9 \"\\/"));
	line_is(o, "{\"z\":1,\"a\":41.2,\"m\":\"\xc3\xa9 \\\"\\\\/\"}\n");
	/* Control characters, the last two of them in two bytes; their neighbours stay. */
	line_is(json_string("\x01\n\r\t\x1b\x7f~\xc2\x80\xc2\x9f\xc2\xa0"),
	    "\"\\u0001\\n\\r\\t\\u001B\\u007F~\\u0080\\u009F\xc2\xa0\"\n");
	line_is(json_stringn("a\0b", 3), "\"a\\u0000b\"\n");
}
END_TEST

START_TEST(texts)
{
	line_is(json_text(""), "\"\"\n");
	line_is(json_text("a\xff\xe2\x82z"), "\"a\xef\xbf\xbd\xef\xbf\xbdz\"\n");
}
END_TEST

/* What is written goes to the end, and half of what does not fit goes away again. */
START_TEST(appended)
{
	int fd = open("lines", O_WRONLY | O_APPEND | O_CREAT, 0600), rc, error;

	ck_assert_int_eq(json_append(fd, "one\n", 4), 0);
	ck_assert_int_eq(json_append(fd, "two\n", 4), 0);
	unit_file_limit(10);
	rc = json_append(fd, "three\n", 6);
	error = errno;
	unit_file_limit(0);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(error, ENOSPC);
	ck_assert_str_eq(unit_read("lines"), "one\ntwo\n");
	ck_assert_int_eq(json_append(-1, "four\n", 5), -1);
	ck_assert_int_eq(errno, EBADF);
	close(fd);
}
END_TEST

START_TEST(reads)
{
	json_t *o;
	char *text;
	int at = 0;

	ck_assert_ptr_nonnull(o = json_read("{\"a\": 1}xyz", 8, JSON_REJECT_DUPLICATES, NULL));
	ck_assert_ptr_nonnull(text = json_format(o, JSON_COMPACT));
	ck_assert_str_eq(text, "{\"a\":1}");
	free(text);
	json_decref(o);
	ck_assert_ptr_null(json_read("{\n\"a\": }", 9, 0, &at));
	ck_assert_int_eq(errno, EBADMSG);
	ck_assert_int_eq(at, 2);
	ck_assert_ptr_null(json_read("{\"a\":1,\"a\":2}", 13, JSON_REJECT_DUPLICATES, NULL));
	ck_assert_int_eq(errno, EBADMSG);
	ck_assert(!json_starved());
	ck_assert_ptr_null(json_format(NULL, 0));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("json");

	tcase_add_test(t, lines);
	tcase_add_test(t, texts);
	tcase_add_test(t, appended);
	tcase_add_test(t, reads);
	return unit_main(t);
}
