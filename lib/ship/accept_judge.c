#include "ship/accept_judge.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "set/sets.h"
#include "set/space.h"
#include "set/verified.h"

/* Names are local times, and clocks around the world differ so much. */
#define AHEAD (26 * 3600L)

static int __attribute__((format(printf, 2, 3)))
refuse(const char *where, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	warnx("%s: %s", where, text);
	return EX_DATAERR;
}

/*
 * Retention goes by names, so no sender may choose them freely: one date to come would be the
 * newest for ever, and thousands of sets a day would fill every count.
 */
int
accept_judge_name(const struct accept_options *o, const struct accept_tree *t, const char *set,
    const char *where)
{
	const char *there = accept_tree_hex(t, set), *name = accepted_name(set);
	int64_t when;

	if (there != NULL) {
		refuse(where, "%s/%s stands already, with another SHA256SUMS", o->tree, set);
		hintx("what stands is never replaced; to see which is right: "
		      "diff -r --no-dereference %s %s/%s",
		    where, o->tree, set);
		return EX_DATAERR;
	}
	if (sets_time(name, &when) != 0 || when > (int64_t)time(NULL) + AHEAD)
		return refuse(where, "dated in the future");
	if (accept_tree_day(t, name) >= o->per_day)
		return refuse(where, "%zu sets of that day stand already (--per-day)",
		    accept_tree_day(t, name));
	return 0;
}

int
accept_judge_folder(int fd, const struct sums *sums, const char *where)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = again != -1 ? fdopendir(again) : NULL;
	const struct dirent *d;

	if (dir == NULL) {
		warn("%s", where);
		io_close(&again);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.' && strcmp(d->d_name, SUMS_NAME) != 0 &&
		    strcmp(d->d_name, VERIFIED_NAME) != 0 && sums_find(sums, d->d_name) == NULL)
			rc = refuse(
			    where, "%s: not listed in " SUMS_NAME, plain_name(d->d_name));
	if (rc == 0 && errno != 0) {
		warn("%s", where);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

int
accept_judge_entry(const struct manifest *m, const char *name, struct manifest_file *out)
{
	for (size_t i = 0; manifest_file(m, i, out) == 0; i++)
		if (strcmp(out->name, name) == 0)
			return 0;
	return -1;
}

int
accept_judge_manifest(
    const struct manifest *m, const struct sums *sums, const char *set, const char *where)
{
	const char *job = manifest_text(m, "job"), *name;
	struct manifest_file f;

	if (strcmp(manifest_text(m, "set"), accepted_name(set)) != 0)
		return refuse(
		    where, MANIFEST_NAME " tells of another set: %s", manifest_text(m, "set"));
	if (*job == '\0' || *job == '-' ||
	    strspn(job, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(job))
		return refuse(where, MANIFEST_NAME " names no proper job");
	if ((strcmp(job, "full") == 0) != (accepted_name(set) != set))
		return refuse(where, "a set of the job %s belongs into another folder", job);
	for (size_t i = 0; (name = sums_name(sums, i)) != NULL; i++) {
		/* That name is for the record of our own proof. */
		if (strcmp(name, VERIFIED_NAME) == 0)
			return refuse(where, SUMS_NAME " lists " VERIFIED_NAME);
		if (strcmp(name, MANIFEST_NAME) != 0 && accept_judge_entry(m, name, &f) != 0)
			return refuse(
			    where, "%s: " MANIFEST_NAME " does not name it", plain_name(name));
	}
	return 0;
}

/*
 * Late sets are welcome: a line was down, a copy was damaged.  But who could add to all the past
 * would choose which set stands for each day and month that retention counts.
 */
int
accept_judge_age(const struct accept_options *o, struct accept_tree *t, const char *set,
    const char *job, const char *where)
{
	const char *newest = accept_tree_newest(t, job);
	int64_t when, last;
	char text[24];

	if (newest == NULL || sets_time(accepted_name(set), &when) != 0 ||
	    sets_time(accepted_name(newest), &last) != 0 || last - when <= o->late)
		return 0;
	refuse(where, "%s older than %s, the newest of the job %s (--late)",
	    num_elapsed(text, sizeof(text), (double)(last - when)), newest, job);
	hintx("by hand, with a longer --late, it is taken");
	return EX_DATAERR;
}

int
accept_judge_room(const struct accept_options *o, const struct accept_tree *t, uint64_t bytes,
    const char *where)
{
	char size[16], text[16], kept[16];
	uint64_t there;

	num_human(size, sizeof(size), bytes);
	if (o->quota != 0) {
		there = accept_tree_bytes(t);
		if (there > o->quota || bytes > o->quota - there) {
			warnx("%s: takes %s, and all sets of %s may take %s (--quota)", where,
			    size, o->tree, num_human(text, sizeof(text), o->quota));
			hintx("siantre-prune --keep-within 1y %s", o->tree);
			return EX_IOERR;
		}
	}
	if (space_free(o->tree, &there) != 0) {
		warn("%s", o->tree);
		return EX_IOERR;
	}
	if (there >= o->reserve && there - o->reserve >= bytes)
		return 0;
	warnx("%s: takes %s, %s are free in %s, and %s stay free (--reserve)", where, size,
	    num_human(text, sizeof(text), there), o->tree,
	    num_human(kept, sizeof(kept), o->reserve));
	return EX_IOERR;
}
