#include "set/whole.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "set/record.h"

/* Whether the set.json that was read is the one that SHA256SUMS names. */
static bool
is_named(const char *path, const struct sums *sums)
{
	char *text = NULL, hex[HASH_HEX];
	const char *promised = sums_find(sums, MANIFEST_NAME);
	size_t len;
	bool same = false;

	if (promised != NULL &&
	    record_read(path, MANIFEST_NAME, MANIFEST_MAX, &text, &len) == 0) {
		hash_bytes(text, len, hex);
		same = strcmp(hex, promised) == 0;
	}
	free(text);
	if (!same)
		warnx("%s/%s: not the one that SHA256SUMS names", path, MANIFEST_NAME);
	return same;
}

/* Whether both know of the same files. */
static bool
agree(const char *path, const struct sums *sums, const struct manifest *m)
{
	struct manifest_file file;
	size_t files = 0, names = 0;
	bool same = true;

	for (; same && manifest_file(m, files, &file) == 0; files++)
		same = sums_find(sums, file.name) != NULL;
	while (sums_name(sums, names) != NULL)
		names++;
	same &= names == files + 1; /* set.json itself */
	if (!same)
		warnx("%s: SHA256SUMS and set.json name other files", path);
	return same;
}

bool
whole_is(const char *path, const struct sums *sums, const struct manifest *m)
{
	return is_named(path, sums) && agree(path, sums, m) && manifest_whole(m, path);
}
