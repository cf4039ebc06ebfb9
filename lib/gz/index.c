/* Writing an index; gz/index_read.c reads it. */
#include "gz/index.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/spool.h"

#define LINES_ROOM (64U << 10) /* what waits in memory before it goes to the spool */

struct gz_index {
	char *path;
	struct atomic_file *file;
	struct hash hash; /* of what was written to the file */
	struct buf lines; /* not in the spool yet */
	int spool;        /* -1 while the lines in memory are all there are */
	uint64_t fragments;
};

struct gz_index *
gz_index_create(const char *path, mode_t mode)
{
	struct gz_index *x = calloc(1, sizeof(*x));

	if (x == NULL || (x->path = strdup(path)) == NULL) {
		warnx("out of memory");
		free(x);
		return NULL;
	}
	x->spool = -1;
	hash_start(&x->hash);
	if ((x->file = atomic_open(path, mode)) == NULL) {
		gz_index_abort(x);
		return NULL;
	}
	return x;
}

static int
open_spool(const char *path)
{
	char *folder = atomic_folder(path);
	int fd = folder != NULL ? spool_make(folder) : -1;

	free(folder);
	return fd;
}

int
gz_index_add(struct gz_index *x, const struct gz_index_entry *e)
{
	buf_printf(&x->lines, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
	    e->plain_offset, e->plain_length, e->packed_offset, e->packed_length, e->sha256);
	x->fragments++;
	if (x->lines.failed) {
		warnx("%s: out of memory", x->path);
		return -1;
	}
	if (x->lines.len < LINES_ROOM)
		return 0;
	if ((x->spool == -1 && (x->spool = open_spool(x->path)) == -1) ||
	    io_write(x->spool, x->lines.data, x->lines.len) == -1) {
		warn("write %s", x->path);
		return -1;
	}
	buf_reset(&x->lines, 2 * LINES_ROOM);
	return 0;
}

static int
put(struct gz_index *x, const void *text, size_t len)
{
	if (io_write(atomic_fd(x->file), text, len) == -1) {
		warn("write %s", x->path);
		return -1;
	}
	hash_add(&x->hash, text, len);
	return 0;
}

static int
put_spool(struct gz_index *x)
{
	static const size_t room = LINES_ROOM;
	char *text;
	ssize_t got = -1;
	int rc = -1;

	if (x->spool == -1)
		return 0;
	if ((text = malloc(room)) == NULL || lseek(x->spool, 0, SEEK_SET) == -1) {
		warn("%s", x->path);
		goto out;
	}
	while ((got = io_read(x->spool, text, room)) > 0)
		if (put(x, text, (size_t)got) == -1)
			goto out;
	if (got == -1) {
		warn("read %s", x->path);
		goto out;
	}
	rc = 0;
out:
	free(text);
	return rc;
}

int
gz_index_end(struct gz_index *x, uint64_t packed, uint64_t plain)
{
	char line[128], hex[HASH_HEX];
	int len;

	len = snprintf(
	    line, sizeof(line), "siantre-index 1 %" PRIu64 " %" PRIu64 "\n", packed, plain);
	if (put(x, line, (size_t)len) == -1 || put_spool(x) == -1 ||
	    put(x, x->lines.data, x->lines.len) == -1)
		return -1;
	hash_take(&x->hash, hex);
	len = snprintf(line, sizeof(line), "end %" PRIu64 " %s\n", x->fragments, hex);
	return put(x, line, (size_t)len);
}

int
gz_index_commit(struct gz_index *x)
{
	int rc = atomic_commit(x->file);

	x->file = NULL;
	gz_index_abort(x);
	return rc;
}

void
gz_index_abort(struct gz_index *x)
{
	if (x == NULL)
		return;
	atomic_abort(x->file);
	io_close(&x->spool);
	buf_free(&x->lines);
	free(x->path);
	free(x);
}
