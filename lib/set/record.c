#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/rights.h"
#include "set/record.h"

int
record_read(const char *folder, const char *name, size_t max, char **text, size_t *len)
{
	struct stat st;
	int dir = -1, fd = -1, rc = EX_IOERR;

	*text = NULL;
	*len = 0;
	if ((dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		rc = io_read_exit();
		warn("%s", folder);
		goto out;
	}
	if ((fd = rights_open(dir, name, O_RDONLY)) == -1 || fstat(fd, &st) != 0) {
		warn("%s/%s", folder, name);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s/%s: not a regular file", folder, name);
		rc = EX_DATAERR;
		goto out;
	}
	if (io_read_file(fd, max, text, len) != 0) {
		rc = errno == EFBIG ? EX_DATAERR : errno == ENOMEM ? EX_OSERR : EX_IOERR;
		warn("%s/%s", folder, name);
		goto out;
	}
	rc = 0;
out:
	io_close(&fd);
	io_close(&dir);
	return rc;
}

int
record_json(const char *folder, const char *name, size_t max, json_t **out)
{
	char *text = NULL;
	size_t len;
	int rc, line;

	*out = NULL;
	if ((rc = record_read(folder, name, max, &text, &len)) != 0)
		goto out;
	rc = EX_DATAERR;
	*out = json_read(text, len, JSON_REJECT_DUPLICATES, &line);
	if (*out == NULL && errno == ENOMEM) {
		warn("%s/%s", folder, name);
		rc = EX_OSERR;
		goto out;
	}
	if (*out == NULL) {
		/* Not the parser's own words: they quote the text, whatever is in it. */
		warnx("%s/%s:%d: not JSON", folder, name, line);
		goto out;
	}
	if (!json_is_object(*out)) {
		warnx("%s/%s: not a JSON object", folder, name);
		json_decref(*out);
		*out = NULL;
		goto out;
	}
	rc = 0;
out:
	free(text);
	return rc;
}

int
record_write(const char *folder, const char *name, const json_t *object)
{
	struct buf b = {0};
	char *path = NULL, *text = NULL;
	int rc = EX_OSERR;

	if (asprintf(&path, "%s/%s", folder, name) == -1)
		path = NULL;
	text = json_format(object, JSON_INDENT(1));
	if (path != NULL && text != NULL) {
		buf_text(&b, text);
		buf_text(&b, "\n");
	}
	if (path == NULL || text == NULL || b.failed) {
		warnx("%s/%s: out of memory", folder, name);
		goto out;
	}
	if (atomic_write(path, 0440, b.data, b.len) == 0)
		rc = 0;
	else if (errno == EACCES || errno == EPERM || errno == EROFS)
		rc = EX_CANTCREAT;
	else
		rc = io_read_exit();
out:
	buf_free(&b);
	free(text);
	free(path);
	return rc;
}

const char *
record_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}
