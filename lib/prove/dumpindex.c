#include "prove/dumpindex.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hint.h"
#include "base/io.h"
#include "set/sums.h"

/* Whether the index ${path} at ${fd} is the one in SHA256SUMS, where there is such a file. */
static bool
in_sums(int fd, const char *path)
{
	const char *plain = basename(path), *promised;
	char *folder = atomic_folder(path), *file = NULL, hex[HASH_HEX];
	struct sums *sums = NULL;
	bool good = false;

	if (folder == NULL || asprintf(&file, "%s/%s", folder, SUMS_NAME) < 0) {
		file = NULL;
		warn("%s", path);
		goto out;
	}
	if (access(file, F_OK) != 0) {
		good = true;
		goto out;
	}
	if (sums_read(folder, &sums) != 0)
		goto out;
	promised = sums_find(sums, plain);
	if (promised == NULL) { /* made by hand, later */
		good = true;
	} else if (hash_fd(fd, hex, NULL) != 0) {
		warn("read %s", path);
	} else if (!(good = strcmp(promised, hex) == 0)) {
		warnx("%s: checksum differs from %s", path, SUMS_NAME);
	}
out:
	sums_free(sums);
	free(file);
	free(folder);
	return good;
}

static int
read_index(int fd, const char *path, int packed, const char *name, struct gz_section **out)
{
	struct gz_index_reader *x = NULL;
	struct stat st;
	int rc = 0;

	if (!in_sums(fd, path) || lseek(fd, 0, SEEK_SET) != 0 ||
	    gz_index_open(fd, path, &x) != 0)
		return 0;
	if (fstat(packed, &st) != 0 || (uint64_t)st.st_size != gz_index_packed(x))
		warnx("%s: not the index of %s", path, name);
	else
		rc = gz_section_open(packed, name, x, out);
	gz_index_close(x);
	return rc == EX_OSERR ? rc : 0;
}

int
dumpindex_open(int fd, const char *name, struct gz_section **out)
{
	struct stat st;
	char *path = NULL;
	int index = -1, rc = EX_OSERR;

	*out = NULL;
	if (asprintf(&path, "%s.idx", name) < 0) {
		warn("%s", name);
		return EX_OSERR;
	}
	index = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (index == -1 && errno == ENOENT) {
		rc = 0;
		goto out;
	}
	if (index == -1 || fstat(index, &st) != 0) {
		warn("%s", path);
		rc = 0;
	} else if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		rc = 0;
	} else {
		rc = read_index(index, path, fd, name, out);
	}
	if (rc == 0 && *out == NULL)
		hintx("an index is only a help: all of the dump is read");
out:
	io_close(&index);
	free(path);
	return rc;
}
