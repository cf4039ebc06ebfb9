#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/hash.h"
#include "base/host.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "set/manifest.h"
#include "set/record.h"
#include "set/sums.h"

#define FILES_MAX 10000       /* more files make no set */
#define BYTES_MAX (1LL << 50) /* nor do larger ones, alone or together */

/* The JSON object is the whole state: what is read is what was written. */
struct manifest {
	json_t *root;
};

struct manifest *
manifest_new(const char *job, const char *application, const char *set, const char *started)
{
	struct manifest *m = calloc(1, sizeof(*m));
	char host[HOST_SIZE];

	if (m != NULL)
		m->root = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[], s:[]}",
		    "format", 1, "job", job, "application", application, "set", set, "host",
		    host_name(host), "tool", "siantre-backup " VERSION, "started", started,
		    "ended", "", "status", "ok", "files", "warnings");
	if (m == NULL || m->root == NULL) {
		warnx("manifest: out of memory");
		free(m);
		return NULL;
	}
	return m;
}

json_t *
manifest_json(struct manifest *m)
{
	return m->root;
}

int
manifest_write(struct manifest *m, const char *folder)
{
	struct sums *s = NULL;
	struct manifest_file file;
	char hex[HASH_HEX], now[24], *text = NULL;
	bool warned = json_array_size(json_object_get(m->root, "warnings")) > 0;
	size_t len;
	int rc = EX_OSERR;

	if (json_object_set_new(m->root, "ended", json_string(event_now(now))) != 0 ||
	    json_object_set_new(m->root, "status", json_string(warned ? "warn" : "ok")) != 0) {
		warnx("manifest: out of memory");
		goto out;
	}
	if ((rc = record_write(folder, MANIFEST_NAME, m->root)) != 0)
		goto out;
	rc = EX_OSERR;
	if ((s = sums_new()) == NULL)
		goto out;
	for (size_t i = 0; manifest_file(m, i, &file) == 0; i++) {
		if (sums_add(s, file.name, file.sha256) != 0)
			goto out;
	}
	/* What was written, not what we meant to write. */
	if ((rc = record_read(folder, MANIFEST_NAME, MANIFEST_MAX, &text, &len)) != 0)
		goto out;
	hash_bytes(text, len, hex);
	rc = EX_OSERR;
	if (sums_add(s, MANIFEST_NAME, hex) == 0)
		rc = sums_write(s, folder) == 0 ? 0 : EX_IOERR;
out:
	free(text);
	sums_free(s);
	return rc;
}

static bool
is_digest(const char *text)
{
	return text != NULL && strlen(text) == HASH_HEX - 1 &&
	       strspn(text, "0123456789abcdef") == HASH_HEX - 1;
}

/* Whether ${key} of ${o} is a size; where it may be missing, that is fine too. */
static bool
is_size(const json_t *o, const char *key, bool missing)
{
	const json_t *value = json_object_get(o, key);

	if (value == NULL)
		return missing;
	return json_is_integer(value) && json_integer_value(value) >= 0 &&
	       json_integer_value(value) <= BYTES_MAX;
}

/* Return what is wrong with the manifest ${root}, or NULL. */
static const char *
judge(const json_t *root)
{
	static const char *const texts[] = {
	    "job", "application", "set", "host", "tool", "started", "ended", "status"};
	const json_t *files = json_object_get(root, "files"), *file, *dump, *plain, *inner,
		     *warning;
	const json_t *warnings = json_object_get(root, "warnings");
	const char *name;
	json_int_t total = 0;
	size_t i;

	if (json_integer_value(json_object_get(root, "format")) != 1)
		return "not a manifest of format 1";
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = record_text(root, texts[i]);

		if (text == NULL || strlen(text) > 255)
			return "a text is missing or too long";
		for (; *text != '\0'; text++) {
			if (iscntrl((unsigned char)*text))
				return "a text holds control characters";
		}
	}
	if (!json_is_array(files) || json_array_size(files) > FILES_MAX)
		return "no list of files, or one too long";
	json_array_foreach(files, i, file)
	{
		name = record_text(file, "name");
		dump = json_object_get(file, "dump");
		plain = json_object_get(file, "plain_sha256");
		inner = json_object_get(file, "inner_sha256");
		if (name == NULL || !sums_plain(name) ||
		    !is_digest(record_text(file, "sha256")))
			return "a file without a proper name and digest";
		if (!is_size(file, "bytes", false) || !is_size(file, "plain_bytes", true) ||
		    !is_size(file, "inner_bytes", true) || !is_size(file, "entries", true))
			return "a size that cannot be";
		total += json_integer_value(json_object_get(file, "bytes"));
		if (total > BYTES_MAX)
			return "sizes that cannot be";
		if ((plain != NULL && !is_digest(json_string_value(plain))) ||
		    (inner != NULL && !is_digest(json_string_value(inner))) ||
		    (dump != NULL && !json_is_object(dump)))
			return "what is said of a file's content cannot be";
	}
	if (warnings != NULL && !json_is_array(warnings))
		return "the warnings are no list";
	json_array_foreach(warnings, i, warning)
	{
		if (!json_is_string(warning))
			return "a warning is no text";
	}
	return NULL;
}

int
manifest_read(const char *folder, struct manifest **out)
{
	struct manifest *m = NULL;
	const char *problem;
	int rc;

	*out = NULL;
	if ((m = calloc(1, sizeof(*m))) == NULL) {
		warn("manifest");
		return EX_OSERR;
	}
	if ((rc = record_json(folder, MANIFEST_NAME, MANIFEST_MAX, &m->root)) != 0)
		goto out;
	if ((problem = judge(m->root)) != NULL) {
		warnx("%s/%s: %s", folder, MANIFEST_NAME, problem);
		rc = EX_DATAERR;
		goto out;
	}
	*out = m;
	m = NULL;
	rc = 0;
out:
	manifest_free(m);
	return rc;
}

const char *
manifest_text(const struct manifest *m, const char *key)
{
	const char *text = record_text(m->root, key);

	return text != NULL ? text : "";
}

bool
manifest_is_of(const struct manifest *m, const char *application)
{
	const char *of = manifest_text(m, "application");

	return *of == '\0' || strcmp(of, application) == 0;
}

int64_t
manifest_bytes(const struct manifest *m)
{
	const json_t *file;
	int64_t bytes = 0;
	size_t i;

	json_array_foreach(json_object_get(m->root, "files"), i, file)
	{
		bytes += json_integer_value(json_object_get(file, "bytes"));
	}
	return bytes;
}

static int64_t
number(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

int
manifest_file(const struct manifest *m, size_t i, struct manifest_file *out)
{
	const json_t *file = json_array_get(json_object_get(m->root, "files"), i);

	if (file == NULL)
		return -1;
	out->name = record_text(file, "name");
	out->bytes = number(file, "bytes");
	out->sha256 = record_text(file, "sha256");
	out->plain_bytes = number(file, "plain_bytes");
	out->plain_sha256 = record_text(file, "plain_sha256");
	out->inner_bytes = number(file, "inner_bytes");
	out->inner_sha256 = record_text(file, "inner_sha256");
	out->entries = number(file, "entries");
	out->dump = json_object_get(file, "dump");
	return 0;
}

bool
manifest_whole(const struct manifest *m, const char *folder)
{
	struct manifest_file f;
	struct stat st;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool whole = dir != -1;

	if (dir == -1)
		warn("%s", folder);
	for (size_t i = 0; whole && manifest_file(m, i, &f) == 0; i++) {
		if (fstatat(dir, f.name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
			warn("%s/%s", folder, f.name);
			whole = false;
		} else if (!S_ISREG(st.st_mode) || st.st_size != f.bytes) {
			warnx("%s/%s: not the file that was proven", folder, f.name);
			whole = false;
		}
	}
	io_close(&dir);
	return whole;
}

const char *
manifest_warning(const struct manifest *m, size_t i)
{
	return json_string_value(json_array_get(json_object_get(m->root, "warnings"), i));
}

char *
manifest_summary(const struct manifest *m)
{
	struct manifest_file f;
	struct buf b = {0};
	const char *warning = manifest_warning(m, 0);
	size_t many = json_array_size(json_object_get(m->root, "warnings"));
	char number[16], *text = NULL;

	for (size_t i = 0; manifest_file(m, i, &f) == 0; i++)
		buf_printf(&b, "%s%s %s", i > 0 ? ", " : "", f.name,
		    num_human(number, sizeof(number), (uint64_t)f.bytes));
	if (many == 1)
		buf_printf(&b, "; warning: %.300s", warning);
	else if (warning != NULL)
		buf_printf(&b, "; %zu warnings, first: %.300s", many, warning);
	/* The warning holds names out of the application's tree: one line, and nothing drawn. */
	if (buf_string(&b) != NULL && (text = strdup(plain_text(b.data))) == NULL)
		warn("manifest");
	buf_free(&b);
	return text;
}

void
manifest_free(struct manifest *m)
{
	if (m == NULL)
		return;
	json_decref(m->root);
	free(m);
}
