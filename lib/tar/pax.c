/*
 * libarchive converts names from the locale's character set to UTF-8, which changes bytes: in
 * the C locale it gives up on all but ASCII, in a UTF-8 locale it mends what some broken
 * encoders (CESU-8) write.  A backup has no business mending names.  So two of its writers
 * share one output, and each entry goes to the one that leaves it alone: strict UTF-8 to the
 * first, in the locale C.UTF-8, where the conversion is the identity; everything else to the
 * second, which is told to copy bytes.  Neither buffers, so the entries stand in order.  Plain
 * entries (tar/ustar.h), most of a tree, go past both.
 */
#include "tar/pax.h"

#include <archive.h>
#include <err.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>

#include "base/sig.h"
#include "base/utf8.h"

#define BLOCK 512
#define RECORD 10240
#define OUT_SIZE ((size_t)256 << 10)
#define HOLE_MAX ((size_t)1 << 30)

struct pax {
	int (*emit)(void *ctx, const void *buf, size_t len);
	void *ctx;
	int code; /* what emit returned, or 1 after a stop signal */
	char *out;
	size_t len;
	uint64_t total;
	locale_t utf8, before;
	struct archive *text, *bytes; /* the two writers */
	struct archive *open;         /* the one that has an entry open, or NULL */
	struct archive *failed;       /* the one that could not tell the last entry */
	void *hole; /* HOLE_MAX addresses that read as zeros and take no memory */
};

static int
flush(struct pax *p, const void *buf, size_t len)
{
	if (p->code == 0 && sig_stop() != 0)
		p->code = 1;
	if (p->code == 0 && len > 0)
		p->code = p->emit(p->ctx, buf, len);
	return p->code;
}

static int
put(struct pax *p, const void *buf, size_t len)
{
	if (p->code != 0)
		return p->code;
	p->total += len;
	if (p->len + len > OUT_SIZE) {
		if (flush(p, p->out, p->len) != 0)
			return p->code;
		p->len = 0;
	}
	if (len >= OUT_SIZE)
		return flush(p, buf, len);
	memcpy(p->out + p->len, buf, len);
	p->len += len;
	return 0;
}

static la_ssize_t
on_write(struct archive *a, void *ctx, const void *buf, size_t len)
{
	int before = errno, rc = put(ctx, buf, len);

	(void)a;
	if (rc == 0)
		errno = before; /* starved() asks for libarchive's */
	return rc == 0 ? (la_ssize_t)len : -1;
}

/* Report what libarchive says, unless the cause was reported already. */
static int
fatal(struct pax *p, struct archive *a)
{
	if (p->code == 0) {
		warnx("write archive: %s", archive_error_string(a));
		p->code = 1;
	}
	return p->code;
}

/*
 * Whether memory was short since errno was 0: libarchive may call that a success, and leave out
 * what it had no room for.  Report it.
 */
static bool
starved(struct pax *p)
{
	if (errno != ENOMEM)
		return false;
	if (p->code == 0) {
		warnx("write archive: out of memory");
		p->code = EX_OSERR;
	}
	return true;
}

static struct archive *
writer(struct pax *p, bool bytes)
{
	struct archive *a = archive_write_new();

	if (a == NULL || archive_write_set_format_pax(a) != ARCHIVE_OK ||
	    archive_write_add_filter_none(a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
	    /* One form of extended attributes: the one that GNU tar and star know. */
	    archive_write_set_options(a, bytes ? "xattrheader=SCHILY,hdrcharset=BINARY"
					       : "xattrheader=SCHILY") != ARCHIVE_OK ||
	    archive_write_open2(a, p, NULL, on_write, NULL, NULL) != ARCHIVE_OK) {
		warnx("start archive: %s", a != NULL ? archive_error_string(a) : "no memory");
		if (a != NULL)
			archive_write_free(a);
		return NULL;
	}
	return a;
}

struct pax *
pax_open(int (*emit)(void *ctx, const void *buf, size_t len), void *ctx)
{
	struct pax *p = calloc(1, sizeof(*p));

	if (p == NULL || (p->out = malloc(OUT_SIZE)) == NULL) {
		warn(NULL);
		goto fail;
	}
	p->emit = emit;
	p->ctx = ctx;
	if ((p->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)) == (locale_t)0) {
		warn("locale C.UTF-8");
		goto fail;
	}
	p->before = uselocale(p->utf8);
	p->hole =
	    mmap(NULL, HOLE_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->hole == MAP_FAILED) {
		warn("mmap");
		p->hole = NULL;
		goto fail;
	}
	if ((p->text = writer(p, false)) == NULL || (p->bytes = writer(p, true)) == NULL)
		goto fail;
	return p;
fail:
	pax_free(p);
	return NULL;
}

static bool
is_utf8(const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0, n;

	for (; len > 0; text += n, len -= n)
		if ((n = utf8_next(text, len)) == 0)
			return false;
	return true;
}

static bool
all_utf8(struct archive_entry *e)
{
	return is_utf8(archive_entry_pathname(e)) && is_utf8(archive_entry_hardlink(e)) &&
	       is_utf8(archive_entry_symlink(e)) && is_utf8(archive_entry_uname(e)) &&
	       is_utf8(archive_entry_gname(e));
}

static int
end_entry(struct pax *p)
{
	struct archive *a = p->open;

	p->open = NULL;
	errno = 0;
	if (a != NULL && archive_write_finish_entry(a) != ARCHIVE_OK && !starved(p))
		return fatal(p, a);
	return p->code;
}

int
pax_header(struct pax *p, struct archive_entry *entry)
{
	struct archive *a = all_utf8(entry) ? p->text : p->bytes;
	int r;

	if (end_entry(p) != 0)
		return p->code;
	errno = 0;
	r = archive_write_header(a, entry);
	if (starved(p))
		return p->code;
	if (r == ARCHIVE_FATAL)
		return fatal(p, a);
	if (r == ARCHIVE_FAILED) {
		p->failed = a;
		return -1;
	}
	p->open = a;
	return p->code;
}

int
pax_plain(struct pax *p, const struct ustar *u, char *data)
{
	size_t head = ustar_header(u, data);
	size_t len = head + (u->size + BLOCK - 1) / BLOCK * BLOCK;

	if (head == 0)
		return -1;
	if (end_entry(p) != 0 || flush(p, p->out, p->len) != 0)
		return p->code;
	p->len = 0;
	p->total += len;
	return flush(p, data - head, len);
}

const char *
pax_why(const struct pax *p)
{
	return archive_error_string(p->failed);
}

int
pax_data(struct pax *p, const void *buf, size_t len)
{
	const char *at = buf;
	la_ssize_t n;

	while (len > 0) {
		if (p->code == 0 && sig_stop() != 0)
			p->code = 1;
		if (p->code != 0)
			return p->code;
		if ((n = archive_write_data(p->open, at, len)) < 0)
			return fatal(p, p->open);
		/* The content is as long as the header said; the caller sees to that. */
		if (n == 0)
			break;
		at += n;
		len -= (size_t)n;
	}
	return p->code;
}

int
pax_hole(struct pax *p, uint64_t len)
{
	size_t n;

	for (; len > 0; len -= n) {
		n = len < HOLE_MAX ? (size_t)len : HOLE_MAX;
		if (pax_data(p, p->hole, n) != 0)
			return p->code;
	}
	return p->code;
}

int
pax_end(struct pax *p)
{
	static const char zeros[RECORD];

	if (end_entry(p) != 0)
		return p->code;
	/* Its two zero blocks; the other writer ends silently in pax_free(). */
	if (archive_write_close(p->text) != ARCHIVE_OK)
		return fatal(p, p->text);
	if (p->total % RECORD != 0 && put(p, zeros, RECORD - p->total % RECORD) != 0)
		return p->code;
	if (flush(p, p->out, p->len) == 0)
		p->len = 0;
	return p->code;
}

void
pax_free(struct pax *p)
{
	if (p == NULL)
		return;
	if (p->code == 0)
		p->code = 1; /* libarchive writes an end mark when it is freed: to nobody */
	if (p->text != NULL)
		archive_write_free(p->text);
	if (p->bytes != NULL)
		archive_write_free(p->bytes);
	if (p->utf8 != (locale_t)0) {
		uselocale(p->before);
		freelocale(p->utf8);
	}
	if (p->hole != NULL)
		munmap(p->hole, HOLE_MAX);
	free(p->out);
	free(p);
}
