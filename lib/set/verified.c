#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/event.h"
#include "base/hash.h"
#include "base/notes.h"
#include "base/plain.h"
#include "set/record.h"
#include "set/sums.h"
#include "set/verified.h"

#define VERIFIED_MAX 65536

/* The digest of SHA256SUMS as it is now, whatever it says. */
static int
digest_now(const char *folder, char hex[HASH_HEX])
{
	char *text = NULL;
	size_t len;
	int rc;

	if ((rc = record_read(folder, SUMS_NAME, SUMS_MAX, &text, &len)) != 0)
		return rc;
	hash_bytes(text, len, hex);
	free(text);
	return 0;
}

int
verified_write(const char *folder, const char *level, bool ok, const char *message)
{
	char hex[HASH_HEX], now[24];
	json_t *o = NULL;
	int rc;

	if ((rc = digest_now(folder, hex)) != 0)
		return rc;
	o = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "format", 1, "time", event_now(now),
	    "level", level, "result", ok ? "ok" : "fail", "manifest", hex, "tool",
	    "siantre-backup " VERSION);
	if (o == NULL || (message != NULL && *message != '\0' &&
			     json_object_set_new(o, "message", notes_text(message)) != 0)) {
		warnx("%s/%s: out of memory", folder, VERIFIED_NAME);
		rc = EX_OSERR;
		goto out;
	}
	rc = record_write(folder, VERIFIED_NAME, o);
out:
	json_decref(o);
	return rc;
}

int
verified_reread(const char *folder)
{
	char now[24];
	json_t *o = NULL;
	int rc;

	if ((rc = record_json(folder, VERIFIED_NAME, VERIFIED_MAX, &o)) != 0)
		return rc;
	if (json_object_set_new(o, "read", json_string(event_now(now))) != 0) {
		warnx("%s/%s: out of memory", folder, VERIFIED_NAME);
		rc = EX_OSERR;
	} else
		rc = record_write(folder, VERIFIED_NAME, o);
	json_decref(o);
	return rc;
}

static bool
is_level(const char *text)
{
	static const char *const levels[] = {"checksum", "structure", "drill", "sealed"};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(text, levels[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Whether there is no ${name} in ${folder}.  Not by access(2): it would do without the right to read all
 * that this process may have.
 */
static bool
is_missing(const char *folder, const char *name)
{
	char *path;
	struct stat st;
	bool missing;

	if (asprintf(&path, "%s/%s", folder, name) == -1)
		return false;
	missing = lstat(path, &st) != 0 && errno == ENOENT;
	free(path);
	return missing;
}

int
verified_read(const char *folder, struct verified *out)
{
	const char *level, *moment, *result, *manifest, *message, *reread;
	char hex[HASH_HEX];
	json_t *o = NULL;
	int64_t when;
	int rc;

	memset(out, 0, sizeof(*out));
	if (is_missing(folder, VERIFIED_NAME))
		return 0;
	if ((rc = record_json(folder, VERIFIED_NAME, VERIFIED_MAX, &o)) != 0) {
		if (rc == EX_DATAERR) /* reported; it proves nothing */
			rc = 0;
		goto out;
	}
	level = record_text(o, "level");
	moment = record_text(o, "time");
	result = record_text(o, "result");
	manifest = record_text(o, "manifest");
	message = record_text(o, "message");
	reread = record_text(o, "read");
	if (json_integer_value(json_object_get(o, "format")) != 1 || level == NULL ||
	    !is_level(level) || moment == NULL || event_time(moment, &when) != 0 ||
	    result == NULL || manifest == NULL) {
		warnx("%s/%s: not a record of a verification", folder, VERIFIED_NAME);
		goto out;
	}
	strlcpy(out->time, moment, sizeof(out->time));
	if (reread == NULL || event_time(reread, &when) != 0 || strcmp(reread, moment) < 0)
		reread = moment;
	strlcpy(out->read, reread, sizeof(out->read));
	strlcpy(out->level, level, sizeof(out->level));
	strlcpy(out->message, message != NULL ? message : "", sizeof(out->message));
	plain_text(out->message);
	out->ok = strcmp(result, "ok") == 0;
	if (!out->ok)
		goto out;
	/* One that was lost is another one, too: it keeps nobody from the other sets. */
	if (is_missing(folder, SUMS_NAME)) {
		warnx("%s/%s: missing: the set does not count as verified", folder, SUMS_NAME);
		goto out;
	}
	if ((rc = digest_now(folder, hex)) == 0)
		out->counts = strcmp(manifest, hex) == 0;
out:
	json_decref(o);
	return rc;
}
