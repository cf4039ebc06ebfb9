#include "recover/fetch.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/tree.h"
#include "recover/files.h"

#define FILE_MAX (16 << 20)

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Hand over the entry ${f}, ${cut} bytes of whose path are ours. */
static int
hand(
    const FTSENT *f, size_t cut, int (*each)(void *ctx, const struct fetch_entry *e), void *ctx)
{
	struct fetch_entry e = {
	    .path = f->fts_path + cut, .mode = f->fts_statp->st_mode & 07777};
	char target[PATH_MAX], *text = NULL;
	ssize_t n;
	int fd = -1, rc = EX_IOERR;

	if (f->fts_info == FTS_SL || f->fts_info == FTS_SLNONE) {
		if ((n = readlink(f->fts_accpath, target, sizeof(target) - 1)) == -1) {
			warn("%s", e.path);
			return rc;
		}
		target[n] = '\0';
		e.target = target;
		return each(ctx, &e);
	}
	if ((fd = open(f->fts_accpath, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) == -1 ||
	    io_read_file(fd, FILE_MAX, &text, &e.len) != 0)
		warn("%s", e.path);
	else {
		e.text = text;
		rc = each(ctx, &e);
	}
	(void)io_close(&fd);
	if (text != NULL) /* it may be a private key */
		explicit_bzero(text, e.len);
	free(text);
	return rc;
}

/* Go through the tree ${root}. */
static int
walk(char *root, size_t cut, int (*each)(void *ctx, const struct fetch_entry *e), void *ctx)
{
	char *const roots[] = {root, NULL};
	FTS *t = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *f;
	int rc = 0;

	if (t == NULL) {
		warn("%s", root);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, f = fts_read(t)) != NULL) {
		if (f->fts_info == FTS_F || f->fts_info == FTS_SL ||
		    f->fts_info == FTS_SLNONE) {
			rc = hand(f, cut, each, ctx);
		} else if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR ||
			   f->fts_info == FTS_NS) {
			errno = f->fts_errno;
			warn("%s", f->fts_path + cut);
			rc = EX_IOERR;
		}
	}
	if (rc == 0 && errno != 0) {
		warn("%s", root);
		rc = EX_IOERR;
	}
	fts_close(t);
	return rc;
}

int
fetch_each(const char *archive, const char *identity, const char *path,
    int (*each)(void *ctx, const struct fetch_entry *e), void *ctx)
{
	char folder[] = "/tmp/siantre-restore.XXXXXX", into[sizeof(folder) + 4];
	char *wanted = strdup(path + strspn(path, "/"));
	char *const paths[] = {wanted, NULL};
	struct files_options o = {
	    .paths = paths, .identity = identity, .links = true, .quiet = true};
	int rc;

	if (wanted == NULL || mkdtemp(folder) == NULL) {
		warn("%s", folder);
		free(wanted);
		return EX_CANTCREAT;
	}
	snprintf(into, sizeof(into), "%s/all", folder);
	o.into = into;
	if ((rc = files_restore(archive, &o)) == 0)
		rc = walk(into, strlen(into), each, ctx);
	(void)tree_remove(folder, true);
	free(wanted);
	return rc;
}
