/*
 * The edits of what SHOW CREATE prints: what was cut out is gone, so that a second cut changes
 * nothing; nothing is added; and the accounts that things belong to are the same however the text is
 * split.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "drill/definers.h"
#include "sql/ddl.h"
#include "sql/order.h"
#include "sql/subject.h"

typedef void edit(const char *text, struct buf *out);

static void
without_database(const char *text, struct buf *out)
{
	ddl_without_database(text, "d", out);
}

/* Whether ${part} can be had from ${whole} by leaving bytes out. */
static bool
is_within(const char *part, const char *whole)
{
	for (; *part != '\0'; part++, whole++)
		if ((whole = strchr(whole, *part)) == NULL)
			return false;
	return true;
}

static void
edits(const char *text)
{
	edit *const all[] = {ddl_without_counter, ddl_without_definer, without_database};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct buf one = {0}, two = {0};

		all[i](text, &one);
		REQUIRE(buf_string(&one) != NULL && is_within(one.data, text));
		all[i](one.data, &two);
		REQUIRE(buf_string(&two) != NULL && two.len <= one.len);
		buf_free(&one);
		buf_free(&two);
	}
}

static void
keys(const char *text)
{
	struct buf table = {0}, keys = {0}, again = {0}, none = {0};
	char delimiter[16];

	if (ddl_split_keys("t", text, &table, &keys) == 0) {
		REQUIRE(buf_string(&table) != NULL && is_within(table.data, text));
		REQUIRE(keys.len == 0 || strncmp(keys.data, "ALTER TABLE `t`", 15) == 0);
		if (ddl_split_keys("t", table.data, &again, &none) == 0)
			REQUIRE(none.len == 0 && again.len == table.len);
	}
	ddl_delimiter(text, delimiter);
	REQUIRE(*delimiter != '\0' && strstr(text, delimiter) == NULL);
	buf_free(&table);
	buf_free(&keys);
	buf_free(&again);
	buf_free(&none);
}

static void
definers(const char *text, size_t len)
{
	static const size_t steps[] = {SIZE_MAX, 1, 7};
	struct buf first = {0}, sql = {0};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct definers *d = definers_new();
		size_t now;

		REQUIRE(d != NULL);
		for (size_t at = 0; at < len; at += now) {
			now = steps[i] < len - at ? steps[i] : len - at;
			definers_add(d, text + at, now);
		}
		buf_reset(&sql, 0);
		definers_sql(d, i == 0 ? &first : &sql);
		REQUIRE(i == 0 ||
			(first.len == sql.len &&
			    (sql.len == 0 || memcmp(first.data, sql.data, sql.len) == 0)));
		definers_free(d);
	}
	buf_free(&first);
	buf_free(&sql);
}

static void
names(char *text)
{
	const struct token_server server = {101119, true, NULL};
	const struct lex_statement s = {.text = text, .len = strlen(text), .delimiter = ";"};
	struct subject what;
	struct names reads = {0};

	subject_read(&s, &server, &what);
	REQUIRE(strlen(what.database) < STATEMENT_NAME && strlen(what.name) < STATEMENT_NAME);
	order_reads(text, "d", &reads);
	for (size_t i = 0; i < reads.len; i++)
		REQUIRE(reads.items[i][0] == '`' && strstr(reads.items[i], "`.`") != NULL);
	names_free(&reads);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	REQUIRE(text != NULL);
	edits(text);
	keys(text);
	definers((const char *)data, size);
	names(text);
	free(text);
	return 0;
}
