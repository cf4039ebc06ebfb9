/*
 * The proof of a dump: the verdict, its words and all figures are the same however the bytes
 * are split.  The input counts twice: as it is, and with an end mark behind it that is right
 * for everybody who takes each line that looks like one of ours for one.
 */
#include "dump.h"

#include "base/hash.h"
#include "sql/endmark.h"

/* Push ${len} bytes, ${step} at a time (0: a few, in turn).  The proof is the caller's. */
static struct endmark *
prove(const char *text, size_t len, size_t step, int *verdict)
{
	static const size_t some[] = {1, 2, 11, 12, 13, 40, 3, 200};
	struct endmark *e = endmark_new();
	size_t now, turn = 0;

	REQUIRE(e != NULL);
	for (; len > 0; text += now, len -= now) {
		now = step > 0 ? step : some[turn++ % 8];
		if (now > len)
			now = len;
		if (endmark_add(e, text, now) != 0)
			REQUIRE(endmark_error(e) != NULL);
	}
	*verdict = endmark_finish(e);
	REQUIRE((*verdict == 0) == (endmark_error(e) == NULL));
	return e;
}

/* What a proof that stands for itself can be held against. */
static void
require_sound(const struct endmark *e, const char *text, size_t len)
{
	const struct endmark_table *t;
	uint64_t rows = 0;
	char hex[HASH_HEX];
	size_t n;

	REQUIRE(endmark_bytes(e) < len);
	for (n = 0; (t = endmark_table(e, n)) != NULL; n++) {
		rows += t->rows;
		REQUIRE(t->offset + t->bytes <= endmark_bytes(e));
		if (t->bytes == 0)
			continue;
		hash_bytes(text + t->offset, (size_t)t->bytes, hex);
		REQUIRE(strcmp(hex, t->sha256) == 0);
	}
	REQUIRE(n == endmark_tables(e) && rows == endmark_rows(e));
}

static void
compare(const char *text, size_t len)
{
	static const size_t steps[] = {7, 0};
	const struct endmark_table *a, *b;
	struct endmark *whole, *split;
	int verdict, other;

	whole = prove(text, len, SIZE_MAX, &verdict);
	if (verdict == 0)
		require_sound(whole, text, len);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		split = prove(text, len, steps[i], &other);
		REQUIRE(verdict == other);
		if (verdict != 0)
			REQUIRE(strcmp(endmark_error(whole), endmark_error(split)) == 0);
		else
			REQUIRE(strcmp(endmark_digest(whole), endmark_digest(split)) == 0);
		for (size_t k = 0; verdict == 0 && (a = endmark_table(whole, k)) != NULL; k++) {
			b = endmark_table(split, k);
			REQUIRE(b != NULL && a->rows == b->rows && a->offset == b->offset);
		}
		endmark_free(split);
	}
	endmark_free(whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = {0};

	compare((const char *)data, size);
	buf_room(&b, size + 1);
	buf_add(&b, data, size);
	b.data[size] = '\0'; /* for strcspn below */
	dump_mark(&b, false);
	compare(b.data, b.len);
	buf_free(&b);
	return 0;
}
