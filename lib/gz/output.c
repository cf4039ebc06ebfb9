#include "gz/output.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "base/sig.h"

struct output {
	const char *path;
	struct atomic_file *file; /* NULL: stdout */
	int fd;
};

mode_t
output_mode(void)
{
	mode_t mask = umask(077);

	umask(mask);
	return 0666 & ~mask;
}

bool
output_taken(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return false;
	warnx("%s: exists; -f replaces it", path);
	return true;
}

int
output_open(const char *path, bool replace, struct output **out)
{
	struct output *o;

	if (path != NULL && !replace && output_taken(path))
		return EX_CANTCREAT;
	if ((o = calloc(1, sizeof(*o))) == NULL) {
		warnx("out of memory");
		return EX_OSERR;
	}
	o->path = path;
	o->fd = STDOUT_FILENO;
	if (path != NULL) {
		if ((o->file = atomic_open(path, output_mode())) == NULL) {
			free(o);
			return EX_CANTCREAT;
		}
		o->fd = atomic_fd(o->file);
	}
	*out = o;
	return 0;
}

int
output_fd(const struct output *o)
{
	return o->fd;
}

int
output_write(struct output *o, const void *buf, size_t len)
{
	if (io_write(o->fd, buf, len) == 0)
		return 0;
	if (errno == EINTR && sig_stop() != 0)
		return 1;
	if (o->path == NULL)
		return io_write_exit();
	warn("write %s", o->path);
	return EX_IOERR;
}

int
output_commit(struct output *o)
{
	int rc = 0;

	if (o->file == NULL)
		rc = io_close(&o->fd) == 0 ? 0 : io_write_exit();
	else if (sig_stop() != 0) {
		atomic_abort(o->file);
		rc = 1;
	} else if (atomic_commit(o->file) == -1)
		rc = EX_IOERR;
	free(o);
	return rc;
}

void
output_abort(struct output *o)
{
	if (o == NULL)
		return;
	atomic_abort(o->file);
	free(o);
}
