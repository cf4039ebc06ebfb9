#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "set/notefile.h"
#include "set/record.h"

struct note {
	json_t *object;
	bool told; /* somebody asked for it */
};

struct notefile {
	struct note *list;
	size_t count;
};

/* Append the note in ${line} of ${len} bytes.  Return 0, or -1 with errno: ENOMEM, or EBADMSG. */
static int
take_line(struct notefile *n, const char *line, size_t len)
{
	json_t *object = json_read(line, len, JSON_REJECT_DUPLICATES, NULL);
	struct note *list;

	if (object == NULL)
		return -1;
	if (!json_is_object(object) || record_text(object, "tool") == NULL) {
		json_decref(object);
		errno = EBADMSG;
		return -1;
	}
	if ((list = reallocarray(n->list, n->count + 1, sizeof(*list))) == NULL) {
		json_decref(object);
		return -1;
	}
	n->list = list;
	n->list[n->count].object = object;
	n->list[n->count++].told = false;
	return 0;
}

int
notefile_read(const char *path, struct notefile **out)
{
	struct notefile *n = calloc(1, sizeof(*n));
	char *text = NULL, *end;
	size_t len, line = 0;
	int fd = -1, rc = EX_IOERR;

	*out = NULL;
	if (n == NULL) {
		warn("notes");
		goto out;
	}
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		goto done;
	if (fd == -1 || io_read_file(fd, NOTEFILE_MAX, &text, &len) != 0) {
		warn("notes %s", path);
		goto out;
	}
	for (char *at = text; at < text + len; at = end + 1) {
		line++;
		errno = EBADMSG;
		if ((end = memchr(at, '\n', (size_t)(text + len - at))) == NULL ||
		    take_line(n, at, (size_t)(end - at)) != 0) {
			rc = errno == ENOMEM ? EX_OSERR : EX_DATAERR;
			if (rc == EX_OSERR)
				warn("notes %s", path);
			else
				warnx("notes: line %zu is no note", line);
			goto out;
		}
	}
done:
	*out = n;
	n = NULL;
	rc = 0;
out:
	io_close(&fd);
	free(text);
	notefile_free(n);
	return rc;
}

static json_t *
find(struct notefile *n, const char *tool, const char *key, const char *value)
{
	/* The last one counts: a file may have been made anew. */
	for (size_t i = n->count; i-- > 0;) {
		const char *text = record_text(n->list[i].object, key);

		if (text == NULL || strcmp(text, value) != 0 ||
		    strcmp(record_text(n->list[i].object, "tool"), tool) != 0)
			continue;
		n->list[i].told = true;
		return n->list[i].object;
	}
	return NULL;
}

json_t *
notefile_pack(struct notefile *n, const char *sha256)
{
	return find(n, "siantre-pack", "sha256", sha256);
}

json_t *
notefile_dump(struct notefile *n, const char *digest)
{
	return find(n, "siantre-dump", "digest", digest);
}

json_t *
notefile_age(struct notefile *n, const char *name)
{
	return find(n, NOTEFILE_AGE, "name", name);
}

json_t *
notefile_rest(const struct notefile *n, size_t i)
{
	for (size_t k = 0; k < n->count; k++) {
		if (!n->list[k].told && i-- == 0)
			return n->list[k].object;
	}
	return NULL;
}

void
notefile_free(struct notefile *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->count; i++)
		json_decref(n->list[i].object);
	free(n->list);
	free(n);
}
