#include "gz/damaged.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 4096 /* skipped where it cannot be read */

int
damaged_init(struct damaged *d, int fd, size_t room)
{
	struct stat st;
	off_t from;

	*d = (struct damaged){.fd = fd, .room = room};
	if (fstat(fd, &st) == -1 || (from = lseek(fd, 0, SEEK_CUR)) == -1) {
		warn("fstat");
		return -1;
	}
	d->from = (uint64_t)from;
	d->size = st.st_size > from ? (uint64_t)(st.st_size - from) : 0;
	if ((d->bytes = malloc(room * 2)) == NULL) {
		warnx("out of memory");
		return -1;
	}
	return 0;
}

/* Read ${len} bytes at ${offset}. */
static void
read_at(struct damaged *d, uint8_t *to, uint64_t offset, size_t len)
{
	size_t skip;
	ssize_t got;

	offset += d->from;
	while (len > 0) {
		got = pread(d->fd, to, len, (off_t)offset);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0) {
			skip = SECTOR - (size_t)(offset % SECTOR);
			got = (ssize_t)(skip < len ? skip : len);
			memset(to, 0, (size_t)got);
		}
		to += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
}

/* Let what is there begin at ${offset}, and reach as far as the memory does. */
static void
read_ahead(struct damaged *d, uint64_t offset)
{
	uint64_t left = d->size - offset;
	size_t keep = 0, n = left < d->room * 2 ? (size_t)left : d->room * 2;

	if (offset >= d->at && offset < d->at + d->length) {
		keep = (size_t)(d->at + d->length - offset);
		memmove(d->bytes, d->bytes + (offset - d->at), keep);
	}
	if (n > keep) {
		read_at(d, d->bytes + keep, offset + keep, n - keep);
		if (d->flip_at >= offset + keep && d->flip_at < offset + n)
			d->bytes[d->flip_at - offset] ^= d->flip;
	}
	d->at = offset;
	d->length = n;
}

uint8_t *
damaged_look(struct damaged *d, uint64_t offset, size_t *len)
{
	uint64_t left = d->size - offset;

	*len = left < d->room ? (size_t)left : d->room;
	if (offset < d->at || offset + *len > d->at + d->length)
		read_ahead(d, offset);
	return d->bytes + (offset - d->at);
}

void
damaged_flip(struct damaged *d, uint64_t offset, uint8_t mask)
{
	d->flip_at = offset;
	d->flip = mask;
	d->length = 0; /* what is there was looked at without */
}

void
damaged_free(struct damaged *d)
{
	free(d->bytes);
}
