#include "tar/find.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/rights.h"
#include "base/sig.h"
#include "tar/ustar.h"

#define BLOCK 512
#define ATTRS_MAX 2048           /* bytes of attributes that are read ahead */
#define WANTED ((off_t)4 << 20)  /* of a large file, asked for ahead of reading it, */
#define WANTED_STEP (WANTED / 4) /* in such steps */

struct find_folder *
find_folder(int fd)
{
	struct find_folder *folder = calloc(1, sizeof(*folder));

	if (folder == NULL) {
		warn(NULL);
		(void)io_close(&fd);
		return NULL;
	}
	folder->fd = fd;
	folder->users = 1;
	return folder;
}

void
find_release(struct find_folder *folder)
{
	if (folder == NULL || --folder->users > 0)
		return;
	(void)io_close(&folder->fd);
	free(folder);
}

int
find_open(struct find *f)
{
	f->error = 0;
	if ((f->fd == -1 && (f->fd = rights_open(f->folder->fd, f->name, O_RDONLY)) == -1) ||
	    fstat(f->fd, &f->st) == -1)
		f->error = errno;
	else if (!S_ISREG(f->st.st_mode))
		f->error = ENXIO;
	else
		return 0;
	(void)io_close(&f->fd);
	return -1;
}

int
find_look(struct find *f)
{
	f->error = 0;
	if ((f->fd = openat(f->folder->fd, f->name, O_PATH | O_NOFOLLOW | O_CLOEXEC)) != -1 &&
	    fstat(f->fd, &f->st) == 0)
		return 0;
	f->error = errno;
	(void)io_close(&f->fd);
	return -1;
}

/* Whether ${f} is data from its start to its end. */
static bool
solid(const struct find *f)
{
	/* Some file systems pack small files so that they count fewer blocks. */
	return f->st.st_blocks >= (f->st.st_size + BLOCK - 1) / BLOCK ||
	       (lseek(f->fd, 0, SEEK_DATA) == 0 && lseek(f->fd, 0, SEEK_HOLE) >= f->st.st_size);
}

/* Read what attributes ${f} has; false where that is too much to keep. */
static bool
attributes(struct find *f, struct attr *t)
{
	if (attr_none(f->fd))
		return true;
	if ((f->attrs = archive_entry_new()) == NULL)
		return false;
	/* An ACL changes the mode: first the one, then the other. */
	archive_entry_set_mode(f->attrs, f->st.st_mode);
	f->attrs_why = attr_load(t, f->fd, f->attrs, ATTRS_MAX);
	if (f->attrs_why != attr_much)
		return true;
	archive_entry_free(f->attrs);
	f->attrs = NULL;
	f->attrs_why = NULL;
	return false;
}

void
find_ahead(struct find *f, struct find_room *room, struct attr *t)
{
	size_t size, whole;
	ssize_t n = 1;

	if (find_open(f) == -1) {
		/* The main thread has other descriptors to give back first. */
		if (f->error == EMFILE || f->error == ENFILE)
			f->error = 0;
		return;
	}
	size = (size_t)f->st.st_size;
	whole = (size + BLOCK - 1) / BLOCK * BLOCK;
	if (f->st.st_size > (off_t)room->size || USTAR_ROOM + whole > room->size - room->used ||
	    !solid(f) || !attributes(f, t)) {
		if (room->open == FIND_OPEN) {
			(void)io_close(&f->fd);
			return;
		}
		room->open++;
		(void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		f->wanted = WANTED_STEP;
		(void)posix_fadvise(f->fd, 0, WANTED_STEP, POSIX_FADV_WILLNEED);
		return;
	}
	f->data = room->data + room->used + USTAR_ROOM;
	while ((size_t)f->got < size && n > 0)
		n = find_read(f, f->data + f->got, size - (size_t)f->got);
	find_judge(f, n);
	memset(f->data + f->got, 0, whole - (size_t)f->got);
	room->used += USTAR_ROOM + whole;
	(void)io_close(&f->fd);
}

ssize_t
find_read(struct find *f, void *buf, size_t len)
{
	ssize_t n;

	while ((n = pread(f->fd, buf, len, f->got)) == -1 && errno == EINTR && sig_stop() == 0)
		continue;
	if (n > 0)
		f->got += n;
	return n;
}

void
find_want(struct find *f)
{
	while (f->wanted < f->st.st_size && f->wanted - f->got < WANTED) {
		if (f->wanted < f->got)
			f->wanted = f->got;
		(void)posix_fadvise(f->fd, f->wanted, WANTED_STEP, POSIX_FADV_WILLNEED);
		f->wanted += WANTED_STEP;
	}
}

void
find_judge(struct find *f, ssize_t last)
{
	struct stat now;

	if (last == -1) {
		f->error = errno;
		f->fate = FIND_UNREADABLE;
	} else if (last == 0)
		f->fate = FIND_SHRANK;
	else if (fstat(f->fd, &now) == -1)
		f->fate = FIND_FINE;
	else if (now.st_size > f->st.st_size)
		f->fate = FIND_GREW;
	else if (now.st_mtim.tv_sec != f->st.st_mtim.tv_sec ||
		 now.st_mtim.tv_nsec != f->st.st_mtim.tv_nsec)
		f->fate = FIND_CHANGED;
}

void
find_tell(const struct find *f, struct account *a)
{
	switch (f->fate) {
	case FIND_FINE: break;
	case FIND_UNREADABLE: account_damaged(a, f->path, f->error, f->got); break;
	case FIND_SHRANK:
		account_skip(a, &a->changed, f->path,
		    "shrank while it was packed, filled with zeros from byte %jd",
		    (intmax_t)f->got);
		break;
	case FIND_GREW:
		account_skip(a, &a->changed, f->path,
		    "grew while it was packed, cut to %jd bytes", (intmax_t)f->st.st_size);
		break;
	case FIND_CHANGED:
		account_skip(a, &a->changed, f->path, "changed while it was packed");
		break;
	}
}

void
find_free(struct find *f)
{
	free(f->path);
	find_release(f->folder);
	if (f->attrs != NULL)
		archive_entry_free(f->attrs);
	(void)io_close(&f->fd);
	*f = (struct find){.fd = -1};
}
