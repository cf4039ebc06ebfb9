#include "gz/unpack.h"

#include <err.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sysexits.h>

#include "base/sig.h"
#include "gz/index.h"
#include "gz/output.h"
#include "gz/range.h"
#include "gz/reader.h"
#include "gz/salvage.h"

#define OUT_ROOM (256U << 10)

static int
unpack_all(const struct gz_unpacking *u, struct gz_index_reader *index, uint64_t *packed,
    uint64_t *plain)
{
	/* What zlib alone refuses has not been changed since it was packed, or a sum differs. */
	const struct gz_reader_options o = {.flags = GZ_QUICK, .jobs = u->jobs, .index = index};
	struct gz_reader *r = NULL;
	uint8_t *buf = NULL;
	ssize_t got;
	int rc = EX_OSERR;

	if ((buf = malloc(OUT_ROOM)) == NULL) {
		warnx("out of memory");
		goto out;
	}
	if ((r = gz_reader_open(u->fd, &o)) == NULL) {
		warn("%s", u->name);
		goto out;
	}
	while ((got = gz_reader_read(r, buf, OUT_ROOM)) > 0) {
		progress_add(u->progress, (uint64_t)got);
		if ((rc = u->look(u->ctx, buf, (size_t)got)) != 0)
			goto out;
		if ((rc = output_write(u->out, buf, (size_t)got)) != 0)
			goto out;
	}
	if (got == -1) {
		rc = gz_reader_exit(r);
		if (sig_stop() == 0)
			warnx("%s: %s", u->name, gz_reader_error(r));
		goto out;
	}
	*packed = gz_reader_packed(r);
	*plain = gz_reader_plain(r);
	rc = 0;
out:
	gz_reader_free(r);
	free(buf);
	return rc;
}

int
gz_unpack(const struct gz_unpacking *u, uint64_t *packed, uint64_t *plain)
{
	struct gz_index_reader *index = NULL;
	struct salvage s = {0};
	int rc = 0;

	if (u->index != -1)
		rc = gz_index_open(u->index, u->index_name, &index);
	if (rc == 0 && u->what == GZ_RANGE) {
		rc = gz_range(u->fd, u->name, index, u->from, u->length, u->out);
	} else if (rc == 0 && u->what == GZ_SALVAGE) {
		rc = gz_salvage(u->fd, u->name, index, u->out, u->progress, &s);
		*plain = s.plain + s.filled;
	} else if (rc == 0) {
		rc = unpack_all(u, index, packed, plain);
	}
	gz_index_close(index);
	return rc;
}
