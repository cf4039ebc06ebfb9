#include "ship/accept_set.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/tree.h"
#include "prove/audit.h"
#include "prove/crew.h"
#include "set/manifest.h"
#include "set/sums.h"
#include "ship/accept_copy.h"
#include "ship/accept_judge.h"

#define FILES_MAX 1000     /* a set of ours has ten */
#define LIST_MAX (8 << 20) /* a set.json that tells of 10,000 tables has three */

/* The set that is being taken. */
struct taking {
	const struct accept_set *a;
	const char *set;  /* full/20261122_040000 */
	const char *name; /* 20261122_040000 */
	char *where;      /* its path in INCOMING, for messages */
	char *there;      /* the path of the copy in TREE/.partial */
	struct accept_copy copy;
	struct sums *sums;
	struct manifest *manifest;
	struct accept_result *result;
};

static int
refuse(const struct taking *t, const char *what)
{
	warnx("%s: %s", t->where, what);
	return EX_DATAERR;
}

/* What it is, for those who ask. */
static void
describe(const struct taking *t)
{
	struct accept_result *r = t->result;
	struct manifest_file f;
	const char *name;

	strlcpy(r->job, manifest_text(t->manifest, "job"), sizeof(r->job));
	/* A manifest has 1 PiB at most, and SHA256SUMS no file twice. */
	for (size_t i = 0; (name = sums_name(t->sums, i)) != NULL; i++)
		if (accept_judge_entry(t->manifest, name, &f) == 0) {
			r->bytes += (uint64_t)f.bytes;
			r->files++;
		}
}

/* Copy and judge the two lists; ${text} is SHA256SUMS, which is written to. */
static int
take_lists(struct taking *t, char *text, size_t len)
{
	const struct accept_options *o = t->a->options;
	char *json = NULL, hex[HASH_HEX];
	const char *listed;
	int rc;

	if ((rc = accept_copy_put(&t->copy, SUMS_NAME, text, len)) != 0 ||
	    (rc = sums_parse(text, len, t->where, &t->sums)) != 0)
		goto out;
	if (sums_name(t->sums, FILES_MAX) != NULL) {
		rc = refuse(t, SUMS_NAME " lists too many files");
		goto out;
	}
	if ((listed = sums_find(t->sums, MANIFEST_NAME)) == NULL) {
		rc = refuse(t, "no " MANIFEST_NAME " in " SUMS_NAME);
		goto out;
	}
	if ((rc = accept_judge_folder(t->copy.from, t->sums, t->where)) != 0)
		goto out;
	rc = accept_copy_read(&t->copy, MANIFEST_NAME, LIST_MAX, &json, &len);
	if (rc == 1)
		rc = refuse(t, "no " MANIFEST_NAME);
	if (rc != 0)
		goto out;
	hash_bytes(json, len, hex);
	if (strcmp(hex, listed) != 0) {
		rc = refuse(t, MANIFEST_NAME ": checksum differs");
		goto out;
	}
	if ((rc = accept_copy_put(&t->copy, MANIFEST_NAME, json, len)) != 0 ||
	    (rc = manifest_read(t->there, &t->manifest)) != 0 ||
	    (rc = accept_judge_manifest(t->manifest, t->sums, t->set, t->where)) != 0)
		goto out;
	describe(t);
	/* What stood there before, whole, adds nothing to the past. */
	if (t->result->state != ACCEPT_HEALED)
		rc = accept_judge_age(o, t->a->tree, t->set, t->result->job, t->where);
	if (rc == 0)
		rc = accept_judge_room(o, t->a->tree, t->result->bytes, t->where);
out:
	free(json);
	return rc;
}

static int
take_files(struct taking *t)
{
	struct manifest_file f;
	const char *name;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (name = sums_name(t->sums, i)) != NULL; i++)
		if (strcmp(name, MANIFEST_NAME) != 0 &&
		    accept_judge_entry(t->manifest, name, &f) == 0)
			rc = accept_copy_file(
			    &t->copy, name, (uint64_t)f.bytes, sums_hex(t->sums, i));
	return rc;
}

/* Prove the copy, and record that in it. */
static int
prove(const struct taking *t)
{
	const struct prove_options o = {
	    .level = PROVE_STRUCTURE, .bytes = -1, .index = -1, .jobs = 1};
	struct audit *audit = NULL;
	struct crew *crew = crew_new(t->a->options->jobs, t->copy.progress);
	int rc;

	if (crew == NULL)
		return EX_OSERR;
	rc = audit_open(t->there, &o, &audit);
	if (audit != NULL) {
		audit_add(audit, crew, AUDIT_INDEXES);
		crew_wait(crew);
		audit_add(audit, crew, AUDIT_FILES);
		crew_wait(crew);
		rc = audit_end(audit);
	}
	if (rc == 0)
		rc = audit_record(audit);
	if (rc == EX_DATAERR)
		hintx("that is a copy of %s, which was sent so", t->where);
	audit_free(audit);
	crew_free(crew);
	return rc;
}

/* Return the folder of TREE for the set, or -1 after reporting. */
static int
open_parent(const struct taking *t)
{
	const struct accept_set *a = t->a;
	bool full = t->set != t->name;
	int fd;

	if (full && mkdirat(a->fd, "full", 0700) == 0 && fsync(a->fd) != 0) {
		warn("fsync %s", a->options->tree);
		return -1;
	}
	fd =
	    openat(a->fd, full ? "full" : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		warn("%s%s", a->options->tree, full ? "/full" : "");
	return fd;
}

/* The same in two steps: what is damaged makes room, and is back where the other cannot come. */
static int
replace(const struct taking *t, int parent)
{
	int from = t->a->partial, saved;
	char aside[ACCEPTED_SET + sizeof(".damaged")];

	snprintf(aside, sizeof(aside), "%s.damaged", t->name);
	if (tree_remove_at(from, aside, t->a->options->tree) != 0 ||
	    renameat(parent, t->name, from, aside) != 0)
		return -1;
	if (renameat(from, t->name, parent, t->name) == 0) {
		/* What stays of it goes with the next run. */
		(void)tree_remove_at(from, aside, t->a->options->tree);
		return 0;
	}
	saved = errno;
	(void)!renameat(from, aside, parent, t->name);
	errno = saved;
	return -1;
}

/* Move the copy to its place, or exchange it with what is there. */
static int
move(const struct taking *t, int parent, bool exchange)
{
	int from = t->a->partial, rc;

	rc = renameat2(
	    from, t->name, parent, t->name, exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE);
	/* Not every file system knows these; that the name is free, we have seen. */
	if (rc != 0 && errno == EINVAL)
		rc = exchange ? replace(t, parent) : renameat(from, t->name, parent, t->name);
	return rc;
}

/* From here on everybody sees it, and all of it. */
static int
place(const struct taking *t)
{
	const struct accept_set *a = t->a;
	bool heal = t->result->state == ACCEPT_HEALED;
	int parent = open_parent(t), rc = EX_IOERR;

	if (parent == -1)
		return rc;
	if (fsync(t->copy.to) != 0 || move(t, parent, heal) != 0) {
		warn("rename %s to %s/%s", t->there, a->options->tree, t->set);
	} else if (fsync(parent) != 0) {
		/* What may be gone after a power cut is no backup. */
		warn("fsync %s", a->options->tree);
		if (!heal)
			(void)!renameat(parent, t->name, a->partial, t->name);
	} else {
		rc = 0;
	}
	io_close(&parent);
	return rc;
}

/* Take the set, whose SHA256SUMS is ${text}, by way of a copy. */
static int
take(struct taking *t, char *text, size_t len, const char *hex)
{
	const struct accept_set *a = t->a;
	int rc = EX_IOERR;

	if (mkdirat(a->partial, t->name, 0700) != 0 ||
	    (t->copy.to = openat(
		 a->partial, t->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) == -1) {
		warn("create %s", t->there);
		goto out;
	}
	if ((rc = take_lists(t, text, len)) != 0)
		goto out;
	t->copy.progress = progress_start(t->set, 3 * t->result->bytes, a->options->quiet);
	if ((rc = take_files(t)) == 0 && (rc = prove(t)) == 0)
		rc = place(t);
	progress_end(t->copy.progress);
	if (rc == 0 && accept_tree_add(a->tree, t->set, hex, t->result->job) != 0)
		rc = EX_OSERR;
out:
	io_close(&t->copy.to);
	(void)tree_remove_at(a->partial, t->name, a->options->tree);
	return rc;
}

void
accept_set_take(const struct accept_set *a, size_t i, struct accept_result *r)
{
	struct taking t = {.a = a, .copy = {.from = -1, .to = -1}, .result = r};
	char *text = NULL, hex[HASH_HEX];
	const char *there;
	size_t len;
	int rc = EX_OSERR;

	*r = (struct accept_result){.state = ACCEPT_UNFINISHED};
	t.set = accept_incoming_set(a->incoming, i);
	t.name = accepted_name(t.set);
	if (asprintf(&t.where, "%s/%s", a->options->incoming, t.set) == -1)
		t.where = NULL;
	if (asprintf(&t.there, "%s/.partial/%s", a->options->tree, t.name) == -1)
		t.there = NULL;
	if (t.where == NULL || t.there == NULL) {
		warn("%s", t.set);
		goto out;
	}
	t.copy.where = t.where;
	t.copy.there = t.there;
	rc = 0;
	if ((t.copy.from = accept_incoming_enter(a->incoming, i)) == -1) {
		/* Others may remove what is theirs. */
		if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
			warn("%s", t.where);
			rc = EX_IOERR;
		}
		goto out;
	}
	if ((rc = accept_copy_read(&t.copy, SUMS_NAME, SUMS_MAX, &text, &len)) == 1) {
		rc = 0; /* not finished */
		goto out;
	}
	if (rc != 0)
		goto out;
	hash_bytes(text, len, hex);
	there = accept_tree_hex(a->tree, t.set);
	if (there != NULL && strcmp(there, hex) == 0 && !accept_tree_damaged(a->tree, t.set)) {
		r->state = ACCEPT_STANDS;
		strlcpy(r->job, accept_tree_job(a->tree, t.set), sizeof(r->job));
		goto out;
	}
	r->state = there != NULL && strcmp(there, hex) == 0 ? ACCEPT_HEALED : ACCEPT_TAKEN;
	if (r->state == ACCEPT_HEALED ||
	    (rc = accept_judge_name(a->options, a->tree, t.set, t.where)) == 0)
		rc = take(&t, text, len, hex);
out:
	r->code = rc;
	if (rc != 0)
		r->state = ACCEPT_REFUSED;
	manifest_free(t.manifest);
	sums_free(t.sums);
	io_close(&t.copy.from);
	free(text);
	free(t.where);
	free(t.there);
}
