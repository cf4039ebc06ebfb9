/* The journal: whatever lies in it, each line is an event or counted, and both readings agree. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "set/journal.h"
#include "set/journal_line.h"

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Hold the quick reading of one line against the parser's. */
static void
compare(const uint8_t *line, size_t len)
{
	struct event quick, slow;
	json_t *owner = NULL;
	char *copy = malloc(len + 1);

	REQUIRE(copy != NULL);
	memcpy(copy, line, len);
	copy[len] = '\n';
	if (journal_line(copy, len, &quick)) {
		REQUIRE(journal_event((const char *)line, len, &slow, &owner));
		REQUIRE(strcmp(quick.time, slow.time) == 0 && same(quick.host, slow.host));
		REQUIRE(same(quick.job, slow.job) && same(quick.event, slow.event));
		REQUIRE(same(quick.status, slow.status) && quick.exit == slow.exit);
		REQUIRE(quick.bytes == slow.bytes && same(quick.set, slow.set));
		REQUIRE(quick.seconds >= slow.seconds && quick.seconds <= slow.seconds);
		REQUIRE(same(quick.message, slow.message) && same(quick.what, slow.what));
		REQUIRE(quick.has_free == slow.has_free && quick.free == slow.free);
	} else
		REQUIRE(memcmp(copy, line, len) == 0);
	json_decref(owner);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t lines = 0, events = 0;
	struct journal *j;
	struct event e;
	char *path = NULL;
	int64_t when;
	int rc;

	for (size_t at = 0; at < size; lines++) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t len = end != NULL ? (size_t)(end - data) - at : size - at;

		compare(data + at, len);
		at += len + 1;
	}
	fuzz_put("journal", data, size);
	REQUIRE(asprintf(&path, "%s/journal", fuzz_folder()) != -1);
	REQUIRE((j = journal_open(path)) != NULL);
	while ((rc = journal_next(j, &e)) == 1) {
		events++;
		REQUIRE(event_time(e.time, &when) == 0 && e.event != NULL);
		REQUIRE(
		    same(e.status, "ok") || same(e.status, "warn") || same(e.status, "fail"));
	}
	REQUIRE(rc == 0);
	REQUIRE(events + journal_garbage(j) + journal_torn(j) == lines);
	journal_close(j);
	free(path);
	return 0;
}
