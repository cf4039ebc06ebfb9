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

#include "base/hint.h"
#include "base/io.h"
#include "base/sig.h"

enum { PIECE = 1 << 20 };

static const char *
usual_folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && *dir != '\0' ? dir : "/var/tmp";
}

int
spool_make(const char *folder)
{
	char *path = NULL;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Where the file system cannot do that, it has a name for a moment. */
	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	if (asprintf(&path, "%s/.siantre-spool.XXXXXX", folder) == -1)
		return -1;
	if ((fd = mkostemp(path, O_CLOEXEC)) != -1)
		unlink(path);
	free(path);
	return fd;
}

int
spool_fd(int in, const char *name, int *out)
{
	const char *dir = usual_folder();
	uint8_t *buf = malloc(PIECE);
	int fd = -1, rc = EX_IOERR;
	ssize_t n;

	*out = -1;
	if (buf == NULL) {
		warn("%s", name);
		rc = EX_OSERR;
		goto out;
	}
	fd = spool_make(dir);
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
			hintx("TMPDIR names another folder");
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
