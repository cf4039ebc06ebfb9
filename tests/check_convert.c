#include "db/convert.h"
#include "unit.h"

static struct field columns[] = {
    {.name = (char *)(uintptr_t) "n", .class = FIELD_NUMBER, .nullable = true},
    {.name = (char *)(uintptr_t) "t", .class = FIELD_TEXT, .nullable = true},
    {.name = (char *)(uintptr_t) "b", .class = FIELD_BINARY, .nullable = true},
    {.name = (char *)(uintptr_t) "y", .class = FIELD_YEAR},
    {.name = (char *)(uintptr_t) "g", .class = FIELD_NEVER},
    {.name = (char *)(uintptr_t) "c", .class = FIELD_COMPUTED}};
static const struct token_server server = {.version = 101119, .mariadb = true};

/* Convert ${text}; NULL: it has to be sent as it stands. */
static void
converts(const char *text, bool no_backslash, const char *lines)
{
	const struct fields fields = {.items = columns, .len = 6};
	struct convert c = {.fields = &fields};
	struct buf out = {0};
	struct lex_statement s = {
	    .text = text, .len = strlen(text), .delimiter = ";", .no_backslash = no_backslash};
	uint64_t rows = 0;
	bool same;

	buf_text(&out, "before");
	/* Twice: with its head read, and known. */
	for (unsigned i = 0; i < 2; i++) {
		out.len = strlen("before");
		ck_assert_msg(
		    convert_rows(&c, &s, &server, &out, &rows, &same) == (lines != NULL), "%s",
		    text);
		ck_assert(lines == NULL || same == (i == 1));
		if (lines != NULL)
			ck_assert_str_eq(buf_string(&out) + strlen("before"), lines);
		else
			ck_assert_uint_eq(out.len, strlen("before"));
	}
	convert_free(&c);
	buf_free(&out);
}

START_TEST(what_is_taken)
{
	static const char *const examples[][2] = {
	    {"INSERT INTO t (n) VALUES (1)", "1\n"},
	    {"insert into `d`.`t`(`N`,t) values(-1.5e+10,'a'),\n (.5 , NULL) ,(null,'')",
		"-1.5e+10\ta\n.5\t\\N\n\\N\t\n"},
	    {"INSERT INTO t (n) VALUES ('7')", "7\n"},
	    {"INSERT INTO t (t) VALUES ('it''s; \\'x\\' \"y\" \\\"')", "it's; 'x' \"y\" \"\n"},
	    {"INSERT INTO t (t) VALUES ('a\tb\nc\\\\d\\te\\nf\\0g\\Zh')",
		"a\\\tb\\\nc\\\\d\\te\\nf\\0g\\Zh\n"},
	    {"INSERT INTO t (t) VALUES ('\\N'),('\\%\\_'),('\\q\\\xc3\xa4'),('NULL'),('\\\\N')",
		"N\n\\\\%\\\\_\nq\xc3\xa4\nNULL\n\\\\N\n"},
	    {"INSERT INTO t (t) VALUES ('0123456789abcdef0123456789abcdef''0123456789abcde\t')",
		"0123456789abcdef0123456789abcdef'0123456789abcde\\\t\n"},
	    {"INSERT INTO t (b) VALUES (0x61095C0A5c),(_binary 'x\\0'),('\xff\xc3'),(0xAb)",
		"a\\\t\\\\\\\n\\\\\nx\\0\n\xff\xc3\n\xab\n"},
	    {"INSERT INTO t (c,n) VALUES ('a\\tb\\\\',1),(NULL,2),(-1.5,3),(_binary "
	     "'x',4),(0xff,5)",
		"\t1\n\t2\n\t3\n\t4\n\t5\n"},
	    {"INSERT INTO t (y,n) VALUES (2024,0),(0000,1)", "2024\t0\n0000\t1\n"},
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		converts(examples[i][0], false, examples[i][1]);
	converts("INSERT INTO t (t) VALUES ('a\\n''b\\')", true, "a\\\\n'b\\\\\n");
}
END_TEST

START_TEST(what_is_left_to_the_server)
{
	static const char *const examples[] = {
	    "REPLACE INTO t (n) VALUES (1)",
	    "INSERT IGNORE INTO t (n) VALUES (1)",
	    "INSERT t (n) VALUES (1)",
	    "INSERT INTO t SET n = 1",
	    "INSERT INTO t (n) SELECT 1",
	    "INSERT INTO t VALUES (1,'a','b',2024)", /* g is meant, too */
	    "INSERT INTO t (n,g) VALUES (1,'a')",
	    "INSERT INTO t (c,n) VALUES (DEFAULT,1)",
	    "INSERT INTO t (c,n) VALUES (now(),1)",
	    "INSERT INTO t (n,unknown) VALUES (1,'a')",
	    "INSERT INTO t () VALUES ()",
	    "INSERT INTO t (n) VALUES (1) ON DUPLICATE KEY UPDATE n = 2",
	    "INSERT INTO t (n) VALUES",
	    "INSERT INTO t (n) VALUES (1",
	    "INSERT INTO t (n) VALUES (1),",
	    "INSERT INTO t (n) VALUES (1) (2)",
	    "INSERT INTO t (n) VALUES (1,2)",
	    "INSERT INTO t (n,t) VALUES (1)",
	    "INSERT INTO t (n) VALUES (1+1)",
	    "INSERT INTO t (n) VALUES (+1)",
	    "INSERT INTO t (n) VALUES (1x)",
	    "INSERT INTO t (n) VALUES (-)",
	    "INSERT INTO t (n) VALUES (.)",
	    "INSERT INTO t (n) VALUES (1e)",
	    "INSERT INTO t (n) VALUES (0x41)",
	    "INSERT INTO t (n) VALUES (TRUE)",
	    "INSERT INTO t (n) VALUES (DEFAULT)",
	    "INSERT INTO t (n) VALUES (NULLIF(1,1))",
	    "INSERT INTO t (n) VALUES (/* one */ 1)",
	    "INSERT INTO t (n) VALUES ((1))",
	    "INSERT INTO t (t) VALUES (1)",
	    "INSERT INTO t (t) VALUES (0x41)",
	    "INSERT INTO t (t) VALUES (_utf8mb4 'a')",
	    "INSERT INTO t (t) VALUES (\"a\")",
	    "INSERT INTO t (t) VALUES ('a' 'b')",
	    "INSERT INTO t (t) VALUES ('a)",
	    "INSERT INTO t (t) VALUES ('a\\",
	    "INSERT INTO t (b) VALUES (0xABC)",
	    "INSERT INTO t (b) VALUES (0x)",
	    "INSERT INTO t (b) VALUES (0X41)",
	    "INSERT INTO t (b) VALUES (x'41')",
	    "INSERT INTO t (b) VALUES (5)",
	    "INSERT INTO t (b) VALUES (_binary x)",
	    "INSERT INTO t (y) VALUES (0)",
	    "INSERT INTO t (y) VALUES ('2024')",
	    "INSERT INTO t (y) VALUES (NULL)",
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		converts(examples[i], false, NULL);
}
END_TEST

START_TEST(the_statement)
{
	struct field a = {.name = (char *)(uintptr_t) "a`b"},
		     b = {.name = (char *)(uintptr_t) "c", .convert = true},
		     c = {.name = (char *)(uintptr_t) "d", .convert = true};
	const struct field *used[] = {&a, &b, &c};
	struct buf out = {0};

	fields_statement("d", "t", used, 3, "utf8mb4", &out);
	ck_assert_str_eq(buf_string(&out),
	    "LOAD DATA LOCAL INFILE 'rows' INTO TABLE `d`.`t` CHARACTER SET binary FIELDS "
	    "TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (`a``b`,@v1,@v2) "
	    "SET "
	    "`c` = CONVERT(@v1 USING utf8mb4), `d` = CONVERT(@v2 USING utf8mb4)");
	buf_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("convert");

	tcase_add_test(t, what_is_taken);
	tcase_add_test(t, what_is_left_to_the_server);
	tcase_add_test(t, the_statement);
	return unit_main(t);
}
