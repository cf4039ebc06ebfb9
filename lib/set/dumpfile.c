#include "set/dumpfile.h"

#include <dirent.h>
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

#include "base/io.h"
#include "base/ordered.h"
#include "base/sig.h"
#include "base/spool.h"
#include "gz/reader.h"

#define JOBS_MAX 4 /* threads that unpack; to load takes longer anyway */

struct dumpfile {
	char *name;
	int fd;
	bool packed;
	struct gz_reader *gz;
	uint64_t done; /* of a plain file */
	struct sql_source source;
};

static bool
ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

/*
 * The dump in the folder ${fd}: db_backup.sql.gz, or else the only file that looks like one.
 * Return its name (free), or NULL after reporting.
 */
static char *
dump_in(int fd, const char *path)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	char *found = NULL;
	size_t n = 0;
	bool sealed = false;

	if (dir == NULL) {
		warn("%s", path);
		close(fd);
		return NULL;
	}
	while ((d = readdir(dir)) != NULL) {
		sealed =
		    sealed || ends(d->d_name, ".sql.gz.age") || ends(d->d_name, ".sql.age");
		if (!ends(d->d_name, ".sql.gz") && !ends(d->d_name, ".sql"))
			continue;
		if (strcmp(d->d_name, "db_backup.sql.gz") == 0)
			n = 0; /* the others do not matter */
		else if (found != NULL && strcmp(found, "db_backup.sql.gz") == 0)
			continue;
		free(found);
		found = strdup(d->d_name);
		n++;
	}
	closedir(dir);
	if (n == 1 && found != NULL)
		return found;
	if (n > 1) {
		warnx("%s: %zu dumps in this folder", path, n);
		fprintf(stderr, "hint: name the file instead\n");
	} else if (sealed) {
		warnx("%s: the dump is encrypted", path);
		fprintf(stderr,
		    "hint: age -d -i KEYFILE %s/db_backup.sql.gz.age | siantre-restore db -\n",
		    path);
	} else {
		warnx("%s: no dump (.sql.gz or .sql) in this folder", path);
	}
	free(found);
	return NULL;
}

/* Open what ${path} names; for a folder, the dump in it. */
static int
open_path(struct dumpfile *s, const char *path, struct stat *st)
{
	char *file;
	int dir;

	s->name = strdup(path);
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->name == NULL || s->fd < 0 || fstat(s->fd, st) != 0) {
		warn("%s", path);
		return EX_IOERR;
	}
	if (!S_ISDIR(st->st_mode))
		return 0;
	dir = s->fd;
	s->fd = -1;
	file = dump_in(dir, path);
	if (file == NULL)
		return EX_DATAERR;
	free(s->name);
	if (asprintf(&s->name, "%s%s%s", path, ends(path, "/") ? "" : "/", file) < 0)
		s->name = NULL;
	free(file);
	if (s->name == NULL || (s->fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0 ||
	    fstat(s->fd, st) != 0) {
		warn("%s", s->name != NULL ? s->name : path);
		return EX_IOERR;
	}
	return 0;
}

static int
spooled(struct dumpfile *s)
{
	int fd = -1, rc = spool_fd(s->fd, s->name, &fd);

	if (s->fd != STDIN_FILENO)
		io_close(&s->fd);
	s->fd = fd;
	return rc;
}

static int
on_rewind(void *ctx)
{
	const struct gz_reader_options options = {.jobs = ordered_jobs(0, JOBS_MAX)};
	struct dumpfile *s = ctx;

	gz_reader_free(s->gz);
	s->gz = NULL;
	s->done = 0;
	if (lseek(s->fd, 0, SEEK_SET) != 0) {
		warn("read %s", s->name);
		return EX_IOERR;
	}
	if (s->packed && (s->gz = gz_reader_open(s->fd, &options)) == NULL)
		return EX_OSERR;
	return 0;
}

static int
on_read(void *ctx, void *buf, size_t size, size_t *len)
{
	struct dumpfile *s = ctx;
	ssize_t n =
	    s->packed ? gz_reader_read(s->gz, buf, size) : io_read_some(s->fd, buf, size);

	*len = 0;
	if (sig_stop())
		return 1;
	if (n < 0 && s->packed) {
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

static uint64_t
on_done(void *ctx)
{
	struct dumpfile *s = ctx;

	return s->packed ? gz_reader_packed(s->gz) : s->done;
}

int
dumpfile_open(const char *path, struct dumpfile **out)
{
	static const char age[] = "age-encryption.org/";
	struct dumpfile *s = calloc(1, sizeof(*s));
	struct stat st = {0};
	char magic[sizeof(age)] = "";
	int rc = EX_IOERR;

	*out = NULL;
	if (s == NULL) {
		warn("%s", path);
		return EX_OSERR;
	}
	s->fd = -1;
	if (strcmp(path, "-") == 0) {
		s->fd = STDIN_FILENO;
		s->name = strdup("stdin");
		rc = s->name == NULL ? EX_OSERR : spooled(s);
	} else {
		rc = open_path(s, path, &st);
		if (rc == 0 && !S_ISREG(st.st_mode))
			rc = spooled(s);
	}
	if (rc != 0)
		goto out;
	rc = EX_IOERR;
	if (fstat(s->fd, &st) != 0 || pread(s->fd, magic, sizeof(age) - 1, 0) < 0) {
		warn("read %s", s->name);
		goto out;
	}
	if (strcmp(magic, age) == 0) {
		warnx("%s: encrypted", s->name);
		fprintf(stderr, "hint: age -d -i KEYFILE %s | siantre-restore db -\n", s->name);
		rc = EX_DATAERR;
		goto out;
	}
	s->packed = memcmp(magic, "\x1f\x8b", 2) == 0;
	s->source = (struct sql_source){.read = on_read,
	    .rewind = on_rewind,
	    .done = on_done,
	    .ctx = s,
	    .name = s->name,
	    .size = (uint64_t)st.st_size};
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

void
dumpfile_free(struct dumpfile *s)
{
	if (s == NULL)
		return;
	gz_reader_free(s->gz);
	if (s->fd != STDIN_FILENO)
		io_close(&s->fd);
	free(s->name);
	free(s);
}
