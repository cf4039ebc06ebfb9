#include "ship/leftover.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "set/sets.h"
#include "set/sums.h"
#include "ship/deposit.h"

static const struct plan_set *
find(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->sets[i].name, name) == 0)
			return &p->sets[i];
	return NULL;
}

/* Whether there is a whole set there that is newer than ${base}. */
static bool
outrun(const struct plan *p, const char *base)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->sets[i].there && strcmp(basename(p->sets[i].name), base) > 0)
			return true;
	return false;
}

/* Whether we ourselves have use for what is unfinished of ${name}. */
static bool
wanted(const struct plan *p, const char *name)
{
	const struct plan_set *set = find(p, name);

	return set != NULL && !set->there && !set->accepted && set->path != NULL &&
	       set->todo != PLAN_EXPIRED;
}

/* Whether ".partial/${name}" can go. */
static bool
is_over(const struct plan *p, const char *name)
{
	char base[32], full[40];
	size_t len = strcspn(name, ".");

	if (len >= sizeof(base) || (name[len] != '\0' && strcmp(name + len, FAR_GONE) != 0))
		return false;
	snprintf(base, sizeof(base), "%.*s", (int)len, name);
	if (sets_time(base, NULL) != 0)
		return false;
	/* What is being removed will not come back. */
	if (name[len] != '\0')
		return true;
	snprintf(full, sizeof(full), "full/%s", base);
	return outrun(p, base) && !wanted(p, base) && !wanted(p, full);
}

/* Whether ${name} is one that a stream of ours has on its way; the far end chose it. */
static bool
is_stream(const char *name)
{
	char base[NAME_MAX + 1];
	size_t len = strlen(name), end = strlen(FAR_STREAM);

	if (len <= end || len > NAME_MAX || strcmp(name + len - end, FAR_STREAM) != 0)
		return false;
	strlcpy(base, name, len - end + 1);
	return deposit_is_name(base);
}

/* Whether the folder ${name} of a set is one that can go. */
static bool
is_half(const struct plan *p, const char *name)
{
	const struct plan_set *set = find(p, name);
	const char *base = basename(name);

	/* No other folder in front of it: the far end chose the name. */
	return sets_time(base, NULL) == 0 &&
	       (base == name || (base == name + 5 && strncmp(name, "full/", 5) == 0)) &&
	       (set == NULL || !set->there) && outrun(p, base) && !wanted(p, name);
}

static int
drop(struct far *f, const char *name)
{
	if (!f->transfer.options->quiet)
		warnx("%s: removing %s, which was never finished", f->remote->text, name);
	return f->kind->drop(f, name);
}

/* What the kind of destination has named, a line each. */
static int
drop_named(struct far *f, const struct plan *p, char *lines)
{
	char *line;
	int rc = 0;

	while (rc == 0 && (line = strsep(&lines, "\n")) != NULL) {
		const char *name = line + sizeof(FAR_PARTIAL);

		if (strncmp(line, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0
			? is_over(p, name) || is_stream(name)
			: is_half(p, line))
			rc = drop(f, line);
	}
	return rc;
}

/* The folders without SHA256SUMS that the mirror has. */
static int
drop_halves(struct far *f, const struct plan *p)
{
	struct sets *sets = NULL;
	char name[32], path[PATH_MAX];
	int rc = 0;

	if (sets_list(f->mirror, &sets) != 0)
		return EX_IOERR;
	for (size_t i = 0; rc == 0 && i < sets_count(sets); i++) {
		snprintf(name, sizeof(name), "%s%s", sets_full(sets, i) ? "full/" : "",
		    sets_name(sets, i));
		if (snprintf(path, sizeof(path), "%s/" SUMS_NAME, sets_path(sets, i)) <
			(int)sizeof(path) &&
		    access(path, F_OK) != 0 && errno == ENOENT && is_half(p, name))
			rc = drop(f, name);
	}
	sets_free(sets);
	return rc;
}

int
leftover_run(struct far *f, const struct plan *p)
{
	struct buf names = {0};
	int rc;

	/* As it is now, behind all that was done. */
	if ((rc = far_look(f)) != 0)
		return rc;
	rc = drop_halves(f, p);
	far_seen(f);
	if (rc == 0 && (rc = f->kind->unfinished(f, &names)) == 0)
		rc = buf_string(&names) != NULL ? drop_named(f, p, names.data) : EX_OSERR;
	buf_free(&names);
	return rc;
}
