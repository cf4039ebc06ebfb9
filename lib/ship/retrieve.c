#include "ship/retrieve.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/tree.h"
#include "set/partial.h"
#include "set/sums.h"
#include "set/verified.h"
#include "ship/digests.h"
#include "ship/plan.h"
#include "ship/shipment.h"

/* Make every file of ${folder} durable and 0440. */
static int
seal(const char *folder)
{
	const struct dirent *d;
	DIR *dir = opendir(folder);
	int fd, rc = 0;

	if (dir == NULL) {
		warn("%s", folder);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		fd = openat(dirfd(dir), d->d_name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd == -1 || fchmod(fd, 0440) != 0 || fsync(fd) != 0) {
			warn("%s/%s", folder, d->d_name);
			rc = EX_IOERR;
		}
		io_close(&fd);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", folder);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc == 0 && atomic_sync_folder(folder) != 0 ? EX_IOERR : rc;
}

/*
 * Remove from ${folder} what its SHA256SUMS does not name: what somebody left in the set there must
 * not keep us from having it.
 */
static int
leave_out(const struct sums *sums, const char *folder)
{
	const struct dirent *d;
	DIR *dir = opendir(folder);
	int rc = 0;

	if (dir == NULL) {
		warn("%s", folder);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
		    strcmp(d->d_name, SUMS_NAME) == 0 ||
		    strcmp(d->d_name, VERIFIED_NAME) == 0 || sums_find(sums, d->d_name) != NULL)
			continue;
		digests_differ(folder, d->d_name, "it does not belong to the set; left out");
		if (tree_remove_at(dirfd(dir), d->d_name, folder) != 0)
			rc = EX_IOERR;
	}
	if (rc == 0 && errno != 0) {
		warn("%s", folder);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

/* Hold ${folder} against its own SHA256SUMS, which must be the one that the mirror has. */
static int
prove(const struct far *f, const char *name, const char *folder, const char *sums)
{
	struct digests *promised = NULL, *got = NULL;
	struct sums *own = NULL;
	int rc;

	if ((rc = sums_read(folder, &own)) == 0 && strcmp(sums_digest(own), sums) != 0) {
		warnx("%s/%s: it changed while it was fetched", f->remote->text, name);
		rc = EX_DATAERR;
	}
	if (rc == 0 && (rc = leave_out(own, folder)) == 0 &&
	    (rc = digests_promised(folder, true, &promised)) == 0 &&
	    (rc = digests_read(folder, &got)) == 0)
		rc = digests_hold(promised, got, folder, true);
	sums_free(own);
	digests_free(promised);
	digests_free(got);
	return rc;
}

/* Fetch ${set} into ${folder}. */
static int
fetch(struct far *f, const struct plan_set *set, const char *folder, struct buf *out)
{
	char partial[PATH_MAX], work[PATH_MAX], to[PATH_MAX], parent[PATH_MAX];
	struct sums *there = NULL;
	int held = -1, rc;

	if (snprintf(partial, sizeof(partial), "%s/" FAR_PARTIAL, folder) >=
		(int)sizeof(partial) ||
	    snprintf(work, sizeof(work), "%s/%s", partial, basename(set->name)) >=
		(int)sizeof(work) ||
	    snprintf(to, sizeof(to), "%s/%s", folder, set->name) >= (int)sizeof(to)) {
		warnx("%s: too long a path", folder);
		return EX_CANTCREAT;
	}
	strlcpy(parent, to, sizeof(parent));
	*strrchr(parent, '/') = '\0';
	if (access(to, F_OK) == 0) {
		if ((rc = sums_read(to, &there)) != 0)
			return rc;
		rc = strcmp(sums_digest(there), set->sums) == 0 ? 0 : EX_CANTCREAT;
		sums_free(there);
		if (rc != 0)
			warnx("%s: another set of this name is there", to);
		else if ((rc = shipment_check(to)) == EX_DATAERR)
			hintx("move %s away, and it is fetched anew", to);
		goto out;
	}
	if ((rc = far_mkdir(partial)) != 0 || (rc = far_mkdir(parent)) != 0 ||
	    (rc = far_mkdir(work)) != 0)
		return rc;
	/* In BACKUP_DIR a job that begins removes what nobody holds. */
	if (partial_hold(work, &held) != 0) {
		warnx("%s: another run has taken it away", work);
		return EX_TEMPFAIL;
	}
	/* What of it an earlier try has brought is kept. */
	if ((rc = f->kind->fetch(f, set->name, work)) != 0)
		goto out;
	if ((rc = prove(f, set->name, work, set->sums)) != 0) {
		(void)tree_remove(work, true);
		goto out;
	}
	if ((rc = seal(work)) != 0)
		goto out;
	if (rename(work, to) != 0) {
		warn("rename %s to %s", work, to);
		rc = EX_CANTCREAT;
		goto out;
	}
	rc = atomic_sync_folder(parent) == 0 ? 0 : EX_IOERR;
out:
	io_close(&held);
	if (rc == 0)
		buf_printf(out, "%s\n", to);
	return rc;
}

/*
 * Whether no later set of ${p} is a verified one of the same job of the same application on the same
 * host: what another one sends to the same place stands in nobody's stead.
 */
static bool
newest(const struct plan *p, size_t i)
{
	const struct plan_set *set = &p->sets[i];

	for (size_t k = i + 1; k < p->count; k++) {
		if (p->sets[k].there && p->sets[k].verified && p->sets[k].line != NULL &&
		    strcmp(p->sets[k].line, set->line) == 0)
			return false;
	}
	return true;
}

int
retrieve_run(
    struct far *f, const char *set, const char *job, const char *folder, struct buf *out)
{
	static char *const nothing[] = {NULL};
	const struct retention_rules all = {0};
	struct proven *proven = NULL;
	struct plan p = {0};
	size_t found = 0;
	bool latest = strcmp(set, "latest") == 0;
	int rc, got;

	if ((rc = far_look(f)) != 0 || (rc = proven_read(f->state, &proven)) != 0 ||
	    (rc = plan_make(f, nothing, &all, proven, &p)) != 0 ||
	    (rc = far_mkdir(folder)) != 0)
		goto out;
	far_seen(f);
	plan_doubt(&p, proven);
	/* What is wrong with the set of one job keeps back no other. */
	for (size_t i = 0; (rc == 0 || rc == EX_DATAERR) && i < p.count; i++) {
		const struct plan_set *s = &p.sets[i];

		if (!s->there || *s->sums == '\0' || s->job == NULL || s->line == NULL ||
		    (job != NULL && strcmp(job, s->job) != 0) ||
		    (latest ? !s->verified || !newest(&p, i) : strcmp(s->name, set) != 0))
			continue;
		found++;
		got = fetch(f, s, folder, out);
		rc = rc == 0 || got != 0 ? got : rc;
	}
	if (rc == 0 && found == 0) {
		warnx("%s: no set %s%s%s there", f->remote->text, set,
		    job != NULL ? " of the job " : "", job != NULL ? job : "");
		hintx("siantre-ship --list %s", f->remote->text);
		rc = EX_DATAERR;
	}
out:
	plan_free(&p);
	proven_free(proven);
	return rc;
}
