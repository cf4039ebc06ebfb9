#include "drill/envlogin.h"
#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "drill/given.h"

static void
becomes(const char *env, const char *options)
{
	struct stat st;

	unit_write("env", env);
	ck_assert_int_eq(envlogin_write("env", "options"), 0);
	ck_assert_str_eq(unit_read("options"), options);
	ck_assert_int_eq(stat("options", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}

START_TEST(keys)
{
	becomes("DB_HOST=127.0.0.1\nDB_PORT=3307\nDB_DATABASE=d\nDB_USERNAME=u\nDB_PASSWORD=\n",
	    "[client]\nhost=\"127.0.0.1\"\nport=\"3307\"\nuser=\"u\"\n");
	/* The socket wins, as in Laravel. */
	becomes("DB_HOST=127.0.0.1\nDB_SOCKET=/run/x\nDB_USERNAME=u\n",
	    "[client]\nsocket=\"/run/x\"\nuser=\"u\"\n");
	becomes("DB_USERNAME='a\"b\\c'\nDB_PASSWORD=\"x # \\$y\\n\\\"z'\"\n",
	    "[client]\nuser=\"a\\\"b\\\\c\"\npassword=\"x # $y\\n\\\"z'\"\n");
	becomes("DB_USERNAME=u\nDB_HOST=old\nDB_URL=mysql://v:p%40w@h:33/d?unix_socket=/s\n",
	    "[client]\nsocket=\"/s\"\nport=\"33\"\nuser=\"v\"\npassword=\"p@w\"\n");
	becomes("DATABASE_URL=mariadb://v@h/d\n", "[client]\nhost=\"h\"\nuser=\"v\"\n");
}
END_TEST

START_TEST(what_is_no_login)
{
	unit_catch();
	ck_assert_int_eq(envlogin_write("none", "options"), EX_CONFIG);
	ck_assert_int_eq(envlogin_write(".", "options"), EX_CONFIG);
	unit_write("env", "APP_KEY=x\n");
	ck_assert_int_eq(envlogin_write("env", "options"), EX_CONFIG);
	unit_write("env", "DB_URL=pgsql://geheim@h/d\n");
	ck_assert_int_eq(envlogin_write("env", "options"), EX_CONFIG);
	ck_assert_int_eq(symlink("env", "link"), 0);
	ck_assert_int_eq(envlogin_write("link", "options"), EX_CONFIG);
	const char *said = unit_caught();

	ck_assert_ptr_nonnull(strstr(said, "none: No such file"));
	ck_assert_ptr_nonnull(strstr(said, ".: not a regular file"));
	ck_assert_ptr_nonnull(strstr(said, "env: no DB_USERNAME, DB_HOST or other DB_ key"));
	ck_assert_ptr_nonnull(strstr(said, "env: DB_URL is not of the form"));
	ck_assert_ptr_null(strstr(said, "geheim"));
	ck_assert_int_ne(access("options", F_OK), 0);
}
END_TEST

START_TEST(names)
{
	char name[GIVEN_NAME];

	for (int i = 0; i < 100; i++) {
		given_name(name);
		ck_assert(given_is_name(name));
	}
	ck_assert(!given_is_name("siantre"));
	ck_assert(!given_is_name("siantre_drill_"));
	ck_assert(!given_is_name("siantre_drill_0123456"));
	ck_assert(!given_is_name("siantre_drill_012345678"));
	ck_assert(!given_is_name("siantre_drill_0123456g"));
	ck_assert(!given_is_name("siantre_drill_01234`67"));
	ck_assert(given_is_name("siantre_drill_01234567"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("envlogin");

	tcase_add_test(t, keys);
	tcase_add_test(t, what_is_no_login);
	tcase_add_test(t, names);
	return unit_main(t);
}
