/* The lists of a set, SHA256SUMS and set.json, and that they speak of the same files. */
#include "prove/audit_parts.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/plain.h"
#include "set/verified.h"

void
audit_defect(struct audit *a, const char *name, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	warnx("%s%s%s: %s", a->folder, name != NULL ? "/" : "",
	    name != NULL ? plain_name(name) : "", text);
	a->code = audit_worse(a->code, EX_DATAERR);
}

/* What a set may hold beside what SHA256SUMS lists: itself, and the record of a proof. */
static bool
is_expected(const struct audit *a, const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       strcmp(name, SUMS_NAME) == 0 || strcmp(name, VERIFIED_NAME) == 0 ||
	       strncmp(name, "." VERIFIED_NAME ".", sizeof(VERIFIED_NAME) + 1) == 0 ||
	       sums_find(a->sums, name) != NULL;
}

static void
check_unlisted(struct audit *a)
{
	struct dirent *d;
	DIR *dir;

	dir = opendir(a->folder);
	if (dir == NULL) {
		warn("%s", a->folder);
		a->code = audit_worse(a->code, io_read_exit());
		return;
	}
	while (errno = 0, (d = readdir(dir)) != NULL)
		if (!is_expected(a, d->d_name))
			audit_defect(a, d->d_name, "not listed in " SUMS_NAME);
	if (errno != 0) {
		warn("%s", a->folder);
		a->code = audit_worse(a->code, io_read_exit());
	}
	closedir(dir);
}

bool
audit_entry(const struct audit *a, const char *name, struct manifest_file *out)
{
	if (a->manifest == NULL)
		return false;
	for (size_t i = 0; manifest_file(a->manifest, i, out) == 0; i++)
		if (strcmp(out->name, name) == 0)
			return true;
	return false;
}

/* set.json and SHA256SUMS name the same files, with the same digests. */
static void
check_manifest(struct audit *a)
{
	struct manifest_file f;
	const char *name, *hex;

	for (size_t i = 0; manifest_file(a->manifest, i, &f) == 0; i++) {
		hex = sums_find(a->sums, f.name);
		if (hex == NULL)
			audit_defect(
			    a, f.name, MANIFEST_NAME " names it, " SUMS_NAME " does not");
		else if (strcmp(hex, f.sha256) != 0)
			audit_defect(a, f.name,
			    MANIFEST_NAME " and " SUMS_NAME " disagree about its digest");
	}
	for (size_t i = 0; (name = sums_name(a->sums, i)) != NULL; i++)
		if (strcmp(name, MANIFEST_NAME) != 0 && !audit_entry(a, name, &f))
			audit_defect(a, name, MANIFEST_NAME " does not name it");
}

/* Read the two lists.  Return 0, or what keeps the files from being looked at. */
static int
read_lists(struct audit *a, int dir)
{
	struct stat st;
	int rc;

	if (fstatat(dir, SUMS_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
		audit_defect(a, NULL, "no " SUMS_NAME ": not a whole set");
		return a->code;
	}
	if ((rc = sums_read(a->folder, &a->sums)) != 0)
		return rc;
	while (sums_name(a->sums, a->count) != NULL)
		a->count++;
	a->proofs = calloc(a->count + 1, sizeof(*a->proofs));
	a->inner = calloc(a->count + 1, sizeof(*a->inner));
	a->paths = calloc(a->count + 1, sizeof(*a->paths));
	a->inner_paths = calloc(a->count + 1, sizeof(*a->inner_paths));
	if (a->proofs == NULL || a->inner == NULL || a->paths == NULL ||
	    a->inner_paths == NULL) {
		warn("%s", a->folder);
		a->count = 0;
		return EX_OSERR;
	}
	/* Until it is known, nothing is proven. */
	for (size_t i = 0; i < a->count; i++)
		a->proofs[i].code = 1;
	check_unlisted(a);
	if (sums_find(a->sums, MANIFEST_NAME) == NULL) {
		audit_defect(a, NULL, "no " MANIFEST_NAME);
		return a->code;
	}
	rc = manifest_read(a->folder, &a->manifest);
	if (a->manifest != NULL)
		check_manifest(a);
	return rc;
}

int
audit_open(const char *folder, const struct prove_options *o, struct audit **out)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0, unread;
	struct audit *a = NULL;

	*out = NULL;
	if (dir < 0 || (a = calloc(1, sizeof(*a))) == NULL ||
	    (a->folder = strdup(folder)) == NULL) {
		rc = errno == EACCES || errno == ENOENT ? 1 : io_read_exit();
		warn("%s", folder);
		free(a);
	} else {
		a->options = o;
		/* Two steps: what it finds by itself is in a->code before that is read here. */
		unread = read_lists(a, dir);
		a->code = audit_worse(a->code, unread);
		*out = a;
	}
	io_close(&dir);
	return rc;
}

void
audit_free(struct audit *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->count; i++) {
		free(a->paths[i]);
		free(a->inner_paths[i]);
		free(a->inner[i]);
	}
	free(a->paths);
	free(a->inner_paths);
	free(a->inner);
	free(a->proofs);
	manifest_free(a->manifest);
	sums_free(a->sums);
	free(a->folder);
	free(a);
}
