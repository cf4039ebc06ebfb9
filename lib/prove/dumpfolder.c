#include "prove/dumpfolder.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"

static bool
ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && strcmp(name + n - m, end) == 0;
}

/* How much the file ${name} is the dump of its folder: 0 (not at all) to 3. */
static int
rank(const char *name)
{
	if (strcmp(name, "db_backup.sql.gz") == 0)
		return 3;
	if (strcmp(name, "db_backup.sql.gz.age") == 0)
		return 2;
	return ends(name, ".sql.gz") || ends(name, ".sql") || ends(name, ".sql.gz.age") ||
	       ends(name, ".sql.age");
}

char *
dumpfolder_find(int fd, const char *path, int *rc)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	char *found = NULL;
	size_t n = 0;
	int best = 1, is, error;

	*rc = EX_DATAERR;
	if (dir == NULL) {
		*rc = io_read_exit();
		warn("%s", path);
		close(fd);
		return NULL;
	}
	while (errno = 0, (d = readdir(dir)) != NULL) {
		if ((is = rank(d->d_name)) < best)
			continue;
		if (is > best)
			n = 0; /* the others do not matter */
		best = is;
		free(found);
		found = strdup(d->d_name);
		n++;
	}
	error = errno;
	closedir(dir);
	if (n == 1 && found == NULL)
		error = ENOMEM;
	if (n == 1 && error == 0)
		return found;
	if (error != 0) {
		errno = error;
		*rc = io_read_exit();
		warn("%s", path);
	} else if (n > 1) {
		warnx("%s: %zu dumps in this folder", path, n);
		hintx("name the file instead");
	} else {
		warnx("%s: no dump (.sql.gz or .sql) in this folder", path);
	}
	free(found);
	return NULL;
}
