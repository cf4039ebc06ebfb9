/* set.json: what is accepted can be walked through, and reads the same once written again. */
#include "fuzz.h"

#include "base/hash.h"
#include "set/manifest.h"
#include "set/sums.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest *m = NULL, *again = NULL;
	struct manifest_file f;
	int64_t bytes = 0;
	char *text;

	fuzz_put(MANIFEST_NAME, data, size);
	if (manifest_read(fuzz_folder(), &m) != 0) {
		REQUIRE(m == NULL);
		return 0;
	}
	for (size_t i = 0; manifest_file(m, i, &f) == 0; i++) {
		REQUIRE(sums_plain(f.name) && strlen(f.sha256) == HASH_HEX - 1);
		REQUIRE(f.bytes >= 0 && f.plain_bytes >= -1 && f.entries >= -1);
		REQUIRE(f.plain_sha256 == NULL || strlen(f.plain_sha256) == HASH_HEX - 1);
		REQUIRE(f.dump == NULL || json_is_object(f.dump));
		bytes += f.bytes;
	}
	REQUIRE(bytes == manifest_bytes(m));
	for (size_t i = 0; manifest_warning(m, i) != NULL; i++)
		continue;
	REQUIRE(strlen(manifest_text(m, "job")) < 256);
	text = manifest_summary(m);
	REQUIRE(text != NULL);
	free(text);

	text = json_dumps(manifest_json(m), JSON_INDENT(1));
	REQUIRE(text != NULL);
	fuzz_put(MANIFEST_NAME, text, strlen(text));
	free(text);
	REQUIRE(manifest_read(fuzz_folder(), &again) == 0);
	REQUIRE(json_equal(manifest_json(m), manifest_json(again)));
	manifest_free(again);
	manifest_free(m);
	return 0;
}
