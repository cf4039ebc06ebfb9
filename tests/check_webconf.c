#include "unit.h"

#include <sysexits.h>

#include "base/buf.h"
#include "set/webconf.h"

START_TEST(files)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
	    {"/etc/nginx/nginx.conf", "a\n# ---- not a path\nb\n"},
	    {"/etc/nginx/empty", ""},
	    {"/etc/nginx/no newline at its end", "c"},
	    {"/etc/nginx/last", "# ----\n\n"},
	};
	struct webconf_file f;
	struct webconf *w;

	/* Each as the job writes it: a line, the file, a newline. */
	unit_write("w",
	    "# ---- /etc/nginx/nginx.conf\na\n# ---- not a path\nb\n\n# ---- "
	    "/etc/nginx/empty\n\n"
	    "# ---- /etc/nginx/no newline at its end\nc\n# ---- /etc/nginx/last\n# ----\n\n\n");
	ck_assert_int_eq(webconf_read(".", "w", NULL, &w), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(webconf_file(w, i, &f), 0);
		ck_assert_str_eq(f.path, rows[i].path);
		ck_assert_uint_eq(f.len, strlen(rows[i].text));
		ck_assert(strncmp(f.text, rows[i].text, f.len) == 0);
	}
	ck_assert_int_eq(webconf_file(w, 4, &f), -1);
	webconf_free(w);
}
END_TEST

static const struct {
	const char *text, *words;
} junk[] = {
    {"", "w: no line \"# ---- PATH\" in it"},
    {"# ---- etc/x\n", "w: no line"},
    {"# ---- /etc/../x\na\n", "w: \"/etc/../x\" is not the path of a file"},
    {"# ---- /etc/..\na\n", "\"/etc/..\" is not the path of a file"},
    {"# ---- /etc//x\na\n", "is not the path of a file"},
    {"# ---- /etc/./x\na\n", "is not the path of a file"},
    {"# ---- /\na\n", "is not the path of a file"},
    {"# ---- /etc/x/\na\n", "is not the path of a file"},
    {"# ---- /etc/x\ry\na\n", "is not the path of a file"},
};

START_TEST(refused)
{
	struct webconf *w = NULL;
	const char *said;
	int rc;

	unit_write("w", junk[_i].text);
	unit_catch();
	rc = webconf_read(".", "w", NULL, &w);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_null(w);
	ck_assert_msg(strstr(said, junk[_i].words) != NULL, "it said: %s", said);
}
END_TEST

START_TEST(edges)
{
	struct buf b = {0};
	struct webconf_file f;
	struct webconf *w = NULL;

	ck_assert_int_eq(webconf_read(".", "none", NULL, &w), EX_NOINPUT);
	ck_assert_ptr_null(w);
	webconf_free(NULL);
	/* Cut anywhere: the file that was cut is shorter, nothing else. */
	unit_write("w", "# ---- /a");
	ck_assert_int_eq(webconf_read(".", "w", NULL, &w), 0);
	ck_assert_int_eq(webconf_file(w, 0, &f), 0);
	ck_assert_str_eq(f.path, "/a");
	ck_assert_uint_eq(f.len, 0);
	webconf_free(w);
	/* None is left out, however many there are. */
	for (int i = 0; i < 2000; i++)
		buf_printf(&b, "# ---- /etc/nginx/%d\n%d\n\n", i, i);
	unit_write("w", buf_string(&b));
	ck_assert_int_eq(webconf_read(".", "w", NULL, &w), 0);
	ck_assert_int_eq(webconf_file(w, 1999, &f), 0);
	ck_assert_str_eq(f.path, "/etc/nginx/1999");
	ck_assert_uint_eq(f.len, 5);
	ck_assert_int_eq(webconf_file(w, 2000, &f), -1);
	webconf_free(w);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("webconf");

	tcase_add_test(t, files);
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(junk) / sizeof(junk[0])));
	tcase_add_test(t, edges);
	return unit_main(t);
}
