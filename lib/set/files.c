#include "set/files.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/num.h"
#include "tar/account.h"
#include "tar/extract.h"
#include "set/input.h"
#include "tar/place.h"

static int
list(const struct tar_source *src, const struct files_options *o)
{
	struct archive_entry *entry;
	struct tar_reader *r;
	const char *path;
	int rc;

	if ((r = tar_reader_open(src, &rc)) == NULL)
		return rc;
	while ((rc = tar_reader_next(r, &entry)) == 0 && entry != NULL) {
		path = archive_entry_pathname(entry);
		if (!extract_wanted(path, o->paths))
			continue;
		if ((o->zero ? fputs(path, stdout) : puts(tar_printable(path))) == EOF ||
		    (o->zero && putchar('\0') == EOF)) {
			rc = io_write_exit();
			break;
		}
	}
	tar_reader_free(r);
	if (fflush(stdout) == EOF && rc == 0)
		rc = io_write_exit();
	return rc;
}

/*
 * Let ${*top} be the name of the packed folder that the archive begins with ("siantre" for
 * "siantre/", "." for "./"), or NULL where it begins with something else.
 */
static int
first_folder(struct input *in, char **top)
{
	struct archive_entry *entry;
	struct tar_reader *r;
	const char *path;
	size_t len;
	int rc;

	*top = NULL;
	if ((r = tar_reader_open(input_source(in), &rc)) == NULL)
		return rc;
	if ((rc = tar_reader_next(r, &entry)) == 0 && entry != NULL &&
	    archive_entry_filetype(entry) == AE_IFDIR) {
		path = archive_entry_pathname(entry);
		while (path[0] == '.' && path[1] == '/' && path[2] != '\0')
			path += 1 + strspn(path + 1, "/");
		len = strcspn(path, "/");
		if (len > 0 && path[len + strspn(path + len, "/")] == '\0' &&
		    (*top = strndup(path, len)) == NULL) {
			warn(NULL);
			rc = 1;
		}
	}
	tar_reader_free(r);
	return rc == 0 ? input_rewind(in) : rc;
}

/* Whether the last part of ${path} is ${name}. */
static bool
is_called(const char *path, const char *name)
{
	size_t end = strlen(path), len = strlen(name);

	while (end > 1 && path[end - 1] == '/')
		end--;
	return end >= len && strncmp(path + end - len, name, len) == 0 &&
	       (end == len || path[end - len - 1] == '/');
}

/*
 * Find the target ${*place}, and let ${*inner} say whether the folder ${top} itself goes there,
 * not what it lies in.  Refuse a target that may not be exchanged.
 */
static int
find_place(const struct files_options *o, const char *top, struct place **place, bool *inner)
{
	bool dot = top != NULL && strcmp(top, ".") == 0;
	char *target = NULL;
	struct stat st;
	int rc = 1;

	if (o->paths == NULL && top != NULL && !dot) {
		*inner = is_called(o->into, top);
		if (!*inner && stat(o->into, &st) == 0 && S_ISDIR(st.st_mode)) {
			*inner = true;
			if (asprintf(&target, "%s/%s", o->into, top) == -1) {
				target = NULL;
				warn(NULL);
				goto out;
			}
		}
	}
	if ((*place = place_open(target != NULL ? target : o->into, &rc)) == NULL)
		goto out;
	rc = EX_CANTCREAT;
	if (!place_exists(*place))
		rc = 0;
	else if (o->paths != NULL)
		warnx("%s: exists; single paths go to a new folder", place_path(*place));
	else if (!*inner && !dot)
		warnx("%s: exists; an archive of several paths goes to a new folder",
		    place_path(*place));
	else if (!o->yes && !o->dry_run) {
		warnx("%s: exists", place_path(*place));
		warnx("hint: --yes exchanges it and keeps the old one beside it");
	} else
		rc = 0;
out:
	free(target);
	return rc;
}

/* Unpack ${in} and put it into ${place}: the folder ${top} in it, or (NULL) all of it. */
static int
unpack(struct input *in, struct place *place, const char *top, const struct files_options *o)
{
	struct extract x = {.final = place_path(place),
	    .paths = o->paths,
	    .links = o->links,
	    .special = o->special};
	const char *kept;
	char size[16];
	int rc, fd;

	if ((fd = place_make(place)) == -1)
		return EX_CANTCREAT;
	if ((rc = extract_into(fd, input_source(in), &x)) != 0)
		return rc;
	if (top != NULL && !x.single) {
		warnx("%s: more than the folder %s in it", input_source(in)->name,
		    tar_printable(top));
		warnx("hint: --into a folder of another name that does not exist");
		return EX_CANTCREAT;
	}
	rc = place_commit(place, top, &kept);
	if (rc == 0 && !o->quiet) {
		warnx("%s: %" PRIu64 " entries, %s", place_path(place), x.entries,
		    num_human(size, sizeof(size), x.bytes));
		if (kept != NULL)
			warnx("%s: the folder that was there", kept);
	}
	return rc;
}

int
files_restore(const char *source, const struct files_options *o)
{
	int rc;
	struct input *in = NULL;
	struct place *place = NULL;
	struct tar_facts facts;
	char *top = NULL;
	bool inner = false;

	if (o->into == NULL && !o->list) {
		warnx("--into DIR is missing");
		rc = EX_USAGE;
		goto out;
	}
	if ((in = input_open(source, o->what != NULL ? o->what : "app", o->quiet, &rc)) == NULL)
		goto out;
	if (o->list) {
		rc = list(input_source(in), o);
		goto out;
	}
	/* The place first: reading all of the archive may take an hour. */
	if ((rc = first_folder(in, &top)) != 0 ||
	    (rc = find_place(o, top, &place, &inner)) != 0)
		goto out;
	if (!o->dry_run)
		rc = unpack(in, place, inner ? top : NULL, o);
	else if ((rc = tar_prove(input_source(in), &facts)) == 0 &&
		 printf("%s: %" PRIu64 " entries; would %s %s\n", input_source(in)->name,
		     facts.entries, place_exists(place) ? "exchange" : "make",
		     place_path(place)) < 0)
		rc = io_write_exit();
out:
	free(top);
	input_free(in);
	place_free(place);
	return rc;
}
