#include "check/ship.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/language.h"
#include "base/rights.h"
#include "check/parts.h"
#include "set/remote.h"

#define SUBJECT N_("copies elsewhere")
#define SECRETS CONFIG_FOLDER "/secrets"

/* Look at a folder of this machine: it can be asked at once. */
static void
look_at_folder(const struct remote *r, struct findings *found)
{
	char *mark = NULL;

	if (asprintf(&mark, "%s/README.txt", r->path) == -1)
		return;
	if (access(mark, F_OK) != 0) {
		findings_add(found, "fail", SUBJECT, "%s: %s", mark, strerror(errno));
		findings_mend(found, "siantre-ship --create %s    # once its disk is mounted",
		    findings_word(r->text));
	} else if (access(r->path, W_OK | X_OK) != 0) {
		findings_add(found, "fail", SUBJECT, _("%s: may not be written: %s"), r->path,
		    strerror(errno));
		findings_mend(found, "chown " RIGHTS_USER ": %s", findings_word(r->path));
	} else
		findings_add(found, "ok", SUBJECT, "%s", r->path);
	free(mark);
}

static void
look_at_place(const struct config *c, const char *place, struct findings *found)
{
	static const struct {
		const char *program, *package;
	} needs[] = {
	    [REMOTE_DAEMON] = {"rsync", "rsync"},
	    [REMOTE_SSH] = {"ssh", "openssh-client"},
	    [REMOTE_RCLONE] = {"rclone", "rclone"},
	};
	struct remote *r = NULL;
	const char *program, *package;

	if (remote_parse(place, &r) != 0) {
		findings_add(found, "fail", SUBJECT, _("%s: not a place"), place);
		findings_mend(found, "sensible-editor %s    # set SHIP_TO", check_file(c));
		return;
	}
	if (r->kind == REMOTE_FOLDER) {
		look_at_folder(r, found);
		goto out;
	}
	program = needs[r->kind].program;
	package = needs[r->kind].package;
	if (r->kind == REMOTE_SSH && !child_exists("rsync"))
		program = package = "rsync";
	if (!child_exists(program)) {
		findings_add(
		    found, "fail", SUBJECT, _("%s: %s is not installed"), r->text, program);
		findings_mend(found, "apt-get install %s", package);
	} else
		findings_add(found, "ok", SUBJECT,
		    _("%s (not asked; siantre-ship --list asks it)"), r->text);
out:
	remote_free(r);
}

/* Name the command that makes the file ${path} of ${key}, which is not there. */
static void
mend_missing(const char *key, const char *path, struct findings *found)
{
	const char *word = findings_word(path);

	if (strcmp(key, "SHIP_SSH_KEY") == 0)
		findings_mend(found,
		    "ssh-keygen -q -t ed25519 -N '' -f %s && chown " RIGHTS_USER " %s", word,
		    word);
	else if (strcmp(key, "SHIP_RCLONE_CONFIG") == 0)
		findings_mend(
		    found, "rclone --config %s config && chown " RIGHTS_USER " %s", word, word);
	else if (strcmp(key, "SHIP_PASSWORD_FILE") == 0)
		findings_mend(found,
		    "install -m 0600 -o " RIGHTS_USER
		    " /dev/stdin %s    # type it, then Ctrl-D",
		    word);
	else
		findings_mend(found,
		    "install -m 0644 /dev/stdin %s    # what ssh-keyscan HOST prints, then "
		    "Ctrl-D",
		    word);
}

/* Whether the folder of ${path} may not be entered. */
static bool
closed_off(const char *path)
{
	char *folder = strdup(path), *slash = folder != NULL ? strrchr(folder, '/') : NULL;
	bool closed;

	if (slash != NULL)
		slash[slash == folder] = '\0';
	closed = slash != NULL && access(folder, X_OK) != 0 && errno == EACCES;
	free(folder);
	return closed;
}

/* Name the command that puts a copy of ${path} where siantre-ship comes to, and says so. */
static void
mend_place(const struct config *c, const char *key, const char *path, struct findings *found)
{
	char *to = NULL;

	if (asprintf(&to, SECRETS "/%s", basename(path)) == -1)
		return;
	findings_mend(found, "install -D -m 0600 -o " RIGHTS_USER " %s %s && " CHECK_SET,
	    findings_word(path), findings_word(to), key, findings_word(to), check_file(c));
	free(to);
}

/* Look at the file that ${key} names: it must be readable, and a secret one private. */
static void
look_at_file(const struct config *c, const char *key, bool secret, struct findings *found)
{
	const char *path = config_get(c, key);
	struct stat st;
	int problem;

	if (*path == '\0')
		return;
	/* As siantre-ship may, which gives up the right to read all: so does access(2). */
	if (access(path, R_OK) != 0 || stat(path, &st) != 0) {
		problem = errno;
		findings_add(found, "fail", SUBJECT, "%s=%s: %s", key, path, strerror(problem));
		if (problem == EACCES && closed_off(path))
			mend_place(c, key, path, found);
		else if (problem == ENOENT)
			mend_missing(key, path, found);
		else
			findings_mend(found, "chown " RIGHTS_USER " %s", findings_word(path));
	} else if (secret && (st.st_mode & 077) != 0) {
		findings_add(found, "fail", SUBJECT, _("%s=%s: open to others (mode %04o)"),
		    key, path, st.st_mode & 07777U);
		findings_mend(found, "chmod 0600 %s", findings_word(path));
	}
}

void
checkship_look(const struct config *c, struct findings *found)
{
	char *places = strdup(config_get(c, "SHIP_TO")), *at = places, *place;

	if (places == NULL)
		return;
	if (*places == '\0') {
		findings_add(found, "warn", SUBJECT, "%s",
		    _("SHIP_TO is empty: the backups are on this machine alone"));
		findings_mend(found, "sensible-editor %s    # set SHIP_TO", check_file(c));
	}
	while ((place = strsep(&at, " ")) != NULL) {
		if (*place != '\0')
			look_at_place(c, place, found);
	}
	free(places);
	look_at_file(c, "SHIP_SSH_KEY", true, found);
	look_at_file(c, "SHIP_KNOWN_HOSTS", false, found);
	look_at_file(c, "SHIP_PASSWORD_FILE", true, found);
	look_at_file(c, "SHIP_RCLONE_CONFIG", false, found);
}
