#include "ship/rclone_left.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "set/sets.h"
#include "set/sums.h"
#include "ship/rclone_run.h"

int
rclone_whole(struct far *f, const char *name, bool *whole)
{
	struct words w = {0};
	const char *told;
	int rc;

	*whole = false;
	rclone_begin(f, &w, "lsf");
	rclone_there(f, &w, name);
	if ((rc = rclone_ask(f, "look", &w)) != 0)
		return rc == EX_CONFIG ? 0 : rc;
	if ((told = buf_string(&f->transfer.out)) == NULL)
		return EX_OSERR;
	*whole = strncmp(told, SUMS_NAME "\n", sizeof(SUMS_NAME)) == 0 ||
		 strstr(told, "\n" SUMS_NAME "\n") != NULL;
	return 0;
}

/*
 * Append what lies in the folder ${at} ("": the destination) to ${names}, a line each, with ${at}
 * before it.  Folders, or files that are older than a stream ever takes.
 */
static int
list(struct far *f, const char *at, bool folders, struct buf *names)
{
	struct words w = {0};
	const char *line;
	int rc;

	rclone_begin(f, &w, "lsf");
	words_add(&w, folders ? "--dirs-only" : "--files-only");
	if (!folders)
		words_add(&w, "--min-age=%dd", FAR_STREAM_DAYS);
	words_add(&w, "--dir-slash=false");
	rclone_there(f, &w, *at != '\0' ? at : NULL);
	if ((rc = rclone_ask(f, "look", &w)) != 0)
		return rc == EX_CONFIG ? 0 : rc;
	line = buf_string(&f->transfer.out);
	for (size_t len; line != NULL && *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		buf_printf(names, "%s%s%.*s\n", at, *at != '\0' ? "/" : "", (int)len, line);
	}
	return line != NULL ? 0 : EX_OSERR;
}

/* Whether the mirror has the SHA256SUMS of ${name}. */
static bool
is_known(const struct far *f, const char *name)
{
	char *path;
	bool yes;

	if (asprintf(&path, "%s/%s/" SUMS_NAME, f->mirror, name) == -1)
		return true;
	yes = access(path, F_OK) == 0 || errno != ENOENT;
	free(path);
	return yes;
}

int
rclone_unfinished(struct far *f, struct buf *names)
{
	struct buf all = {0};
	char *rest, *line;
	bool whole;
	int rc;

	if ((rc = list(f, FAR_PARTIAL, true, names)) != 0 ||
	    (rc = list(f, FAR_PARTIAL, false, names)) != 0 ||
	    (rc = list(f, "", true, &all)) != 0 || (rc = list(f, "full", true, &all)) != 0)
		goto out;
	if (buf_string(&all) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	/*
	 * The mirror does not show folders in which none of the small texts is, nor the set that
	 * another machine has finished since.
	 */
	for (rest = all.data; rc == 0 && (line = strsep(&rest, "\n")) != NULL;) {
		if (sets_time(basename(line), NULL) == 0 && !is_known(f, line) &&
		    (rc = rclone_whole(f, line, &whole)) == 0 && !whole)
			buf_printf(names, "%s\n", line);
	}
out:
	buf_free(&all);
	return rc;
}
