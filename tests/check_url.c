#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "sql/url.h"

/* "scheme|user|password|host|port|database|socket", "-" for NULL; the caller frees it. */
static char *
split(const char *text)
{
	char *copy = strdup(text), *all = calloc(1, 512);
	struct url u;
	const char *parts[7];

	ck_assert_int_eq(url_split(copy, &u), 0);
	parts[0] = u.scheme;
	parts[1] = u.user;
	parts[2] = u.password;
	parts[3] = u.host;
	parts[4] = u.port;
	parts[5] = u.database;
	parts[6] = u.socket;
	for (int i = 0; i < 7; i++) {
		strcat(all, parts[i] != NULL ? parts[i] : "-");
		strcat(all, i < 6 ? "|" : "");
	}
	free(copy);
	return all;
}

START_TEST(urls)
{
	static const char *const table[][2] = {
	    {"mysql://u:p@h:3307/d", "mysql|u|p|h|3307|d|-"},
	    {"mariadb://h", "mariadb|-|-|h|-|-|-"},
	    {"mysql://u@h/d", "mysql|u|-|h|-|d|-"},
	    {"mysql://u:@h/d", "mysql|u||h|-|d|-"},
	    {"mysql://u:a@b:c%2Fd%25@h/d", "mysql|u|a@b:c/d%|h|-|d|-"},
	    {"mysql://u:p@[::1]:3306/d", "mysql|u|p|::1|3306|d|-"},
	    {"mysql://[::1]/d", "mysql|-|-|::1|-|d|-"},
	    {"mysql://u:p@/d?charset=utf8&unix_socket=/run/my%20sql.sock&x=1",
		"mysql|u|p|-|-|d|/run/my sql.sock"},
	    {"mysql:///d?unix_socket=", "mysql|-|-|-|-|d|-"},
	    {"mysql://u:%zz%4@h/", "mysql|u|%zz%4|h|-|-|-"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char *got = split(table[i][0]);

		ck_assert_str_eq(got, table[i][1]);
		free(got);
	}
}
END_TEST

START_TEST(what_is_none)
{
	char none[] = "siantre", scheme[] = "://h", nul[] = "mysql://u:pa%00ss@h/d";
	struct url u;

	ck_assert_int_eq(url_split(none, &u), -1);
	ck_assert_int_eq(url_split(scheme, &u), -1);
	ck_assert_int_eq(url_split(nul, &u), -1);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("url");

	tcase_add_test(t, urls);
	tcase_add_test(t, what_is_none);
	return unit_main(t);
}
