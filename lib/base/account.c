#include "base/account.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"
#include "base/plain.h"

/* Say and keep why ${path} is not as it was; ${why} is taken over, NULL where no memory is for it. */
static void
keep(struct account *a, const char *path, char *why, bool damaged)
{
	size_t n = a->skips;
	struct account_entry *grown;

	warnx("%s: %s", plain_name(path), why != NULL ? why : damaged ? "damaged" : "left out");
	/* Room for 16, 32, 64 … names. */
	if ((damaged ? a->damaged : n - a->damaged) < ACCOUNT_NAMES && why != NULL) {
		if (n == 0 || (n >= 16 && (n & (n - 1)) == 0)) {
			grown = reallocarray(a->skipped, n == 0 ? 16 : 2 * n, sizeof(*grown));
			if (grown == NULL)
				goto out;
			a->skipped = grown;
		}
		if ((a->skipped[n].path = strdup(path)) == NULL)
			goto out;
		a->skipped[n].why = why;
		a->skipped[n].damaged = damaged;
		a->skips++;
		a->damaged += damaged;
		return;
	}
out:
	free(why);
}

void
account_skip(struct account *a, uint64_t *counter, const char *path, const char *format, ...)
{
	char *why = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&why, format, ap) == -1)
		why = NULL;
	va_end(ap);
	if (counter != NULL)
		(*counter)++;
	if (counter != &a->sockets)
		a->warnings++;
	keep(a, path, why, false);
}

void
account_damaged(struct account *a, const char *path, int error, intmax_t from)
{
	char *why = NULL;

	if (asprintf(&why, "%s, filled with zeros from byte %jd", strerror(error), from) == -1)
		why = NULL;
	a->unreadable++;
	a->warnings++;
	keep(a, path, why, true);
}

int
account_missed(struct account *a, const char *path, int error, const char *rest)
{
	errno = error;
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
		warn("%s", plain_name(path));
		return 1;
	}
	if (errno == ENOENT)
		account_skip(a, &a->vanished, path, "vanished%s", rest);
	else if (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)
		account_skip(a, &a->changed, path, "became something else%s", rest);
	else
		account_skip(a, &a->unreadable, path, "%s%s", strerror(errno), rest);
	return 0;
}

static int
name_all(const struct account *a, json_t *list, bool damaged)
{
	for (size_t i = 0; i < a->skips; i++)
		if (a->skipped[i].damaged == damaged &&
		    json_array_append_new(
			list, json_pack("{s:o, s:o}", "path", notes_text(a->skipped[i].path),
				  "why", notes_text(a->skipped[i].why))) == -1)
			return -1;
	return 0;
}

int
account_note(const struct account *a, json_t *note)
{
	int rc = -1;
	json_t *list = NULL;

	if ((list = json_array()) == NULL)
		goto out;
	/* What is damaged first: an event has room for the first warning alone. */
	if (name_all(a, list, true) == -1 || name_all(a, list, false) == -1)
		goto out;
	if (json_object_set_new(note, "entries", json_integer((json_int_t)a->entries)) == -1 ||
	    json_object_set(note, "skipped", list) == -1 ||
	    json_object_set_new(note, "warnings", json_integer((json_int_t)a->warnings)) == -1)
		goto out;
	rc = 0;
out:
	if (rc == -1)
		warnx("no memory for the list of what was left out");
	json_decref(list);
	return rc;
}

void
account_free(struct account *a)
{
	for (size_t i = 0; i < a->skips; i++) {
		free(a->skipped[i].path);
		free(a->skipped[i].why);
	}
	free(a->skipped);
	memset(a, 0, sizeof(*a));
}
