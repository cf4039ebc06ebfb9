#include "ship/far.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hint.h"
#include "base/lock.h"
#include "base/sig.h"
#include "ship/place.h"

#define LOOK_WAIT 600 /* seconds for the look of another run */

static const char mark_text[] =
    "Backups, made and proven by siantre-backup.\n"
    "\n"
    "Each folder named YYYYmmdd_HHMMSS, here and in full/, is one set.  Nothing but standard\n"
    "tools is needed to check one and to bring it back:\n"
    "\n"
    "    cd 20261123_020000 && sha256sum -c SHA256SUMS\n"
    "    gunzip -c db_backup.sql.gz | mariadb --comments DATABASE\n"
    "    tar -xzpf app_files.tar.gz -C /var/www\n"
    "\n"
    "A name that ends in .age is encrypted: age -d -i KEYFILE NAME.age > NAME.\n"
    "A folder without SHA256SUMS, and .partial, is work in progress.\n"
    "\n"
    "This file marks the folder as a place for backups: where it is missing, because the disk\n"
    "is not mounted for example, nothing is sent.\n";

int
far_mkdir(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	warn("create %s", path);
	return EX_CANTCREAT;
}

int
far_open(const struct remote *remote, const struct transfer_options *options, const char *state,
    struct far **out)
{
	struct far *f = calloc(1, sizeof(*f));
	int rc = EX_OSERR;

	*out = NULL;
	if (f == NULL)
		goto memory;
	f->looking = -1;
	f->remote = remote;
	f->transfer.options = options;
	f->transfer.name = remote->text;
	switch (remote->kind) {
	case REMOTE_FOLDER: f->kind = &far_folder; break;
	case REMOTE_DAEMON:
	case REMOTE_SSH: f->kind = &far_rsync; break;
	case REMOTE_RCLONE: f->kind = &far_rclone; break;
	}
	if ((f->state = place_state(state, remote)) == NULL)
		goto memory;
	if (remote->kind == REMOTE_FOLDER)
		f->mirror = strdup(remote->path);
	else if (asprintf(&f->mirror, "%s/mirror", f->state) == -1)
		f->mirror = NULL;
	if (f->mirror == NULL)
		goto memory;
	if ((rc = far_mkdir(state)) != 0 || (rc = far_mkdir(f->state)) != 0 ||
	    (remote->kind != REMOTE_FOLDER && (rc = far_mkdir(f->mirror)) != 0) ||
	    (rc = f->kind->open(f)) != 0)
		goto out;
	*out = f;
	f = NULL;
	goto out;
memory:
	warn("%s", remote->text);
out:
	far_close(f);
	return rc;
}

/* Whether the mirror has the file that makes a folder a destination. */
static bool
marked(const struct far *f)
{
	char *path;
	bool yes;

	if (asprintf(&path, "%s/" FAR_MARK, f->mirror) == -1)
		return false;
	yes = access(path, F_OK) == 0;
	free(path);
	return yes;
}

/*
 * One at a time: of two that make the same folder like that at the far end, one could read what the
 * other is just writing.
 */
static int
take_look(struct far *f)
{
	char *path;
	int rc = 0;

	/* A folder is its own mirror. */
	if (f->looking != -1 || f->remote->kind == REMOTE_FOLDER)
		return 0;
	if (asprintf(&path, "%s/mirror.lock", f->state) == -1) {
		warn("%s", f->state);
		return EX_OSERR;
	}
	if ((f->looking = lock_take(path, LOOK_WAIT)) == -1) {
		rc = sig_stop() != 0 ? 1 : errno == EWOULDBLOCK ? EX_TEMPFAIL : EX_CANTCREAT;
		if (rc == EX_TEMPFAIL)
			transfer_fail(&f->transfer,
			    "another run (process %jd) is looking at it",
			    (intmax_t)lock_owner(path));
	} else
		/* Whoever is killed may leave a child that goes on for a moment. */
		(void)fcntl(f->looking, F_SETFD, 0);
	free(path);
	return rc;
}

void
far_seen(struct far *f)
{
	lock_release(f->looking);
	f->looking = -1;
}

/* What a look ended with. */
static int
looked(struct far *f, int code)
{
	if (code == EX_CONFIG)
		hintx("siantre-ship --create %s makes it one", f->remote->text);
	if (code != 0)
		far_seen(f);
	return code;
}

static int
look(struct far *f)
{
	int rc = take_look(f);

	return rc == 0 ? f->kind->look(f) : rc;
}

int
far_look(struct far *f)
{
	return looked(f, look(f));
}

int
far_ready(struct far *f)
{
	int rc = look(f);

	if (rc == 0 && !marked(f)) {
		transfer_fail(&f->transfer,
		    "no " FAR_MARK
		    " there: not a place for backups yet, or its disk is not mounted");
		rc = EX_CONFIG;
	}
	return looked(f, rc);
}

int
far_make(struct far *f)
{
	char *path = NULL;
	int rc = EX_CANTCREAT;

	if (asprintf(&path, "%s/" FAR_MARK, f->state) == -1) {
		warn("%s", f->remote->text);
		return EX_OSERR;
	}
	if (atomic_write(path, 0440, mark_text, sizeof(mark_text) - 1) == 0)
		rc = f->kind->make(f, path);
	free(path);
	return rc;
}

char *
far_room(const struct far *f, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", f->state, name) == -1) {
		warn("%s", name);
		return NULL;
	}
	if (far_mkdir(path) != 0) {
		free(path);
		return NULL;
	}
	return path;
}

void
far_close(struct far *f)
{
	if (f == NULL)
		return;
	far_seen(f);
	buf_free(&f->transfer.out);
	free(f->mirror);
	free(f->state);
	free(f);
}
