#include <string.h>

#include "sql/grantline.h"
#include "unit.h"

/* SHOW CREATE USER, and what comes of it. */
static const char *const creates[][3] = {
    /* MariaDB */
    {"CREATE USER `a`@`localhost` IDENTIFIED BY PASSWORD '*B690'",
	"CREATE USER IF NOT EXISTS `a`@`localhost` IDENTIFIED BY PASSWORD '*B690';\n", ""},
    {"CREATE USER ``@`10.0.0.%`", "CREATE USER IF NOT EXISTS ``@`10.0.0.%`;\n", ""},
    {"CREATE USER `we``ird' DEFAULT ROLE`@`h_%` IDENTIFIED VIA unix_socket OR ed25519 USING "
     "'x''y' REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5 ACCOUNT LOCK PASSWORD EXPIRE INTERVAL 30 "
     "DAY",
	"CREATE USER IF NOT EXISTS `we``ird' DEFAULT ROLE`@`h_%` IDENTIFIED VIA unix_socket OR "
	"ed25519 USING 'x''y' REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5 ACCOUNT LOCK PASSWORD "
	"EXPIRE INTERVAL 30 DAY;\n",
	""},
    /* MySQL 8: hexadecimal digits, and roles that may not exist yet. */
    {"CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x24412430 REQUIRE NONE "
     "PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT",
	"CREATE USER IF NOT EXISTS `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS "
	"0x24412430 REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY "
	"DEFAULT;\n",
	""},
    {"CREATE USER `a`@`%` IDENTIFIED WITH 'x' AS 0x24 DEFAULT ROLE `r`@`%`,`s, t`@`h` REQUIRE "
     "NONE",
	"CREATE USER IF NOT EXISTS `a`@`%` IDENTIFIED WITH 'x' AS 0x24 REQUIRE NONE;\n",
	"ALTER USER `a`@`%` DEFAULT ROLE `r`@`%`,`s, t`@`h`;\n"},
    {"CREATE USER 'a'@'%' IDENTIFIED WITH 'x' AS 'DEFAULT ROLE' DEFAULT ROLE `r`",
	"CREATE USER IF NOT EXISTS 'a'@'%' IDENTIFIED WITH 'x' AS 'DEFAULT ROLE';\n",
	"ALTER USER 'a'@'%' DEFAULT ROLE `r`;\n"},
};

START_TEST(accounts)
{
	struct buf create = {0}, later = {0};

	ck_assert_int_eq(grantline_create(creates[_i][0], &create, &later), 0);
	ck_assert_str_eq(buf_string(&create), creates[_i][1]);
	ck_assert_str_eq(buf_string(&later), creates[_i][2]);
	buf_free(&create);
	buf_free(&later);
}
END_TEST

START_TEST(what_makes_no_account)
{
	static const char *const none[] = {"", "CREATE", "CREATE ROLE `r`", "CREATE USER",
	    "DROP USER `a`@`b`", "`CREATE` USER `a`"};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_int_eq(grantline_create(none[i], &b, &b), -1);
	ck_assert_uint_eq(b.len, 0);
}
END_TEST

/* SHOW GRANTS for an account. */
static const struct {
	const char *text, *user, *host;
	int kind;
	const char *out, *database;
} grants[] = {
    /* MariaDB: neither the password nor limits of an account that exists are touched. */
    {"GRANT USAGE ON *.* TO `a`@`localhost` IDENTIFIED BY PASSWORD '*B690'", "a", "localhost",
	GRANTLINE_SERVER, "GRANT USAGE ON *.* TO `a`@`localhost`;\n", ""},
    {"GRANT PROCESS, FILE ON *.* TO `a`@`%` IDENTIFIED VIA unix_socket OR x USING 'WITH GRANT "
     "OPTION' REQUIRE SSL WITH GRANT OPTION MAX_QUERIES_PER_HOUR 5",
	"a", "%", GRANTLINE_SERVER,
	"GRANT PROCESS, FILE ON *.* TO `a`@`%` WITH GRANT OPTION;\n", ""},
    {"GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD 'x' WITH MAX_USER_CONNECTIONS 2",
	"a", "%", GRANTLINE_SERVER, "GRANT USAGE ON *.* TO `a`@`%`;\n", ""},
    {"GRANT ALL PRIVILEGES ON `d\\_x%`.* TO `a`@`%` WITH GRANT OPTION", "a", "%",
	GRANTLINE_SERVER, "GRANT ALL PRIVILEGES ON `d\\_x%`.* TO `a`@`%` WITH GRANT OPTION;\n",
	""},
    {"GRANT SELECT (`to`, `on`), INSERT ON `d``b`.`t` TO `a`@`%`", "a", "%", GRANTLINE_OBJECT,
	"GRANT SELECT (`on`, `to`), INSERT ON `d``b`.`t` TO `a`@`%`;\n", "d`b"},
    {"GRANT SELECT (`b`, `a)`, `a`), UPDATE (`z`) ON `d`.`t` TO `a`@`%`", "a", "%",
	GRANTLINE_OBJECT,
	"GRANT SELECT (`a)`, `a`, `b`), UPDATE (`z`) ON `d`.`t` TO `a`@`%`;\n", "d"},
    {"GRANT SELECT (`b`, `a`) ON `d`.`t` TO `s`", "r", "", GRANTLINE_OTHER, "", "d"},
    {"GRANT SELECT (`b`, `a`", "r", "", -1, "", ""},
    {"GRANT EXECUTE ON FUNCTION `d`.`f` TO `a`@`%`", "a", "%", GRANTLINE_OBJECT,
	"GRANT EXECUTE ON FUNCTION `d`.`f` TO `a`@`%`;\n", "d"},
    {"GRANT EXECUTE ON PACKAGE BODY `d`.`f` TO `a`@`%`", "a", "%", GRANTLINE_OBJECT,
	"GRANT EXECUTE ON PACKAGE BODY `d`.`f` TO `a`@`%`;\n", "d"},
    {"GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION", "root", "localhost",
	GRANTLINE_SERVER, "GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION;\n",
	""},
    {"GRANT `r` TO `a`@`%` WITH ADMIN OPTION", "a", "%", GRANTLINE_SERVER,
	"GRANT `r` TO `a`@`%` WITH ADMIN OPTION;\n", ""},
    {"SET DEFAULT ROLE `r` FOR `a`@`%`", "a", "%", GRANTLINE_DEFAULT,
	"SET DEFAULT ROLE `r` FOR `a`@`%`;\n", ""},
    /* The rights of a role come with those of the roles that it has. */
    {"GRANT SELECT ON `d`.* TO `r`", "r", "", GRANTLINE_SERVER,
	"GRANT SELECT ON `d`.* TO `r`;\n", ""},
    {"GRANT SELECT ON `d`.* TO `s`", "r", "", GRANTLINE_OTHER, "", ""},
    {"GRANT SELECT ON `d`.* TO `r`@`%`", "r", "", GRANTLINE_OTHER, "", ""},
    {"GRANT SELECT ON `x`.* TO PUBLIC", "PUBLIC", "", GRANTLINE_SERVER,
	"GRANT SELECT ON `x`.* TO PUBLIC;\n", ""},
    /* MySQL 8 */
    {"GRANT `r`@`%`,`s`@`%` TO `a`@`%` WITH ADMIN OPTION", "a", "%", GRANTLINE_SERVER,
	"GRANT `r`@`%`,`s`@`%` TO `a`@`%` WITH ADMIN OPTION;\n", ""},
    {"GRANT APPLICATION_PASSWORD_ADMIN,BACKUP_ADMIN ON *.* TO `a`@`%` WITH GRANT OPTION", "a",
	"%", GRANTLINE_SERVER,
	"GRANT APPLICATION_PASSWORD_ADMIN,BACKUP_ADMIN ON *.* TO `a`@`%` WITH GRANT OPTION;\n",
	""},
    {"REVOKE INSERT ON `mysql`.* FROM `a`@`%`", "a", "%", GRANTLINE_SERVER,
	"REVOKE INSERT ON `mysql`.* FROM `a`@`%`;\n", ""},
    {"GRANT ALTER ROUTINE ON PROCEDURE `d`.`p` TO `a`@`%` WITH GRANT OPTION", "a", "%",
	GRANTLINE_OBJECT,
	"GRANT ALTER ROUTINE ON PROCEDURE `d`.`p` TO `a`@`%` WITH GRANT OPTION;\n", "d"},
    /* MySQL 5.7 */
    {"GRANT SELECT ON `d`.`t` TO 'a'@'%'", "a", "%", GRANTLINE_OBJECT,
	"GRANT SELECT ON `d`.`t` TO 'a'@'%';\n", "d"},
    {"GRANT SELECT ON *.* TO `a``'`@`%`", "a`'", "%", GRANTLINE_SERVER,
	"GRANT SELECT ON *.* TO `a``'`@`%`;\n", ""},
    {"DROP USER `a`@`%`", "a", "%", -1, "", ""},
    {"GRANT SELECT ON *.*", "a", "%", -1, "", ""},
    {"GRANT SELECT ON *.* TO", "a", "%", -1, "", ""},
    {"", "a", "%", -1, "", ""},
};

START_TEST(rights)
{
	char database[GRANTLINE_NAME];
	struct buf b = {0};

	ck_assert_int_eq(
	    grantline_add(grants[_i].text, grants[_i].user, grants[_i].host, &b, database),
	    grants[_i].kind);
	ck_assert_str_eq(buf_string(&b), grants[_i].out);
	ck_assert_str_eq(database, grants[_i].database);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("grantline");

	tcase_add_loop_test(tc, accounts, 0, (int)(sizeof(creates) / sizeof(creates[0])));
	tcase_add_test(tc, what_makes_no_account);
	tcase_add_loop_test(tc, rights, 0, (int)(sizeof(grants) / sizeof(grants[0])));
	return unit_main(tc);
}
