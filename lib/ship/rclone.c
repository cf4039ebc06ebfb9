/*
 * What rclone reaches: S3, SFTP, WebDAV and forty others.  Whether a folder can be renamed there
 * is what rclone says of the kind of remote.  What was sent is read back: the hashes that such
 * services tell are often those that the sender gave them.
 */
#include <err.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "set/manifest.h"
#include "set/sums.h"
#include "set/verified.h"
#include "ship/accepted.h"
#include "ship/deposit.h"
#include "ship/digests.h"
#include "ship/far.h"
#include "ship/rclone_left.h"
#include "ship/rclone_run.h"
#include "ship/words.h"

/* Whether rclone says that it can tell when a file was changed. */
static bool
knows_times(json_int_t precision)
{
	/* What cannot says a hundred years, in nanoseconds. */
	return precision > 0 && precision < (json_int_t)365 * 86400 * 1000000000;
}

static int
open_rclone(struct far *f)
{
	struct words w = {0};
	json_t *told = NULL, *hashes = NULL;
	json_error_t error;
	json_int_t precision = 0;
	int rc, moves = 0;

	if (transfer_file(&f->transfer, f->transfer.options->rclone_config) != 0)
		return EX_CONFIG;
	/* It would look for a shell behind SFTP each time, and write what it finds to its
	   configuration, which belongs to somebody else.  Older ones do not know the option. */
	if (setenv("RCLONE_SFTP_SHELL_TYPE", "none", 1) != 0) {
		warn("environment");
		return EX_OSERR;
	}
	rclone_begin(f, &w, "backend");
	words_add(&w, "features");
	rclone_there(f, &w, NULL);
	if ((rc = rclone_run(f, "connect", &w)) != 0)
		return rc;
	told = json_loadb(f->transfer.out.data, f->transfer.out.len, 0, &error);
	if (told == NULL || json_unpack(told, "{s?o, s?I, s:{s?b}}", "Hashes", &hashes,
				"Precision", &precision, "Features", "DirMove", &moves) != 0)
		moves = 0;
	f->renames = moves;
	f->reads = true;
	f->known = json_array_size(hashes) > 0 ? FAR_BY_HASH
		   : knows_times(precision)    ? FAR_BY_TIME
					       : FAR_UNKNOWN;
	json_decref(told);
	return 0;
}

/*
 * The small texts.  Where the far end tells no hashes, those of one size and time are taken to be
 * the same, and where it knows no times either, all are read again each time.
 */
static int
look(struct far *f)
{
	static const char *const texts[] = {SUMS_NAME, MANIFEST_NAME, VERIFIED_NAME};
	struct words w = {0};

	rclone_begin(f, &w, "sync");
	words_add(&w, "--filter=+ /" FAR_MARK);
	words_add(&w, "--filter=+ /" ACCEPTED_NAME);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		words_add(&w, "--filter=+ /" FAR_SET_PATTERN "/%s", texts[i]);
		words_add(&w, "--filter=+ /full/" FAR_SET_PATTERN "/%s", texts[i]);
	}
	words_add(&w, "--filter=- *");
	words_add(&w, "--max-size=32M");
	if (f->known == FAR_BY_HASH)
		words_add(&w, "--checksum");
	else if (f->known == FAR_UNKNOWN)
		words_add(&w, "--ignore-times");
	words_add(&w, "--fast-list");
	words_add(&w, "--transfers=16"); /* small ones */
	rclone_there(f, &w, NULL);
	words_add(&w, "%s", f->mirror);
	return rclone_run(f, "look", &w);
}

static int
make(struct far *f, const char *mark)
{
	struct words w = {0};
	int rc;

	rclone_begin(f, &w, "mkdir");
	rclone_there(f, &w, NULL);
	if ((rc = rclone_run(f, "create", &w)) != 0)
		return rc;
	rclone_begin(f, &w, "copyto");
	words_add(&w, "--ignore-existing");
	words_add(&w, "%s", mark);
	rclone_there(f, &w, FAR_MARK);
	return rclone_run(f, "create", &w);
}

static int
send_rclone(
    struct far *f, const char *local, const char *at, const char *basis, enum far_part part)
{
	struct words w = {0};

	(void)basis;
	rclone_begin(f, &w, part == FAR_SUMS ? "copyto" : "sync");
	if (part == FAR_SUMS) {
		char *to = NULL;

		words_add(&w, "--ignore-times");
		words_add(&w, "%s/" SUMS_NAME, local);
		if (asprintf(&to, "%s/" SUMS_NAME, at) == -1) {
			warn("%s", at);
			words_free(&w);
			return EX_OSERR;
		}
		rclone_there(f, &w, to);
		free(to);
		return rclone_run(f, "send " SUMS_NAME, &w);
	}
	if (!f->renames)
		words_add(&w, "--filter=- /" SUMS_NAME);
	words_add(&w, part == FAR_ANEW ? "--ignore-times" : "--checksum");
	words_add(&w, "%s", local);
	rclone_there(f, &w, at);
	return rclone_run(f, "send", &w);
}

static int
prove(struct far *f, const char *local, const char *at, bool sums)
{
	struct words w = {0};
	struct digests *promised = NULL, *told = NULL;
	char *where = NULL;
	int rc;

	rclone_begin(f, &w, "hashsum");
	words_add(&w, "sha256");
	words_add(&w, "--download");
	rclone_there(f, &w, at);
	if ((rc = rclone_run(f, "read back", &w)) != 0)
		return rc;
	if (asprintf(&where, "%s/%s", f->remote->text, at) == -1) {
		warn("%s", at);
		return EX_OSERR;
	}
	rc = EX_OSERR;
	if (buf_string(&f->transfer.out) != NULL &&
	    (rc = digests_told(f->transfer.out.data, &told)) == 0 &&
	    (rc = digests_promised(local, sums, &promised)) == 0)
		rc = digests_hold(promised, told, where, sums);
	digests_free(promised);
	digests_free(told);
	free(where);
	return rc;
}

/* Remove ${at}; that it is not there is fine. */
static int
erase(struct far *f, const char *verb, const char *at)
{
	struct words w = {0};
	int rc;

	rclone_begin(f, &w, verb);
	rclone_there(f, &w, at);
	rc = rclone_ask(f, "remove", &w);
	return rc == EX_CONFIG ? 0 : rc;
}

/*
 * Make sure that there is no folder ${name}: into one that is there rclone would move one file
 * after the other.
 */
static int
vacate(struct far *f, const char *name)
{
	bool whole;
	int rc;

	if ((rc = rclone_whole(f, name, &whole)) != 0)
		return rc;
	if (whole) {
		warnx("%s/%s: another set of this name is there", f->remote->text, name);
		return EX_CANTCREAT;
	}
	return erase(f, "purge", name);
}

static int
publish(struct far *f, const char *name)
{
	struct words w = {0};
	char *from = NULL;
	int rc;

	if ((rc = vacate(f, name)) != 0)
		return rc;
	if (asprintf(&from, FAR_PARTIAL "/%s", basename(name)) == -1) {
		warn("%s", name);
		return EX_OSERR;
	}
	rclone_begin(f, &w, "moveto");
	rclone_there(f, &w, from);
	rclone_there(f, &w, name);
	rc = rclone_run(f, "rename", &w);
	free(from);
	return rc;
}

static int
drop(struct far *f, const char *at)
{
	size_t len = strlen(at), end = strlen(FAR_STREAM);
	char *sums = NULL;
	int rc;

	if (len > end && strcmp(at + len - end, FAR_STREAM) == 0)
		return erase(f, "deletefile", at);
	if (asprintf(&sums, "%s/" SUMS_NAME, at) == -1) {
		warn("%s", at);
		return EX_OSERR;
	}
	/* Without SHA256SUMS it is no set any more; the rest can take its time. */
	rc = erase(f, "deletefile", sums);
	free(sums);
	return rc != 0 ? rc : erase(f, "purge", at);
}

static int
fetch(struct far *f, const char *name, const char *to)
{
	struct words w = {0};

	rclone_begin(f, &w, "sync");
	words_add(&w, "--checksum");
	rclone_there(f, &w, name);
	words_add(&w, "%s", to);
	return rclone_run(f, "fetch", &w);
}

static int
deposit(struct far *f, struct deposit *d)
{
	struct words w = {0};
	const char *name = deposit_name(d), *told;
	char *partial = NULL;
	int rc;

	if (asprintf(&partial, FAR_PARTIAL "/%s" FAR_STREAM, name) == -1) {
		warn("%s", name);
		return EX_OSERR;
	}
	rclone_begin(f, &w, "lsf");
	rclone_there(f, &w, NULL);
	words_add(&w, "--files-only");
	words_add(&w, "--filter=+ /%s", name);
	words_add(&w, "--filter=- *");
	if ((rc = rclone_run(f, "look", &w)) != 0)
		goto out;
	if (f->transfer.out.len > 0) {
		warnx("%s/%s: another file of this name is there", f->remote->text, name);
		rc = EX_CANTCREAT;
		goto out;
	}
	rclone_begin(f, &w, "rcat");
	rclone_there(f, &w, partial);
	if ((rc = rclone_run_with(f, "send", &w, d)) != 0 || (rc = deposit_end(d)) != 0)
		goto drop;
	rclone_begin(f, &w, "hashsum");
	words_add(&w, "sha256");
	words_add(&w, "--download");
	rclone_there(f, &w, partial);
	if ((rc = rclone_run(f, "read back", &w)) != 0)
		goto drop;
	told = buf_string(&f->transfer.out);
	if (told == NULL || strncmp(told, deposit_sha256(d), 64) != 0) {
		warnx("%s/%s: other bytes than were sent", f->remote->text, name);
		rc = EX_DATAERR;
		goto drop;
	}
	rclone_begin(f, &w, "moveto");
	rclone_there(f, &w, partial);
	rclone_there(f, &w, name);
	rc = rclone_run(f, "rename", &w);
	goto out;
drop:
	(void)erase(f, "deletefile", partial);
out:
	free(partial);
	return rc;
}

const struct far_kind far_rclone = {
    .open = open_rclone,
    .look = look,
    .make = make,
    .send = send_rclone,
    .prove = prove,
    .publish = publish,
    .drop = drop,
    .unfinished = rclone_unfinished,
    .fetch = fetch,
    .deposit = deposit,
};
