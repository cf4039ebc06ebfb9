/*
 * The journal of an exchange of databases: what is taken is what was written, to the byte.  The input
 * is the file; its digest is mended, since few changes would get past it.
 */
#include "fuzz.h"

#include <jansson.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/tree.h"
#include "sql/exchange_file.h"

static bool
same(const struct names *a, const struct names *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static void
compare(const char *path)
{
	struct exchange_file f = {0}, again = {0};
	char other[300];
	bool found;

	if (exchange_file_read(path, &f, &found) == 0) {
		REQUIRE(found && f.stage != NULL && f.before != NULL && f.digest != NULL);
		snprintf(other, sizeof(other), "%s.again", path);
		tree_remove(other, true);
		REQUIRE(exchange_file_write(other, &f) == 0);
		REQUIRE(exchange_file_read(other, &again, &found) == 0 && found);
		REQUIRE(strcmp(f.stage, again.stage) == 0);
		REQUIRE(strcmp(f.before, again.before) == 0);
		REQUIRE(f.part == again.part && f.foreign == again.foreign);
		REQUIRE(same(&f.old, &again.old) && same(&f.new, &again.new) &&
			same(&f.grants, &again.grants));
	} else {
		REQUIRE(found);
	}
	exchange_file_free(&f);
	exchange_file_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char name[] = "x.exchange/journal.json";
	char path[300], hex[HASH_HEX], *text;
	size_t len;
	json_t *o = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);

	snprintf(path, sizeof(path), "%s/x.exchange", fuzz_folder());
	mkdir(path, 0700);
	fuzz_put("x.exchange/before.sql", "u", 1);
	fuzz_put("x.exchange/after.sql", "r", 1);
	fuzz_put(name, data, size);
	compare(path);
	if (json_is_object(o)) {
		hash_bytes("u", 1, hex);
		json_object_set_new(o, "before.sql", json_string(hex));
		hash_bytes("r", 1, hex);
		json_object_set_new(o, "after.sql", json_string(hex));
		json_object_del(o, "sha256");
		REQUIRE((text = json_line(o, &len)) != NULL);
		hash_bytes(text, len, hex);
		free(text);
		json_object_set_new(o, "sha256", json_string(hex));
		REQUIRE((text = json_line(o, &len)) != NULL);
		fuzz_put(name, text, len);
		free(text);
		compare(path);
	}
	json_decref(o);
	return 0;
}
