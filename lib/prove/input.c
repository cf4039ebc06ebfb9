#include "prove/input.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/ordered.h"
#include "base/progress.h"
#include "base/sig.h"
#include "base/spool.h"
#include "gz/reader.h"
#include "set/decrypt.h"

#define JOBS_MAX 4 /* threads that unpack; to write takes longer anyway */

struct input {
	int fd;
	char *name;
	struct gz_reader *gz; /* NULL: plain */
	struct progress *progress;
	uint64_t size;
	bool quiet;
	uint64_t packed; /* bytes of gz that progress knows of */
	struct tar_source source;
};

static ssize_t
on_read(void *ctx, void *buf, size_t len)
{
	struct input *in = ctx;
	ssize_t n;
	uint64_t packed;

	if (in->gz == NULL) {
		if ((n = io_read_some(in->fd, buf, len)) >= 0)
			progress_add(in->progress, (uint64_t)n);
		else if (sig_stop() != 0)
			n = -1;
		else {
			warn("%s", in->name);
			n = -EX_IOERR;
		}
		return n;
	}
	if ((n = gz_reader_read(in->gz, buf, len)) < 0) {
		if (sig_stop() != 0)
			return -1;
		warnx("%s: %s", in->name, gz_reader_error(in->gz));
		return -gz_reader_exit(in->gz);
	}
	packed = gz_reader_packed(in->gz);
	progress_add(in->progress, packed - in->packed);
	in->packed = packed;
	return n;
}

/* ${name}, or where that is not there, but is encrypted: that name. */
static char *
or_encrypted(char *name)
{
	char *other = NULL;

	if (access(name, F_OK) == 0 || asprintf(&other, "%s.age", name) == -1)
		return name;
	if (access(other, F_OK) != 0) {
		free(other);
		return name;
	}
	free(name);
	return other;
}

/* Let what is read be what is in the encrypted file. */
static int
decrypt(struct input *in, const char *identity)
{
	int sealed = in->fd, rc = decrypt_fd(sealed, in->name, identity, false, &in->fd);

	io_close(&sealed);
	return rc;
}

/* The name of the archive ${what} in the set ${set}; NULL after reporting. */
static char *
in_set(const char *set, const char *what, int *rc)
{
	char *name = NULL, *folder = NULL;

	*rc = EX_USAGE;
	if (strcmp(what, "app") != 0 && strcmp(what, "storage") != 0 &&
	    strcmp(what, "full") != 0) {
		warnx("--what: \"%s\" is not app, storage or full", what);
		return NULL;
	}
	*rc = 1;
	if (strcmp(what, "full") != 0) {
		if (asprintf(&name, "%s/%s_files.tar.gz", set, what) == -1)
			name = NULL;
		goto out;
	}
	/* The set's name is in the file's; "." and links have to be looked through. */
	if ((folder = realpath(set, NULL)) == NULL) {
		*rc = EX_IOERR;
		goto out;
	}
	if (asprintf(&name, "%s/full_system_backup_%s.tar.gz", folder,
		strrchr(folder, '/') + 1) == -1)
		name = NULL;
out:
	if (name == NULL)
		warn("%s", set);
	free(folder);
	return name != NULL ? or_encrypted(name) : NULL;
}

struct input *
input_open(const char *path, const char *what, const char *identity, bool quiet, int *rc)
{
	struct input *in = calloc(1, sizeof(*in));
	struct stat st = {0};

	*rc = 1;
	if (in == NULL) {
		warn(NULL);
		return NULL;
	}
	in->fd = -1;
	if (strcmp(path, "-") == 0) {
		if ((in->name = strdup("stdin")) == NULL) {
			warn("stdin");
			goto fail;
		}
		if ((*rc = spool_fd(STDIN_FILENO, in->name, &in->fd)) != 0)
			goto fail;
	} else {
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			in->name = in_set(path, what, rc);
		else if ((in->name = strdup(path)) == NULL)
			warn("%s", path);
		if (in->name == NULL)
			goto fail;
		*rc = EX_IOERR;
		if ((in->fd = open(in->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) ==
		    -1) {
			warn("%s", in->name);
			goto fail;
		}
	}
	if (decrypt_needed(in->fd, in->name) && (*rc = decrypt(in, identity)) != 0)
		goto fail;
	*rc = EX_IOERR;
	if (fstat(in->fd, &st) == -1) {
		warn("%s", in->name);
		goto fail;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", in->name);
		goto fail;
	}
	in->size = (uint64_t)st.st_size;
	in->quiet = quiet;
	in->source = (struct tar_source){on_read, in, in->name};
	if ((*rc = input_rewind(in)) != 0)
		goto fail;
	return in;
fail:
	input_free(in);
	return NULL;
}

void
input_stop(struct input *in)
{
	gz_reader_free(in->gz);
	in->gz = NULL;
	in->packed = 0;
}

int
input_rewind(struct input *in)
{
	const struct gz_reader_options options = {.jobs = ordered_jobs(0, JOBS_MAX)};
	uint8_t magic[2];
	ssize_t n;

	input_stop(in);
	progress_end(in->progress);
	in->progress = NULL;
	if (lseek(in->fd, 0, SEEK_SET) == -1 || (n = io_read_at(in->fd, magic, 2, 0)) == -1) {
		warn("%s", in->name);
		return EX_IOERR;
	}
	if (n == 2 && magic[0] == 0x1f && magic[1] == 0x8b &&
	    (in->gz = gz_reader_open(in->fd, &options)) == NULL) {
		warn("%s", in->name);
		return EX_OSERR;
	}
	in->progress = progress_start(in->name, in->size, in->quiet);
	return 0;
}

const struct tar_source *
input_source(struct input *in)
{
	return &in->source;
}

int
input_fd(const struct input *in)
{
	return in->fd;
}

struct progress *
input_progress(const struct input *in)
{
	return in->progress;
}

void
input_count(struct input *in, struct progress *progress)
{
	progress_end(in->progress);
	in->progress = progress;
}

void
input_free(struct input *in)
{
	if (in == NULL)
		return;
	progress_end(in->progress);
	gz_reader_free(in->gz);
	(void)io_close(&in->fd);
	free(in->name);
	free(in);
}
