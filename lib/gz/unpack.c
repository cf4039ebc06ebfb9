#include "gz/unpack.h"

#include <err.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sysexits.h>

#include "base/sig.h"
#include "gz/output.h"
#include "gz/reader.h"

#define OUT_ROOM (256U << 10)

int
gz_unpack(int in, const char *name, struct output *out,
    int (*look)(void *ctx, const void *buf, size_t len), void *ctx, uint64_t *packed,
    uint64_t *plain)
{
	struct gz_reader *r = NULL;
	uint8_t *buf = NULL;
	ssize_t got;
	int rc = EX_OSERR;

	if ((buf = malloc(OUT_ROOM)) == NULL) {
		warnx("out of memory");
		goto out;
	}
	if ((r = gz_reader_open(in, 0)) == NULL)
		goto out;
	while ((got = gz_reader_read(r, buf, OUT_ROOM)) > 0) {
		if ((rc = look(ctx, buf, (size_t)got)) != 0)
			goto out;
		if ((rc = output_write(out, buf, (size_t)got)) != 0)
			goto out;
	}
	if (got == -1) {
		rc = gz_reader_exit(r);
		if (sig_stop() == 0)
			warnx("%s: %s", name, gz_reader_error(r));
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
