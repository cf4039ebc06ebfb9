#include "set/backups.h"

#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/plain.h"
#include "set/kind.h"
#include "set/manifest.h"
#include "set/sets.h"
#include "set/verified.h"

static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The path of ${set}/${name}, or else of that file encrypted, for the caller to free; NULL. */
static char *
find(const char *set, const char *name)
{
	static const char *const ends[] = {"", ".age"};
	char *path;

	for (size_t i = 0; i < 2; i++) {
		if (asprintf(&path, "%s/%s%s", set, name, ends[i]) == -1)
			return NULL;
		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static bool
holds(const char *set, const char *name)
{
	char *path = find(set, name);

	free(path);
	return path != NULL;
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
	char *archive = NULL, name[64 + NAME_MAX];
	int rc = 0, newer;

	if (holds(set, "db_backup.sql.gz") && prefer(&b->dump, set) == EX_OSERR)
		return EX_OSERR;
	if (holds(set, "app_files.tar.gz") && prefer(&b->files, set) == EX_OSERR)
		return EX_OSERR;
	snprintf(name, sizeof(name), "full_system_backup_%s.tar.gz", base(set));
	if ((archive = find(set, name)) != NULL) {
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

/*
 * Whether the set ${path} is verified, all that was verified is still there, and it is of
 * ${application}; said where not.
 */
static bool
is_good(const char *path, const char *application)
{
	struct manifest *m = NULL;
	struct verified proof;
	bool good = verified_read(path, &proof) == 0 && proof.counts &&
		    manifest_read(path, &m) == 0 && manifest_whole(m, path);

	if (!good)
		warnx("%s: not verified, or not whole, passed over", path);
	else if (!(good = manifest_is_of(m, application)))
		warnx("%s: of the application %s, not of %s, passed over", path,
		    plain_name(manifest_text(m, "application")), application);
	manifest_free(m);
	return good;
}

/* Take all verified sets of ${application} in ${folder}. */
static int
take_folder(struct backups *b, const char *folder, const char *application)
{
	struct sets *sets = NULL;
	int rc = 0;

	if (sets_list(folder, &sets) != 0)
		return EX_IOERR;
	for (size_t i = 0; rc == 0 && i < sets_count(sets); i++) {
		if (is_good(sets_path(sets, i), application))
			rc = take(b, sets_path(sets, i));
	}
	sets_free(sets);
	return rc;
}

int
backups_find(const char *folder, const char *application, char *const *names, struct backups *b)
{
	char *real;
	int rc = 0;

	*b = (struct backups){0};
	if (names == NULL || names[0] == NULL) {
		rc = take_folder(b, folder, application);
	} else {
		for (; rc == 0 && *names != NULL; names++) {
			/* The full archive is named by its set. */
			if ((real = realpath(*names, NULL)) == NULL) {
				warn("%s", *names);
				return EX_IOERR;
			}
			rc = holds(real, MANIFEST_NAME) || sets_time(base(real), NULL) == 0
				 ? take(b, real)
				 : take_folder(b, real, application);
			free(real);
			folder = *names;
		}
	}
	if (rc == 0 && b->dump == NULL && b->files == NULL && b->full == NULL) {
		warnx("%s: no backup in it%s", folder,
		    sets_time(base(folder), NULL) == 0 ? "" : " that is verified");
		hintx("siantre-verify --record SET, or name a set");
		rc = EX_DATAERR;
	}
	return rc;
}

bool
backups_encrypted(const struct backups *b)
{
	char *dump = b->dump != NULL ? find(b->dump, "db_backup.sql.gz") : NULL;
	char *files = b->files != NULL ? find(b->files, "app_files.tar.gz") : NULL;
	const char *const paths[] = {dump, files, b->archive};
	bool encrypted = false;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		encrypted = encrypted || (paths[i] != NULL && kind_promises_age(paths[i]));
	free(dump);
	free(files);
	return encrypted;
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
