#include "base/spool.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"

enum { PIECE = 1 << 20 };

static const char *
folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && *dir != '\0' ? dir : "/var/tmp";
}

/* A file that never has a name, or, where the file system cannot do that, has it no longer. */
static int
nameless(const char *dir)
{
	char *path = NULL;
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	if (asprintf(&path, "%s/.siantre-spool.XXXXXX", dir) < 0)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

int
spool_fd(int in, const char *name, int *out)
{
	const char *dir = folder();
	uint8_t *buf = malloc(PIECE);
	int fd = -1, rc = EX_IOERR;
	ssize_t n;

	*out = -1;
	if (buf == NULL) {
		warn("%s", name);
		goto out;
	}
	fd = nameless(dir);
	if (fd < 0) {
		warn("cannot spool in %s", dir);
		rc = EX_CANTCREAT;
		goto out;
	}
	while ((n = io_read_some(in, buf, PIECE)) > 0 && !sig_stop()) {
		if (io_write(fd, buf, (size_t)n) != 0) {
			if (sig_stop())
				break;
			warn("spool %s in %s", name, dir);
			fprintf(stderr, "hint: TMPDIR names another folder\n");
			goto out;
		}
	}
	if (sig_stop()) {
		rc = 1;
		goto out;
	}
	if (n < 0 || lseek(fd, 0, SEEK_SET) != 0) {
		warn("read %s", name);
		goto out;
	}
	*out = fd;
	fd = -1;
	rc = 0;
out:
	io_close(&fd);
	free(buf);
	return rc;
}
