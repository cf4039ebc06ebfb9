#include "ship/copyfile.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "base/sig.h"

#define CHUNK ((size_t)1 << 20)

static int
open_plain(const char *path)
{
	return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Whether the rest of both is the same. */
static bool
same(int a, int b, char *one, char *two)
{
	struct stat x, y;
	ssize_t n, m;

	if (fstat(a, &x) != 0 || fstat(b, &y) != 0 || !S_ISREG(y.st_mode) ||
	    x.st_size != y.st_size)
		return false;
	do {
		n = io_read(a, one, CHUNK);
		m = io_read(b, two, CHUNK);
		if (n != m || n < 0 || memcmp(one, two, (size_t)n) != 0)
			return false;
	} while (n > 0);
	return true;
}

/* Copy the rest of ${in} to ${f}. */
static int
copy(int in, const char *source, struct atomic_file *f, const char *target, char *chunk,
    struct progress *progress)
{
	ssize_t n;

	while ((n = io_read(in, chunk, CHUNK)) > 0) {
		if (io_write(atomic_fd(f), chunk, (size_t)n) != 0) {
			if (sig_stop() == 0)
				warn("write %s", target);
			return sig_stop() == 0 ? EX_IOERR : 1;
		}
		progress_add(progress, (uint64_t)n);
	}
	if (n < 0 && sig_stop() == 0)
		warn("read %s", source);
	return n == 0 ? 0 : sig_stop() == 0 ? EX_IOERR : 1;
}

int
copyfile_into(
    const char *from, const char *name, const char *to, bool anew, struct progress *progress)
{
	char source[PATH_MAX], target[PATH_MAX];
	struct atomic_file *f = NULL;
	char *one = malloc(CHUNK), *two = malloc(CHUNK);
	struct stat st;
	int in = -1, there = -1, rc = EX_IOERR;

	if (one == NULL || two == NULL ||
	    snprintf(source, sizeof(source), "%s/%s", from, name) >= (int)sizeof(source) ||
	    snprintf(target, sizeof(target), "%s/%s", to, name) >= (int)sizeof(target)) {
		warnx("%s: no memory, or too long a path", name);
		goto out;
	}
	if ((in = open_plain(source)) == -1 || fstat(in, &st) != 0) {
		warn("%s", source);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", source);
		rc = EX_DATAERR;
		goto out;
	}
	if (!anew && (there = open_plain(target)) != -1) {
		if (same(in, there, one, two)) {
			progress_add(progress, (uint64_t)st.st_size);
			rc = 0;
			goto out;
		}
		if (lseek(in, 0, SEEK_SET) != 0) {
			warn("%s", source);
			goto out;
		}
	}
	if (sig_stop() != 0) {
		rc = 1;
		goto out;
	}
	if ((f = atomic_open(target, 0440)) == NULL) {
		rc = errno == EACCES || errno == EPERM    ? EX_NOPERM
		     : errno == ENOSPC || errno == EDQUOT ? EX_IOERR
							  : EX_CANTCREAT;
		goto out;
	}
	if ((rc = copy(in, source, f, target, one, progress)) != 0)
		goto out;
	rc = atomic_commit(f) == 0 ? 0 : EX_IOERR;
	f = NULL;
out:
	atomic_abort(f);
	io_close(&in);
	io_close(&there);
	free(one);
	free(two);
	return rc;
}
