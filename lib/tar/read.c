/*
 * libarchive takes a tar stream that ends anywhere between two entries for whole.  A tar that
 * was cut there must not count, so the bytes are watched on their way in: how many came, and
 * how many zeros stand at the end of what came.  Where libarchive says that the archive is
 * over, the rest is drained.  Everything behind the last entry must then be zeros, and at least
 * two blocks of them.
 *
 * Names are bytes.  A pax header that is not marked as binary holds UTF-8, which libarchive
 * turns into the locale's encoding.  In a UTF-8 locale that is no identity: it composes letters
 * and accents (NFC), so that a file would come back under another name than it was packed.  In
 * the C locale it gives up on all but ASCII, says so in a warning, and leaves the bytes as they
 * are.  So headers are read there, and that one warning is what is wanted.
 */
#include "tar/read.h"

#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/sig.h"

#define BLOCK 512
#define BUFFER (64UL << 10)

struct tar_reader {
	const struct tar_source *src;
	struct archive *a;
	locale_t plain; /* the C locale */
	uint64_t total; /* bytes that came */
	uint64_t zeros; /* of them at the end */
	int rc;         /* what the source failed with */
	bool ended;
	char buf[BUFFER];
};

/* Count the zeros that end what came so far. */
static void
watch(struct tar_reader *r, size_t len)
{
	size_t n = len;

	while (n > 0 && r->buf[n - 1] == '\0')
		n--;
	r->zeros = n == 0 ? r->zeros + len : len - n;
	r->total += len;
}

static la_ssize_t
on_read(struct archive *a, void *ctx, const void **buf)
{
	struct tar_reader *r = ctx;
	int before = errno;
	ssize_t n;

	*buf = r->buf;
	if (sig_stop() != 0) {
		r->rc = 1;
		archive_set_error(a, EINTR, "stopped");
		return -1;
	}
	n = r->src->read(r->src->ctx, r->buf, sizeof(r->buf));
	if (n < 0) {
		r->rc = (int)-n;
		archive_set_error(a, EIO, "the source failed");
		return -1;
	}
	watch(r, (size_t)n);
	errno = before; /* damaged() asks for libarchive's */
	return n;
}

/* Report what libarchive says, unless the source has reported already. */
static int
damaged(struct tar_reader *r)
{
	const char *text = archive_error_string(r->a);

	if (r->rc != 0)
		return r->rc;
	if (archive_errno(r->a) == ENOMEM || errno == ENOMEM) {
		/* That says nothing about the archive, whatever libarchive made of it. */
		warnx("%s: tar: out of memory", r->src->name);
		return EX_OSERR;
	}
	warnx("%s: tar: %s", r->src->name, text != NULL ? text : "damaged");
	return EX_DATAERR;
}

struct tar_reader *
tar_reader_open(const struct tar_source *src, int *rc)
{
	struct tar_reader *r = calloc(1, sizeof(*r));

	*rc = 1;
	if (r == NULL || (r->a = archive_read_new()) == NULL ||
	    (r->plain = newlocale(LC_CTYPE_MASK, "C", NULL)) == NULL) {
		warn("%s", src->name);
		tar_reader_free(r);
		return NULL;
	}
	r->src = src;
	errno = 0;
	/* An archive without entries is one too. */
	if (archive_read_support_format_tar(r->a) != ARCHIVE_OK ||
	    archive_read_support_format_empty(r->a) != ARCHIVE_OK ||
	    archive_read_open(r->a, r, NULL, on_read, NULL) != ARCHIVE_OK) {
		*rc = damaged(r);
		tar_reader_free(r);
		return NULL;
	}
	*rc = 0;
	return r;
}

/* Read what is left of the source, and look at what stands behind the last entry. */
static int
prove_end(struct tar_reader *r)
{
	int64_t end = archive_read_header_position(r->a);
	ssize_t n;

	while ((n = r->src->read(r->src->ctx, r->buf, sizeof(r->buf))) > 0) {
		watch(r, (size_t)n);
		if (sig_stop() != 0)
			return 1;
	}
	if (n < 0)
		return (int)-n;
	if (end < 0 || (uint64_t)end > r->total || r->total - (uint64_t)end < 2 * BLOCK) {
		warnx("%s: tar: cut short: the end of the archive is missing", r->src->name);
		return EX_DATAERR;
	}
	if (r->zeros < r->total - (uint64_t)end) {
		warnx("%s: tar: bytes behind the end of the archive", r->src->name);
		return EX_DATAERR;
	}
	return 0;
}

/* Whether the warning is the one about names that were left as they are. */
static bool
kept(struct tar_reader *r)
{
	const char *text = archive_error_string(r->a);

	return text != NULL && strstr(text, "can't be converted from UTF-8") != NULL;
}

static int
next(struct tar_reader *r, struct archive_entry **entry)
{
	int status;

	*entry = NULL;
	if (r->ended)
		return 0;
	errno = 0;
	/* What was not read of the last entry is read here: skipping proves less. */
	if (archive_file_count(r->a) > 0) {
		const void *buf;
		size_t len;
		la_int64_t offset;

		do
			status = archive_read_data_block(r->a, &buf, &len, &offset);
		while (status == ARCHIVE_OK);
		if (status != ARCHIVE_EOF)
			return damaged(r);
	}
	status = archive_read_next_header(r->a, entry);
	/* A part of the entry that there was no room for may be missing without a word. */
	if (errno == ENOMEM) {
		*entry = NULL;
		return damaged(r);
	}
	if (status == ARCHIVE_EOF) {
		*entry = NULL;
		r->ended = true;
		return r->rc != 0 ? r->rc : prove_end(r);
	}
	if (status != ARCHIVE_OK && !(status == ARCHIVE_WARN && r->rc == 0 && kept(r))) {
		*entry = NULL;
		return damaged(r);
	}
	errno = 0;
	if (archive_entry_pathname(*entry) == NULL && errno == ENOMEM) {
		warn("%s: tar", r->src->name);
		*entry = NULL;
		return EX_OSERR;
	}
	if (archive_entry_pathname(*entry) == NULL) {
		warnx("%s: tar: an entry without a name", r->src->name);
		*entry = NULL;
		return EX_DATAERR;
	}
	return 0;
}

int
tar_reader_next(struct tar_reader *r, struct archive_entry **entry)
{
	locale_t old = uselocale(r->plain);
	int rc = next(r, entry);

	uselocale(old);
	return rc;
}

int
tar_reader_data(struct tar_reader *r, const void **buf, size_t *len, uint64_t *offset)
{
	la_int64_t at = 0;
	int status;

	errno = 0;
	status = archive_read_data_block(r->a, buf, len, &at);
	*offset = (uint64_t)at;
	if (status == ARCHIVE_OK)
		return 0;
	*buf = NULL;
	*len = 0;
	return status == ARCHIVE_EOF ? 0 : damaged(r);
}

void
tar_reader_free(struct tar_reader *r)
{
	if (r == NULL)
		return;
	if (r->a != NULL)
		archive_read_free(r->a);
	if (r->plain != NULL)
		freelocale(r->plain);
	free(r);
}

int
tar_prove(const struct tar_source *src, struct tar_facts *facts)
{
	struct archive_entry *entry;
	struct tar_facts sum = {0};
	struct tar_reader *r;
	int rc;

	r = tar_reader_open(src, &rc);
	if (r == NULL)
		return rc;
	while ((rc = tar_reader_next(r, &entry)) == 0 && entry != NULL) {
		sum.entries++;
		if (archive_entry_filetype(entry) == AE_IFREG &&
		    archive_entry_hardlink(entry) == NULL)
			sum.bytes += (uint64_t)archive_entry_size(entry);
	}
	if (rc == 0 && facts != NULL)
		*facts = sum;
	tar_reader_free(r);
	return rc;
}
