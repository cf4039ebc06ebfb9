#include "gz/range.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "gz/fragment.h"
#include "gz/output.h"

struct range {
	int fd;
	off_t start; /* of what the index tells of: where the file was when it came */
	const char *name;
	struct inflate *inflate;
	uint8_t *packed, *plain;
};

/* Read, unpack and prove the fragment ${number}. */
static int
get(struct range *r, const struct gz_index_entry *e, uint64_t number)
{
	char hex[HASH_HEX] = "";
	ssize_t got = -1, plain = -1;

	if (lseek(r->fd, r->start + (off_t)e->packed_offset, SEEK_SET) != -1)
		got = io_read(r->fd, r->packed, (size_t)e->packed_length);
	if (got == -1) {
		if (sig_stop() != 0)
			return 1;
		warn("%s: read", r->name);
		return EX_IOERR;
	}
	if ((uint64_t)got == e->packed_length)
		plain = inflate_fragment(r->inflate, r->packed, (size_t)got, r->plain, CUT_MAX);
	if (plain == (ssize_t)e->plain_length)
		hash_bytes(r->plain, (size_t)plain, hex);
	if (strcmp(hex, e->sha256) == 0)
		return 0;
	warnx("%s: fragment %" PRIu64 " is not the one in its index", r->name, number);
	return EX_DATAERR;
}

int
gz_range(int fd, const char *name, struct gz_index_reader *index, uint64_t from,
    uint64_t length, struct output *out)
{
	const uint64_t all = gz_index_plain(index);
	const uint64_t to = from < all && length < all - from ? from + length : all;
	struct range r = {.fd = fd, .name = name};
	struct gz_index_entry e;
	uint64_t number = 0, skip, len;
	int more = 1, rc = EX_OSERR;

	if (from > all) {
		warnx("%s: the range begins behind the end, which is byte %" PRIu64, name, all);
		return EX_USAGE;
	}
	if ((r.start = lseek(fd, 0, SEEK_CUR)) == -1) {
		warn("%s", name);
		return EX_IOERR;
	}
	r.packed = malloc(FRAGMENT_PACKED_ROOM);
	r.plain = malloc(CUT_MAX);
	r.inflate = inflate_open(true);
	if (r.packed == NULL || r.plain == NULL || r.inflate == NULL) {
		warnx("out of memory");
		goto out;
	}
	rc = 0;
	while (rc == 0 && from < to && (more = gz_index_next(index, &e)) == 1) {
		number++;
		if (e.plain_offset + e.plain_length <= from)
			continue;
		if ((rc = get(&r, &e, number)) != 0)
			break;
		skip = from - e.plain_offset;
		len = e.plain_length - skip < to - from ? e.plain_length - skip : to - from;
		rc = output_write(out, r.plain + skip, (size_t)len);
		from += len;
	}
	if (more == -1)
		rc = EX_DATAERR;
out:
	inflate_free(r.inflate);
	free(r.plain);
	free(r.packed);
	return rc;
}
