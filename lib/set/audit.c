#include "set/audit.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "set/compare.h"
#include "set/manifest.h"
#include "set/sums.h"
#include "set/verified.h"
#include "tar/account.h"

#define INDEX_SUFFIX ".idx"

struct audit {
	char *folder;
	const struct prove_options *options;
	struct sums *sums;
	struct manifest *manifest; /* NULL where it cannot be read */
	struct proof *proofs;      /* one a line of SHA256SUMS */
	char **paths;              /* likewise, once they were opened */
	size_t count;
	int code; /* the worst so far */
};

int
audit_worse(int a, int b)
{
	static const int order[] = {EX_DATAERR, EX_IOERR, EX_NOPERM, 1};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != 0 ? a : b;
}

/* One defect of the set, about the file ${name} or (NULL) the whole. */
static void __attribute__((format(printf, 3, 4)))
defect(struct audit *a, const char *name, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	warnx("%s%s%s: %s", a->folder, name != NULL ? "/" : "",
	    name != NULL ? tar_printable(name) : "", text);
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
		a->code = audit_worse(a->code, EX_IOERR);
		return;
	}
	while (errno = 0, (d = readdir(dir)) != NULL)
		if (!is_expected(a, d->d_name))
			defect(a, d->d_name, "not listed in " SUMS_NAME);
	if (errno != 0) {
		warn("%s", a->folder);
		a->code = audit_worse(a->code, EX_IOERR);
	}
	closedir(dir);
}

/* What set.json says of a file; false where it says nothing. */
static bool
find_entry(const struct audit *a, const char *name, struct manifest_file *out)
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
			defect(a, f.name, MANIFEST_NAME " names it, " SUMS_NAME " does not");
		else if (strcmp(hex, f.sha256) != 0)
			defect(a, f.name,
			    MANIFEST_NAME " and " SUMS_NAME " disagree about its digest");
	}
	for (size_t i = 0; (name = sums_name(a->sums, i)) != NULL; i++)
		if (strcmp(name, MANIFEST_NAME) != 0 && !find_entry(a, name, &f))
			defect(a, name, MANIFEST_NAME " does not name it");
}

/* The descriptor of the file ${name}, or -1 after noting in ${p} why there is none. */
static int
open_file(struct audit *a, const char *name, struct proof *p)
{
	int dir = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, saved;

	if (dir != -1)
		fd = openat(
		    dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	saved = errno;
	io_close(&dir);
	errno = saved;

	if (fd >= 0)
		return fd;
	p->code = errno == ENOENT || errno == ELOOP ? EX_DATAERR : EX_IOERR;
	strlcpy(p->message,
	    errno == ENOENT  ? "listed in " SUMS_NAME " but missing"
	    : errno == ELOOP ? "not a regular file"
			     : strerror(errno),
	    sizeof(p->message));
	warnx("%s/%s: %s", a->folder, name, p->message);
	return -1;
}

/*
 * The proven index of the packed file ${name}: its descriptor, or -1 where there is none.
 * Indexes are proven before all other files.
 */
static int
open_index(struct audit *a, const char *name)
{
	const char *other;
	size_t len = strlen(name);

	for (size_t i = 0; (other = sums_name(a->sums, i)) != NULL; i++)
		if (strncmp(other, name, len) == 0 && strcmp(other + len, INDEX_SUFFIX) == 0)
			return a->proofs[i].code == 0 && a->proofs[i].kind == KIND_INDEX
				   ? open_file(a, other, &a->proofs[i])
				   : -1;
	return -1;
}

static bool
is_index(const char *name)
{
	size_t len = strlen(name), suffix = strlen(INDEX_SUFFIX);

	return len > suffix && strcmp(name + len - suffix, INDEX_SUFFIX) == 0;
}

/* What the proof of file ${i} has to look for. */
static struct prove_options
options_for(struct audit *a, size_t i)
{
	const char *name = sums_name(a->sums, i);
	struct prove_options o = *a->options;
	struct manifest_file f;
	bool told = find_entry(a, name, &f);

	o.sha256 = sums_hex(a->sums, i);
	o.bytes = told ? f.bytes : -1;
	o.plain_digest = told && f.plain_sha256 != NULL;
	/* What proves itself or not, and with which end, is the set's own business. */
	o.require_proof = false;
	o.require_end = told && f.dump != NULL;
	o.index = -1;
	if (o.level == PROVE_STRUCTURE && !is_index(name))
		o.index = open_index(a, name);
	return o;
}

void
audit_add(struct audit *a, struct crew *crew, enum audit_turn turn)
{
	struct prove_options o;
	int fd;

	for (size_t i = 0; i < a->count && sig_stop() == 0; i++) {
		const char *name = sums_name(a->sums, i);

		if (is_index(name) != (turn == AUDIT_INDEXES))
			continue;
		if ((fd = open_file(a, name, &a->proofs[i])) < 0)
			continue;
		if (asprintf(&a->paths[i], "%s/%s", a->folder, name) < 0) {
			warn("%s/%s", a->folder, name);
			a->paths[i] = NULL;
			a->proofs[i].code = 1;
		} else {
			o = options_for(a, i);
			crew_add(crew, fd, a->paths[i], &o, &a->proofs[i]);
			io_close(&o.index);
		}
		io_close(&fd);
	}
}

/* What set.json says of the file ${i} is true. */
static void
compare_file(struct audit *a, size_t i)
{
	const char *name = sums_name(a->sums, i), *differs;
	struct manifest_file f;
	char text[160];

	if (a->proofs[i].code != 0 || a->options->level != PROVE_STRUCTURE ||
	    !find_entry(a, name, &f))
		return;
	differs = compare_proof(&f, &a->proofs[i], text, sizeof(text));
	if (differs != NULL)
		defect(a, name, "%s", differs);
}

static void
look_for_lone_index(struct audit *a, size_t i)
{
	const char *name = sums_name(a->sums, i);
	char *packed;

	if (!is_index(name) || a->proofs[i].kind != KIND_INDEX)
		return;
	packed = strndup(name, strlen(name) - strlen(INDEX_SUFFIX));
	if (packed != NULL && sums_find(a->sums, packed) == NULL)
		defect(a, name, "an index without its file");
	free(packed);
}

int
audit_end(struct audit *a)
{
	for (size_t i = 0; i < a->count && sig_stop() == 0; i++) {
		compare_file(a, i);
		look_for_lone_index(a, i);
		a->code = audit_worse(a->code, a->proofs[i].code);
	}
	if (sig_stop() != 0)
		a->code = 1;
	return a->code;
}

uint64_t
audit_bytes(const struct audit *a)
{
	uint64_t total = 0, passes = a->options->level == PROVE_STRUCTURE ? 2 : 1;
	int dir = open(a->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	for (size_t i = 0; i < a->count && dir != -1; i++)
		if (fstatat(dir, sums_name(a->sums, i), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			total += (uint64_t)st.st_size * passes;
	io_close(&dir);
	return total;
}

/* Read the two lists.  Return 0, or what keeps the files from being looked at. */
static int
read_lists(struct audit *a, int dir)
{
	struct stat st;
	int rc;

	if (fstatat(dir, SUMS_NAME, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
		defect(a, NULL, "no " SUMS_NAME ": not a whole set");
		return a->code;
	}
	if ((rc = sums_read(a->folder, &a->sums)) != 0)
		return rc;
	while (sums_name(a->sums, a->count) != NULL)
		a->count++;
	a->proofs = calloc(a->count + 1, sizeof(*a->proofs));
	a->paths = calloc(a->count + 1, sizeof(*a->paths));
	if (a->proofs == NULL || a->paths == NULL) {
		warn("%s", a->folder);
		a->count = 0;
		return 1;
	}
	/* Until it is known, nothing is proven. */
	for (size_t i = 0; i < a->count; i++)
		a->proofs[i].code = 1;
	check_unlisted(a);
	if (sums_find(a->sums, MANIFEST_NAME) == NULL) {
		defect(a, NULL, "no " MANIFEST_NAME);
		return a->code;
	}
	rc = manifest_read(a->folder, &a->manifest);
	if (a->manifest != NULL)
		check_manifest(a);
	return rc;
}

void
audit_open(const char *folder, const struct prove_options *o, struct audit **out)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct audit *a = NULL;

	*out = NULL;
	if (dir < 0 || (a = calloc(1, sizeof(*a))) == NULL ||
	    (a->folder = strdup(folder)) == NULL) {
		warn("%s", folder);
		free(a);
	} else {
		a->options = o;
		a->code = audit_worse(a->code, read_lists(a, dir));
		*out = a;
	}
	io_close(&dir);
}

const struct proof *
audit_file(const struct audit *a, size_t i, const char **name)
{
	if (i >= a->count)
		return NULL;
	*name = sums_name(a->sums, i);
	return &a->proofs[i];
}

const char *
audit_job(const struct audit *a)
{
	return a->manifest != NULL ? manifest_text(a->manifest, "job") : "";
}

static int
depth(const char *level)
{
	static const char *const levels[] = {"checksum", "sealed", "structure", "drill"};

	for (int i = 0; i < (int)(sizeof(levels) / sizeof(levels[0])); i++)
		if (strcmp(level, levels[i]) == 0)
			return i;
	return -1;
}

int
audit_record(const struct audit *a)
{
	const char *level = a->options->level == PROVE_STRUCTURE ? "structure" : "checksum";
	struct verified before;

	/* A set is not proven deeper than what nobody could look into. */
	for (size_t i = 0; i < a->count; i++)
		if (a->proofs[i].kind == KIND_AGE)
			level = "sealed";
	/* Nothing speaks for a set without SHA256SUMS, and what could not be read proves nothing. */
	if (a->sums == NULL || (a->code != 0 && a->code != EX_DATAERR))
		return 0;
	if (a->code != 0)
		return verified_write(a->folder, level, false, "damaged");
	/* Nor does it put right what failed deeper. */
	if (verified_read(a->folder, &before) == 0 && (before.counts || !before.ok) &&
	    depth(before.level) > depth(level))
		return 0;
	return verified_write(a->folder, level, true, NULL);
}

void
audit_free(struct audit *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->count; i++)
		free(a->paths[i]);
	free(a->paths);
	free(a->proofs);
	manifest_free(a->manifest);
	sums_free(a->sums);
	free(a->folder);
	free(a);
}
