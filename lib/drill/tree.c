/*
 * The live application is no measure for an archive of last night: it has changed since.  That
 * the archive is what set.json says was proven before; here it is unpacked, and another program
 * that reads it compares name by name what is on the disk.
 */
#include "drill/tree.h"

#include <err.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"
#include "base/tree.h"
#include "drill/outside.h"
#include "set/decrypt.h"
#include "set/kind.h"

#define FOLDER "unpacked.siantre-drill" /* a name that no archive begins with */
#define TOLD 5
#define DETAIL 1024

struct differences {
	size_t grave;  /* content, kind, missing */
	size_t light;  /* modes and times */
	size_t opened; /* modes that we changed ourselves */
	char text[DETAIL];
};

static bool
ends_with(const char *line, const char *end)
{
	size_t n = strlen(line), m = strlen(end);

	return n >= m && strcmp(line + n - m, end) == 0;
}

/* A line of tar --compare: "siantre/public/index.php: Contents differ". */
static void
take_line(struct differences *d, char *line)
{
	if (*line == '\0' || ends_with(line, ": Uid differs") ||
	    ends_with(line, ": Gid differs"))
		return; /* only root gives files away */
	if (d->opened > 0 && ends_with(line, ": Mode differs")) {
		d->opened--;
		return;
	}
	if (ends_with(line, ": Mode differs") || ends_with(line, ": Mod time differs"))
		d->light++;
	else
		d->grave++;
	if (d->grave + d->light > TOLD)
		return;
	plain_text(line);
	if (d->text[0] != '\0')
		strlcat(d->text, "; ", sizeof(d->text));
	strlcat(d->text, line, sizeof(d->text));
}

/*
 * Make readable what its own mode keeps from this user, who is not root and owns it all.  Return
 * how many files and folders that were.
 */
static size_t
open_all(char *folder)
{
	char *const roots[] = {folder, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t count = 0;
	FTSENT *e;

	while (fts != NULL && (e = fts_read(fts)) != NULL) {
		mode_t mode = e->fts_info == FTS_D ? S_IRUSR | S_IXUSR : S_IRUSR;

		if ((e->fts_info != FTS_D && e->fts_info != FTS_F) ||
		    (e->fts_statp->st_mode & mode) == mode ||
		    faccessat(AT_FDCWD, e->fts_path, e->fts_info == FTS_D ? R_OK | X_OK : R_OK,
			AT_EACCESS) == 0)
			continue;
		if (chmod(e->fts_path, (e->fts_statp->st_mode | mode) & 07777) == 0)
			count++;
	}
	if (fts != NULL)
		fts_close(fts);
	return count;
}

/* All lines of ${fd}, of which none is longer than a path and a few words. */
static int
take_lines(struct differences *d, int fd)
{
	FILE *f = fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 3), "r");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL) {
		warn("read from tar");
		return -1;
	}
	while (sig_stop() == 0 && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		take_line(d, line);
	}
	free(line);
	(void)fclose(f);
	return 0;
}

static int
unpack(struct protocol *p, const struct scratch *s, const struct choice_set *set,
    const struct manifest_file *file, char *archive, const char *identity, char *folder,
    enum drill_part part)
{
	char program[] = "siantre-restore", files[] = "files", quiet[] = "-q",
	     into[] = "--into";
	char units[] = "--no-units", option[] = "--config", config[PATH_MAX],
	     links[] = "--allow-links", special[] = "--allow-special", with[] = "--identity",
	     key[PATH_MAX] = "", line[OUTSIDE_SAID], detail[64] = "";
	/*
	 * Links out of the tree, set-id bits and capabilities are an application's own: nobody
	 * follows them here, and nobody else can enter the folder.
	 */
	char *const argv[] = {program, files, quiet, units, option, config, links, special,
	    into, folder, archive, NULL};
	char *const opening[] = {program, files, quiet, units, option, config, links, special,
	    with, key, into, folder, archive, NULL};
	int status;

	strlcpy(config, scratch_config(s), sizeof(config));
	strlcpy(key, identity != NULL ? identity : "", sizeof(key));
	protocol_begin(p, set->job, set->name, part, "unpack %s", file->name);
	status = outside_run(identity != NULL ? opening : argv, -1, line);
	if (status != 0) {
		status = status >= EX__BASE && status <= EX__MAX ? status : 1;
		protocol_end(p, DRILL_FAIL, status, line);
		return status;
	}
	if (file->entries >= 0)
		snprintf(detail, sizeof(detail), "%" PRId64 " entries", file->entries);
	protocol_end(p, DRILL_OK, 0, detail);
	return 0;
}

static int
compare(struct protocol *p, const struct choice_set *set, const struct manifest_file *file,
    char *archive, const char *identity, char *folder)
{
	char program[] = "tar", compares[] = "--compare",
	     known[] = "--warning=no-unknown-keyword";
	char from[] = "--file", in[] = "--directory", line[OUTSIDE_SAID];
	char packed[] = "--gzip", bare[] = "--no-auto-compress", stdin_[] = "-";
	char *const argv[] = {program, compares, known, from, archive, in, folder, NULL};
	char *inner = decrypt_name(file->name);
	char *const opened[] = {program, compares, known,
	    inner != NULL && kind_promises_gzip(inner) ? packed : bare, from, stdin_, in,
	    folder, NULL};
	struct differences d = {0};
	struct outside o;
	int sealed = -1, fd = -1, status = 0, rc = 0;

	protocol_begin(p, set->job, set->name, DRILL_OTHER, "compare %s", file->name);
	line[0] = '\0';
	d.opened = open_all(folder);
	if (choice_is_encrypted(file)) {
		if ((sealed = open(archive, O_RDONLY | O_CLOEXEC)) == -1) {
			warn("%s", archive);
			rc = EX_IOERR;
		} else {
			rc = decrypt_fd(sealed, archive, identity, true, &fd);
		}
		if (rc != 0)
			strlcpy(line, "it cannot be decrypted", sizeof(line));
	}
	if (rc == 0 && outside_start(&o, fd != -1 ? opened : argv, CHILD_OUT, fd, -1) != 0) {
		strlcpy(line, "tar cannot be started", sizeof(line));
		rc = 1;
	} else if (rc == 0) {
		o.answers = true;
		take_lines(&d, o.child.out);
		status = outside_end(&o, line);
	}
	io_close(&sealed);
	io_close(&fd);
	free(inner);
	if (sig_stop() != 0) {
		protocol_end(p, DRILL_FAIL, 1, "stopped");
		return 1;
	}
	/* What kept it from its work says nothing of the archive. */
	if (status > 2) {
		snprintf(line, sizeof(line), "tar ended %d", status);
		warnx("%s: not compared: %s", archive, line);
		rc = 1;
	}
	if (rc != 0) {
		protocol_end(p, DRILL_FAIL, rc, line);
		return rc;
	}
	/* It ends 1 for any difference, and speaks of names that are missing on stderr. */
	if (status > 1 || line[0] != '\0' || d.grave > 0)
		rc = EX_DATAERR;
	if (d.grave + d.light > TOLD) {
		char more[64];

		snprintf(more, sizeof(more), "; and %zu more", d.grave + d.light - TOLD);
		strlcat(d.text, more, sizeof(d.text));
	}
	if (rc != 0) {
		const char *what = line[0] != '\0' ? line : d.text;

		warnx("%s: what was unpacked differs: %s", archive, what);
		protocol_end(p, DRILL_FAIL, rc, what);
	} else if (d.light > 0) {
		warnx("%s: warning: %s", archive, d.text);
		protocol_end(p, DRILL_WARN, 0, d.text);
	} else {
		protocol_end(p, DRILL_OK, 0, "every entry is there, as tar(1) sees it");
	}
	return rc;
}

int
tree_drill(struct protocol *p, const struct scratch *s, const struct choice_set *set,
    const struct manifest_file *file, const char *identity, enum drill_part part)
{
	char *folder = scratch_file(s, FOLDER), *archive = NULL;
	int rc = EX_OSERR;

	if (asprintf(&archive, "%s/%s", set->path, file->name) == -1) {
		archive = NULL;
		warn("drill");
	} else if (folder != NULL &&
		   (rc = unpack(p, s, set, file, archive, identity, folder, part)) == 0) {
		rc = compare(p, set, file, archive, identity, folder);
	}
	if (folder != NULL)
		tree_remove(folder, true);
	free(archive);
	free(folder);
	return rc;
}
