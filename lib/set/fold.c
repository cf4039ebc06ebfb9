/*
 * manifest_fill(): a manifest from the files of a set and the notes of the run.
 *
 * The digest of each file is taken from the disk, and only what matches it is believed of the
 * notes: siantre-pack's note names the digest of the bytes that it wrote, and the digest of the
 * dump that went in; siantre-dump's note names that one too.  A note about something else (a
 * file that the script threw away) only keeps its warnings.
 *
 * Of an encrypted file the note of `siantre-run --age` names the digest of what was encrypted,
 * and siantre-pack's is found by that.  A set that holds one tells nothing that it does not have
 * to: set.json is no secret, and goes where the set goes.  Names of tables and digests of their
 * few bytes, which could be guessed at, are left out, and so are warnings, which name files.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/account.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/notes.h"
#include "set/kind.h"
#include "set/manifest.h"
#include "set/notefile.h"
#include "set/record.h"
#include "set/sums.h"
#include "set/verified.h"
#include "sql/endmark.h"

#define WARNINGS_MAX 1000 /* more are only counted */

struct fold {
	json_t *files;
	json_t *warnings;
	size_t unsaid; /* warnings beyond WARNINGS_MAX */
	struct notefile *notes;
	bool closed; /* a file is encrypted */
};

/* Add a warning, "WHO: TEXT", or only the text where ${who} is NULL. */
static int
add_warning(struct fold *f, const char *who, const char *text)
{
	char *whole = NULL;
	int rc;

	if (json_array_size(f->warnings) >= WARNINGS_MAX) {
		f->unsaid++;
		return 0;
	}
	if (asprintf(&whole, "%s%s%s", who != NULL ? who : "", who != NULL ? ": " : "", text) ==
	    -1)
		return -1;
	rc = json_array_append_new(f->warnings, notes_text(whole));
	free(whole);
	return rc;
}

/* Only how many warnings there are: those of a tree are a number. */
static int
count_warnings(struct fold *f, const char *who, const json_t *list)
{
	intmax_t n = json_is_array(list) ? (intmax_t)json_array_size(list)
					 : (intmax_t)json_integer_value(list);
	char text[80];

	snprintf(text, sizeof(text), "%jd %s, named in the log of this machine", n,
	    n == 1 ? "warning" : "warnings");
	return n > 0 ? add_warning(f, who, text) : 0;
}

/* Add the warnings of ${note} about ${who}. */
static int
add_warnings(struct fold *f, const char *who, const json_t *note)
{
	const json_t *list = json_object_get(note, "warnings"), *item;
	json_int_t said = 0;
	char *text = NULL;
	size_t i;
	int rc = 0;

	/* What a job says itself is meant for everybody. */
	if (f->closed && who != NULL)
		return count_warnings(f, who, list);

	json_array_foreach(list, i, item)
	{
		if (rc == 0 && json_is_string(item))
			rc = add_warning(f, who, json_string_value(item));
	}
	/* A tree's: all are counted, the first ones named; sockets are named and not counted. */
	json_array_foreach(json_object_get(note, "skipped"), i, item)
	{
		const char *path = record_text(item, "path"), *why = record_text(item, "why");

		if (rc != 0 || path == NULL || why == NULL || strcmp(why, ACCOUNT_SOCKET) == 0)
			continue;
		said++;
		if (asprintf(&text, "%s: %s", path, why) == -1)
			return -1;
		rc = add_warning(f, who, text);
		free(text);
	}
	if (rc == 0 && json_integer_value(list) > said) {
		if (asprintf(&text, "%jd more warnings",
			(intmax_t)(json_integer_value(list) - said)) == -1)
			return -1;
		rc = add_warning(f, who, text);
		free(text);
	}
	return rc;
}

/* The digest of the plain dump in ${fd}, into ${hex}; -1 where it is none. */
static int
dump_digest(int fd, char hex[HASH_HEX])
{
	struct endmark *e = endmark_new();
	static char buf[1 << 18];
	ssize_t n = -1;
	int rc = -1;

	if (e == NULL || lseek(fd, 0, SEEK_SET) != 0)
		goto out;
	while ((n = io_read(fd, buf, sizeof(buf))) > 0) {
		if (endmark_add(e, buf, (size_t)n) != 0)
			break;
	}
	if (n != 0 || endmark_finish(e) != 0)
		goto out;
	strlcpy(hex, endmark_digest(e), HASH_HEX);
	rc = 0;
out:
	endmark_free(e);
	return rc;
}

/* Copy ${key} of ${from}, if it is there. */
static int
copy(json_t *to, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	return value == NULL ? 0 : json_object_set(to, key, value);
}

/* Describe the dump with ${digest} in ${o}. */
static int
add_dump(struct fold *f, json_t *o, const char *name, const char *digest)
{
	static const char *const telling[] = {"databases", "tables", "partial", "warnings"};
	json_t *note = notefile_dump(f->notes, digest), *dump;

	if (note == NULL)
		return 0;
	if ((dump = json_copy(note)) == NULL)
		return -1;
	json_object_del(dump, "tool");
	for (size_t i = 0; f->closed && i < sizeof(telling) / sizeof(telling[0]); i++)
		json_object_del(dump, telling[i]);
	if (json_object_set_new(o, "dump", dump) != 0)
		return -1;
	return add_warnings(f, name, note);
}

/* Describe what siantre-pack has said of the file ${name} in ${note}. */
static int
add_packed(struct fold *f, json_t *o, const char *name, const json_t *note)
{
	const char *dump = record_text(note, "dump");

	return copy(o, note, "plain_bytes") != 0 || copy(o, note, "plain_sha256") != 0 ||
		       copy(o, note, "entries") != 0 || add_warnings(f, name, note) != 0 ||
		       (dump != NULL && add_dump(f, o, name, dump) != 0)
		   ? -1
		   : 0;
}

/*
 * Describe the encrypted file ${name} with the digest ${hex}.  One that a job has encrypted in
 * its own way has no note, and nothing is known of it.
 */
static int
add_encrypted(struct fold *f, json_t *o, const char *name, const char *hex)
{
	const json_t *note = notefile_age(f->notes, name), *pack;
	const char *sha256 = record_text(note, "sha256"),
		   *inner = record_text(note, "inner_sha256");

	if (note == NULL)
		return 0;
	if (sha256 == NULL || inner == NULL || strcmp(sha256, hex) != 0) {
		warnx("%s: not what siantre-run --age has made", name);
		return EX_DATAERR;
	}
	if (copy(o, note, "inner_bytes") != 0 || copy(o, note, "inner_sha256") != 0)
		return EX_OSERR;
	pack = notefile_pack(f->notes, inner);
	return pack != NULL && add_packed(f, o, name, pack) != 0 ? EX_OSERR : 0;
}

/* Describe the file ${name} in ${folder}.  Return 0, or the exit code after reporting. */
static int
add_file(struct fold *f, const char *folder, const char *name)
{
	char hex[HASH_HEX], digest[HASH_HEX], *path = NULL;
	const json_t *note;
	json_t *o = NULL;
	uint64_t bytes;
	size_t len = strlen(name);
	int fd = -1, rc = EX_IOERR;

	if (asprintf(&path, "%s/%s", folder, name) == -1) {
		path = NULL;
		goto memory;
	}
	if ((fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) == -1 ||
	    hash_fd(fd, hex, &bytes) != 0) {
		warn("%s", path);
		goto out;
	}
	o = json_pack("{s:o, s:I, s:s}", "name", notes_text(name), "bytes", (json_int_t)bytes,
	    "sha256", hex);
	if (o == NULL)
		goto memory;
	if (kind_promises_age(name)) {
		if ((rc = add_encrypted(f, o, name, hex)) == EX_OSERR)
			goto memory;
		if (rc != 0)
			goto out;
	} else if ((note = notefile_pack(f->notes, hex)) != NULL) {
		if (add_packed(f, o, name, note) != 0)
			goto memory;
	} else if (len > 4 && strcmp(name + len - 4, ".sql") == 0 &&
		   dump_digest(fd, digest) == 0) {
		if (add_dump(f, o, name, digest) != 0)
			goto memory;
	}
	if (json_array_append(f->files, o) != 0)
		goto memory;
	rc = 0;
	goto out;
memory:
	warnx("manifest: out of memory");
	rc = EX_OSERR;
out:
	io_close(&fd);
	json_decref(o);
	free(path);
	return rc;
}

static int
wanted(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, MANIFEST_NAME) != 0 &&
	       strcmp(d->d_name, SUMS_NAME) != 0 && strcmp(d->d_name, VERIFIED_NAME) != 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int
manifest_fill(struct manifest *m, const char *folder, const char *notes)
{
	json_t *root = manifest_json(m);
	struct fold f = {.files = json_object_get(root, "files"),
	    .warnings = json_object_get(root, "warnings")};
	struct dirent **names = NULL;
	const json_t *note;
	char *text = NULL;
	int count = 0, rc;

	if ((rc = notefile_read(notes, &f.notes)) != 0)
		goto out;
	rc = EX_IOERR;
	if ((count = scandir(folder, &names, wanted, by_bytes)) == -1) {
		warn("%s", folder);
		goto out;
	}
	for (int i = 0; i < count; i++)
		f.closed = f.closed || kind_promises_age(names[i]->d_name);
	for (int i = 0; i < count; i++) {
		if ((rc = add_file(&f, folder, names[i]->d_name)) != 0)
			goto out;
	}
	for (size_t i = 0; (note = notefile_rest(f.notes, i)) != NULL; i++) {
		const char *tool = record_text(note, "tool");

		if (add_warnings(&f, strcmp(tool, "job") == 0 ? NULL : tool, note) != 0)
			goto memory;
	}
	if (f.unsaid > 0) {
		if (asprintf(&text, "%zu more warnings", f.unsaid) == -1) {
			text = NULL;
			goto memory;
		}
		if (json_array_append_new(f.warnings, json_string(text)) != 0)
			goto memory;
	}
	rc = 0;
	goto out;
memory:
	warnx("manifest: out of memory");
	rc = EX_OSERR;
out:
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	free(text);
	notefile_free(f.notes);
	return rc;
}
