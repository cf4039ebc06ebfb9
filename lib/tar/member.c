#include "tar/member.h"

#include <archive_entry.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/plain.h"
#include "base/sig.h"
#include "tar/attr.h"
#include "tar/links.h"
#include "tar/pax.h"
#include "tar/write.h"

#define READ_SIZE ((size_t)256 << 10)
#define PIECES_MAX 16384 /* of a sparse file; holes behind them are packed as zeros */

struct piece {
	off_t start;
	off_t end;
};

struct member {
	struct account *account;
	const struct stat *output;
	struct pax *pax;
	struct attr *attr;
	struct links *links;
	struct archive_entry *entry;
	struct piece *pieces; /* PIECES_MAX */
	char *data;           /* READ_SIZE */
	uint64_t before;      /* entries before the current path */
};

struct member *
member_open(int (*emit)(void *ctx, const void *buf, size_t len), void *ctx,
    const struct stat *output, struct account *a)
{
	struct member *m = calloc(1, sizeof(*m));

	if (m == NULL || (m->pieces = calloc(PIECES_MAX, sizeof(*m->pieces))) == NULL ||
	    (m->data = malloc(READ_SIZE)) == NULL || (m->entry = archive_entry_new()) == NULL) {
		warn(NULL);
		goto fail;
	}
	m->account = a;
	m->output = output;
	if ((m->links = links_new()) == NULL || (m->attr = attr_open()) == NULL ||
	    (m->pax = pax_open(emit, ctx)) == NULL)
		goto fail;
	return m;
fail:
	member_free(m);
	return NULL;
}

/* Before 1970 readers disagree about what a fraction adds to. */
static struct timespec
mtime(const struct stat *st)
{
	return (struct timespec){
	    st->st_mtim.tv_sec, st->st_mtim.tv_sec < 0 ? 0 : st->st_mtim.tv_nsec};
}

/*
 * Pack ${f} as a plain entry with the content ${data} (see pax_plain).  Return 0, an exit code,
 * or -1 where it has to be described.
 */
static int
plain(struct member *m, const struct find *f, char *data)
{
	struct ustar u = {.path = f->path,
	    .mode = f->st.st_mode,
	    .uid = f->st.st_uid,
	    .gid = f->st.st_gid,
	    .mtime = mtime(&f->st)};
	int rc;

	if (S_ISREG(u.mode))
		u.size = (uint64_t)f->st.st_size;
	attr_names(m->attr, u.uid, u.gid, &u.uname, &u.gname);
	if ((rc = pax_plain(m->pax, &u, data)) == 0)
		m->account->entries++;
	return rc;
}

/*
 * Make m->entry that of ${f}, which may be open as ${fd} (else -1).  Return 0, or an exit code after
 * reporting.
 */
static int
describe(struct member *m, struct find *f, int fd)
{
	struct archive_entry *e = archive_entry_clear(m->entry);
	const struct stat *st = &f->st;
	const char *why = f->attrs_why, *uname, *gname;
	struct timespec t = mtime(st);

	if (f->attrs != NULL) {
		/* It was begun ahead. */
		m->entry = f->attrs;
		f->attrs = e;
		e = m->entry;
	} else {
		archive_entry_set_mode(e, st->st_mode);
		if (fd != -1 && !attr_none(fd))
			why = attr_load(m->attr, fd, e, ATTR_MAX);
	}
	archive_entry_copy_pathname(e, f->path);
	archive_entry_set_uid(e, st->st_uid);
	archive_entry_set_gid(e, st->st_gid);
	archive_entry_set_mtime(e, t.tv_sec, t.tv_nsec);
	archive_entry_set_size(e, S_ISREG(st->st_mode) ? st->st_size : 0);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		archive_entry_set_rdev(e, st->st_rdev);
	attr_names(m->attr, st->st_uid, st->st_gid, &uname, &gname);
	archive_entry_copy_uname(e, uname);
	archive_entry_copy_gname(e, gname);
	if (why == attr_starved) {
		warnx("%s: %s", plain_name(f->path), why);
		return EX_OSERR;
	}
	if (why != NULL)
		account_skip(m->account, NULL, f->path, "%s", why);
	return 0;
}

/* Write the header; 0, -1 where the entry is left out, or an exit code. */
static int
header(struct member *m, const char *path)
{
	int rc = pax_header(m->pax, m->entry);

	if (rc == 0)
		m->account->entries++;
	else if (rc == -1)
		account_skip(
		    m->account, &m->account->unreadable, path, "%s, left out", pax_why(m->pax));
	return rc;
}

/*
 * Find where ${f} has data.  Return the number of pieces, with the sparse map in m->entry, or
 * one piece for the whole file where there are no holes worth it.
 */
static size_t
map(struct member *m, const struct find *f)
{
	const struct stat *st = &f->st;
	int fd = f->fd;
	off_t start, end = 0;
	size_t n = 0;

	m->pieces[0] = (struct piece){0, st->st_size};
	if (st->st_blocks >= (st->st_size + 511) / 512)
		return 1;
	while (end < st->st_size) {
		if ((start = lseek(fd, end, SEEK_DATA)) == -1 && errno != ENXIO) {
			m->pieces[0] = (struct piece){0, st->st_size};
			return 1;
		}
		if (start == -1 || start >= st->st_size)
			break;
		if (n + 1 == PIECES_MAX || (end = lseek(fd, start, SEEK_HOLE)) == -1 ||
		    end > st->st_size)
			end = st->st_size;
		m->pieces[n++] = (struct piece){start, end};
	}
	if (n == 1 && m->pieces[0].start == 0 && m->pieces[0].end == st->st_size)
		return 1;
	errno = 0;
	for (size_t i = 0; i < n; i++)
		archive_entry_sparse_add_entry(
		    m->entry, m->pieces[i].start, m->pieces[i].end - m->pieces[i].start);
	/* The map of a file that is one hole is an empty piece. */
	if (n == 0)
		archive_entry_sparse_add_entry(m->entry, 0, 0);
	if (errno == ENOMEM) { /* it forgets what it has no room for; zeros need no map */
		archive_entry_sparse_clear(m->entry);
		m->pieces[0] = (struct piece){0, st->st_size};
		return 1;
	}
	return n;
}

/* Write the content of the open file ${f}. */
static int
content(struct member *m, struct find *f, size_t pieces)
{
	const struct piece *piece = m->pieces;
	ssize_t n = 1;
	size_t want;
	int rc;

	for (; pieces > 0 && n > 0; pieces--, piece++) {
		if ((rc = pax_hole(m->pax, (uint64_t)(piece->start - f->got))) != 0)
			return rc;
		f->got = piece->start;
		while (n > 0 && f->got < piece->end) {
			want = READ_SIZE;
			if (piece->end - f->got < (off_t)want)
				want = (size_t)(piece->end - f->got);
			find_want(f);
			if ((n = find_read(f, m->data, want)) > 0 &&
			    (rc = pax_data(m->pax, m->data, (size_t)n)) != 0)
				return rc;
		}
	}
	find_judge(f, n);
	/*
	 * The last hole, or zeros for what is missing.  libarchive writes a sparse map with the
	 * first bytes of content: a file that is one hole must be fed too.
	 */
	return pax_hole(m->pax, (uint64_t)(f->st.st_size - f->got));
}

/* Whether ${st} is the archive itself. */
static bool
is_output(const struct member *m, const struct stat *st)
{
	return m->output != NULL && st->st_dev == m->output->st_dev &&
	       st->st_ino == m->output->st_ino;
}

static int
other(struct member *m, struct find *f)
{
	char target[PATH_MAX + 1];
	ssize_t len;
	int rc;

	if (find_look(f) == -1)
		return account_missed(m->account, f->path, f->error, ", left out");
	if (S_ISREG(f->st.st_mode) || S_ISDIR(f->st.st_mode))
		return account_missed(m->account, f->path, ENXIO, ", left out");
	if (is_output(m, &f->st))
		return 0;
	if (S_ISSOCK(f->st.st_mode)) {
		account_skip(m->account, &m->account->sockets, f->path, ACCOUNT_SOCKET);
		return 0;
	}
	if ((rc = describe(m, f, S_ISLNK(f->st.st_mode) ? -1 : f->fd)) != 0)
		return rc;
	if (S_ISLNK(f->st.st_mode)) {
		if (f->asked)
			account_skip(m->account, NULL, f->path,
			    "a symlink: the link is packed, not what it points to");
		len = readlinkat(f->folder->fd, f->name, target, sizeof(target) - 1);
		if (len == -1)
			return account_missed(m->account, f->path, errno, ", left out");
		target[len] = '\0';
		archive_entry_copy_symlink(m->entry, target);
	}
	rc = header(m, f->path);
	return rc == -1 ? 0 : rc;
}

/* Whether whoever unpacks can make ${path} a hard link to ${first}; else say that it is none. */
static bool
may_link(struct member *m, const char *path, const char *first)
{
	/* A file can be made step by step, folder by folder; link(2) takes two whole names. */
	if (strlen(path) < PATH_MAX && strlen(first) < PATH_MAX)
		return true;
	account_skip(m->account, NULL, path,
	    "a hard link with too long a name for one, packed as a file of its own");
	return false;
}

static int
file(struct member *m, struct find *f)
{
	const char *path = f->path, *first = NULL;
	size_t pieces;
	int rc;

	/* Also where it was opened ahead: it may have grown since. */
	if (f->data == NULL && f->error == 0)
		(void)find_open(f);
	/* It was one when its folder was read; now it may be a link, a FIFO … */
	if (f->data == NULL && (f->error == ELOOP || f->error == ENXIO))
		return other(m, f);
	if (f->data == NULL && f->fd == -1)
		return account_missed(m->account, path, f->error, ", left out");
	if (is_output(m, &f->st))
		return 0;
	/* What was asked for twice is no link to itself. */
	if (f->st.st_nlink > 1 && (first = links_find(m->links, &f->st)) != NULL &&
	    strcmp(first, path) != 0 && may_link(m, path, first)) {
		if ((rc = describe(m, f, f->fd)) != 0)
			return rc;
		archive_entry_copy_hardlink(m->entry, first);
		archive_entry_set_size(m->entry, 0);
		rc = header(m, path);
		return rc == -1 ? 0 : rc;
	}
	rc = -1;
	if (f->data != NULL && f->attrs == NULL && f->attrs_why == NULL)
		rc = plain(m, f, f->data);
	if (rc == -1) {
		if ((rc = describe(m, f, f->fd)) != 0)
			return rc;
		pieces = f->fd != -1 ? map(m, f) : 0;
		if ((rc = header(m, path)) == 0 && f->data != NULL)
			rc = pax_data(m->pax, f->data, (size_t)f->st.st_size);
		else if (rc == 0)
			rc = content(m, f, pieces);
	}
	if (rc != 0)
		return rc == -1 ? 0 : rc;
	/* No memory is our own trouble, not the file's. */
	if (f->fate == FIND_UNREADABLE && f->error == ENOMEM)
		return account_missed(m->account, path, f->error, "");
	find_tell(f, m->account);
	/* Further links are to the first whose name is short enough. */
	if (f->st.st_nlink > 1 && (first == NULL || strlen(path) < PATH_MAX))
		links_add(m->links, &f->st, path);
	return 0;
}

static int
folder(struct member *m, struct find *f)
{
	char room[USTAR_ROOM];
	int rc = -1, fd = f->folder != NULL ? f->folder->fd : -1;

	if (fd == -1 || attr_none(fd))
		rc = plain(m, f, room + sizeof(room));
	if (rc == -1 && (rc = describe(m, f, fd)) == 0)
		rc = header(m, f->path);
	return rc == -1 ? 0 : rc;
}

int
member_take(void *ctx, struct find *f)
{
	struct member *m = ctx;
	struct account *a = m->account;

	if (sig_stop() != 0)
		return 1;
	switch (f->kind) {
	case FIND_FILE: return file(m, f);
	case FIND_FOLDER: return folder(m, f);
	case FIND_OTHER: return other(m, f);
	case FIND_MISSED: return account_missed(a, f->path, f->error, f->rest);
	case FIND_DEEP:
		account_skip(a, &a->unreadable, f->path,
		    "more than %d folders deep, what is in it left out", TAR_DEPTH);
		return 0;
	case FIND_END:
		if (f->asked && a->entries == m->before) {
			warnx("%s: nothing of it was packed", plain_name(f->path));
			return EX_IOERR;
		}
		m->before = a->entries;
		return 0;
	}
	return 1;
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
