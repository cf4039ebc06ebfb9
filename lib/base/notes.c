#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/notes.h"
#include "base/utf8.h"

static const char *
notes_path(void)
{
	const char *path = getenv("SIANTRE_NOTES");

	return path != NULL && *path != '\0' ? path : NULL;
}

int
notes_wanted(void)
{
	return notes_path() != NULL;
}

int
notes_add(json_t *note)
{
	const char *path = notes_path();
	char *line = NULL;
	size_t len;
	int fd = -1, rc = -1;

	if (path == NULL) {
		rc = 0;
		goto out;
	}
	if (note == NULL || (line = json_line(note, &len)) == NULL) {
		warnx("note for %s: out of memory", path);
		goto out;
	}
	fd =
	    open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		warn("open %s", path);
		goto out;
	}
	/* A pipeline's tools write here side by side; where that cannot be locked, each line is whole. */
	(void)flock(fd, LOCK_EX);
	if (json_append(fd, line, len) == -1) {
		warn("write %s", path);
		goto out;
	}
	if (io_close(&fd) == -1) {
		warn("close %s", path);
		goto out;
	}
	rc = 0;
out:
	io_close(&fd);
	free(line);
	json_decref(note);
	return rc;
}

json_t *
notes_text(const char *text)
{
	size_t left = strlen(text), used = 0, n;
	json_t *string = NULL;
	char *out;

	if ((out = malloc(4 * left + 1)) == NULL)
		return NULL;
	while (left > 0) {
		if ((n = utf8_next(text, left)) > 0) {
			memcpy(out + used, text, n);
			used += n;
		} else {
			n = 1;
			used += (size_t)sprintf(
			    out + used, "\\x%02x", (unsigned int)(uint8_t)*text);
		}
		text += n;
		left -= n;
	}
	string = json_stringn(out, used);
	free(out);
	return string;
}
