#include "prove/audit_parts.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "prove/compare.h"
#include "set/decrypt.h"

#define INDEX_SUFFIX ".idx"

int
audit_worse(int a, int b)
{
	static const int order[] = {
	    EX_DATAERR, EX_IOERR, EX_CANTCREAT, EX_OSERR, EX_NOPERM, EX_CONFIG, 1};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != 0 ? a : b;
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
	p->code = errno == ENOENT || errno == ELOOP ? EX_DATAERR : io_read_exit();
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
	bool told = audit_entry(a, name, &f);

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

/* Have what age encrypted into the file ${i} proven. */
static void
add_inner(struct audit *a, struct crew *crew, size_t i)
{
	const char *name = sums_name(a->sums, i);
	struct prove_options o = *a->options;
	struct manifest_file f;
	bool told = audit_entry(a, name, &f);
	int fd = -1;

	if ((a->inner[i] = calloc(1, sizeof(*a->inner[i]))) == NULL) {
		warn("%s/%s", a->folder, name);
		a->code = audit_worse(a->code, EX_OSERR);
		return;
	}
	a->inner[i]->code = 1;
	a->inner[i]->kind = KIND_AGE;
	if ((a->inner_paths[i] = decrypt_name(a->paths[i])) == NULL) {
		a->inner[i]->code = EX_OSERR;
		return;
	}
	if ((fd = open_file(a, name, a->inner[i])) < 0)
		return;
	o.sha256 = told ? f.inner_sha256 : NULL;
	o.bytes = told ? f.inner_bytes : -1;
	o.plain_digest = told && f.plain_sha256 != NULL;
	o.require_proof = false;
	o.require_end = told && f.dump != NULL;
	o.index = -1;
	crew_add_inner(crew, fd, a->paths[i], a->inner_paths[i], true, &o, a->inner[i]);
	io_close(&fd);
}

void
audit_add(struct audit *a, struct crew *crew, enum audit_turn turn)
{
	struct prove_options o;
	int fd;

	for (size_t i = 0; turn == AUDIT_INNER && i < a->count && sig_stop() == 0; i++)
		if (a->options->identity != NULL && a->proofs[i].code == 0 &&
		    a->proofs[i].kind == KIND_AGE)
			add_inner(a, crew, i);
	if (turn == AUDIT_INNER)
		return;

	for (size_t i = 0; i < a->count && sig_stop() == 0; i++) {
		const char *name = sums_name(a->sums, i);

		if (is_index(name) != (turn == AUDIT_INDEXES))
			continue;
		if ((fd = open_file(a, name, &a->proofs[i])) < 0)
			continue;
		if (asprintf(&a->paths[i], "%s/%s", a->folder, name) < 0) {
			warn("%s/%s", a->folder, name);
			a->paths[i] = NULL;
			a->proofs[i].code = EX_OSERR;
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
	const char *name = sums_name(a->sums, i);
	struct manifest_file f;
	char text[160];
	int rc;

	if (a->proofs[i].code != 0 || a->options->level != PROVE_STRUCTURE ||
	    !audit_entry(a, name, &f))
		return;
	rc = compare_proof(&f, &a->proofs[i], text, sizeof(text));
	if (rc == 0 && a->inner[i] != NULL && a->inner[i]->code == 0 &&
	    a->inner[i]->kind != KIND_AGE)
		rc = compare_proof(&f, a->inner[i], text, sizeof(text));
	if (rc == 1)
		audit_defect(a, name, "%s", text);
	else if (rc != 0)
		a->code = audit_worse(a->code, rc);
}

static void
look_for_lone_index(struct audit *a, size_t i)
{
	const char *name = sums_name(a->sums, i);
	char *packed;

	if (!is_index(name) || a->proofs[i].kind != KIND_INDEX)
		return;
	packed = strndup(name, strlen(name) - strlen(INDEX_SUFFIX));
	if (packed == NULL) {
		warn("%s/%s", a->folder, name);
		a->code = audit_worse(a->code, EX_OSERR);
	} else if (sums_find(a->sums, packed) == NULL)
		audit_defect(a, name, "an index without its file");
	free(packed);
}

int
audit_end(struct audit *a)
{
	for (size_t i = 0; i < a->count && sig_stop() == 0; i++) {
		compare_file(a, i);
		look_for_lone_index(a, i);
		a->code = audit_worse(a->code, a->proofs[i].code);
		if (a->inner[i] != NULL)
			a->code = audit_worse(a->code, a->inner[i]->code);
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

const struct proof *
audit_file(const struct audit *a, size_t i, const char **name)
{
	if (i >= a->count)
		return NULL;
	*name = sums_name(a->sums, i);
	return &a->proofs[i];
}

const struct proof *
audit_inner(const struct audit *a, size_t i)
{
	return i < a->count ? a->inner[i] : NULL;
}

const char *
audit_job(const struct audit *a)
{
	return a->manifest != NULL ? manifest_text(a->manifest, "job") : "";
}
