#include "set/whole.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "set/record.h"

/* Whether every file that SHA256SUMS promises is there, as large as set.json has it. */
static bool
is_complete(const char *path, const struct sums *sums, const struct manifest *m)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct manifest_file file;
	struct stat st;
	const char *name;
	bool whole = dir != -1;

	for (size_t i = 0; whole && (name = sums_name(sums, i)) != NULL; i++)
		whole =
		    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
	for (size_t i = 0; whole && manifest_file(m, i, &file) == 0; i++)
		whole = fstatat(dir, file.name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			st.st_size == file.bytes && sums_find(sums, file.name) != NULL;
	if (dir != -1)
		close(dir);
	return whole;
}

/* Whether the set.json that was read is the one that SHA256SUMS promises. */
static bool
is_told_by(const char *path, const struct sums *sums)
{
	char *text = NULL, hex[HASH_HEX];
	const char *promised = sums_find(sums, MANIFEST_NAME);
	size_t len;
	bool same;

	if (promised == NULL ||
	    record_read(path, MANIFEST_NAME, MANIFEST_MAX, &text, &len) != 0)
		return false;
	hash_bytes(text, len, hex);
	same = strcmp(hex, promised) == 0;
	free(text);
	return same;
}

bool
whole_is(const char *path, const struct sums *sums, const struct manifest *m)
{
	return is_told_by(path, sums) && is_complete(path, sums, m);
}
