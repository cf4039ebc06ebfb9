#include "set/backups.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "set/manifest.h"
#include "set/sets.h"
#include "set/verified.h"

static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether ${set}/${name} is there. */
static bool
holds(const char *set, const char *name)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s/%s", set, name) == -1)
		return false;
	there = access(path, F_OK) == 0;
	free(path);
	return there;
}

/* Let ${*to} be ${set} where its name is a later one: names of sets are times. */
static int
prefer(char **to, const char *set)
{
	char *copy;

	if (*to != NULL && strcmp(base(*to), base(set)) >= 0)
		return 0;
	if ((copy = strdup(set)) == NULL) {
		warn("%s", set);
		return EX_OSERR;
	}
	free(*to);
	*to = copy;
	return 1;
}

/* Take what is in ${set}.  Return 0, or an exit code after reporting. */
static int
take(struct backups *b, const char *set)
{
	char *archive = NULL;
	int rc = 0, newer;

	if (holds(set, "db_backup.sql.gz") && prefer(&b->dump, set) == EX_OSERR)
		return EX_OSERR;
	if (holds(set, "app_files.tar.gz") && prefer(&b->files, set) == EX_OSERR)
		return EX_OSERR;
	if (asprintf(&archive, "%s/full_system_backup_%s.tar.gz", set, base(set)) == -1) {
		warn("%s", set);
		return EX_OSERR;
	}
	if (access(archive, F_OK) == 0) {
		if ((newer = prefer(&b->full, set)) == EX_OSERR)
			rc = EX_OSERR;
		else if (newer == 1) {
			free(b->archive);
			b->archive = archive;
			archive = NULL;
		}
	}
	free(archive);
	return rc;
}

/* Take all verified sets of ${folder}. */
static int
take_folder(struct backups *b, const char *folder)
{
	struct sets *sets = NULL;
	struct verified proof;
	int rc = 0;

	if (sets_list(folder, &sets) != 0)
		return EX_IOERR;
	for (size_t i = 0; rc == 0 && i < sets_count(sets); i++) {
		if (verified_read(sets_path(sets, i), &proof) == 0 && proof.counts)
			rc = take(b, sets_path(sets, i));
		else
			warnx("%s: not verified, passed over", sets_path(sets, i));
	}
	sets_free(sets);
	return rc;
}

int
backups_find(const char *folder, char *const *names, struct backups *b)
{
	char *real;
	int rc = 0;

	*b = (struct backups){0};
	if (names == NULL || names[0] == NULL) {
		rc = take_folder(b, folder);
	} else {
		for (; rc == 0 && *names != NULL; names++) {
			/* The full archive is named by its set. */
			if ((real = realpath(*names, NULL)) == NULL) {
				warn("%s", *names);
				return EX_IOERR;
			}
			rc = holds(real, MANIFEST_NAME) || sets_time(base(real), NULL) == 0
				 ? take(b, real)
				 : take_folder(b, real);
			free(real);
			folder = *names;
		}
	}
	if (rc == 0 && b->dump == NULL && b->files == NULL && b->full == NULL) {
		warnx("%s: no backup in it%s", folder,
		    sets_time(base(folder), NULL) == 0 ? "" : " that is verified");
		warnx("hint: siantre-verify --record SET, or name a set");
		rc = EX_DATAERR;
	}
	return rc;
}

void
backups_free(struct backups *b)
{
	free(b->dump);
	free(b->files);
	free(b->full);
	free(b->archive);
	*b = (struct backups){0};
}
