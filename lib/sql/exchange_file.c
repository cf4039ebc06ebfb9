#include "sql/exchange_file.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/json.h"
#include "base/tree.h"

#define JOURNAL "journal.json"
#define UNDO "before.sql"
#define REDO "after.sql"
#define SEAL "sha256" /* of the journal without it */

enum { TEXT_MAX = 1 << 30, NAME_LONG = 160 };

char *
exchange_file_path(const char *folder, const char *server, const char *target)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	struct buf b = {0};
	char hex[HASH_HEX];

	size_t start;

	buf_printf(&b, "%s/", folder);
	start = b.len;
	for (const char *c = target; *c != '\0'; c++) {
		if (strchr(plain, *c) != NULL)
			buf_add(&b, c, 1);
		else
			buf_printf(&b, "%%%02X", (unsigned char)*c);
	}
	/* No file may have a name of more than 255 bytes. */
	if (b.len - start > NAME_LONG) {
		b.len = start + NAME_LONG;
		hash_bytes(target, strlen(target), hex);
		buf_printf(&b, "~%.24s", hex);
	}
	hash_bytes(server, strlen(server), hex);
	buf_printf(&b, "@%.12s", hex);
	return buf_string(&b) != NULL ? b.data : NULL;
}

/* "${path}${end}", which the caller frees. */
static char *
beside(const char *path, const char *end)
{
	char *name = NULL;

	if (asprintf(&name, "%s%s", path, end) < 0) {
		warn("%s", path);
		return NULL;
	}
	return name;
}

int
exchange_file_folder(const char *folder)
{
	char *up = strdup(folder), *slash;
	int rc = -1;

	if (up == NULL)
		return -1;
	if ((slash = strrchr(up, '/')) != NULL && slash != up) {
		*slash = '\0';
		if (mkdir(up, 0755) != 0 && errno != EEXIST)
			goto out;
	}
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		goto out;
	rc = access(folder, W_OK | X_OK);
out:
	free(up);
	return rc;
}

/* NULL where one of ${n} cannot be written down: all are needed. */
static json_t *
array(const struct names *n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n->len; i++)
		if (json_array_append_new(a, json_string(n->items[i])) != 0) {
			json_decref(a);
			return NULL;
		}
	return a;
}

static int
write_text(const char *folder, const char *name, const char *text, size_t len)
{
	char *path = beside(folder, name);
	int rc = path != NULL && atomic_write(path, 0600, text, len) == 0 ? 0 : EX_CANTCREAT;

	free(path);
	return rc;
}

/* The digest of ${o}, which does not hold one yet. */
static int
seal(const json_t *o, char hex[HASH_HEX])
{
	size_t len;
	char *line = json_line(o, &len);

	if (line == NULL)
		return -1;
	hash_bytes(line, len, hex);
	free(line);
	return 0;
}

static int
write_journal(const char *folder, const struct exchange_file *f)
{
	char undo[HASH_HEX], redo[HASH_HEX], digest[HASH_HEX], *line = NULL;
	json_t *o;
	size_t len = 0;
	int rc = EX_OSERR;

	hash_bytes(f->undo, f->undo_len, undo);
	hash_bytes(f->redo, f->redo_len, redo);
	o = json_pack("{s:i,s:s,s:s,s:s,s:s,s:b,s:b,s:o,s:o,s:o,s:s,s:s}", "format", 1, "time",
	    f->time, "stage", f->stage, "before", f->before, "dump", f->digest, "foreign",
	    f->foreign, "part", f->part, "old", array(&f->old), "new", array(&f->new), "grants",
	    array(&f->grants), UNDO, undo, REDO, redo);
	if (o != NULL && seal(o, digest) == 0 &&
	    json_object_set_new(o, SEAL, json_string(digest)) == 0)
		line = json_line(o, &len);
	if (line == NULL)
		warnx("%s: the journal cannot be written", folder);
	else
		rc = write_text(folder, "/" JOURNAL, line, len);
	free(line);
	json_decref(o);
	return rc;
}

int
exchange_file_write(const char *path, const struct exchange_file *f)
{
	char *new = beside(path, ".new");
	char *parent = strndup(path, (size_t)(strrchr(path, '/') - path));
	int rc = EX_OSERR;

	if (new == NULL || parent == NULL)
		goto out;
	if (exchange_file_folder(parent) != 0) {
		warn("%s", parent);
		rc = EX_CANTCREAT;
		goto out;
	}
	tree_remove(new, true);
	if (mkdir(new, 0700) != 0) {
		warn("%s", new);
		rc = EX_CANTCREAT;
		goto out;
	}
	rc = write_text(new, "/" UNDO, f->undo, f->undo_len);
	if (rc == 0)
		rc = write_text(new, "/" REDO, f->redo, f->redo_len);
	if (rc == 0)
		rc = write_journal(new, f);
	if (rc == 0 && rename(new, path) != 0) {
		warn("%s", path);
		rc = EX_CANTCREAT;
	}
	if (rc != 0) {
		tree_remove(new, true);
		goto out;
	}
	if (atomic_sync_folder(parent) != 0) {
		tree_remove(path, true);
		rc = EX_IOERR;
	}
out:
	free(parent);
	free(new);
	return rc;
}

static char *
read_text(const char *folder, const char *name, size_t *len)
{
	char *path = beside(folder, name), *text = NULL;
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

	if (fd < 0 || io_read_file(fd, TEXT_MAX, &text, len) != 0)
		warn("%s", path != NULL ? path : folder);
	io_close(&fd);
	free(path);
	return text;
}

static int
take_names(const json_t *o, const char *key, struct names *out)
{
	const json_t *a = json_object_get(o, key), *value;
	size_t i;

	if (!json_is_array(a))
		return -1;
	json_array_foreach(a, i, value)
	{
		if (!json_is_string(value) || names_add(out, json_string_value(value)) != 0)
			return -1;
	}
	return 0;
}

/* Whether ${o} is what was written; its digest goes. */
static bool
sealed(json_t *o)
{
	const char *said = json_string_value(json_object_get(o, SEAL));
	char promised[HASH_HEX], hex[HASH_HEX];

	if (said == NULL || strlcpy(promised, said, sizeof(promised)) != HASH_HEX - 1)
		return false;
	json_object_del(o, SEAL);
	return seal(o, hex) == 0 && strcmp(hex, promised) == 0;
}

static int
take(const json_t *o, struct exchange_file *f)
{
	const char *stage, *before, *dump, *begun, *undo, *redo;
	char hex[HASH_HEX];
	int format, foreign, part;

	if (json_unpack((json_t *)(uintptr_t)o, "{s:i,s:s,s:s,s:s,s:s,s:b,s:b,s:s,s:s}",
		"format", &format, "time", &begun, "stage", &stage, "before", &before, "dump",
		&dump, "foreign", &foreign, "part", &part, UNDO, &undo, REDO, &redo) != 0 ||
	    format != 1)
		return -1;
	hash_bytes(f->undo, f->undo_len, hex);
	if (strcmp(hex, undo) != 0)
		return -1;
	hash_bytes(f->redo, f->redo_len, hex);
	if (strcmp(hex, redo) != 0)
		return -1;
	f->foreign = foreign;
	f->part = part;
	f->stage = strdup(stage);
	f->before = strdup(before);
	f->digest = strdup(dump);
	f->time = strdup(begun);
	if (f->stage == NULL || f->before == NULL || f->digest == NULL || f->time == NULL)
		return -1;
	return take_names(o, "old", &f->old) != 0 || take_names(o, "new", &f->new) != 0 ||
		       take_names(o, "grants", &f->grants) != 0
		   ? -1
		   : 0;
}

int
exchange_file_read(const char *path, struct exchange_file *f, bool *found)
{
	json_t *o = NULL;
	char *text = NULL;
	size_t len = 0;
	int rc = EX_DATAERR;

	*f = (struct exchange_file){0};
	*found = access(path, F_OK) == 0;
	if (!*found && (errno == ENOENT || errno == EACCES))
		return 0;
	*found = true;
	f->undo = read_text(path, "/" UNDO, &f->undo_len);
	f->redo = read_text(path, "/" REDO, &f->redo_len);
	text = read_text(path, "/" JOURNAL, &len);
	if (f->undo == NULL || f->redo == NULL || text == NULL) {
		rc = EX_IOERR;
	} else {
		errno = 0;
		o = json_read(text, len, JSON_REJECT_DUPLICATES, NULL);
		if (o != NULL && sealed(o) && take(o, f) == 0)
			rc = 0;
		else if (json_starved() || errno == ENOMEM) {
			warnx("%s: out of memory", path);
			rc = EX_OSERR;
		} else
			warnx("%s: the journal of an exchange is damaged", path);
	}
	json_decref(o);
	free(text);
	return rc;
}

void
exchange_file_tidy(const char *path)
{
	static const char *const ends[] = {".new", ".done"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *name = beside(path, ends[i]);

		if (name != NULL)
			tree_remove(name, true);
		free(name);
	}
}

int
exchange_file_done(const char *path, const char *keep)
{
	char *done = beside(path, ".done"), *undo = beside(path, "/" UNDO), *parent = NULL;
	int rc = done != NULL && undo != NULL ? 0 : EX_OSERR;

	if (rc != 0)
		goto out;
	tree_remove(done, true);
	/* A link, not a rename: until the journal is gone all of it is needed. */
	if (keep != NULL && link(undo, keep) != 0 && errno != EEXIST) {
		warn("%s", keep);
		rc = EX_CANTCREAT;
	} else if (rename(path, done) != 0) {
		warn("%s", path);
		rc = EX_CANTCREAT;
	} else {
		/* Should the journal come back, all that it asks for is done once more. */
		parent = strndup(path, (size_t)(strrchr(path, '/') - path));
		if (parent != NULL)
			atomic_sync_folder(parent);
		tree_remove(done, true);
	}
out:
	free(parent);
	free(undo);
	free(done);
	return rc;
}

void
exchange_file_free(struct exchange_file *f)
{
	names_free(&f->old);
	names_free(&f->new);
	names_free(&f->grants);
	free(f->stage);
	free(f->before);
	free(f->digest);
	free(f->time);
	free(f->undo);
	free(f->redo);
	*f = (struct exchange_file){0};
}
