/*
 * A daemon (rsync://) and rsync over ssh.  One program does the sending for both; where ssh gives
 * us a shell (shell.c), the far end counts digests and renames, and otherwise rsync's own
 * checksums are the proof, and SHA256SUMS goes last.
 *
 * An unfinished file waits in .rsync-partial and is gone on with; what stands under its name is
 * whole.  Files that are there are compared by their content, never by size and date.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/plain.h"
#include "set/manifest.h"
#include "set/sums.h"
#include "set/verified.h"
#include "ship/accepted.h"
#include "ship/deposit.h"
#include "ship/far.h"
#include "ship/rsync_run.h"
#include "ship/shell.h"
#include "ship/words.h"

static int
open_rsync(struct far *f)
{
	const struct transfer_options *o = f->transfer.options;

	if (f->remote->kind == REMOTE_DAEMON) {
		/* It would ask at a terminal. */
		if (setenv("RSYNC_PASSWORD", "", 0) != 0) {
			warn("environment");
			return EX_OSERR;
		}
		return transfer_file(&f->transfer, o->password_file);
	}
	if (transfer_file(&f->transfer, o->ssh_key) != 0 ||
	    transfer_file(&f->transfer, o->known_hosts) != 0)
		return EX_CONFIG;
	return shell_probe(f);
}

static int
look(struct far *f)
{
	static const char *const wanted[] = {"+ /full/", "+ /" FAR_SET_PATTERN "/",
	    "+ /full/" FAR_SET_PATTERN "/", "+ /" FAR_MARK, "+ /" ACCEPTED_NAME, "+ " SUMS_NAME,
	    "+ " MANIFEST_NAME, "+ " VERIFIED_NAME, "- *"};
	struct words w = {0};

	rsync_begin(f, &w);
	words_add(&w, "--checksum");
	words_add(&w, "--delete");
	words_add(&w, "--no-links");
	words_add(&w, "--max-size=32m");
	words_add(&w, "--chmod=D0700,F0600");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		words_add(&w, "--filter=%s", wanted[i]);
	rsync_there(f, &w, NULL);
	words_add(&w, "%s/", f->mirror);
	return rsync_run(f, "look", &w, NULL);
}

static int
make(struct far *f, const char *mark)
{
	struct words w = {0};
	char *folder = NULL, *full = NULL;
	int rc;

	if (f->shell && (rc = shell_make(f)) != 0)
		return rc;
	rc = EX_CANTCREAT;
	if ((folder = far_room(f, "made")) == NULL || (full = far_room(f, "made/full")) == NULL)
		goto out;
	rsync_begin(f, &w);
	words_add(&w, "--ignore-existing");
	words_add(&w, "--chmod=D0700,F0440");
	words_add(&w, "%s", mark);
	words_add(&w, "%s", full);
	rsync_there(f, &w, NULL);
	rc = rsync_run(f, "create", &w, NULL);
out:
	free(folder);
	free(full);
	return rc;
}

/*
 * Where ${basis} is, for the rsync there: it counts from where it writes.  rrsync takes no dots, but
 * what begins at the root of all that it lets us see.
 */
static void
add_basis(const struct far *f, struct words *w, const char *at, const char *basis)
{
	const char *path = f->remote->path;
	bool full = strncmp(basis, "full/", 5) == 0;

	if (f->remote->kind == REMOTE_SSH && !f->shell)
		words_add(w, "--copy-dest=%s%s/%s", *path == '/' ? "" : "/", path, basis);
	else if (strncmp(at, "full/", 5) == 0 && full)
		words_add(w, "--copy-dest=../%s", basename(basis));
	else
		words_add(
		    w, "--copy-dest=%s%s", strchr(at, '/') != NULL ? "../../" : "../", basis);
	/* The archive of a full backup has the date in its name. */
	if (full)
		words_add(w, "-yy");
}

static void
add_send(struct far *f, struct words *w, const char *local, const char *at, enum far_part part)
{
	rsync_begin(f, w);
	words_add(w, "--chmod=D0700,F0440");
	words_add(w, "--delete");
	words_add(w, "--info=progress2");
	if (!f->renames)
		words_add(w, "--exclude=/" SUMS_NAME);
	words_add(w, part == FAR_ANEW ? "--ignore-times" : "--checksum");
	if (part == FAR_ANEW)
		words_add(w, "--whole-file");
	words_add(w, "%s/", local);
	rsync_there(f, w, at);
}

static int
send_rsync(
    struct far *f, const char *local, const char *at, const char *basis, enum far_part part)
{
	struct words w = {0}, simply = {0};

	if (part == FAR_SUMS) {
		rsync_begin(f, &w);
		words_add(&w, "--chmod=F0440");
		words_add(&w, "--checksum");
		words_add(&w, "%s/" SUMS_NAME, local);
		rsync_there(f, &w, at);
		return rsync_run(f, "send " SUMS_NAME, &w, NULL);
	}
	add_send(f, &w, local, at, part);
	if (basis != NULL && part == FAR_FILES)
		add_basis(f, &w, at, basis);
	/* Some daemons lose their way from one folder to the other; without a basis they do not. */
	add_send(f, &simply, local, at, part);
	words_add(&simply, "--whole-file");
	return rsync_run(f, "send", &w, &simply);
}

/* Remove what ${pattern} names below the parents of ${at}. */
static int
drop_matching(struct far *f, const char *at, const char *pattern)
{
	struct words w = {0};
	char *empty = far_room(f, "none"), *parent = NULL;
	const char *slash = strchr(at, '/');
	int len = slash != NULL ? (int)(slash - at) : 0, rc = EX_CANTCREAT;

	if (empty == NULL)
		return rc;
	rsync_begin(f, &w);
	words_add(&w, "--delete");
	if (slash != NULL) {
		/* What is in both is not removed, but for what is in it. */
		if (asprintf(&parent, "none/%.*s", len, at) == -1)
			parent = NULL;
		free(parent != NULL ? far_room(f, parent) : NULL);
		free(parent);
		words_add(&w, "--include=/%.*s/", len, at);
	}
	if (strcmp(pattern, FAR_RSYNC_PARTIAL "/***") == 0)
		words_add(&w, "--include=/%s/" FAR_RSYNC_PARTIAL "/", at);
	words_add(&w, "--include=/%s/%s", at, pattern);
	words_add(&w, "--include=/%s/", at);
	words_add(&w, "--exclude=*");
	words_add(&w, "%s/", empty);
	rsync_there(f, &w, NULL);
	rc = rsync_run(f, "remove", &w, NULL);
	free(empty);
	return rc;
}

/*
 * Report what ${line} of rsync's itemised changes says of a file that differs.  ${*stray}: a
 * transfer that was cut has left something.
 */
static bool
differs(const struct far *f, const char *at, char *line, bool *stray)
{
	const char *name = strchr(line, ' ');
	bool gone = strncmp(line, "*deleting", 9) == 0, missing;

	/* ".f..t......": the same bytes, with another date. */
	if (name == NULL || (strchr("<>ch", *line) == NULL && !gone))
		return false;
	name += strspn(name, " ");
	if (gone && strncmp(name, FAR_RSYNC_PARTIAL "/", sizeof(FAR_RSYNC_PARTIAL)) == 0) {
		*stray = true;
		return false;
	}
	missing = strchr(line, '+') != NULL && strchr(line, '+') < name;
	warnx("%s/%s/%s: %s", f->remote->text, at, name,
	    gone      ? "it does not belong to the set"
	    : missing ? "it is not there"
		      : "other bytes than were sent");
	return true;
}

static int
prove(struct far *f, const char *local, const char *at, bool sums)
{
	struct words w = {0};
	char *text, *line;
	bool stray = false;
	int rc;

	if (f->hashes)
		return shell_prove(f, local, at, sums);
	rsync_begin(f, &w);
	words_add(&w, "--checksum");
	words_add(&w, "--dry-run");
	words_add(&w, "--itemize-changes");
	words_add(&w, "--delete");
	words_add(&w, "--include=/" FAR_RSYNC_PARTIAL "/***");
	words_add(&w, "--exclude=/" VERIFIED_NAME); /* it may have changed since */
	if (!sums)
		words_add(&w, "--exclude=/" SUMS_NAME);
	words_add(&w, "%s/", local);
	rsync_there(f, &w, at);
	if ((rc = rsync_run(f, "compare", &w, NULL)) != 0)
		return rc;
	if (f->transfer.out.len == 0)
		return 0;
	if (buf_string(&f->transfer.out) == NULL)
		return EX_OSERR;
	for (text = f->transfer.out.data; (line = strsep(&text, "\n")) != NULL;) {
		if (differs(f, at, plain_text(line), &stray))
			rc = EX_DATAERR;
	}
	return rc == 0 && stray ? drop_matching(f, at, FAR_RSYNC_PARTIAL "/***") : rc;
}

static int
drop(struct far *f, const char *at)
{
	int rc;

	if (f->shell)
		return shell_drop(f, at);
	/* Without SHA256SUMS it is no set any more; the rest can take its time. */
	rc = drop_matching(f, at, SUMS_NAME);
	return rc != 0 ? rc : drop_matching(f, at, "***");
}

static int
unfinished(struct far *f, struct buf *names)
{
	return f->shell ? shell_unfinished(f, names) : 0;
}

static int
fetch(struct far *f, const char *name, const char *to)
{
	struct words w = {0};

	rsync_begin(f, &w);
	words_add(&w, "--checksum");
	words_add(&w, "--no-links");
	words_add(&w, "--delete");
	words_add(&w, "--chmod=D0700,F0600");
	words_add(&w, "--info=progress2");
	rsync_there(f, &w, name);
	words_add(&w, "%s/", to);
	return rsync_run(f, "fetch", &w, NULL);
}

static int
deposit(struct far *f, struct deposit *d)
{
	struct words w = {0};
	const char *path;
	int rc;

	if (f->shell && f->hashes)
		return shell_deposit(f, d);
	/* rsync has to know where the file ends before it begins. */
	if ((rc = deposit_spool(d)) != 0)
		return rc;
	path = deposit_path(d);
	rsync_begin(f, &w);
	words_add(&w, "--chmod=F0440");
	words_add(&w, "--ignore-existing");
	words_add(&w, "%s", path);
	rsync_there(f, &w, NULL);
	if ((rc = rsync_run(f, "send", &w, NULL)) != 0)
		return rc;
	rsync_begin(f, &w);
	words_add(&w, "--checksum");
	words_add(&w, "--dry-run");
	words_add(&w, "--itemize-changes");
	words_add(&w, "%s", path);
	rsync_there(f, &w, NULL);
	if ((rc = rsync_run(f, "compare", &w, NULL)) != 0)
		return rc;
	if (buf_string(&f->transfer.out) == NULL)
		return EX_OSERR;
	if (f->transfer.out.len > 0 && strchr("<ch", f->transfer.out.data[0]) != NULL) {
		warnx("%s/%s: another file of this name is there", f->remote->text,
		    deposit_name(d));
		return EX_CANTCREAT;
	}
	return 0;
}

const struct far_kind far_rsync = {
    .open = open_rsync,
    .look = look,
    .make = make,
    .send = send_rsync,
    .prove = prove,
    .publish = shell_publish,
    .drop = drop,
    .unfinished = unfinished,
    .fetch = fetch,
    .deposit = deposit,
};
