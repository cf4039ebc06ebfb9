/*
 * A part of a dump: whatever the dump is, what is taken out reads the same twice and from anywhere,
 * has nothing in it that the dump has not, and where the dump is proven, so is the part.  The first
 * line names the tables; the rest is the dump, as it is or with an end mark that is right.
 */
#include "dump.h"

#include "db/partial.h"
#include "db/reading.h"
#include "sql/tabletext.h"

#include "../dump_memory.h"

/* All of ${s} from ${from} on. */
static int
read_all(const struct sql_source *s, uint64_t from, struct buf *out)
{
	struct sql_stream *stream = NULL;
	char piece[300];
	size_t len = 1;
	int rc = s->open(s->ctx, from, &stream);

	while (rc == 0 && len > 0 && (rc = s->next(stream, piece, sizeof(piece), &len)) == 0)
		buf_add(out, piece, len);
	s->close(stream);
	return rc;
}

static void
take(const struct sql_source *base, char *const *tables, size_t n, bool foreign)
{
	const struct partial_options o = {.pick = {.tables = tables, .n = n, .no_data = n == 0},
	    .foreign = foreign,
	    .quiet = true};
	const struct reading_options how = {
	    .target = "d", .fixed = true, .server = {.version = 101119, .mariadb = true}};
	const struct reading_options loose = {.target = "d",
	    .fixed = true,
	    .foreign = true,
	    .server = {.version = 101119, .mariadb = true}};
	struct buf one = {0}, two = {0};
	const struct sql_source *part;
	struct reading *r = NULL;
	struct partial *p = NULL;

	if (partial_open(base, &o, &p) != 0)
		return;
	part = partial_source(p);
	REQUIRE(part != NULL && partial_proof(p) != NULL);
	REQUIRE(part->rewind(part->ctx) == 0);
	if (reading_pass(part, foreign ? &loose : &how, &r) == 0) {
		reading_free(r);
		REQUIRE(read_all(part, 0, &one) == 0);
		REQUIRE(read_all(part, one.len / 2, &two) == 0);
		REQUIRE(two.len == one.len - one.len / 2);
		REQUIRE(two.len == 0 || memcmp(one.data + one.len / 2, two.data, two.len) == 0);
	}
	buf_free(&one);
	buf_free(&two);
	partial_free(p);
}

static int
tell(void *ctx, const char *database, const char *table, uint64_t bytes)
{
	(void)ctx;
	REQUIRE(database != NULL && *table != '\0' && bytes <= memory_size);
	return 0;
}

static void
try_dump(const char *dump, size_t len, char *const *tables, size_t n)
{
	struct sql_source s = memory_source(dump, len, false);

	memory_piece = 61;
	tabletext_read(&s, tell, NULL);
	for (int straight = 0; straight < 2; straight++) {
		s = memory_source(dump, len, straight);
		take(&s, tables, n, len % 2 == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *line = len > 0 ? memchr(data, '\n', len) : NULL;
	char *names, *rest, *tables[4];
	struct buf b = {0};
	size_t n = 0, head;

	if (line == NULL)
		return 0;
	head = (size_t)(line - (const char *)data);
	REQUIRE((names = rest = strndup((const char *)data, head)) != NULL);
	while (n < 4 && rest != NULL && *rest != '\0')
		tables[n++] = strsep(&rest, " ");
	try_dump(line + 1, len - head - 1, tables, n);
	buf_room(&b, len + 1);
	buf_add(&b, line + 1, len - head - 1);
	b.data[b.len] = '\0';
	dump_mark(&b, true);
	try_dump(b.data, b.len, tables, n);
	buf_free(&b);
	free(names);
	return 0;
}
