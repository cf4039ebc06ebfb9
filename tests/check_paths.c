/* tests/check_paths.c: names in archives, and lists of paths. */
#include <sysexits.h>

#include "tar/paths.h"
#include "unit.h"

static const struct {
	const char *path;
	const char *name; /* NULL: refused */
} rows[] = {
    {"a", "a"},
    {"./a//b/./c/", "a/b/c"},
    {"/etc/nginx", "etc/nginx"},
    {"///", "."},
    {"/", "."},
    {".", "."},
    {"./.", "."},
    {"", "."},
    {".a/..b/c..", ".a/..b/c.."},
    {"...", "..."},
    {" ", " "},
    {"\xff\n", "\xff\n"},
    {"..", NULL},
    {"a/..", NULL},
    {"a/../b", NULL},
    {"/..", NULL},
    {"./../", NULL},
};

START_TEST(names)
{
	char out[64], same[64];
	int code = rows[_i].name != NULL ? 0 : EX_USAGE;

	unit_quiet();
	ck_assert_int_eq(paths_clean(rows[_i].path, out), code);
	snprintf(same, sizeof(same), "%s", rows[_i].path);
	if (*same != '\0')
		ck_assert_int_eq(paths_clean(same, same), code);
	if (code != 0 || *same == '\0')
		return;
	ck_assert_str_eq(out, rows[_i].name);
	ck_assert_str_eq(same, rows[_i].name);
}
END_TEST

/* The list of ${len} bytes at ${text}, joined with commas; the exit code is in ${*rc}. */
static const char *
list_of(const char *text, size_t len, bool nul, int *rc)
{
	static char joined[4096];
	struct paths p;
	FILE *f = fopen("list", "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
	joined[0] = '\0';
	*rc = paths_read("list", nul, &p);
	for (size_t i = 0; *rc == 0 && p.list[i] != NULL; i++) {
		if (i > 0)
			strcat(joined, ",");
		strcat(joined, p.list[i]);
	}
	paths_free(&p);
	paths_free(&p);
	return joined;
}

static const struct {
	const char *text;
	const char *list;
} lists[] = {
    {"b\na\n", "a,b"},
    {"a", "a"},
    {"\n\na\n\n", "a"},
    {"./b/\nb\n.//b\n", "b"},
    {"a/x\na\nb\n", "a,b"},
    {"a-\na/x\na.c\na/y\n", "a/x,a/y,a-,a.c"},
    {"a-\na\na/y\n", "a,a-"},
    {"ab\na\nabc\n", "a,ab,abc"},
    {"a\n.\nb\n/etc\n", ".,/etc"},
    {"/etc/x\n/etc\n-x\n/\n", "-x,/"},
    {"/\n", "/"},
    {"//.//\n", "/"},
    {"/./etc//x/\n", "/etc/x"},
    {" a\r\n", " a\r"},
    {"\xff\na\n", "a,\xff"},
};

START_TEST(sorted_and_none_twice)
{
	int rc;
	const char *list = list_of(lists[_i].text, strlen(lists[_i].text), false, &rc);

	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(list, lists[_i].list);
}
END_TEST

START_TEST(with_nul)
{
	int rc;

	ck_assert_str_eq(list_of("b\nc\0\0a\0", 7, true, &rc), "a,b\nc");
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(list_of("b\0a", 3, true, &rc), "a,b");
	ck_assert_int_eq(rc, 0);
}
END_TEST

START_TEST(however_long)
{
	static char text[400000];
	struct paths p;
	size_t len = 0;
	FILE *f = fopen("list", "we");

	/* Downwards, so that the sort has something to do. */
	for (int i = 49999; i >= 0; i--)
		len += (size_t)sprintf(text + len, "%05d\n", i);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	fclose(f);
	ck_assert_int_eq(paths_read("list", false, &p), 0);
	for (int i = 0; i < 50000; i++)
		ck_assert_int_eq(atoi(p.list[i]), i);
	ck_assert_ptr_null(p.list[50000]);
	paths_free(&p);
}
END_TEST

START_TEST(bad)
{
	struct paths p;
	int rc;

	unit_quiet();
	list_of("", 0, false, &rc);
	ck_assert_int_eq(rc, EX_DATAERR);
	list_of("\n\n", 2, false, &rc);
	ck_assert_int_eq(rc, EX_DATAERR);
	list_of("\0\0", 2, true, &rc);
	ck_assert_int_eq(rc, EX_DATAERR);
	list_of("a\0b\n", 4, false, &rc);
	ck_assert_int_eq(rc, EX_DATAERR);
	list_of("a\n../b\n", 7, false, &rc);
	ck_assert_int_eq(rc, EX_USAGE);
	list_of("/..\n", 4, false, &rc);
	ck_assert_int_eq(rc, EX_USAGE);
	ck_assert_int_eq(paths_read("no such", false, &p), EX_IOERR);
	ck_assert_ptr_null(p.list);
	ck_assert_int_eq(paths_read(".", false, &p), EX_IOERR);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("paths");

	tcase_add_loop_test(t, names, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(
	    t, sorted_and_none_twice, 0, (int)(sizeof(lists) / sizeof(lists[0])));
	tcase_add_test(t, with_nul);
	tcase_add_test(t, however_long);
	tcase_add_test(t, bad);
	return unit_main(t);
}
