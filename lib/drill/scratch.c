#include "drill/scratch.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/tree.h"
#include "drill/given.h"
#include "drill/outside.h"
#include "drill/stray.h"
#include "set/space.h"

struct scratch {
	char *path;
	char *note; /* the file with the name of a database */
	char *config;
	char database[GIVEN_NAME];
	int lock;
};

/* A folder of ours alone, or none: a drill in /tmp must not be sent elsewhere by a link. */
static int
make_folder(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno != EEXIST) {
		warn("make %s", path);
		return -1;
	}
	if (lstat(path, &st) != 0) {
		warn("%s", path);
		return -1;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
		warnx("%s: not a folder of this user", path);
		return -1;
	}
	if (chmod(path, 0700) != 0) {
		warn("%s", path);
		return -1;
	}
	return 0;
}

static int
take_lock(struct scratch *s, const char *dir)
{
	char *path = NULL;
	int rc = EX_CANTCREAT;

	if (asprintf(&path, "%s/siantre-drill.lock", dir) == -1) {
		path = NULL;
		warn("%s", dir);
		goto out;
	}
	s->lock = lock_take(path, 0);
	if (s->lock == -1 && errno == EWOULDBLOCK) {
		warnx("another drill (process %jd) holds %s", (intmax_t)lock_owner(path), path);
		rc = EX_TEMPFAIL;
	}
	if (s->lock != -1)
		rc = 0;
out:
	free(path);
	return rc;
}

/* The database that a killed drill did not drop. */
static void
read_note(struct scratch *s)
{
	char text[GIVEN_NAME + 1] = "";
	int fd = open(s->note, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	if (io_read(fd, text, GIVEN_NAME) > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (given_is_name(text))
			strlcpy(s->database, text, sizeof(s->database));
	}
	io_close(&fd);
}

/* KEY="value", for a path. */
static void
add_path(struct buf *b, const char *key, const char *path)
{
	buf_printf(b, "%s=\"", key);
	for (; *path != '\0'; path++) {
		if (strchr("\"\\$", *path) != NULL)
			buf_text(b, "\\");
		buf_add(b, path, 1);
	}
	buf_text(b, "\"\n");
}

/* Nothing that is restored here is the application. */
static int
write_config(struct scratch *s)
{
	struct buf b = {0};
	char *state = scratch_file(s, "state");
	int rc = -1;

	s->config = scratch_file(s, "restore.conf");
	if (state != NULL && s->config != NULL) {
		add_path(&b, "STATE_DIR", state);
		buf_text(&b, "RESTORE_UNITS=none\n");
		if (buf_string(&b) != NULL)
			rc = atomic_write(s->config, 0600, b.data, b.len);
	}
	buf_free(&b);
	free(state);
	return rc;
}

int
scratch_open(const char *dir, struct scratch **out)
{
	struct scratch *s = calloc(1, sizeof(*s));
	char *real = NULL;
	int rc = EX_CANTCREAT;

	*out = NULL;
	if (s == NULL) {
		warn("%s", dir);
		return EX_OSERR;
	}
	s->lock = -1;
	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		warn("make %s", dir);
		hintx("set DRILL_DIR to a folder of this user, with room");
		goto out;
	}
	if ((real = realpath(dir, NULL)) == NULL) {
		warn("%s", dir);
		goto out;
	}
	if ((s->path = outside_argument("%s/siantre-drill", real)) == NULL ||
	    (s->note = outside_argument("%s/siantre-drill.database", real)) == NULL)
		goto out;
	if ((rc = take_lock(s, real)) != 0)
		goto out;
	rc = EX_CANTCREAT;
	if (make_folder(s->path) != 0 || stray_end(s->path) != 0 ||
	    tree_remove(s->path, false) != 0 || write_config(s) != 0)
		goto out;
	read_note(s);
	*out = s;
	s = NULL;
	rc = 0;
out:
	free(real);
	if (s != NULL) { /* whoever has the lock has the folder */
		lock_release(s->lock);
		free(s->config);
		free(s->path);
		free(s->note);
		free(s);
	}
	return rc;
}

const char *
scratch_path(const struct scratch *s)
{
	return s->path;
}

char *
scratch_file(const struct scratch *s, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", s->path, name) == -1) {
		warn("%s", s->path);
		return NULL;
	}
	return path;
}

const char *
scratch_config(const struct scratch *s)
{
	return s->config;
}

int
scratch_room(const struct scratch *s, uint64_t need)
{
	char wanted[16], there[16];
	uint64_t bytes;

	if (space_free(s->path, &bytes) != 0) {
		warn("%s", s->path);
		return EX_CANTCREAT;
	}
	if (bytes >= need)
		return 0;
	warnx("%s: the drill may take %s, and %s are free", s->path,
	    num_human(wanted, sizeof(wanted), need), num_human(there, sizeof(there), bytes));
	hintx("set DRILL_DIR to a folder with more room");
	return EX_CANTCREAT;
}

const char *
scratch_database(const struct scratch *s)
{
	return s->database;
}

int
scratch_keep_database(struct scratch *s, const char *name)
{
	strlcpy(s->database, name, sizeof(s->database));
	if (*name != '\0')
		return atomic_write(s->note, 0600, name, strlen(name));
	if (unlink(s->note) != 0 && errno != ENOENT) {
		warn("remove %s", s->note);
		return -1;
	}
	return 0;
}

int
scratch_close(struct scratch *s)
{
	int rc;

	if (s == NULL)
		return 0;
	rc = stray_end(s->path);
	if (tree_remove(s->path, true) != 0)
		rc = -1;
	lock_release(s->lock);
	free(s->config);
	free(s->path);
	free(s->note);
	free(s);
	return rc;
}
