#include "tar/member.h"

#include <archive_entry.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/rights.h"
#include "base/sig.h"
#include "tar/attr.h"
#include "tar/links.h"
#include "tar/pax.h"

#define READ_SIZE ((size_t)256 << 10)
#define PIECES_MAX 16384 /* of a sparse file; holes behind them are packed as zeros */

struct piece {
	off_t start;
	off_t end;
};

struct member {
	struct tar_account *account;
	struct pax *pax;
	struct attr *attr;
	struct links *links;
	struct archive_entry *entry;
	struct piece *pieces; /* PIECES_MAX */
	char *data;           /* READ_SIZE */
};

struct member *
member_open(
    int (*emit)(void *ctx, const void *buf, size_t len), void *ctx, struct tar_account *a)
{
	struct member *m = calloc(1, sizeof(*m));

	if (m == NULL || (m->pieces = calloc(PIECES_MAX, sizeof(*m->pieces))) == NULL ||
	    (m->data = malloc(READ_SIZE)) == NULL || (m->entry = archive_entry_new()) == NULL) {
		warn(NULL);
		goto fail;
	}
	m->account = a;
	if ((m->links = links_new()) == NULL || (m->attr = attr_open()) == NULL ||
	    (m->pax = pax_open(emit, ctx)) == NULL)
		goto fail;
	return m;
fail:
	member_free(m);
	return NULL;
}

/* Begin the entry m->entry for ${st} with its metadata; ${fd} may be -1. */
static void
describe(struct member *m, const struct stat *st, int fd, const char *path)
{
	struct archive_entry *e = archive_entry_clear(m->entry);
	const char *why;

	archive_entry_copy_pathname(e, path);
	archive_entry_set_mode(e, st->st_mode);
	archive_entry_set_uid(e, st->st_uid);
	archive_entry_set_gid(e, st->st_gid);
	/* Before 1970 readers disagree about what a fraction adds to. */
	archive_entry_set_mtime(
	    e, st->st_mtim.tv_sec, st->st_mtim.tv_sec < 0 ? 0 : st->st_mtim.tv_nsec);
	if (S_ISREG(st->st_mode))
		archive_entry_set_size(e, st->st_size);
	else
		archive_entry_set_size(e, 0);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		archive_entry_set_rdev(e, st->st_rdev);
	attr_owner(m->attr, e);
	if (fd != -1 && (why = attr_load(m->attr, fd, e)) != NULL)
		tar_skip(m->account, NULL, path, "%s", why);
}

/* Write the header; 0, -1 where the entry is left out, or an exit code. */
static int
header(struct member *m, const char *path)
{
	int rc = pax_header(m->pax, m->entry);

	if (rc == 0)
		m->account->entries++;
	else if (rc == -1)
		tar_skip(
		    m->account, &m->account->unreadable, path, "%s, left out", pax_why(m->pax));
	return rc;
}

int
member_missed(struct member *m, const char *path, const char *rest)
{
	struct tar_account *a = m->account;

	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
		warn("%s", tar_printable(path));
		return 1;
	}
	if (errno == ENOENT)
		tar_skip(a, &a->vanished, path, "vanished%s", rest);
	else if (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)
		tar_skip(a, &a->changed, path, "became something else%s", rest);
	else
		tar_skip(a, &a->unreadable, path, "%s%s", strerror(errno), rest);
	return 0;
}

/*
 * Find where ${fd} has data.  Return the number of pieces, with the sparse map in m->entry, or
 * one piece for the whole file where there are no holes worth it.
 */
static size_t
map(struct member *m, int fd, const struct stat *st)
{
	off_t start, end = 0;
	size_t n = 0;

	m->pieces[0] = (struct piece){0, st->st_size};
	if (st->st_blocks >= (st->st_size + 511) / 512)
		return 1;
	while (end < st->st_size) {
		if ((start = lseek(fd, end, SEEK_DATA)) == -1 && errno != ENXIO)
			return 1;
		if (start == -1 || start >= st->st_size)
			break;
		if (n + 1 == PIECES_MAX || (end = lseek(fd, start, SEEK_HOLE)) == -1 ||
		    end > st->st_size)
			end = st->st_size;
		m->pieces[n++] = (struct piece){start, end};
	}
	if (n == 1 && m->pieces[0].start == 0 && m->pieces[0].end == st->st_size)
		return 1;
	for (size_t i = 0; i < n; i++)
		archive_entry_sparse_add_entry(
		    m->entry, m->pieces[i].start, m->pieces[i].end - m->pieces[i].start);
	/* The map of a file that is one hole is an empty piece. */
	if (n == 0)
		archive_entry_sparse_add_entry(m->entry, 0, 0);
	return n;
}

static int
content(struct member *m, int fd, const struct stat *st, size_t pieces, const char *path)
{
	struct tar_account *a = m->account;
	struct stat now;
	off_t at = 0;
	ssize_t n = 1;
	size_t want;
	int rc, error = 0;

	for (size_t i = 0; i < pieces && n > 0; i++) {
		if ((rc = pax_hole(m->pax, (uint64_t)(m->pieces[i].start - at))) != 0)
			return rc;
		for (at = m->pieces[i].start; at < m->pieces[i].end; at += n) {
			want = READ_SIZE;
			if (m->pieces[i].end - at < (off_t)want)
				want = (size_t)(m->pieces[i].end - at);
			while ((n = pread(fd, m->data, want, at)) == -1 && errno == EINTR &&
			       sig_stop() == 0)
				continue;
			if (n <= 0)
				break;
			a->bytes += (uint64_t)n;
			if ((rc = pax_data(m->pax, m->data, (size_t)n)) != 0)
				return rc;
		}
	}
	if (n == -1)
		error = errno;
	/*
	 * The last hole, or zeros for what is missing.  libarchive writes a sparse map with the
	 * first bytes of content: a file that is one hole must be fed too.
	 */
	if ((rc = pax_hole(m->pax, (uint64_t)(st->st_size - at))) != 0)
		return rc;
	if (n == -1)
		tar_skip(a, &a->unreadable, path, "%s, filled with zeros from byte %jd",
		    strerror(error), (intmax_t)at);
	else if (n == 0)
		tar_skip(a, &a->changed, path,
		    "shrank while it was packed, filled with zeros from byte %jd",
		    (intmax_t)at);
	else if (fstat(fd, &now) == 0 && now.st_size > st->st_size)
		tar_skip(a, &a->changed, path, "grew while it was packed, cut to %jd bytes",
		    (intmax_t)st->st_size);
	else if (now.st_mtim.tv_sec != st->st_mtim.tv_sec ||
		 now.st_mtim.tv_nsec != st->st_mtim.tv_nsec)
		tar_skip(a, &a->changed, path, "changed while it was packed");
	return 0;
}

int
member_file(struct member *m, int dir, const char *name, const char *path)
{
	int rc, fd;
	struct stat st;
	const char *first;
	size_t pieces;

	if ((fd = rights_open(dir, name, O_RDONLY)) == -1 || fstat(fd, &st) == -1) {
		rc = member_missed(m, path, ", left out");
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		errno = ENXIO;
		rc = member_missed(m, path, ", left out");
		goto out;
	}
	describe(m, &st, fd, path);
	if (st.st_nlink > 1 && (first = links_find(m->links, &st)) != NULL) {
		archive_entry_copy_hardlink(m->entry, first);
		archive_entry_set_size(m->entry, 0);
		rc = header(m, path);
		goto out;
	}
	pieces = map(m, fd, &st);
	if ((rc = header(m, path)) == 0 && (rc = content(m, fd, &st, pieces, path)) == 0 &&
	    st.st_nlink > 1)
		links_add(m->links, &st, path);
out:
	(void)io_close(&fd);
	return rc == -1 ? 0 : rc;
}

int
member_folder(struct member *m, int fd, const struct stat *st, const char *path)
{
	int rc;

	describe(m, st, fd, path);
	rc = header(m, path);
	return rc == -1 ? 0 : rc;
}

int
member_other(
    struct member *m, int dir, const char *name, const struct stat *st, const char *path)
{
	char target[PATH_MAX + 1];
	ssize_t len;
	int rc;

	describe(m, st, -1, path);
	if (S_ISLNK(st->st_mode)) {
		if ((len = readlinkat(dir, name, target, sizeof(target) - 1)) == -1)
			return member_missed(m, path, ", left out");
		target[len] = '\0';
		archive_entry_copy_symlink(m->entry, target);
	}
	rc = header(m, path);
	return rc == -1 ? 0 : rc;
}

int
member_end(struct member *m)
{
	return pax_end(m->pax);
}

void
member_free(struct member *m)
{
	if (m == NULL)
		return;
	pax_free(m->pax);
	attr_free(m->attr);
	links_free(m->links);
	if (m->entry != NULL)
		archive_entry_free(m->entry);
	free(m->data);
	free(m->pieces);
	free(m);
}
