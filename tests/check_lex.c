#include "sql/lex.h"
#include "unit.h"

/*
 * Each text is lexed whole, byte by byte, and cut in two at every place, by a lexer that keeps
 * statements and by one that keeps nothing: all must find the same.
 */
struct example {
	const char *text;
	const char
	    *found; /* statements as LINE:COLUMN<text>, then an error as LINE:COLUMN!text */
};

static const struct example examples[] = {
    {"", ""},
    {"\n \t\r\n", ""},
    {";;; ;", ""},
    {"SELECT 1;", "1:1<SELECT 1>"},
    {"  SELECT 1 ;\n SELECT 2;", "1:3<SELECT 1 >2:2<SELECT 2>"},
    {"a;b;c;", "1:1<a>1:3<b>1:5<c>"},
    {"\xef\xbb\xbfSELECT 1;", "1:4<SELECT 1>"},
    /* strings and names */
    {"a 'x;y' b;", "1:1<a 'x;y' b>"},
    {"a 'it''s; ''';b;", "1:1<a 'it''s; '''>1:15<b>"},
    {"a 'it\\'s; \\\\';b;", "1:1<a 'it\\'s; \\\\'>1:15<b>"},
    {"a \"x;\\\";\"\"\" ;b;", "1:1<a \"x;\\\";\"\"\" >1:14<b>"},
    {"a `x;``\\`;b;", "1:1<a `x;``\\`>1:11<b>"},
    {"'\n';\n'\n\n' x;y;", "1:1<'\n'>3:1<'\n\n' x>5:5<y>"},
    {"''; \"\"; ``;", "1:1<''>1:5<\"\">1:9<``>"},
    {"a '-- '; b '/*';", "1:1<a '-- '>1:10<b '/*'>"},
    {"\xf0\x9f\x98\x80 '\xf0\x9f\x98\x80;';b;",
	"1:1<\xf0\x9f\x98\x80 '\xf0\x9f\x98\x80;'>1:14<b>"},
    {"VALUES (\\N,'\\N');", "1:1<VALUES (\\N,'\\N')>"},
    /* comments between and inside statements */
    {"-- c;'\nSELECT 1;", "2:1<SELECT 1>"},
    {"--\n--;\n--x;\na;", "4:1<a>"},
    {"# c;'\na;#;\nb;", "2:1<a>3:1<b>"},
    {"/* ; ' */a/* ; ' */b;", "1:10<a/* ; ' */b>"},
    {"/**/a;/***/b;/*/;*/c;", "1:5<a>1:12<b>1:20<c>"},
    {"a -- c;'\nb;c;", "1:1<a -- c;'\nb>2:3<c>"},
    {"a # c;'\nb;", "1:1<a # c;'\nb>"},
    {"a --\nb;", "1:1<a --\nb>"},
    {"a 5--3;b 5-3;c 5 --3;", "1:1<a 5--3>1:8<b 5-3>1:14<c 5 --3>"},
    {"a 6/3;b/;", "1:1<a 6/3>1:7<b/>"},
    {"a; -- the end", "1:1<a>"},
    {"a; # the end", "1:1<a>"},
    /* executable comments are text */
    {"/*!40101 SET NAMES utf8 */;a;", "1:1</*!40101 SET NAMES utf8 */>1:28<a>"},
    {"/*M!100100 x ';' */;a /*! ';' */ b;", "1:1</*M!100100 x ';' */>1:21<a /*! ';' */ b>"},
    {"/*! a /* ' */ b */;", "1:1</*! a /* ' */ b */>"},
    {"/*M x ; */a;/*Mx!;*/b;", "1:11<a>1:21<b>"},
    {"/*M!999999\\- enable the sandbox mode */ \n-- x\na;", "3:1<a>"},
    {"/*!999999\\- enable the sandbox mode */\na;", "2:1<a>"},
    /* delimiters */
    {"DELIMITER ;;\na; b;;\nc;;\ndelimiter ;\nd;", "2:1<a; b>3:1<c>5:1<d>"},
    {"DELIMITER $$\r\na;$ $$b$$\r\nDELIMITER ;\r\nc;", "2:1<a;$ >2:7<b>4:1<c>"},
    {"delimiter //\na 6/3 /* x */ '//'// b//", "2:1<a 6/3 /* x */ '//'>2:22<b>"},
    {"Delimiter\tgo\nselect 1 go", "2:1<select 1 >"},
    {"  DELIMITER !! x;y\na;!!DELIMITER ;\nb;", "2:1<a;>3:1<b>"},
    {"DELIMITER ;;\na;;;\n;;b;;", "2:1<a>2:4<;\n>3:3<b>"},
    {"DELIMITERS;delimiter;", "1:1<DELIMITERS>1:12<delimiter>"},
    {"a\nDELIMITER ;;\n;b;", "1:1<a\nDELIMITER >3:2<b>"},
    {"DELIMITER //", ""},
    {"DELIMITER ", "1:1!DELIMITER without a usable delimiter"},
    {"a;\n DELIMITER  \nb;", "1:1<a>2:2!DELIMITER without a usable delimiter"},
    {"DELIMITER '\na'", "1:1!DELIMITER without a usable delimiter"},
    {"DELIMITER a\\b\na'", "1:1!DELIMITER without a usable delimiter"},
    {"DELIMITER 123456789012345678901234567890123\n",
	"1:1!DELIMITER without a usable delimiter"},
    /* modes that move the end of a string */
    {"SET sql_mode='NO_BACKSLASH_ESCAPES';a '\\';b;set SQL_MODE='';c '\\';';",
	"1:1<SET sql_mode='NO_BACKSLASH_ESCAPES'>1:37<a '\\'>1:43<b>1:45<set "
	"SQL_MODE=''>1:61<c "
	"'\\';'>"},
    {"/*!50003 SET sql_mode = 'ANSI_QUOTES' */;a \"\\\";b '\\';';",
	"1:1</*!50003 SET sql_mode = 'ANSI_QUOTES' */>1:42<a \"\\\">1:48<b '\\';'>"},
    {"UPDATE t SET sql_mode='no_backslash_escapes';a '\\';';",
	"1:1<UPDATE t SET sql_mode='no_backslash_escapes'>1:46<a '\\';'>"},
    /* what only the server takes for a comment, or for the end of one */
    {"a --\x01 ';\nb;c;", "1:1<a --\x01 ';\nb>2:3<c>"},
    {"a /*!50000 3*/*'*/1;'; b;", "1:1<a /*!50000 3*/*'*/1;'>1:24<b>"},
    {"a 3*/*'*/1;b;", "1:1<a 3*/*'*/1>1:12<b>"},
    {"/*M!50000 a /* ; */ b */; c*;", "1:1</*M!50000 a /* ; */ b */>1:27<c*>"},
    /* what the client would obey, and what was cut off */
    {"a;\n  \\! id\nb;", "1:1<a>2:3!client command \\!"},
    {"SELECT 1\\G", "1:9!client command \\G"},
    {"a \\", "1:3!backslash before byte 0x00"},
    {"a \\ x", "1:3!backslash before byte 0x20"},
    {"/*! \\! id */;", "1:5!client command \\!"},
    {"a;\nb", "1:1<a>2:1!statement without its delimiter ;"},
    {"a -- ;", "1:1!statement without its delimiter ;"},
    {"DELIMITER //\n\na;", "3:1!statement without its delimiter //"},
    {"a;\nb 'x\ny;", "1:1<a>2:3!string without end"},
    {"b 'x\\", "1:3!string without end"},
    {"b 'x\\'", "1:3!string without end"},
    {"b \"x';", "1:3!string without end"},
    {"\n\nb `x;", "3:3!name without end"},
    {"a;/* x;", "1:1<a>1:3!comment without end"},
    {"a;/*/", "1:1<a>1:3!comment without end"},
    {"a /* x;*", "1:3!comment without end"},
};

/* What a lexer finds in ${text} that comes in pieces of ${first} and then ${rest} bytes. */
static void
find(const char *text, size_t len, size_t first, size_t rest, bool keep, char *found,
    size_t size)
{
	struct lex *l = lex_new(keep ? LEX_LIMIT : 0);
	struct lex_statement s;
	uint64_t line, column;
	const char *error;
	size_t used = 0;
	enum lex_kind kind = LEX_MORE;

	ck_assert_ptr_nonnull(l);
	*found = '\0';
	for (size_t at = 0, n = first; kind != LEX_ERROR; at += n, n = rest) {
		n = n > len - at ? len - at : n;
		/* A copy of its own: reading behind it is seen by ASan. */
		char *piece = malloc(n + 1);
		memcpy(piece, text + at, n);
		ck_assert_int_eq(lex_add(l, piece, n), 0);
		free(piece);
		if (n == 0 && at == len)
			lex_end(l);
		while ((kind = lex_next(l, &s)) == LEX_STATEMENT) {
			ck_assert(keep == (s.text != NULL));
			used += (size_t)(keep ? snprintf(found + used, size - used,
						    "%ju:%ju<%.*s>", (uintmax_t)s.line,
						    (uintmax_t)s.column, (int)s.len, s.text)
					      : snprintf(found + used, size - used, "<>"));
			if (keep)
				ck_assert_mem_eq(s.text, text + s.offset, s.len);
		}
		if (n == 0 && at == len)
			break;
	}
	if (kind == LEX_ERROR) {
		error = lex_error(l, &line, &column);
		snprintf(found + used, size - used, "%ju:%ju!%s", (uintmax_t)line,
		    (uintmax_t)column, error);
		ck_assert_int_eq(lex_next(l, &s), LEX_ERROR);
		ck_assert(!lex_idle(l));
	} else {
		ck_assert_int_eq(kind, LEX_MORE);
	}
	lex_free(l);
}

/* The same found by a lexer that keeps nothing: "<>" for each statement. */
static void
strip(const char *found, char *stripped)
{
	for (; *found != '\0'; found++) {
		const char *at = found + strspn(found, "0123456789:");

		if (at == found || (*at != '<' && *at != '!'))
			continue; /* text of a statement */
		if (*at == '!') {
			strcpy(stripped, found);
			return;
		}
		*stripped++ = '<';
		*stripped++ = '>';
		found = at;
	}
	*stripped = '\0';
}

START_TEST(test_examples)
{
	const struct example *e = &examples[_i];
	size_t len = strlen(e->text);
	char found[512], bare[512];

	find(e->text, len, len, 1, true, found, sizeof(found));
	ck_assert_str_eq(found, e->found);
	strip(e->found, bare);
	for (size_t cut = 1; cut <= len; cut++) {
		find(e->text, len, cut, len, true, found, sizeof(found));
		ck_assert_msg(strcmp(found, e->found) == 0, "cut at %zu: %s", cut, found);
		find(e->text, len, cut, len, false, found, sizeof(found));
		ck_assert_msg(strcmp(found, bare) == 0, "cut at %zu, bare: %s", cut, found);
	}
	for (size_t piece = 1; piece <= 3; piece++) {
		find(e->text, len, piece, piece, true, found, sizeof(found));
		ck_assert_msg(strcmp(found, e->found) == 0, "pieces of %zu: %s", piece, found);
		find(e->text, len, piece, piece, false, found, sizeof(found));
		ck_assert_msg(
		    strcmp(found, bare) == 0, "pieces of %zu, bare: %s", piece, found);
	}
}
END_TEST

START_TEST(test_nul)
{
	char found[256];
	static const char inside[] = "a;\nb '\0';", outside[] = "a;\0;",
			  beside[] = "a;-- \0\nb;";

	find(inside, sizeof(inside) - 1, 3, 3, true, found, sizeof(found));
	ck_assert_str_eq(found, "1:1<a>2:4!NUL byte");
	find(outside, sizeof(outside) - 1, 1, 1, true, found, sizeof(found));
	ck_assert_str_eq(found, "1:1<a>1:3!NUL byte");
	/* Nobody gets to see a comment between statements. */
	find(beside, sizeof(beside) - 1, 1, 1, true, found, sizeof(found));
	ck_assert_str_eq(found, "1:1<a>2:1<b>");
}
END_TEST

START_TEST(test_limit)
{
	struct lex_statement s;
	uint64_t line, column;

	/* Exactly the limit, and one byte more; in one piece and in two. */
	for (size_t len = 9; len <= 11; len++) {
		for (size_t cut = 0; cut <= len; cut++) {
			struct lex *l = lex_new(10);
			char text[16] = "\n\n01234567890", *p = text + 2;
			enum lex_kind kind;

			p[len] = ';';
			lex_add(l, text, 2 + cut);
			kind = lex_next(l, &s);
			if (kind == LEX_MORE) {
				lex_add(l, p + cut, len + 1 - cut);
				kind = lex_next(l, &s);
			}
			if (len <= 10) {
				ck_assert_int_eq(kind, LEX_STATEMENT);
				ck_assert_uint_eq(s.len, len);
			} else {
				ck_assert_int_eq(kind, LEX_ERROR);
				ck_assert_str_eq(lex_error(l, &line, &column),
				    "statement of more than 10 bytes");
				ck_assert_uint_eq(line, 3);
				ck_assert_uint_eq(column, 1);
			}
			lex_free(l);
		}
	}
}
END_TEST

START_TEST(test_idle)
{
	struct lex *l = lex_new(0);
	struct lex_statement s;
	static const struct {
		const char *text;
		bool idle;
	} steps[] = {{"\n", true}, {"-- comment", false}, {"\n", true}, {"a", false},
	    {"\n", false}, {"-- x\n", false}, {"';\n", false}, {"';", true}, {" \n", true},
	    {"/* x", false}, {"*/", true}, {"/", false}, {"* */\n", true},
	    {"DELIMITER //", false}, {"\n", true}, {"a;\n", false}, {"//", true}, {"\n", true}};

	ck_assert(lex_idle(l));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		lex_add(l, steps[i].text, strlen(steps[i].text));
		while (lex_next(l, &s) == LEX_STATEMENT)
			;
		ck_assert_msg(lex_idle(l) == steps[i].idle, "step %zu", i);
	}
	lex_free(l);
}
END_TEST

START_TEST(test_skip)
{
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;

	lex_add(l, "a;\nb;\n", 6);
	ck_assert_int_eq(lex_next(l, &s), LEX_STATEMENT);
	ck_assert_int_eq(lex_next(l, &s), LEX_STATEMENT);
	ck_assert_int_eq(lex_next(l, &s), LEX_MORE);
	lex_skip(l, 1000, 7);
	lex_add(l, " c;", 3);
	ck_assert_int_eq(lex_next(l, &s), LEX_STATEMENT);
	ck_assert_uint_eq(s.offset, 1007);
	ck_assert_uint_eq(s.line, 10);
	ck_assert_uint_eq(s.column, 2);
	lex_free(l);
}
END_TEST

/* A statement of 8 MiB in pieces: one piece again, and nothing of it kept without a limit. */
START_TEST(test_large)
{
	enum { PIECE = 65536, PIECES = 128 };
	struct lex *l = lex_new(_i == 0 ? LEX_LIMIT : 0);
	struct lex_statement s;
	char *piece = malloc(PIECE);

	ck_assert_ptr_nonnull(piece);
	memset(piece, '\n', PIECE);
	lex_add(l, "x '", 3);
	for (int i = 0; i < PIECES; i++) {
		ck_assert_int_eq(lex_next(l, &s), LEX_MORE);
		lex_add(l, piece, PIECE);
	}
	lex_add(l, "';\ny;z", 5);
	ck_assert_int_eq(lex_next(l, &s), LEX_STATEMENT);
	if (_i == 0) {
		ck_assert_uint_eq(s.len, 3 + (size_t)PIECE * PIECES + 1);
		ck_assert_uint_eq(s.line, 1);
		ck_assert_int_eq(s.text[s.len - 1], '\'');
	}
	ck_assert_int_eq(lex_next(l, &s), LEX_STATEMENT);
	if (_i == 0)
		ck_assert_uint_eq(s.line, 2 + (size_t)PIECE * PIECES);
	lex_free(l);
	free(piece);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("lex");

	tcase_add_loop_test(t, test_examples, 0, (int)(sizeof(examples) / sizeof(examples[0])));
	tcase_add_test(t, test_nul);
	tcase_add_test(t, test_limit);
	tcase_add_test(t, test_idle);
	tcase_add_test(t, test_skip);
	tcase_add_loop_test(t, test_large, 0, 2);
	return unit_main(t);
}
