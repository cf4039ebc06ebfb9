#include <string.h>

#include "db/grants.h"
#include "db/needs.h"
#include "unit.h"

#define SHOW GRANTS_SHOW_VIEW
#define USUAL \
	(GRANTS_SELECT | GRANTS_SHOW_VIEW | GRANTS_TRIGGER | GRANTS_EVENT | GRANTS_LOCK_TABLES)

static struct grants *
make_of(const char *account, const char *const *lines)
{
	struct grants *g = grants_new(account, false, false);

	for (; *lines != NULL; lines++)
		ck_assert_int_eq(grants_add(g, *lines), 0);
	return g;
}

#define make(account, ...) make_of(account, (const char *const[]){__VA_ARGS__, NULL})

/* The rights that ${line} alone gives on ${table} of ${database}. */
static unsigned int
rights(const char *line, const char *database, const char *table)
{
	struct grants *g = make("u@h", line);
	unsigned int found = grants_on(g, database, table);

	grants_free(g);
	return found;
}

static const char *
statement(struct grants *g, const char *database, const char *table)
{
	static struct buf b;

	buf_reset(&b, 0);
	grants_statement(g, "TRIGGER", database, table, &b);
	return buf_string(&b);
}

static const struct {
	const char *line;
	unsigned int global, database, table; /* on everything, on `a_b`, on `a_b`.`t` */
} lines[] = {
    /* MariaDB */
    {"GRANT USAGE ON *.* TO `u`@`h`", 0, 0, 0},
    {"GRANT ALL PRIVILEGES ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*6BB4837' WITH GRANT "
     "OPTION",
	GRANTS_ALL, GRANTS_ALL, GRANTS_ALL},
    {"GRANT ALL PRIVILEGES ON `a_b`.* TO `u`@`h`", 0, GRANTS_ALL, GRANTS_ALL},
    {"GRANT SELECT, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER ON `a\\_b`.* TO `u`@`h`", 0, USUAL,
	USUAL},
    {"GRANT SELECT, INSERT, CREATE VIEW ON `a_b`.* TO `u`@`h` REQUIRE SSL WITH GRANT OPTION", 0,
	GRANTS_SELECT, GRANTS_SELECT},
    {"GRANT SHOW VIEW, DELETE HISTORY ON `a_b`.`t` TO `u`@`h`", 0, 0, SHOW},
    {"GRANT SELECT (`x`, `y)`), INSERT (`z`), TRIGGER ON `a_b`.`t` TO `u`@`h`", 0, 0,
	GRANTS_TRIGGER},
    {"GRANT EXECUTE ON PROCEDURE `a_b`.`t` TO `u`@`h`", 0, 0, 0},
    {"GRANT EXECUTE, ALTER ROUTINE ON FUNCTION `a_b`.`t` TO `u`@`h`", 0, 0, 0},
    {"GRANT EXECUTE ON PACKAGE BODY `a_b`.`t` TO `u`@`h`", 0, 0, 0},
    {"GRANT EXECUTE ON `a_b`.* TO `u`@`h`", 0, GRANTS_ROUTINE, GRANTS_ROUTINE},
    {"GRANT SHOW CREATE ROUTINE ON `a_b`.* TO `u`@`h`", 0, GRANTS_ROUTINE, GRANTS_ROUTINE},
    {"GRANT PROXY ON ``@`%` TO `u`@`h` WITH GRANT OPTION", 0, 0, 0},
    {"GRANT `r2` TO `u`@`h` WITH ADMIN OPTION", 0, 0, 0},
    {"SET DEFAULT ROLE `select` FOR `u`@`h`", 0, 0, 0},
    {"GRANT TRIGGER ON `a_b`.* TO `r1`", 0, GRANTS_TRIGGER, GRANTS_TRIGGER},
    {"GRANT EVENT ON `a_b`.* TO PUBLIC", 0, GRANTS_EVENT, GRANTS_EVENT},
    /* MySQL */
    {"GRANT SELECT, RELOAD, SHOW DATABASES, SHOW VIEW ON *.* TO `u`@`h`",
	GRANTS_SELECT | GRANTS_SHOW_DATABASES | SHOW,
	GRANTS_SELECT | GRANTS_SHOW_DATABASES | SHOW,
	GRANTS_SELECT | GRANTS_SHOW_DATABASES | SHOW},
    {"GRANT BACKUP_ADMIN,SHOW_ROUTINE,XA_RECOVER_ADMIN ON *.* TO `u`@`h`", GRANTS_ROUTINE,
	GRANTS_ROUTINE, GRANTS_ROUTINE},
    {"GRANT `r1`@`%`,`r2`@`%` TO `u`@`h`", 0, 0, 0},
    {"GRANT SELECT ON 'a_b'.* TO 'u'@'h'", 0, GRANTS_SELECT, GRANTS_SELECT},
    /* cut or strange */
    {"GRANT SELECT", 0, 0, 0},
    {"GRANT SELECT ON", 0, 0, 0},
    {"GRANT SELECT ON `a_b`", 0, 0, 0},
    {"GRANT SELECT (`x`", 0, 0, 0},
    {"GRANT SELECT (`x` ON *.* TO `u`@`h`", 0, 0, 0},
    {"", 0, 0, 0},
};

START_TEST(lines_of_both_servers)
{
	ck_assert_uint_eq(rights(lines[_i].line, NULL, NULL), lines[_i].global);
	ck_assert_uint_eq(rights(lines[_i].line, "a_b", NULL), lines[_i].database);
	ck_assert_uint_eq(rights(lines[_i].line, "a_b", "t"), lines[_i].table);
	ck_assert_uint_eq(rights(lines[_i].line, "A_B", "t"), lines[_i].global);
	ck_assert_uint_eq(rights(lines[_i].line, "a_", "t"), lines[_i].global);
}
END_TEST

static const struct {
	const char *pattern, *name;
	bool matches;
} patterns[] = {
    {"a", "a", true},
    {"a", "ab", false},
    {"ab", "a", false},
    {"a_b", "a_b", true},
    {"a_b", "axb", true},
    {"a_b", "aéb", true},
    {"a_b", "a😀b", true},
    {"a_b", "ab", false},
    {"a\\_b", "a_b", true},
    {"a\\_b", "axb", false},
    {"%", "a", true},
    {"a%", "a", true},
    {"a%", "ba", false},
    {"%b%", "abab", true},
    {"a%b", "abac", false},
    {"a\\%", "a%", true},
    {"a\\%", "ab", false},
    {"a\\\\b", "a\\b", true},
    {"a``b", "a`b", true},
    {"a\\", "a\\", true},
    {"_", "", false},
};

START_TEST(wildcards_and_escapes)
{
	char line[100];

	snprintf(line, sizeof(line), "GRANT SELECT ON `%s`.* TO `u`@`h`", patterns[_i].pattern);
	ck_assert_uint_eq(
	    rights(line, patterns[_i].name, NULL), patterns[_i].matches ? GRANTS_SELECT : 0);
	/* On a table the name is a name. */
	snprintf(
	    line, sizeof(line), "GRANT SELECT ON `%s`.`t` TO `u`@`h`", patterns[_i].pattern);
	ck_assert_uint_eq(rights(line, patterns[_i].name, "t"),
	    strcmp(patterns[_i].pattern, patterns[_i].name) == 0 ||
		    strcmp(patterns[_i].name, "a`b") == 0
		? GRANTS_SELECT
		: 0);
}
END_TEST

/* The server takes one pattern of an account, and adds what it took for its roles. */
START_TEST(one_pattern_an_account)
{
	struct grants *g = make("u@h", "GRANT SELECT ON `ap%`.* TO `u`@`h`",
	    "GRANT TRIGGER ON `app`.* TO `u`@`h`", "GRANT EVENT ON `app`.* TO `r`",
	    "GRANT SHOW VIEW ON `a%`.* TO `r2`", "GRANT LOCK TABLES ON `app`.* TO PUBLIC",
	    "GRANT SELECT, EVENT ON `xy%`.* TO `u`@`h`",
	    "GRANT TRIGGER, SELECT ON `%z`.* TO `u`@`h`", "GRANT INSERT ON `apt`.* TO `u`@`h`");

	ck_assert_uint_eq(
	    grants_on(g, "app", NULL), GRANTS_TRIGGER | GRANTS_EVENT | GRANTS_LOCK_TABLES);
	ck_assert_uint_eq(grants_on(g, "apps", NULL), GRANTS_SELECT | GRANTS_SHOW_VIEW);
	ck_assert_uint_eq(grants_on(g, "apt", NULL), GRANTS_SHOW_VIEW);
	ck_assert_uint_eq(grants_on(g, "xyz", NULL), GRANTS_SELECT);
	ck_assert_uint_eq(grants_on(g, "xyy", NULL), GRANTS_SELECT | GRANTS_EVENT);
	grants_free(g);
}
END_TEST

START_TEST(partial_revokes)
{
	struct grants *g = make("u@h", "GRANT SELECT, TRIGGER, EVENT ON *.* TO `u`@`h`",
	    "REVOKE SELECT, EVENT ON `a_b`.* FROM `u`@`h`",
	    "GRANT SHOW VIEW ON `c_d`.* TO `u`@`h`");

	ck_assert_uint_eq(grants_on(g, "a_b", NULL), GRANTS_TRIGGER);
	/* With them, a wildcard is a letter. */
	ck_assert_uint_eq(
	    grants_on(g, "axb", NULL), GRANTS_SELECT | GRANTS_TRIGGER | GRANTS_EVENT);
	ck_assert_uint_eq(grants_on(g, "c_d", NULL) & SHOW, SHOW);
	ck_assert_uint_eq(grants_on(g, "cxd", NULL) & SHOW, 0);
	grants_free(g);
}
END_TEST

START_TEST(names_without_case)
{
	struct grants *g = grants_new("u@h", true, false);

	grants_add(g, "GRANT SELECT ON `app`.* TO `u`@`h`");
	grants_add(g, "GRANT EVENT, TRIGGER ON `app`.`t` TO `u`@`h`");
	ck_assert_uint_eq(grants_on(g, "App", NULL), GRANTS_SELECT);
	ck_assert_uint_eq(
	    grants_on(g, "APP", "T"), GRANTS_SELECT | GRANTS_EVENT | GRANTS_TRIGGER);
	grants_free(g);
}
END_TEST

START_TEST(what_is_known)
{
	struct grants *g = make("u@h", "GRANT USAGE ON *.* TO `u`@`h`",
	    "GRANT SELECT ON `a%`.* TO `r`", "GRANT SELECT ON `b`.`t` TO `u`@`h`");

	ck_assert(grants_known(g, "app"));
	ck_assert(grants_known(g, "b"));
	ck_assert(!grants_known(g, "c"));
	ck_assert_int_eq(grants_add(g, "GRANT PROCESS, SHOW DATABASES ON *.* TO `u`@`h`"), 0);
	ck_assert(!grants_known(g, "c"));
	ck_assert_int_eq(grants_add(g, "GRANT EXECUTE ON PROCEDURE `c`.`p` TO `u`@`h`"), 0);
	ck_assert(!grants_known(g, "c"));
	ck_assert_int_eq(grants_add(g, "GRANT EVENT ON *.* TO `u`@`h`"), 0);
	ck_assert(grants_known(g, "c"));
	grants_free(g);
}
END_TEST

START_TEST(statements_name_what_the_server_looks_at)
{
	struct grants *g = make("o'd `@x\\@%", "GRANT SELECT ON `sh\\_op`.* TO `u`@`h`",
	    "GRANT SELECT ON `shop_1`.* TO `u`@`h`", "GRANT SELECT ON `r%`.* TO `role`");

	ck_assert_str_eq(statement(g, "a_b%c\\d`e", NULL),
	    "GRANT TRIGGER ON `a\\_b\\%c\\\\d``e`.* TO 'o\\'d `@x\\\\'@'%'");
	/* The pattern that gives the account what it has there. */
	ck_assert_ptr_nonnull(strstr(statement(g, "sh_op", NULL), " ON `sh\\_op`.* TO "));
	ck_assert_ptr_nonnull(strstr(statement(g, "shop_1", NULL), " ON `shop_1`.* TO "));
	/* That of a role is no account's. */
	ck_assert_ptr_nonnull(strstr(statement(g, "r_x", NULL), " ON `r\\_x`.* TO "));
	ck_assert_ptr_nonnull(strstr(statement(g, "a_b", "c_`d"), " ON `a_b`.`c_``d` TO "));
	ck_assert_ptr_nonnull(strstr(statement(g, NULL, NULL), " ON *.* TO "));
	grants_free(g);
}
END_TEST

/* --- what a dump needs --- */

static char shop[] = "shop", shirts[] = "shirts", top[] = "top", log_name[] = "log",
	    shirts_label[] = "table `shop`.`shirts`", top_label[] = "view `shop`.`top`",
	    log_label[] = "table `shop`.`log`";
static struct table tables[] = {
    {.database = shop,
	.name = shirts,
	.label = shirts_label,
	.kind = CATALOGUE_TABLE,
	.transactional = true,
	.rows = true},
    {.database = shop, .name = top, .label = top_label, .kind = CATALOGUE_VIEW},
    {.database = shop,
	.name = log_name,
	.label = log_label,
	.kind = CATALOGUE_TABLE,
	.rows = true},
};

static struct buf told;

static int
note(void *ctx, bool fatal, const char *text, const char *grant)
{
	(void)ctx;
	buf_printf(&told, "%s%s\n%s%s", fatal ? "" : "perhaps ", text,
	    grant != NULL ? grant : "", grant != NULL ? "\n" : "");
	return 0;
}

/* What is told of a dump of the first ${n} tables, with ${g}, which is freed. */
static const char *
needs(struct grants *g, size_t n, const struct selection *s, bool definitions)
{
	struct catalogue c = {.database = shop, .tables = tables, .ntables = n};

	buf_reset(&told, 0);
	ck_assert_int_eq(needs_list(g, &c, s, definitions, note, NULL), 0);
	grants_free(g);
	return buf_string(&told);
}

static const struct selection whole;

START_TEST(five_rights_are_enough)
{
	ck_assert_str_eq(needs(make("u@h",
				   "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON "
				   "`shop`.* TO `u`@`h`",
				   "GRANT SELECT ON `mysql`.`proc` TO `u`@`h`"),
			     3, &whole, true),
	    "");
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT ALL PRIVILEGES ON `shop`.* TO `u`@`h`"), 3, &whole, true),
	    "");
	ck_assert_str_eq(needs(make("u@h", "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK "
					   "TABLES ON *.* TO `u`@`h`"),
			     3, &whole, true),
	    "");
}
END_TEST

START_TEST(each_right_that_is_missing_is_told)
{
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT EXECUTE ON `shop`.* TO `u`@`h`"), 3, &whole, true),
	    "shop: this account lacks SELECT, SHOW VIEW, TRIGGER, EVENT and LOCK TABLES; "
	    "tables, views, triggers, events and rows of tables without transactions would be "
	    "lost\n"
	    "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON `shop`.* TO 'u'@'h'\n");
	/* Of two tables with transactions nobody needs to lock one, or to read a view. */
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT EXECUTE ON `shop`.* TO `u`@`h`"), 1, &whole, true),
	    "shop: this account lacks SELECT, TRIGGER and EVENT; tables, triggers and events "
	    "would be lost\n"
	    "GRANT SELECT, TRIGGER, EVENT ON `shop`.* TO 'u'@'h'\n");
	/* Without a table there is no trigger. */
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT, EXECUTE ON `shop`.* TO `u`@`h`"), 0, &whole, true),
	    "shop: this account lacks EVENT; events would be lost\n"
	    "GRANT EVENT ON `shop`.* TO 'u'@'h'\n");
	/* A right on each table will do, but not to know which tables there are. */
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT, TRIGGER ON `shop`.`shirts` TO `u`@`h`",
		      "GRANT EVENT, EXECUTE ON `shop`.* TO `u`@`h`"),
		1, &whole, true),
	    "shop: this account lacks SELECT; tables would be lost\n"
	    "GRANT SELECT ON `shop`.* TO 'u'@'h'\n");
}
END_TEST

START_TEST(what_is_skipped_needs_no_right)
{
	const struct selection s = {
	    .no_triggers = true, .no_events = true, .no_routines = true};
	const struct selection rest = {.no_triggers = true, .no_events = true};

	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT ON `shop`.* TO `u`@`h`"), 1, &s, true), "");
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT ON `shop`.* TO `u`@`h`"), 2, &whole, false), "");
	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT ON `shop`.* TO `u`@`h`"), 1, &rest, true),
	    "perhaps shop: routines of other accounts cannot be seen; if there are any, they "
	    "are lost\n"
	    "GRANT SELECT ON `mysql`.`proc` TO 'u'@'h'\n");
}
END_TEST

START_TEST(named_tables_need_their_own_rights)
{
	struct pick named[] = {{.text = shirts}, {.text = log_name}};
	const struct selection s = {.tables = {named, 2}};

	ck_assert_str_eq(
	    needs(make("u@h", "GRANT SELECT, TRIGGER ON `shop`.`shirts` TO `u`@`h`",
		      "GRANT SELECT (`a`) ON `shop`.`log` TO `u`@`h`",
		      "GRANT SELECT, SHOW VIEW ON `shop`.`top` TO `u`@`h`"),
		3, &s, true),
	    "table `shop`.`log`: this account lacks SELECT and TRIGGER; tables and triggers "
	    "would be lost\n"
	    "GRANT SELECT, TRIGGER ON `shop`.`log` TO 'u'@'h'\n"
	    "shop: this account lacks LOCK TABLES; rows of tables without transactions would "
	    "be "
	    "lost\n"
	    "GRANT LOCK TABLES ON `shop`.* TO 'u'@'h'\n");
}
END_TEST

START_TEST(rights_that_are_not_shown)
{
	ck_assert_str_eq(needs(make("u@h", "GRANT USAGE ON *.* TO `u`@`h`"), 3, &whole, true),
	    "perhaps shop: the rights of this account come from another one of the same name "
	    "and are not known; what it may not see is lost\n");
	/* Seen for a routine's sake, and no table of it. */
	ck_assert_str_eq(needs(make("u@h", "GRANT USAGE ON *.* TO `u`@`h`",
				   "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `u`@`h`"),
			     0, &whole, false),
	    "shop: this account lacks SELECT; tables would be lost\n"
	    "GRANT SELECT ON `shop`.* TO 'u'@'h'\n");
}
END_TEST

START_TEST(mysql_shows_routines_by_a_right_of_its_own)
{
	const struct selection s = {.no_triggers = true, .no_events = true};
	struct grants *g = grants_new("u@h", false, true);

	grants_add(g, "GRANT SELECT ON `shop`.* TO `u`@`h`");
	ck_assert_ptr_nonnull(
	    strstr(needs(g, 1, &s, true), "\nGRANT SHOW_ROUTINE ON *.* TO 'u'@'h'\n"));
	/* There is no mysql.proc: what --users asks for shows no routine. */
	g = grants_new("u@h", false, true);
	grants_add(g, "GRANT SELECT ON `shop`.* TO `u`@`h`");
	grants_add(g, "GRANT SELECT ON `mysql`.* TO `u`@`h`");
	ck_assert_ptr_nonnull(
	    strstr(needs(g, 1, &s, true), "\nGRANT SHOW_ROUTINE ON *.* TO 'u'@'h'\n"));
	g = grants_new("u@h", false, true);
	grants_add(g, "GRANT SELECT ON *.* TO `u`@`h`");
	ck_assert_str_eq(needs(g, 1, &s, true), "");
}
END_TEST

START_TEST(a_table_of_no_database_is_none)
{
	ck_assert_uint_eq(rights("GRANT SELECT ON *.`t` TO `u`@`h`", "d", "t"), 0);
	ck_assert_uint_eq(rights("GRANT SELECT ON ``.`t` TO `u`@`h`", "d", "t"), 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("grants");

	tcase_add_loop_test(
	    tc, lines_of_both_servers, 0, (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_loop_test(
	    tc, wildcards_and_escapes, 0, (int)(sizeof(patterns) / sizeof(patterns[0])));
	tcase_add_test(tc, one_pattern_an_account);
	tcase_add_test(tc, partial_revokes);
	tcase_add_test(tc, names_without_case);
	tcase_add_test(tc, what_is_known);
	tcase_add_test(tc, statements_name_what_the_server_looks_at);
	tcase_add_test(tc, five_rights_are_enough);
	tcase_add_test(tc, each_right_that_is_missing_is_told);
	tcase_add_test(tc, what_is_skipped_needs_no_right);
	tcase_add_test(tc, named_tables_need_their_own_rights);
	tcase_add_test(tc, rights_that_are_not_shown);
	tcase_add_test(tc, mysql_shows_routines_by_a_right_of_its_own);
	tcase_add_test(tc, a_table_of_no_database_is_none);
	return unit_main(tc);
}
