#include "prove/dumpfile.h"

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/ordered.h"
#include "base/sig.h"
#include "base/spool.h"
#include "gz/points.h"
#include "gz/reader.h"
#include "prove/dumpfolder.h"
#include "prove/dumpindex.h"
#include "set/decrypt.h"

#define JOBS_MAX 4 /* threads that unpack; to load takes longer anyway */
#define SKIP ((size_t)256 << 10)

/* What reads the file: one from its start, and others from anywhere. */
struct sql_stream {
	const char *name;
	int fd;
	struct gz_reader *gz; /* NULL: it is plain, or … */
	struct gz_section_stream *section;
	uint64_t done; /* of a plain file */
};

struct dumpfile {
	char *name;
	bool packed;
	bool spool;                 /* it lies there, and has no name */
	struct gz_points points;    /* where it can be unpacked from */
	struct gz_section *section; /* … from anywhere; NULL: not asked for, or no index */
	struct sql_stream first;
	struct sql_source source;
};

/* Open what ${path} names; for a folder, the dump in it. */
static int
open_path(struct dumpfile *s, const char *path, struct stat *st)
{
	char *file;
	int dir, rc;

	s->name = strdup(path);
	s->first.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->name == NULL || s->first.fd < 0 || fstat(s->first.fd, st) != 0) {
		rc = io_read_exit();
		warn("%s", path);
		return rc;
	}
	if (!S_ISDIR(st->st_mode))
		return 0;
	dir = s->first.fd;
	s->first.fd = -1;
	file = dumpfolder_find(dir, path, &rc);
	if (file == NULL)
		return rc;
	free(s->name);
	if (asprintf(&s->name, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", file) <
	    0)
		s->name = NULL;
	free(file);
	if (s->name == NULL ||
	    (s->first.fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0 ||
	    fstat(s->first.fd, st) != 0) {
		rc = io_read_exit();
		warn("%s", s->name != NULL ? s->name : path);
		return rc;
	}
	return 0;
}

static int
spooled(struct dumpfile *s)
{
	int fd = -1, rc = spool_fd(s->first.fd, s->name, &fd);

	s->spool = true;
	if (s->first.fd != STDIN_FILENO)
		io_close(&s->first.fd);
	s->first.fd = fd;
	return rc;
}

/* From here on it is what was in the encrypted file. */
static int
decrypted(struct dumpfile *s, const char *identity)
{
	int fd = -1, rc = decrypt_fd(s->first.fd, s->name, identity, false, &fd);

	s->spool = true;
	if (s->first.fd != STDIN_FILENO)
		io_close(&s->first.fd);
	s->first.fd = fd;
	return rc;
}

static int
read_stream(struct sql_stream *s, void *buf, size_t size, size_t *len)
{
	ssize_t n;

	if (s->section != NULL)
		return gz_section_read(s->section, buf, size, len);
	n = s->gz != NULL ? gz_reader_read(s->gz, buf, size) : io_read_some(s->fd, buf, size);
	*len = 0;
	if (sig_stop())
		return 1;
	if (n < 0 && s->gz != NULL) {
		warnx("%s: %s", s->name, gz_reader_error(s->gz));
		return gz_reader_exit(s->gz);
	}
	if (n < 0) {
		warn("read %s", s->name);
		return EX_IOERR;
	}
	*len = (size_t)n;
	s->done += (size_t)n;
	return 0;
}

static int
on_rewind(void *ctx)
{
	struct dumpfile *d = ctx;
	/* Every byte is under the checksum, and under the end mark where there is one. */
	struct gz_reader_options o = {.flags = GZ_QUICK, .jobs = ordered_jobs(0, JOBS_MAX)};

	gz_reader_free(d->first.gz);
	d->first.gz = NULL;
	d->first.done = 0;
	if (lseek(d->first.fd, 0, SEEK_SET) != 0) {
		warn("read %s", d->name);
		return EX_IOERR;
	}
	if (!d->packed)
		return 0;
	gz_points_free(&d->points);
	o.points = &d->points;
	if ((d->first.gz = gz_reader_open(d->first.fd, &o)) != NULL)
		return 0;
	warn("%s", d->name);
	return EX_OSERR;
}

static int
on_read(void *ctx, void *buf, size_t size, size_t *len)
{
	struct dumpfile *d = ctx;

	return read_stream(&d->first, buf, size, len);
}

static uint64_t
on_done(void *ctx)
{
	struct dumpfile *d = ctx;

	return d->packed ? gz_reader_packed(d->first.gz) : d->first.done;
}

static void
close_stream(struct sql_stream *s)
{
	if (s == NULL)
		return;
	gz_reader_free(s->gz);
	gz_section_stop(s->section);
	io_close(&s->fd);
	free(s);
}

/* Unpack from the last point before ${offset}, and throw away what lies before it. */
static int
start_packed(const struct dumpfile *d, struct sql_stream *s, uint64_t offset)
{
	const struct gz_reader_options o = {.flags = GZ_QUICK, .jobs = 1};
	const struct gz_point *point = gz_points_before(&d->points, offset);
	uint64_t at = point != NULL ? point->plain : 0;
	char *skipped;
	size_t len = 1;
	int rc = 0;

	s->gz = point != NULL ? gz_reader_resume(s->fd, &o, point) : gz_reader_open(s->fd, &o);
	if (s->gz == NULL || (skipped = malloc(SKIP)) == NULL) {
		warn("read %s", d->name);
		return io_read_exit();
	}
	for (; rc == 0 && at < offset && len > 0; at += len)
		rc = read_stream(s, skipped, offset - at < SKIP ? offset - at : SKIP, &len);
	free(skipped);
	return rc;
}

static int
on_open(void *ctx, uint64_t offset, struct sql_stream **out)
{
	const struct dumpfile *d = ctx;
	struct sql_stream *s = calloc(1, sizeof(*s));
	char path[64];
	int rc = 0;

	*out = NULL;
	if (s == NULL) {
		warn("%s", d->name);
		return EX_OSERR;
	}
	s->name = d->name;
	s->fd = -1;
	if (d->section != NULL) {
		rc = gz_section_start(d->section, offset, &s->section);
		goto out;
	}
	/* Open it anew, by no name: to have a position of one's own. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", d->first.fd);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || (!d->packed && lseek(s->fd, (off_t)offset, SEEK_SET) == -1)) {
		warn("open %s again", d->name);
		rc = EX_IOERR;
	} else if (d->packed) {
		rc = start_packed(d, s, offset);
	}
out:
	if (rc != 0)
		close_stream(s);
	else
		*out = s;
	return rc;
}

int
dumpfile_open(const char *path, const char *identity, struct dumpfile **out)
{
	struct dumpfile *s = calloc(1, sizeof(*s));
	struct stat st = {0};
	char magic[2] = "";
	int rc = EX_IOERR;

	*out = NULL;
	if (s == NULL) {
		warn("%s", path);
		return EX_OSERR;
	}
	s->first.fd = -1;
	if (strcmp(path, "-") == 0) {
		s->first.fd = STDIN_FILENO;
		rc = EX_OSERR;
		if ((s->name = strdup("stdin")) == NULL)
			warn("stdin");
		else
			rc = spooled(s);
	} else {
		rc = open_path(s, path, &st);
		if (rc == 0 && !S_ISREG(st.st_mode))
			rc = spooled(s);
	}
	if (rc == 0 && decrypt_needed(s->first.fd, s->name))
		rc = decrypted(s, identity);
	if (rc != 0)
		goto out;
	rc = EX_IOERR;
	if (fstat(s->first.fd, &st) != 0 ||
	    io_read_at(s->first.fd, magic, sizeof(magic), 0) < 0) {
		warn("read %s", s->name);
		goto out;
	}
	s->packed = memcmp(magic, "\x1f\x8b", 2) == 0;
	s->first.name = s->name;
	s->source = (struct sql_source){.read = on_read,
	    .rewind = on_rewind,
	    .done = on_done,
	    .open = on_open,
	    .next = read_stream,
	    .close = close_stream,
	    .ctx = s,
	    .name = s->name,
	    .size = (uint64_t)st.st_size,
	    .straight = !s->packed,
	    .plain = s->packed ? 0 : (uint64_t)st.st_size};
	rc = on_rewind(s);
out:
	if (rc == 0)
		*out = s;
	else
		dumpfile_free(s);
	return rc;
}

const struct sql_source *
dumpfile_source(const struct dumpfile *d)
{
	return &d->source;
}

int
dumpfile_index(struct dumpfile *d)
{
	int rc;

	if (!d->packed || d->spool || d->section != NULL)
		return 0;
	rc = dumpindex_open(d->first.fd, d->name, &d->section);
	if (rc != 0 || d->section == NULL)
		return rc;
	d->source.straight = d->source.proven = true;
	d->source.plain = gz_section_plain(d->section);
	return 0;
}

void
dumpfile_free(struct dumpfile *s)
{
	if (s == NULL)
		return;
	gz_reader_free(s->first.gz);
	gz_points_free(&s->points);
	gz_section_free(s->section);
	if (s->first.fd != STDIN_FILENO)
		io_close(&s->first.fd);
	free(s->name);
	free(s);
}
