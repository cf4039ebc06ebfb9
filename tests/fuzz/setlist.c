/*
 * Rules on the first line, a listing of sets behind it: nothing but names of sets is taken, and what
 * is decided about them holds to its guards.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "set/retention.h"
#include "set/setlist.h"
#include "set/setname.h"

#define NOW INT64_C(1795399200) /* 2026-11-23 */

static void
judge(struct retention_set *sets, size_t n, const struct retention_rules *r)
{
	const struct retention_guards g = {.now = NOW, .floor = 2};
	struct buf b = {0};
	size_t go = 0;

	REQUIRE(retention_decide(sets, n, r, &g) == 0);
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(sets[i].name, '/');
		struct setname when;

		REQUIRE(setname_read(slash != NULL ? slash + 1 : sets[i].name, &when) == 0);
		REQUIRE(!sets[i].remove || when.wall <= NOW + 86400);
		REQUIRE(!sets[i].remove || !retention_rules_empty(r));
		REQUIRE(!sets[i].remove || sets[i].hold == RETENTION_FREE);
		go += sets[i].remove && !sets[i].twin;
		buf_reset(&b, 256);
		retention_why(&sets[i], r, &b);
		REQUIRE(buf_string(&b) != NULL && b.len > 0);
	}
	/* At least one of them all is the newest. */
	REQUIRE(go == 0 || go < n);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = line != NULL ? (size_t)(line - data) : 0, n;
	struct setlist *list = NULL;
	struct retention_rules r;
	char rules[256] = "";
	FILE *in;

	if (line == NULL || first >= sizeof(rules) || size == first + 1)
		return 0;
	memcpy(rules, data, first);
	if (retention_rules_parse(rules, &r) != NULL)
		REQUIRE(retention_rules_empty(&r));
	/* It is only read. */
	in = fmemopen((void *)(uintptr_t)(line + 1), size - first - 1, "r");
	REQUIRE(in != NULL);
	if (setlist_read(in, '\n', NULL, &list) == 0) {
		struct retention_set *sets = setlist_sets(list, &n);

		judge(sets, n, &r);
	}
	setlist_free(list);
	fclose(in);
	return 0;
}
