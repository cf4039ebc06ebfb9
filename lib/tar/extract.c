/*
 * An archive may come from anybody.  Each entry is looked at before anything is created: names
 * must be relative and without "..", links must stay inside, and only files, folders and links
 * are made.  libarchive then creates them with its own checks on top, of which one matters
 * here: it never goes through a symlink, so an entry cannot be led out by one made before it.
 */
#include "tar/extract.h"

#include <archive.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "tar/attr.h"
#include "tar/climb.h"
#include "tar/write.h"

/* What is known while an archive is unpacked. */
struct run {
	struct extract *x;
	const char *name; /* of the archive */
	struct tar_reader *reader;
	struct archive *disk;
	bool *found;   /* of x->paths */
	bool dot;      /* there is an entry for the folder itself */
	char *climber; /* a symlink that leads out of its topmost folder */
	bool starved;  /* it could not be remembered */
};

/* ${path} without the "./" and slashes in front. */
static const char *
bare(const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 1 + strspn(path + 1, "/");
	return path;
}

/* Why the symlink ${path} to ${target} is refused, or NULL. */
static const char *
refused_symlink(struct run *r, const char *path, const char *target)
{
	int depth = climb_to(path, target, r->x->final);

	if (depth == -1 && !r->x->links)
		return "a symlink that leaves the folder (--allow-links lets it pass)";
	/* Where the archive turns out to have one folder, the way out begins below it. */
	if (depth == 0 && climb_parts(path) > 1 && r->climber == NULL &&
	    (r->climber = strdup(path)) == NULL) {
		r->starved = true;
		return "no memory to remember it";
	}
	return NULL;
}

/* Why ${e} is refused, or NULL. */
static const char *
refused(struct run *r, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e), *link = archive_entry_hardlink(e);
	const char *target = archive_entry_symlink(e);
	mode_t perm = archive_entry_perm(e);
	char there[PATH_MAX];
	ssize_t n;
	int depth;

	if (*path == '/')
		return "an absolute name";
	if ((depth = climb_parts(path)) == -1)
		return "a name with \"..\"";
	if (depth > TAR_DEPTH)
		return "too many folders deep";
	if (link != NULL) {
		if (*link == '/' || climb_parts(link) < 1)
			return "a hard link that leaves the folder";
		/* To a symlink: it is one, too, and may lead elsewhere from where it is. */
		if ((n = readlink(link, there, sizeof(there) - 1)) != -1) {
			there[n] = '\0';
			return refused_symlink(r, path, there);
		}
		/* With content comes its mode. */
		if (archive_entry_size(e) <= 0)
			return NULL;
	}
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
	case AE_IFIFO: break;
	case AE_IFDIR: perm &= (mode_t)~S_ISGID; break; /* a folder passes on its group */
	case AE_IFCHR:
	case AE_IFBLK: return r->x->special ? NULL : "a device (--allow-special lets it pass)";
	case AE_IFLNK:
		if (target == NULL || *target == '\0')
			return "a symlink without a target";
		return refused_symlink(r, path, target);
	default: return "neither file, folder nor link";
	}
	if (!r->x->special && (perm & (S_ISUID | S_ISGID)) != 0)
		return "a set-id bit (--allow-special lets it pass)";
	if (!r->x->special && attr_special(e))
		return "capabilities (--allow-special lets them pass)";
	return NULL;
}

/* Whether ${path} is ${part} or lies in it. */
static bool
lies_in(const char *path, const char *part)
{
	size_t len;

	path = bare(path);
	part = bare(part);
	for (len = strlen(part); len > 0 && part[len - 1] == '/'; len--)
		continue;
	return strncmp(path, part, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

bool
extract_wanted(const char *path, char *const *paths)
{
	if (paths == NULL)
		return true;
	for (; *paths != NULL; paths++)
		if (lies_in(path, *paths))
			return true;
	return false;
}

/* Keep track of whether all entries lie in one folder. */
static void
watch_top(struct run *r, struct archive_entry *e)
{
	struct extract *x = r->x;
	const char *path = bare(archive_entry_pathname(e));
	size_t len = strcspn(path, "/");
	bool folder = path[len] == '/' || archive_entry_filetype(e) == AE_IFDIR;

	if (len == 0 || (len == 1 && path[0] == '.'))
		r->dot = true;
	if (x->entries == 0 && folder && !r->dot && x->paths == NULL && len < sizeof(x->top)) {
		memcpy(x->top, path, len);
		x->top[len] = '\0';
		x->single = true;
	} else if (!folder || r->dot || strncmp(path, x->top, len) != 0 || x->top[len] != '\0')
		x->single = false;
}

/* Report why ${path} could not be made: our disk's fault, or the archive's. */
static int
failed(struct run *r, const char *path)
{
	errno = archive_errno(r->disk);
	switch (errno) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EACCES:
	case EPERM:
	case EFBIG:
	case EMFILE:
	case ENFILE: warn("%s", plain_name(path)); return EX_CANTCREAT;
	case ENOMEM: warn("%s", plain_name(path)); return EX_OSERR;
	case EIO: warn("%s", plain_name(path)); return EX_IOERR;
	default:
		warnx("%s: %s: refused: %s", r->name, plain_name(path),
		    archive_error_string(r->disk));
		return EX_DATAERR;
	}
}

static int
entry(struct run *r, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e), *link = archive_entry_hardlink(e);
	const void *buf;
	uint64_t offset;
	size_t len;
	int rc, status;

	if (link != NULL && !extract_wanted(link, r->x->paths)) {
		warnx("%s: a hard link to %s, which was not asked for", plain_name(path),
		    plain_name(link));
		hintx("ask for both");
		return EX_USAGE;
	}
	if (attr_mend(e, r->x->special) == -1)
		return EX_OSERR;
	status = archive_write_header(r->disk, e);
	if (status < ARCHIVE_WARN)
		return failed(r, path);
	/* Some archives repeat the content with a hard link: the library has emptied the file for it. */
	while ((rc = tar_reader_data(r->reader, &buf, &len, &offset)) == 0 && buf != NULL) {
		/* With a folder GNU tar --listed-incremental packs the list of what is in it. */
		if (archive_entry_filetype(e) == AE_IFDIR)
			continue;
		if (archive_write_data_block(r->disk, buf, len, (la_int64_t)offset) <
		    ARCHIVE_OK)
			return failed(r, path);
		r->x->bytes += len;
	}
	if (rc != 0)
		return rc;
	if (status == ARCHIVE_OK &&
	    (status = archive_write_finish_entry(r->disk)) < ARCHIVE_WARN)
		return failed(r, path);
	/* An owner, ACL or attribute that this system cannot have. */
	if (status == ARCHIVE_WARN)
		warnx("%s: %s", plain_name(path), archive_error_string(r->disk));
	return 0;
}

/*
 * Let ${e} be called as if the archive began with the last part of x->folder: "var/www/app/x"
 * becomes "app/x".  Return 0, 1 where it does not lie in that folder, or an exit code after
 * reporting: EX_DATAERR for a hard link to what does not.
 */
static int
cut_name(const struct run *r, struct archive_entry *e)
{
	const char *folder = bare(r->x->folder), *slash = strrchr(folder, '/');
	const char *path = archive_entry_pathname(e), *link = archive_entry_hardlink(e);
	size_t cut = slash != NULL ? (size_t)(slash + 1 - folder) : 0;
	char *name;

	if (!lies_in(path, folder))
		return 1;
	if (link != NULL && !lies_in(link, folder)) {
		warnx("%s: a hard link to %s, which was not asked for", plain_name(path),
		    plain_name(link));
		return EX_DATAERR;
	}
	/* A copy: the library may free the old name before it reads the new one. */
	if ((name = strdup(bare(path) + cut)) == NULL) {
		warn(NULL);
		return EX_OSERR;
	}
	archive_entry_copy_pathname(e, name);
	free(name);
	if (link == NULL)
		return 0;
	if ((name = strdup(bare(link) + cut)) == NULL) {
		warn(NULL);
		return EX_OSERR;
	}
	archive_entry_copy_hardlink(e, name);
	free(name);
	return 0;
}

static int
entries(struct run *r)
{
	struct archive_entry *e;
	const char *why;
	int rc;

	while ((rc = tar_reader_next(r->reader, &e)) == 0 && e != NULL) {
		if (!extract_wanted(archive_entry_pathname(e), r->x->paths))
			continue;
		if (r->x->folder != NULL && (rc = cut_name(r, e)) == 1)
			continue;
		if (rc != 0)
			return rc;
		if ((why = refused(r, e)) != NULL) {
			warnx("%s: %s: refused: %s", r->name,
			    plain_name(archive_entry_pathname(e)), why);
			return r->starved ? EX_OSERR : EX_DATAERR;
		}
		for (size_t i = 0; r->found != NULL && r->x->paths[i] != NULL; i++)
			r->found[i] |= lies_in(archive_entry_pathname(e), r->x->paths[i]);
		watch_top(r, e);
		r->x->entries++;
		if ((rc = entry(r, e)) != 0)
			return rc;
	}
	if (rc != 0)
		return rc;
	for (size_t i = 0; r->found != NULL && r->x->paths[i] != NULL; i++)
		if (!r->found[i]) {
			warnx("%s: %s: not in the archive", r->name, r->x->paths[i]);
			rc = EX_DATAERR;
		}
	if (r->x->folder != NULL && r->x->entries == 0) {
		warnx("%s: %s: not in the archive", r->name, r->x->folder);
		rc = EX_DATAERR;
	}
	if (r->x->single && r->climber != NULL && !r->x->links) {
		warnx(
		    "%s: %s: refused: a symlink that leaves the folder (--allow-links lets it "
		    "pass)",
		    r->name, plain_name(r->climber));
		rc = EX_DATAERR;
	}
	return rc;
}

int
extract_into(int fd, const struct tar_source *src, struct extract *x)
{
	struct run r = {.x = x, .name = src->name};
	size_t n = 0;
	int rc = 1, here = -1;
	int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_ACL |
		    ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
		    ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS;

	x->entries = x->bytes = 0;
	x->single = false;
	while (x->paths != NULL && x->paths[n] != NULL)
		n++;
	if ((n > 0 && (r.found = calloc(n, sizeof(*r.found))) == NULL) ||
	    (r.disk = archive_write_disk_new()) == NULL) {
		warn(NULL);
		goto out;
	}
	archive_write_disk_set_options(
	    r.disk, geteuid() == 0 ? flags | ARCHIVE_EXTRACT_OWNER : flags);
	archive_write_disk_set_standard_lookup(r.disk);
	if ((r.reader = tar_reader_open(src, &rc)) == NULL)
		goto out;
	/*
	 * libarchive knows no other way to say where.  Whoever gave up root where cron started us, in
	 * /root, cannot come back there.
	 */
	if ((here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1 && errno == EACCES)
		here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here == -1 || fchdir(fd) == -1) {
		warn("enter the new folder");
		rc = EX_CANTCREAT;
		goto out;
	}
	rc = entries(&r);
	/* Modes and times of folders are set now, also on the way to their removal. */
	if (archive_write_close(r.disk) < ARCHIVE_WARN && rc == 0)
		rc = failed(&r, ".");
	/* Else it would stay as it was made: closed to all others. */
	if (rc == 0 && !r.dot && fchmod(fd, 0755) == -1) {
		warn("open the new folder");
		rc = EX_CANTCREAT;
	}
out:
	if (r.disk != NULL)
		archive_write_free(r.disk);
	if (here != -1 && fchdir(here) == -1 && rc == 0) {
		warn("back to the first folder");
		rc = 1;
	}
	(void)io_close(&here);
	tar_reader_free(r.reader);
	free(r.climber);
	free(r.found);
	return rc;
}
