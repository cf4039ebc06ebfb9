/*
 * SHOW CREATE USER and SHOW GRANTS of a server that says anything: what is made of a line is one
 * statement, made again it is the same, and rights are only those that there are.
 */
#include "fuzz.h"

#include "db/grants.h"
#include "sql/grantline.h"

static void
creates(const char *text)
{
	struct buf create = {0}, later = {0}, again = {0}, rest = {0};
	static const char head[] = "CREATE USER IF NOT EXISTS ";

	if (grantline_create(text, &create, &later) == 0) {
		REQUIRE(buf_string(&create) != NULL && buf_string(&later) != NULL);
		REQUIRE(strncmp(create.data, head, sizeof(head) - 1) == 0);
		REQUIRE(create.len > 2 && strcmp(create.data + create.len - 2, ";\n") == 0);
		REQUIRE(later.len == 0 || strncmp(later.data, "ALTER USER ", 11) == 0);
	} else {
		REQUIRE(create.len == 0 && later.len == 0);
	}
	buf_free(&create);
	buf_free(&later);
	buf_free(&again);
	buf_free(&rest);
}

static void
adds(const char *text)
{
	char database[GRANTLINE_NAME] = "", other[GRANTLINE_NAME] = "";
	struct buf one = {0}, two = {0};
	int kind = grantline_add(text, "a", "%", &one, database);

	if (kind == GRANTLINE_SERVER || kind == GRANTLINE_OBJECT) {
		REQUIRE(buf_string(&one) != NULL && one.len > 2);
		REQUIRE(strcmp(one.data + one.len - 2, ";\n") == 0);
		/* Without its end it is a line again, and nothing is left to be taken away. */
		one.data[one.len - 2] = '\0';
		REQUIRE(grantline_add(one.data, "a", "%", &two, other) == kind);
		REQUIRE(buf_string(&two) != NULL && two.len == one.len);
		two.data[two.len - 2] = '\0';
		REQUIRE(strcmp(one.data, two.data) == 0 && strcmp(database, other) == 0);
	} else if (kind == -1 || kind == GRANTLINE_OTHER) {
		REQUIRE(one.len == 0);
	}
	buf_free(&one);
	buf_free(&two);
}

static void
rights(char *text)
{
	struct grants *g = grants_new("a@%", *text == 'c', false);
	struct buf out = {0};
	char *line;

	REQUIRE(g != NULL);
	while ((line = strsep(&text, "\n")) != NULL)
		REQUIRE(grants_add(g, line) == 0);
	REQUIRE((grants_on(g, NULL, NULL) & ~(unsigned)GRANTS_ALL) == 0);
	/* Who may on everything may on each; without partial revokes. */
	REQUIRE((grants_on(g, "d", NULL) & ~grants_on(g, "d", "t")) == 0);
	grants_known(g, "d");
	grants_statement(g, "SELECT", "d", "t", &out);
	REQUIRE(buf_string(&out) != NULL && strncmp(out.data, "GRANT ", 6) == 0);
	buf_free(&out);
	grants_free(g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	REQUIRE(text != NULL);
	creates(text);
	adds(text);
	rights(text);
	free(text);
	return 0;
}
