#include "db/exchange_name.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "sql/exchange_file.h"
#include "db/query.h"
#include "db/target.h"

#define STAGE "_new"

enum { NAME_CHARACTERS = 64, TIME_CHARACTERS = sizeof("_before_20261123_020000") - 1 };

static size_t
characters(const char *name)
{
	size_t n = 0;

	for (; *name != '\0'; name++)
		n += ((unsigned char)*name & 0xc0) != 0x80;
	return n;
}

static char *
beside(const char *target, const char *end)
{
	char *name = NULL;

	if (characters(target) + TIME_CHARACTERS > NAME_CHARACTERS) {
		warnx(
		    "database `%s`: the name is too long to keep an old one beside it", target);
		return NULL;
	}
	if (asprintf(&name, "%s%s", target, end) < 0) {
		warn("%s", target);
		return NULL;
	}
	return name;
}

char *
exchange_name_stage(const char *target)
{
	return beside(target, STAGE);
}

char *
exchange_name_before(const char *target)
{
	char end[TIME_CHARACTERS + 1];
	struct tm tm;
	time_t now = time(NULL);

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(end, sizeof(end), "_before_%Y%m%d_%H%M%S", &tm) != TIME_CHARACTERS)
		strlcpy(end, "_before_00000000_000000", sizeof(end));
	return beside(target, end);
}

char *
exchange_name_path(const struct exchange *x, const char *database, const char *end, int *rc)
{
	char *server = NULL, *path = NULL, *whole = NULL;

	*rc = query_value(x->m, "name of the server",
	    "SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir)", &server);
	if (*rc == 0) {
		path = exchange_file_path(x->folder, server != NULL ? server : "", database);
		if (path == NULL || asprintf(&whole, "%s%s", path, end) < 0) {
			whole = NULL;
			*rc = EX_OSERR;
		}
	}
	free(path);
	free(server);
	return whole;
}

char *
exchange_name_kept(const struct exchange *x, const char *before)
{
	char *path = exchange_file_path(x->folder, "", before), *keep = NULL;

	if (path != NULL &&
	    asprintf(&keep, "%.*s.sql", (int)(strrchr(path, '@') - path), path) < 0)
		keep = NULL;
	free(path);
	return keep;
}

int
exchange_name_unused(const struct exchange *x, char **out)
{
	struct target t = {.exists = true};
	char *keep = NULL;
	int rc = 0;

	for (int i = 0; rc == 0 && t.exists && i < 5; i++) {
		free(*out);
		if (i > 0)
			sleep(1); /* somebody else's exchange ended in this second */
		*out = exchange_name_before(x->target);
		rc = *out != NULL ? target_look(x->m, *out, &t) : EX_CANTCREAT;
		if (rc == 0 && (keep = exchange_name_kept(x, *out)) == NULL)
			rc = EX_OSERR;
		t.exists = t.exists || (keep != NULL && access(keep, F_OK) == 0);
		free(keep);
		keep = NULL;
	}
	if (rc == 0 && t.exists) {
		warnx("database `%s` is there, and so were those of the seconds before", *out);
		rc = EX_CANTCREAT;
	}
	return rc;
}
