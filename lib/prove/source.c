#include "prove/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "gz/reader.h"

struct source {
	int fd;
	struct gz_reader *gz; /* NULL where the bytes are not packed */
	bool hashing;         /* the digest is wanted */
	struct hash digest;   /* of the plain bytes, while hashing */
	struct progress *progress;
	uint64_t counted; /* packed bytes that the progress knows of */
	uint64_t plain;   /* bytes handed out */
	char head[SOURCE_HEAD];
	size_t head_len;
	size_t head_read; /* how many bytes of the head were handed out */
	char tail[SOURCE_TAIL];
	size_t tail_len;
	int exit; /* 0 while all is well */
	char error[160];
};

struct source *
source_open(int fd, const struct source_options *o)
{
	const struct gz_reader_options options = {.jobs = o->jobs, .index = o->index};
	struct source *s = calloc(1, sizeof(*s));
	unsigned char magic[2];
	ssize_t got;

	if (s == NULL)
		return NULL;
	s->fd = fd;
	s->progress = o->progress;
	if (lseek(fd, 0, SEEK_SET) < 0 || (got = io_read(fd, magic, 2)) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)
		goto fail;
	errno = ENOMEM;
	if (got == 2 && magic[0] == 0x1f && magic[1] == 0x8b &&
	    (s->gz = gz_reader_open(fd, &options)) == NULL)
		goto fail;
	s->hashing = o->digest;
	hash_start(&s->digest);
	return s;
fail:
	source_free(s);
	return NULL;
}

bool
source_packed(const struct source *s)
{
	return s->gz != NULL;
}

static ssize_t
stopped(struct source *s)
{
	s->exit = 1;
	return -1;
}

/* The next plain bytes of the file, whatever of them was looked at before. */
static ssize_t
read_on(struct source *s, char *buf, size_t len)
{
	uint64_t packed;
	ssize_t got;

	if (s->gz != NULL)
		got = gz_reader_read(s->gz, buf, len);
	else
		got = io_read_some(s->fd, buf, len);
	if (got < 0) {
		if (sig_stop() != 0)
			return stopped(s);
		s->exit = s->gz != NULL ? gz_reader_exit(s->gz) : EX_IOERR;
		if (s->gz != NULL)
			snprintf(
			    s->error, sizeof(s->error), "gzip: %s", gz_reader_error(s->gz));
		else
			snprintf(s->error, sizeof(s->error), "read: %s", strerror(errno));
		return -1;
	}

	packed = s->gz != NULL ? gz_reader_packed(s->gz) : s->counted + (uint64_t)got;
	progress_add(s->progress, packed - s->counted);
	s->counted = packed;
	if (s->hashing)
		hash_add(&s->digest, buf, (size_t)got);
	return got;
}

int
source_head(struct source *s, const char **head, size_t *len)
{
	ssize_t got;

	while (s->head_len < SOURCE_HEAD) {
		got = read_on(s, s->head + s->head_len, SOURCE_HEAD - s->head_len);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		s->head_len += (size_t)got;
	}
	*head = s->head;
	*len = s->head_len;
	return 0;
}

/* Keep the last SOURCE_TAIL bytes of all that was handed out. */
static void
remember(struct source *s, const char *buf, size_t len)
{
	size_t keep;

	if (len >= SOURCE_TAIL) {
		memcpy(s->tail, buf + len - SOURCE_TAIL, SOURCE_TAIL);
		s->tail_len = SOURCE_TAIL;
		return;
	}
	keep = s->tail_len + len > SOURCE_TAIL ? SOURCE_TAIL - len : s->tail_len;
	memmove(s->tail, s->tail + s->tail_len - keep, keep);
	memcpy(s->tail + keep, buf, len);
	s->tail_len = keep + len;
}

ssize_t
source_read(struct source *s, void *buf, size_t len)
{
	size_t left = s->head_len - s->head_read;
	ssize_t got;

	if (sig_stop() != 0)
		return stopped(s);
	if (left > 0) {
		if (left > len)
			left = len;
		memcpy(buf, s->head + s->head_read, left);
		s->head_read += left;
		got = (ssize_t)left;
	} else {
		got = read_on(s, buf, len);
	}
	if (got > 0) {
		s->plain += (uint64_t)got;
		remember(s, buf, (size_t)got);
	}
	return got;
}

const char *
source_error(const struct source *s)
{
	return s->error[0] != '\0' ? s->error : NULL;
}

int
source_exit(const struct source *s)
{
	return s->exit;
}

uint64_t
source_plain(const struct source *s)
{
	return s->plain;
}

const char *
source_tail(const struct source *s, size_t *len)
{
	*len = s->tail_len;
	return s->tail;
}

bool
source_sealed(const struct source *s)
{
	return s->gz != NULL && gz_reader_sealed(s->gz);
}

void
source_digest(struct source *s, char hex[HASH_HEX])
{
	hex[0] = '\0';
	if (s->hashing)
		hash_take(&s->digest, hex);
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	gz_reader_free(s->gz);
	free(s);
}
