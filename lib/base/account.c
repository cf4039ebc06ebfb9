#include "base/account.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/notes.h"

#define PRINTED 4 /* results of tar_printable that live side by side */

const char *
tar_printable(const char *path)
{
	static char *printed[PRINTED];
	static unsigned int turn;
	char *text, *out;

	turn = (turn + 1) % PRINTED;
	free(printed[turn]);
	if ((text = printed[turn] = malloc(4 * strlen(path) + 1)) == NULL)
		return "(no memory for the name)";
	for (out = text; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < 0x20 || c == 0x7f || c == '\\')
			out += sprintf(out, "\\%03o", c);
		else
			*out++ = (char)c;
	}
	*out = '\0';
	return text;
}

/* Say and keep why ${path} is not as it was, if that could be put in words; ${why} is freed. */
static void
keep(struct tar_account *a, const char *path, char *why, bool damaged)
{
	size_t n = a->skips;
	struct tar_skip *grown;

	warnx("%s: %s", tar_printable(path),
	    why != NULL ? why
	    : damaged   ? "damaged"
			: "left out");
	/* Room for 16, 32, 64 … names. */
	if ((damaged ? a->damaged : n - a->damaged) < TAR_SKIPS && why != NULL) {
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
tar_skip(struct tar_account *a, uint64_t *counter, const char *path, const char *format, ...)
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
tar_damaged(struct tar_account *a, const char *path, int error, intmax_t from)
{
	char *why = NULL;

	if (asprintf(&why, "%s, filled with zeros from byte %jd", strerror(error), from) == -1)
		why = NULL;
	a->unreadable++;
	a->warnings++;
	keep(a, path, why, true);
}

int
tar_missed(struct tar_account *a, const char *path, int error, const char *rest)
{
	errno = error;
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
		warn("%s", tar_printable(path));
		return 1;
	}
	if (errno == ENOENT)
		tar_skip(a, &a->vanished, path, "vanished%s", rest);
	else if (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)
		tar_skip(a, &a->changed, path, "became something else%s", rest);
	else
		tar_skip(a, &a->unreadable, path, "%s%s", strerror(errno), rest);
	return 0;
}

static int
name_all(const struct tar_account *a, json_t *list, bool damaged)
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
tar_account_note(const struct tar_account *a, json_t *note)
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
tar_account_free(struct tar_account *a)
{
	for (size_t i = 0; i < a->skips; i++) {
		free(a->skipped[i].path);
		free(a->skipped[i].why);
	}
	free(a->skipped);
	memset(a, 0, sizeof(*a));
}
