#include "notify/outbox.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "base/rights.h"
#include "notify/state_parts.h"

#define ITEM_MAX (8 << 20) /* one message may tell of as many incidents as there can be */

/* A temporary file that is older than this is nobody's work any more. */
#define STALE 3600

#define KEEP_DEAD (90 * 86400)

int
outbox_add(struct outbox *box, struct outbox_item *item)
{
	struct outbox_item *more;

	more = reallocarray(box->items, box->count + 1, sizeof(*more));
	if (more == NULL) {
		warn("outbox");
		return -1;
	}
	box->items = more;
	box->items[box->count++] = *item;
	memset(item, 0, sizeof(*item));
	return 0;
}

int
outbox_add_copy(struct outbox *box, const struct outbox_item *item)
{
	struct outbox_item copy = *item;

	copy.incidents = NULL;
	copy.dead = NULL;
	if (message_copy(&copy.message, &item->message) == -1)
		return -1;
	copy.incidents = calloc(item->incident_count + 1, sizeof(*copy.incidents));
	if (item->dead != NULL)
		copy.dead = strdup(item->dead);
	if (copy.incidents == NULL || (item->dead != NULL && copy.dead == NULL)) {
		warn("outbox");
		outbox_item_free(&copy);
		return -1;
	}
	if (item->incident_count > 0)
		memcpy(copy.incidents, item->incidents,
		    item->incident_count * sizeof(*copy.incidents));
	if (outbox_add(box, &copy) == 0)
		return 0;
	outbox_item_free(&copy);
	return -1;
}

void
outbox_free(struct outbox *box)
{
	for (size_t i = 0; i < box->count; i++)
		outbox_item_free(&box->items[i]);
	free(box->items);
	memset(box, 0, sizeof(*box));
}

/* ${folder}/alert/${kind}/${id}.json, which the caller frees; NULL after reporting. */
static char *
path_of(const char *folder, const char *kind, const char *id)
{
	char *in, *path = NULL;

	if ((in = state_folder(folder, kind)) == NULL)
		return NULL;
	if (asprintf(&path, "%s/%s.json", in, id) == -1) {
		warn("%s", in);
		path = NULL;
	}
	free(in);
	return path;
}

int
outbox_put(const char *folder, const struct outbox_item *item)
{
	char *path = NULL, *sent = NULL, *text = NULL;
	struct stat st;
	int rc = -1;

	if ((sent = path_of(folder, "sent", item->message.id)) == NULL)
		goto out;
	if (lstat(sent, &st) == 0) {
		rc = 1;
		goto out;
	}
	if ((path = path_of(folder, "outbox", item->message.id)) == NULL ||
	    (text = outbox_format(item)) == NULL)
		goto out;
	rc = atomic_write(path, 0600, text, strlen(text));
out:
	free(text);
	free(sent);
	free(path);
	return rc;
}

/* Move a file that is no message out of the way. */
static void
put_away(const char *folder, int dir, const char *name)
{
	char *dead;
	int to = -1;

	warnx("%s/alert/outbox/%s: not a message; moved to dead/", folder, name);
	if ((dead = state_folder(folder, "dead")) != NULL)
		to = open(dead, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to == -1 || renameat(dir, name, to, name) == -1)
		warn("%s/alert/dead", folder);
	io_close(&to);
	free(dead);
}

/* Take the file ${name} in. */
static int
take(const char *folder, int dir, const char *name, struct outbox *box)
{
	struct outbox_item item;
	size_t len = strlen(name), text_len;
	struct stat st;
	char *text = NULL;
	int fd, rc;

	if ((fd = rights_open(dir, name, O_RDONLY)) == -1 && errno == ENOENT)
		return 0; /* sent by another one just now */
	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    io_read_file(fd, ITEM_MAX, &text, &text_len) == 0) {
		rc = outbox_parse(text, text_len, &item);
		/* A file goes by its name. */
		if (rc == 0 && (strncmp(item.message.id, name, len - 5) != 0 ||
				   item.message.id[len - 5] != '\0')) {
			outbox_item_free(&item);
			rc = -1;
		}
	} else if (fd == -1 ? errno != ELOOP : errno == EIO || errno == ENOMEM) {
		/* It may well be a message: it stays, and keeps back no other. */
		warn("%s/alert/outbox/%s", folder, name);
		io_close(&fd);
		return 0;
	} else {
		rc = -1;
	}
	io_close(&fd);
	free(text);
	if (rc == -2)
		return EX_OSERR;
	if (rc == -1) {
		put_away(folder, dir, name);
		return 0;
	}
	if (outbox_add(box, &item) == -1) {
		outbox_item_free(&item);
		return EX_OSERR;
	}
	return 0;
}

static int
by_order(const void *a, const void *b)
{
	const struct outbox_item *one = a, *other = b;

	if (one->order != other->order)
		return one->order < other->order ? -1 : 1;
	return strcmp(one->message.id, other->message.id);
}

/* Whether ${name} is that of a message's file. */
static bool
is_item(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".json") == 0;
}

int
outbox_load(const char *folder, struct outbox *box)
{
	const struct dirent *d;
	struct stat st;
	DIR *dir = NULL;
	char *path;
	int rc = EX_IOERR;

	if ((path = state_folder(folder, "outbox")) == NULL)
		return EX_CANTCREAT;
	if ((dir = opendir(path)) == NULL) {
		warn("%s", path);
		goto out;
	}
	rc = 0;
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (is_item(d->d_name))
			rc = take(folder, dirfd(dir), d->d_name, box);
		else if (d->d_name[0] == '.' && d->d_name[1] != '\0' && d->d_name[1] != '.' &&
			 fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			 time(NULL) - st.st_mtime > STALE)
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", path);
		rc = EX_IOERR;
	}
	if (box->count > 0)
		qsort(box->items, box->count, sizeof(*box->items), by_order);
out:
	if (dir != NULL)
		closedir(dir);
	free(path);
	return rc;
}

static size_t
count(const char *folder, const char *kind)
{
	const struct dirent *d;
	char *path = NULL;
	DIR *dir = NULL;
	size_t n = 0;

	if (asprintf(&path, "%s/alert/%s", folder, kind) == -1)
		return 0;
	dir = opendir(path);
	while (dir != NULL && (d = readdir(dir)) != NULL)
		n += is_item(d->d_name);
	if (dir != NULL)
		closedir(dir);
	free(path);
	return n;
}

size_t
outbox_waiting(const char *folder)
{
	return count(folder, "outbox");
}

size_t
outbox_lost(const char *folder)
{
	return count(folder, "dead");
}

int
outbox_mark(const char *folder, const char *id)
{
	char *path = path_of(folder, "sent", id);
	int fd;

	if (path == NULL)
		return -1;
	/* An empty file: that much is possible on most disks that are full. */
	fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	free(path);
	return fd == -1 || io_close(&fd) == -1 ? -1 : 0;
}

void
outbox_unmark(const char *folder)
{
	const struct dirent *d;
	char *path = NULL;
	DIR *dir = NULL;

	if (asprintf(&path, "%s/alert/sent", folder) == -1)
		return;
	dir = opendir(path);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (is_item(d->d_name))
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	free(path);
}

int
outbox_remove(const char *folder, struct outbox_item *item, bool sent)
{
	char *path = path_of(folder, "outbox", item->message.id), *to = NULL, *in = NULL;
	int rc = -1;

	if (path == NULL || (sent && (to = path_of(folder, "sent", item->message.id)) == NULL))
		goto out;
	if ((sent ? rename(path, to) : unlink(path)) == -1 && errno != ENOENT) {
		warn("remove %s", path);
		goto out;
	}
	item->gone = true;
	if ((in = state_folder(folder, "outbox")) != NULL)
		rc = atomic_sync_folder(in);
out:
	free(in);
	free(to);
	free(path);
	return rc;
}

/* What nobody has looked at for so long goes: the folder must not grow for ever. */
static void
forget_old(const char *folder)
{
	const struct dirent *d;
	struct stat st;
	char *path = state_folder(folder, "dead");
	DIR *dir = path != NULL ? opendir(path) : NULL;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (is_item(d->d_name) &&
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    time(NULL) - st.st_mtime > KEEP_DEAD)
			unlinkat(dirfd(dir), d->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	free(path);
}

int
outbox_bury(const char *folder, struct outbox_item *item)
{
	char *path = path_of(folder, "outbox", item->message.id);
	char *to = path_of(folder, "dead", item->message.id);
	int rc = -1;

	if (path == NULL || to == NULL)
		goto out;
	if (rename(path, to) == -1 && errno != ENOENT) {
		warn("rename %s to %s", path, to);
		goto out;
	}
	item->gone = true;
	forget_old(folder);
	rc = 0;
out:
	free(to);
	free(path);
	return rc;
}
