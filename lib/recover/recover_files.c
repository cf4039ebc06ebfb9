/* Steps: the application, its uploads, its .env. */
#include "recover/recover.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "set/decrypt.h"
#include "recover/fetch.h"
#include "recover/files.h"

#define ENV_MAX (1 << 20)

int
recover_parents(const char *path)
{
	char *copy = strdup(path);
	int rc = 0;

	if (copy == NULL) {
		warn("%s", path);
		return EX_OSERR;
	}
	for (char *slash = copy; rc == 0 && (slash = strchr(slash + 1, '/')) != NULL;
	     *slash = '/') {
		*slash = '\0';
		if (mkdir(copy, 0755) == -1 && errno != EEXIST) {
			warn("make %s", copy);
			rc = EX_CANTCREAT;
		}
	}
	free(copy);
	return rc;
}

bool
recover_application_there(struct recover *r)
{
	char path[PATH_MAX];

	if (!recover_path(r, "artisan", path))
		return false;
	recover_say(r, "%s", config_get(r->config, "APP_DIR"));
	return true;
}

/* Where the full backup has the application, if not in APP_DIR, for the caller to free; NULL. */
static char *
real_folder(const struct recover *r)
{
	char *text = NULL;
	size_t len;
	int fd = -1;

	if (r->backups.full != NULL &&
	    decrypt_open(r->backups.full, "application_folder.txt", r->identity, &fd) == 0 &&
	    io_read_file(fd, PATH_MAX, &text, &len) == 0)
		text[strcspn(text, "\n")] = '\0';
	(void)io_close(&fd);
	return text;
}

int
recover_application(struct recover *r)
{
	const char *app = config_get(r->config, "APP_DIR");
	struct files_options o = {.into = app,
	    .yes = r->yes,
	    .config = r->no_units ? NULL : r->config,
	    .links = r->links,
	    .special = r->special,
	    .quiet = r->quiet,
	    .identity = r->identity};
	const char *source = r->backups.files;
	char *real = NULL;
	int rc;

	if (source != NULL) {
		o.what = "app";
		o.itself = true; /* where APP_DIR was a symlink, it has the name of a release */
	} else if ((source = r->backups.archive) != NULL) {
		real = real_folder(r);
		o.folder = real != NULL ? real : app;
		o.itself = real != NULL;
	} else {
		recover_say(r, "no backup of the application");
		return EX_DATAERR;
	}
	if ((rc = recover_parents(app)) == 0 && (rc = files_restore(source, &o)) == 0)
		recover_say(r, "%s from %s", app, source);
	free(real);
	return rc;
}

bool
recover_storage_path(const struct recover *r, char *path)
{
	const char *value = config_get(r->config, "STORAGE_DIR");

	if (*value != '/')
		return recover_path(r, value, path);
	strlcpy(path, value, PATH_MAX);
	return access(path, F_OK) == 0;
}

bool
recover_storage_there(struct recover *r)
{
	char path[PATH_MAX];

	if (!recover_storage_path(r, path))
		return false;
	recover_say(r, "%s", path);
	return true;
}

int
recover_storage(struct recover *r)
{
	char path[PATH_MAX];
	struct files_options o = {.what = "storage",
	    .yes = r->yes,
	    .config = r->no_units ? NULL : r->config,
	    .links = r->links,
	    .special = r->special,
	    .quiet = r->quiet,
	    .identity = r->identity};
	const char *source = r->backups.files, *below = config_get(r->config, "STORAGE_DIR");
	char *real = NULL, *folder = NULL;
	int rc = 0;

	(void)recover_storage_path(r, path);
	o.into = path;
	if (source == NULL && (source = r->backups.archive) != NULL) {
		/* As the application: where APP_DIR was a symlink, below what that led to. */
		if (*below != '/' && (real = real_folder(r)) != NULL &&
		    asprintf(&folder, "%s/%s", real, below) == -1) {
			folder = NULL;
			warn("%s", path);
			rc = EX_OSERR;
		}
		o.folder = folder != NULL ? folder : path;
	} else if (*below != '/') /* its archive has this path */
		o.folder = below;
	if (source == NULL) {
		recover_say(r, "no backup of the uploads");
		return EX_DATAERR;
	}
	if (rc == 0 && (rc = recover_parents(path)) == 0 &&
	    (rc = files_restore(source, &o)) == 0)
		recover_say(r, "%s from %s", path, source);
	free(folder);
	free(real);
	return rc;
}

bool
recover_env_there(struct recover *r)
{
	const char *path = config_get(r->config, "DB_ENV_FILE"), *key, *theirs;
	struct dotenv *d = recover_env(path), *b = NULL;
	bool ok = false;

	if (d == NULL)
		return false;
	key = dotenv_get(d, "APP_KEY");
	b = recover_backup_env(r);
	theirs = b != NULL ? dotenv_get(b, "APP_KEY") : NULL;
	if (key == NULL || *key == '\0')
		recover_say(r, "%s has no APP_KEY", path);
	else if (theirs != NULL && strcmp(key, theirs) != 0)
		recover_say(r,
		    "the APP_KEY of %s is not that of the backup: what was encrypted with "
		    "that one cannot be read (--yes puts the backup's .env back)",
		    path);
	else {
		recover_say(
		    r, "%s, APP_KEY %s", path, theirs != NULL ? "as in the backup" : "set");
		ok = true;
	}
	dotenv_free(d);
	dotenv_free(b);
	return ok;
}

/* Write the .env, which is the application's, and nobody's else.  Return 0, or an exit code after reporting. */
static int
write_env(const struct recover *r, const char *path, const char *text, size_t len)
{
	struct atomic_file *f = atomic_open(path, 0640);
	struct stat st;

	if (f == NULL)
		return EX_CANTCREAT;
	if (io_write(atomic_fd(f), text, len) != 0 ||
	    stat(config_get(r->config, "APP_DIR"), &st) == -1 ||
	    (geteuid() == 0 && fchown(atomic_fd(f), st.st_uid, st.st_gid) == -1)) {
		warn("%s", path);
		atomic_abort(f);
		return EX_CANTCREAT;
	}
	return atomic_commit(f) == 0 ? 0 : EX_CANTCREAT;
}

/* Take the .env out of a full backup, where it lay outside the application. */
static int
put_env(void *ctx, const struct fetch_entry *e)
{
	const struct recover *r = ctx;
	const char *path = config_get(r->config, "DB_ENV_FILE");
	int rc;

	if (e->target != NULL || strcmp(e->path, path) != 0)
		return 0;
	if ((rc = recover_parents(path)) == 0)
		rc = write_env(r, path, e->text, e->len);
	return rc;
}

int
recover_env_file(struct recover *r)
{
	const char *path = config_get(r->config, "DB_ENV_FILE");
	const char *from = r->backups.files;
	char *text = NULL, *kept = NULL;
	size_t len = 0;
	int fd = -1, rc = EX_NOINPUT;

	if (from != NULL)
		rc = decrypt_open(from, "env_backup.env", r->identity, &fd);
	if (rc == EX_NOINPUT && r->backups.archive != NULL && access(path, F_OK) != 0 &&
	    fetch_each(r->backups.archive, r->identity, path, put_env, r) == 0 &&
	    access(path, F_OK) == 0) {
		recover_say(r, "%s from %s", path, r->backups.archive);
		return 0;
	}
	if (rc == EX_NOINPUT) {
		recover_say(r, "the backup has no .env");
		return EX_DATAERR;
	}
	if (rc != 0)
		return rc;
	rc = EX_IOERR;
	if (io_read_file(fd, ENV_MAX, &text, &len) != 0) {
		warn("%s", from);
		goto out;
	}
	if (access(path, F_OK) == 0) {
		rc = EX_DATAERR;
		if (!r->yes) {
			(void)recover_env_there(r);
			goto out;
		}
		rc = EX_CANTCREAT;
		if (asprintf(&kept, "%s.before", path) == -1) {
			kept = NULL;
			warn("%s", path);
			goto out;
		}
		/* One that is there may be the last with its APP_KEY. */
		if (renameat2(AT_FDCWD, path, AT_FDCWD, kept, RENAME_NOREPLACE) == -1) {
			warn("%s", kept);
			goto out;
		}
	}
	rc = write_env(r, path, text, len);
	if (rc == 0)
		recover_say(r, "%s from %s/env_backup.env%s%s", path, from,
		    kept != NULL ? ", the old one is " : "", kept != NULL ? kept : "");
	/* An application without one stands still. */
	else if (kept != NULL && rename(kept, path) == -1)
		warn("%s", kept);
out:
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	free(kept);
	(void)io_close(&fd);
	return rc;
}
