#include "set/webconf.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/plain.h"
#include "set/decrypt.h"

#define CONF_MAX (16 << 20)

static const char mark[] = "# ---- /";

struct webconf {
	char *text;
	size_t count;
	struct webconf_file *files;
};

/* Whether ${path} has no part that leads elsewhere than it says, and no control byte. */
static bool
is_plain(const char *path)
{
	size_t len = strlen(path);

	for (const char *c = path; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			return false;
	return strstr(path, "/../") == NULL && strstr(path, "//") == NULL &&
	       strstr(path, "/./") == NULL && path[len - 1] != '/' &&
	       (len < 3 || strcmp(path + len - 3, "/..") != 0);
}

/* Cut the text into files.  Return 0, or the exit code after reporting. */
static int
cut(struct webconf *w, const char *name, size_t len)
{
	char *at = w->text, *end = w->text + len, *nl;
	struct webconf_file *f = NULL, *files;

	for (; at < end; at = nl + 1) {
		if ((nl = memchr(at, '\n', (size_t)(end - at))) == NULL)
			nl = end;
		if (strncmp(at, mark, sizeof(mark) - 1) != 0)
			continue;
		if (f != NULL)
			f->len = (size_t)(at - f->text);
		if ((files = reallocarray(w->files, w->count + 1, sizeof(*files))) == NULL) {
			warn("%s", name);
			return EX_OSERR;
		}
		w->files = files;
		f = &files[w->count++];
		*nl = '\0';
		f->path = at + sizeof(mark) - 2;
		f->text = nl < end ? nl + 1 : end;
		f->len = (size_t)(end - f->text);
		if (!is_plain(f->path)) {
			warnx("%s: \"%s\" is not the path of a file", name,
			    plain_text(at + sizeof(mark) - 2));
			return EX_DATAERR;
		}
	}
	if (w->count == 0) {
		warnx("%s: no line \"# ---- PATH\" in it", name);
		return EX_DATAERR;
	}
	for (size_t i = 0; i < w->count; i++) {
		f = &w->files[i];
		if (f->len > 0 && f->text[f->len - 1] == '\n')
			f->len--;
	}
	return 0;
}

int
webconf_read(const char *folder, const char *name, const char *identity, struct webconf **out)
{
	struct webconf *w = calloc(1, sizeof(*w));
	char *path = NULL;
	size_t len;
	int fd = -1, rc = EX_OSERR;

	*out = NULL;
	if (w == NULL || asprintf(&path, "%s/%s", folder, name) == -1) {
		path = NULL;
		warn("%s", name);
		goto out;
	}
	if ((rc = decrypt_open(folder, name, identity, &fd)) != 0)
		goto out;
	rc = EX_IOERR;
	if (io_read_file(fd, CONF_MAX, &w->text, &len) != 0)
		warn("%s", path);
	else
		rc = cut(w, path, len);
out:
	(void)io_close(&fd);
	free(path);
	if (rc == 0)
		*out = w;
	else
		webconf_free(w);
	return rc;
}

int
webconf_file(const struct webconf *w, size_t i, struct webconf_file *f)
{
	if (i >= w->count)
		return -1;
	*f = w->files[i];
	return 0;
}

void
webconf_free(struct webconf *w)
{
	if (w == NULL)
		return;
	free(w->text);
	free(w->files);
	free(w);
}
