#include "recover/files.h"

#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/worker.h"
#include "prove/carry.h"
#include "recover/flaws.h"
#include "recover/intoplace.h"
#include "prove/input.h"
#include "set/units.h"
#include "tar/extract.h"
#include "tar/place.h"

/* What the workers are told, each of which needs a part of it. */
struct answer;
struct errand {
	int (*what)(struct errand *e, struct answer *a); /* to be done by a worker */
	struct input *in;
	const struct files_options *o;
	const char *folder;        /* o->folder, without slashes around it */
	const struct place *place; /* where the new folder will be … */
	int fd;                    /* … and the new folder */
};

/* What they answer. */
struct answer {
	bool folder;            /* the archive begins with a folder … */
	char top[NAME_MAX + 1]; /* … of this name ("siantre"; "." for "./") */
	bool single;            /* and has nothing beside it */
	uint64_t entries, bytes;
};

static int
in_worker(void *ctx, void *result, struct progress *progress)
{
	struct errand *e = ctx;
	int rc;

	input_count(e->in, progress);
	rc = e->what(e, result);
	input_stop(e->in);
	return rc;
}

/*
 * Have ${what} done by a worker, which may make files below ${tree}, and print to stdout where
 * ${prints}; ready to read the archive once more.
 */
static int
work(int (*what)(struct errand *e, struct answer *a), struct errand *e,
    const struct sandbox_tree *tree, bool prints, struct answer *a)
{
	const struct worker_task task = {.work = in_worker,
	    .ctx = e,
	    .result_size = sizeof(*a),
	    .keep = {input_fd(e->in), prints ? STDOUT_FILENO : -1,
		tree != NULL ? tree->folder : -1, -1},
	    .tree = tree,
	    .name = input_source(e->in)->name};
	unsigned locks = SANDBOX_ALL;
	int rc, again;

	e->what = what;
	rc = worker_run(&task, input_progress(e->in), a, &locks);
	if (e->o->verbose)
		worker_tell_locks(locks);
	a->top[NAME_MAX] = '\0';
	again = input_rewind(e->in);
	return rc != 0 ? rc : again;
}

static int
list(struct errand *e, struct answer *a)
{
	const struct tar_source *src = input_source(e->in);
	const struct files_options *o = e->o;
	struct archive_entry *entry;
	struct tar_reader *r;
	const char *path;
	int rc;

	(void)a;
	if ((r = tar_reader_open(src, &rc)) == NULL)
		return rc;
	while ((rc = tar_reader_next(r, &entry)) == 0 && entry != NULL) {
		path = archive_entry_pathname(entry);
		if (!extract_wanted(path, o->paths))
			continue;
		if ((o->zero ? fputs(path, stdout) : puts(plain_name(path))) == EOF ||
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

/* See whether the archive begins with a folder at its top, and what it is called. */
static int
first_folder(struct errand *e, struct answer *a)
{
	struct archive_entry *entry;
	struct tar_reader *r;
	const char *path;
	size_t len;
	int rc;

	if ((r = tar_reader_open(input_source(e->in), &rc)) == NULL)
		return rc;
	if ((rc = tar_reader_next(r, &entry)) == 0 && entry != NULL &&
	    archive_entry_filetype(entry) == AE_IFDIR) {
		path = archive_entry_pathname(entry);
		while (path[0] == '.' && path[1] == '/' && path[2] != '\0')
			path += 1 + strspn(path + 1, "/");
		len = strcspn(path, "/");
		if (len > 0 && len <= NAME_MAX && path[len + strspn(path + len, "/")] == '\0') {
			memcpy(a->top, path, len);
			a->folder = true;
		}
	}
	tar_reader_free(r);
	return rc;
}

/* The name of the folder that ${a} speaks of, NULL where there is none, or none that can be. */
static const char *
top_of(const struct answer *a)
{
	if (!a->folder || a->top[0] == '\0' || strchr(a->top, '/') != NULL ||
	    strcmp(a->top, "..") == 0)
		return NULL;
	return a->top;
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
		*inner = o->itself || is_called(o->into, top);
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
	else if (!*inner && !dot) {
		warnx("%s: exists; an archive of several paths goes to a new folder",
		    place_path(*place));
		hintx("--folder takes a single one out of it");
	} else if (!o->yes && !o->dry_run) {
		warnx("%s: exists", place_path(*place));
		hintx("--yes exchanges it and keeps the old one beside it");
	} else
		rc = 0;
out:
	free(target);
	return rc;
}

static int
extract(struct errand *e, struct answer *a)
{
	struct extract x = {.final = place_path(e->place),
	    .paths = e->o->paths,
	    .folder = e->folder,
	    .links = e->o->links,
	    .special = e->o->special};
	int rc;

	rc = extract_into(e->fd, input_source(e->in), &x);
	a->single = x.single;
	a->entries = x.entries;
	a->bytes = x.bytes;
	return rc;
}

/* Unpack the archive and put it into the place: the folder ${top} in it, or (NULL) all of it. */
static int
unpack(struct errand *e, struct place *place, const char *top, struct units *units,
    char *const *carried)
{
	struct sandbox_tree tree = {.special = e->o->special};
	struct intoplace x = {.place = place,
	    .top = top,
	    .units = units,
	    .carry = carried,
	    .special = e->o->special,
	    .quiet = e->o->quiet};
	struct answer a;
	const char *kept;
	struct stat st;
	char size[16];
	int rc;

	if ((x.fd = e->fd = tree.folder = place_make(place)) == -1)
		return EX_CANTCREAT;
	e->place = place;
	/* The libraries behind these are loaded while they can be. */
	(void)getpwuid(0);
	(void)getgrgid(0);
	if ((rc = work(extract, e, &tree, false, &a)) != 0)
		return rc;
	if (top != NULL && !a.single) {
		warnx("%s: more than the folder %s in it", input_source(e->in)->name,
		    plain_name(top));
		hintx("--folder takes one out of it; all of it goes --into a new folder");
		return EX_CANTCREAT;
	}
	if (top != NULL &&
	    (fstatat(e->fd, top, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))) {
		warnx("%s: %s is no folder", input_source(e->in)->name, plain_name(top));
		return EX_DATAERR;
	}
	rc = intoplace_run(&x, &kept);
	if (rc == 0 && !e->o->quiet)
		warnx("%s: %" PRIu64 " entries, %s", place_path(place), a.entries,
		    num_human(size, sizeof(size), a.bytes));
	if (kept != NULL && !e->o->quiet)
		warnx("%s: the folder that was there", kept);
	if (rc == 0)
		flaws_tell(input_source(e->in)->name);
	return rc;
}

static int
prove(struct errand *e, struct answer *a)
{
	struct tar_facts facts = {0};
	int rc;

	rc = tar_prove(input_source(e->in), &facts);
	a->entries = facts.entries;
	return rc;
}

/*
 * Let ${*out} be --folder without slashes around it, for the caller to free, and ${a} say what
 * the archive begins with.
 */
static int
take_folder(const char *folder, char **out, struct answer *a)
{
	size_t len;
	const char *name;

	folder += strspn(folder, "/");
	len = strlen(folder);
	while (len > 0 && folder[len - 1] == '/')
		len--;
	if ((*out = strndup(folder, len)) == NULL) {
		warn(NULL);
		return EX_OSERR;
	}
	name = strrchr(*out, '/') != NULL ? strrchr(*out, '/') + 1 : *out;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strlen(name) > NAME_MAX) {
		warnx("--folder: \"%s\" is not the name of a folder", folder);
		return EX_USAGE;
	}
	a->folder = true;
	strlcpy(a->top, name, sizeof(a->top));
	return 0;
}

/* Say what would be done.  Return 0, or the exit code after reporting. */
static int
tell(struct errand *e, const struct place *place, const struct units *units)
{
	const char *names = units_names(units);
	struct answer a;
	int rc = work(prove, e, NULL, false, &a);

	if (rc != 0)
		return rc;
	if (printf("%s: %" PRIu64 " entries; would %s %s%s%s\n", input_source(e->in)->name,
		a.entries, place_exists(place) ? "exchange" : "make", place_path(place),
		*names != '\0' ? " while these are stopped: " : "", names) < 0)
		return io_write_exit();
	return 0;
}

int
files_restore(const char *source, const struct files_options *o)
{
	struct errand e = {.o = o, .fd = -1};
	const struct config *config = NULL;
	struct place *place = NULL;
	struct units *units = NULL;
	struct answer first = {0}, all;
	char *folder = NULL, **carried = NULL;
	const char *top;
	bool inner = false;
	int rc;

	if (o->into == NULL && !o->list) {
		warnx("--into DIR is missing");
		return EX_USAGE;
	}
	if ((rc = carry_names(o->carry != NULL ? o->carry : CARRY_DEFAULT, &carried)) != 0 ||
	    (o->folder != NULL && (rc = take_folder(o->folder, &folder, &first)) != 0))
		goto out;
	e.folder = folder;
	e.in =
	    input_open(source, o->what != NULL ? o->what : "app", o->identity, o->quiet, &rc);
	if (e.in == NULL)
		goto out;
	if (o->list) {
		rc = work(list, &e, NULL, true, &all);
		goto out;
	}
	/* The place first: reading all of the archive may take an hour. */
	if (folder == NULL && (rc = work(first_folder, &e, NULL, false, &first)) != 0)
		goto out;
	top = top_of(&first);
	if ((rc = find_place(o, top, &place, &inner)) != 0)
		goto out;
	/* Single paths go to a new folder, which nothing uses yet. */
	if (o->config != NULL && o->paths == NULL &&
	    units_concern(o->config, place_path(place)))
		config = o->config;
	if ((rc = units_open(config, &units)) == 0)
		rc = o->dry_run ? tell(&e, place, units)
				: unpack(&e, place, inner ? top : NULL, units, carried);
out:
	units_free(units);
	input_free(e.in);
	place_free(place);
	free(carried);
	free(folder);
	return rc;
}
