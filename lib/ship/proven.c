#include "ship/proven.h"

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/event.h"
#include "set/record.h"

#define PROVEN_NAME "proven.json"
#define PROVEN_MAX ((size_t)64 << 20)

struct proven {
	char *folder;
	json_t *sets;     /* {"20261123_020000": {"sums": HEX, "time": "2026-…Z"}, …} */
	size_t unwritten; /* changes that the file does not have */
};

int
proven_read(const char *folder, struct proven **out)
{
	struct proven *p = calloc(1, sizeof(*p));
	char *path = NULL;
	int rc = EX_OSERR;

	*out = NULL;
	if (p == NULL || (p->folder = strdup(folder)) == NULL ||
	    asprintf(&path, "%s/" PROVEN_NAME, folder) == -1) {
		path = NULL;
		warn("%s", folder);
		goto out;
	}
	if (access(path, F_OK) == 0) {
		rc = record_json(folder, PROVEN_NAME, PROVEN_MAX, &p->sets);
		if (rc == EX_IOERR)
			goto out;
	}
	if (p->sets == NULL && (p->sets = json_object()) == NULL) {
		warnx("%s: no memory", folder);
		goto out;
	}
	*out = p;
	p = NULL;
	rc = 0;
out:
	free(path);
	proven_free(p);
	return rc;
}

bool
proven_is(const struct proven *p, const char *set, const char *sums)
{
	const char *had = record_text(json_object_get(p->sets, set), "sums");

	return had != NULL && strcmp(had, sums) == 0;
}

int64_t
proven_when(const struct proven *p, const char *set)
{
	const char *text = record_text(json_object_get(p->sets, set), "time");
	int64_t when;

	/* A time that is yet to come, of a clock that went wrong, would be the newest for years. */
	return text != NULL && event_time(text, &when) == 0 && when <= (int64_t)time(NULL)
		   ? when
		   : 0;
}

bool
proven_failed(const struct proven *p, const char *set)
{
	return record_text(json_object_get(p->sets, set), "failed") != NULL;
}

int
proven_write(struct proven *p)
{
	if (p == NULL || p->unwritten == 0)
		return 0;
	p->unwritten = 0;
	return record_write(p->folder, PROVEN_NAME, p->sets);
}

/*
 * The file is written whole.  After each of many changes it would be so for a time that grows with the
 * square of the sets; a hundredth of them that was lost is proven again.
 */
static int
changed(struct proven *p)
{
	p->unwritten++;
	return p->unwritten >= json_object_size(p->sets) / 100 ? proven_write(p) : 0;
}

/* Say of ${set} ${what}, which is ours. */
static int
note(struct proven *p, const char *set, json_t *what)
{
	if (json_object_set_new(p->sets, set, what) != 0) {
		warnx("%s: no memory", set);
		return EX_OSERR;
	}
	return changed(p);
}

int
proven_note(struct proven *p, const char *set, const char *sums)
{
	char now[24];

	return note(p, set, json_pack("{s:s, s:s}", "sums", sums, "time", event_now(now)));
}

int
proven_fail(struct proven *p, const char *set)
{
	char now[24];
	int rc = note(p, set, json_pack("{s:s}", "failed", event_now(now)));

	/* It is damaged whether or not we come to our end. */
	return rc == 0 ? proven_write(p) : rc;
}

void
proven_forget(struct proven *p, const char *set)
{
	if (json_object_del(p->sets, set) == 0)
		p->unwritten++;
}

void
proven_free(struct proven *p)
{
	if (p == NULL)
		return;
	json_decref(p->sets);
	free(p->folder);
	free(p);
}
