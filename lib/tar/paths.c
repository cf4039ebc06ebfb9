#include "tar/paths.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"

#define LIST_MAX ((size_t)1 << 30)

/* Go to the next part of the path ${*at}, "." left out; return its length, 0 at the end. */
static size_t
part(const char **at)
{
	size_t n;

	for (;; *at += n) {
		*at += strspn(*at, "/");
		n = strcspn(*at, "/");
		if (n != 1 || **at != '.')
			return n;
	}
}

int
paths_clean(const char *path, char *out)
{
	const char *at, *start = out;
	size_t n;

	/* First, as ${out} may be ${path}, which is to be named as it is. */
	for (at = path; (n = part(&at)) > 0; at += n)
		if (n == 2 && at[0] == '.' && at[1] == '.') {
			warnx("%s: paths with \"..\" are not packed", plain_name(path));
			return EX_USAGE;
		}
	for (at = path; (n = part(&at)) > 0; at += n) {
		if (out > start)
			*out++ = '/';
		memmove(out, at, n);
		out += n;
	}
	if (out == start)
		*out++ = '.';
	*out = '\0';
	return 0;
}

/* A byte's place in the order of a walk: what lies in a folder comes before "FOLDER-". */
static int
place(char c)
{
	return c == '\0' ? -2 : c == '/' ? -1 : (unsigned char)c;
}

/* Relative paths first, the folder itself before them. */
static int
by_walk(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;

	if ((*x == '/') != (*y == '/'))
		return *x == '/' ? 1 : -1;
	if (strcmp(x, ".") == 0)
		x = "";
	if (strcmp(y, ".") == 0)
		y = "";
	for (; *x == *y && *x != '\0'; x++, y++)
		continue;
	return place(*x) - place(*y);
}

/* Whether ${path} is ${folder} or lies in it. */
static bool
lies_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, ".") == 0)
		return *path != '/';
	if (strcmp(folder, "/") == 0)
		return *path == '/';
	return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* Split ${len} bytes of text into p->list, cleaned.  Return the number, or minus an exit code. */
static ssize_t
split(struct paths *p, size_t len, char end, const char *file)
{
	char *line, *next;
	size_t n = 0, slots = 2;
	int rc;

	if (end != '\0' && memchr(p->text, '\0', len) != NULL) {
		warnx("%s: a NUL byte in the list", file);
		hintx("-0 is for lists with a NUL behind each path");
		return -EX_DATAERR;
	}
	for (size_t i = 0; i < len; i++)
		slots += p->text[i] == end;
	if ((p->list = calloc(slots, sizeof(*p->list))) == NULL) {
		warn(NULL);
		return -1;
	}
	for (line = p->text; line < p->text + len; line = next + 1) {
		if ((next = memchr(line, end, (size_t)(p->text + len - line))) == NULL)
			next = p->text + len;
		*next = '\0';
		if (*line == '\0')
			continue;
		p->list[n++] = line;
		if (strcmp(line, "/") == 0)
			continue;
		/* A slash in front stays; of "//" it is all that does. */
		if ((rc = paths_clean(line, *line == '/' ? line + 1 : line)) != 0)
			return -rc;
		if (strcmp(line, "/.") == 0)
			line[1] = '\0';
	}
	return (ssize_t)n;
}

int
paths_read(const char *file, bool nul, struct paths *p)
{
	bool in = strcmp(file, "-") == 0;
	const char *name = in ? "stdin" : file;
	int rc = EX_IOERR, fd = in ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	size_t len = 0, kept = 0;
	ssize_t n;

	*p = (struct paths){0};
	if (fd == -1 || io_read_file(fd, LIST_MAX, &p->text, &len) == -1) {
		if (sig_stop() != 0)
			rc = 1;
		else
			warn("%s", name);
		goto out;
	}
	if ((n = split(p, len, nul ? '\0' : '\n', name)) < 0) {
		rc = (int)-n;
		goto out;
	}
	/* What made the list may have failed: an archive of nothing would look like a backup. */
	if (n == 0) {
		warnx("%s: no path in the list", name);
		rc = EX_DATAERR;
		goto out;
	}
	qsort(p->list, (size_t)n, sizeof(*p->list), by_walk);
	for (ssize_t i = 0; i < n; i++)
		if (kept == 0 || !lies_in(p->list[i], p->list[kept - 1]))
			p->list[kept++] = p->list[i];
	p->list[kept] = NULL;
	rc = 0;
out:
	if (rc != 0)
		paths_free(p);
	if (!in)
		(void)io_close(&fd);
	return rc;
}

void
paths_free(struct paths *p)
{
	free(p->list);
	free(p->text);
	*p = (struct paths){0};
}
