/* What lies at a destination. */
#include "notify/watch.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/child.h"
#include "base/event.h"
#include "notify/watch_parts.h"
#include "set/manifest.h"
#include "set/remote.h"
#include "set/sets.h"
#include "set/sums.h"
#include "set/verified.h"
#include "set/whole.h"
#include "ship/far.h"
#include "ship/shipment.h"

#define AHEAD ((int64_t)86400)
#define LIST_MAX ((size_t)16 << 20)

bool
watch_host_name(const char *name)
{
	size_t len =
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return len > 0 && len < PROMISE_HOST && name[len] == '\0' &&
	       isalnum((unsigned char)*name);
}

struct watch *
watch_new(const struct watch_wish *wish)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		warn("watch");
	else
		w->wish = wish;
	return w;
}

struct watch_host *
watch_host(struct watch *w, const char *name)
{
	struct watch_host *hosts;

	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->hosts[i].name, name) == 0)
			return &w->hosts[i];
	}
	if ((hosts = reallocarray(w->hosts, w->count + 1, sizeof(*hosts))) == NULL) {
		warn("%s", name);
		return NULL;
	}
	w->hosts = hosts;
	memset(&hosts[w->count], 0, sizeof(*hosts));
	strlcpy(hosts[w->count].name, name, sizeof(hosts[0].name));
	return &hosts[w->count++];
}

struct watch_job *
watch_job(struct watch_host *h, const char *job)
{
	struct watch_job *j;

	for (size_t i = 0; i < h->njobs; i++) {
		if (strcmp(h->jobs[i].job, job) == 0)
			return &h->jobs[i];
	}
	if (h->njobs == WATCH_JOBS)
		return NULL;
	j = &h->jobs[h->njobs++];
	memset(j, 0, sizeof(*j));
	strlcpy(j->job, job, sizeof(j->job));
	j->newest = -1;
	return j;
}

/* NULL for a job that is not looked at, however many of those a host sends. */
static struct watch_job *
find_job(const struct watch *w, struct watch_host *h, const char *job)
{
	return watch_looks_at(w, job) ? watch_job(h, job) : NULL;
}

/* Take the set ${name} in ${path}, the newest first. */
static void
take_set(const struct watch *w, struct watch_host *h, const char *path, const char *name)
{
	struct manifest *m = NULL;
	struct sums *sums = NULL;
	struct verified proof;
	struct watch_job *j;
	int64_t when;

	if (manifest_read(path, &m) != 0 ||
	    (j = find_job(w, h, manifest_text(m, "job"))) == NULL)
		goto out;
	if (event_time(manifest_text(m, "started"), &when) != 0 && sets_time(name, &when) != 0)
		goto out;
	if (when > w->wish->at.now + AHEAD) {
		strlcpy(h->ahead, name, sizeof(h->ahead));
		goto out;
	}
	if (when <= j->newest)
		goto out;
	if (verified_read(path, &proof) != 0 || !proof.counts || sums_read(path, &sums) != 0)
		goto out;
	if (!whole_is(path, sums, m) || (w->wish->deep && shipment_check(path) != 0)) {
		warnx("%s: damaged: it does not hold what it promises", path);
		if (*h->damaged == '\0')
			strlcpy(h->damaged, name, sizeof(h->damaged));
		goto out;
	}
	j->newest = when;
	strlcpy(j->set, name, sizeof(j->set));
out:
	sums_free(sums);
	manifest_free(m);
}

/* The sets of one host. */
static int
take_folder(struct watch *w, const char *name, const char *path)
{
	struct watch_host *h;
	struct sets *sets = NULL;

	if (sets_list(path, &sets) != 0)
		return -1;
	if ((h = watch_host(w, name)) == NULL) {
		sets_free(sets);
		return -1;
	}
	h->here = true;
	for (size_t i = 0; i < sets_count(sets); i++)
		take_set(w, h, sets_path(sets, i), sets_name(sets, i));
	sets_free(sets);
	return 0;
}

/* Whether ${path} holds sets itself: 1, 0, or -1 after reporting. */
static int
is_host(const char *path)
{
	struct sets *sets = NULL;
	char *mark = NULL;
	int yes;

	if (sets_list(path, &sets) != 0)
		return -1;
	yes = sets_count(sets) > 0;
	if (!yes && asprintf(&mark, "%s/" FAR_MARK, path) != -1) {
		yes = access(mark, F_OK) == 0;
		free(mark);
	}
	sets_free(sets);
	return yes;
}

/* A folder of hosts. */
static int
take_tree(struct watch *w, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	struct stat st;
	char *folder;
	int rc = 0;

	if (dir == NULL) {
		warn("%s", path);
		return -1;
	}
	while ((errno = 0, d = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(st.st_mode) || *d->d_name == '.' ||
		    strcmp(d->d_name, "full") == 0 || strcmp(d->d_name, "lost+found") == 0)
			continue;
		if (!watch_host_name(d->d_name)) {
			warnx("%s: a folder whose name is none of a host is passed over", path);
			continue;
		}
		if (asprintf(&folder, "%s/%s", path, d->d_name) == -1) {
			warn("%s", path);
			rc = -1;
			break;
		}
		/* One host's folder that cannot be read keeps back no other. */
		if (take_folder(w, d->d_name, folder) != 0)
			rc = -1;
		free(folder);
	}
	if (d == NULL && errno != 0) {
		warn("%s", path);
		rc = -1;
	}
	closedir(dir);
	return rc;
}

/* What siantre-ship can reach: "NAME<TAB>JOB<TAB>verified", a line a set. */
static int
take_list(struct watch *w, const char *name, const char *dest)
{
	char program[] = "siantre-ship", quiet[] = "--quiet", list[] = "--list", by[] = "-c";
	char *to = strdup(dest), *said = NULL, *rest, *line;
	char *config = strdup(w->wish->config != NULL ? w->wish->config : "");
	char *const argv[] = {
	    program, quiet, list, to, w->wish->config != NULL ? by : NULL, config, NULL};
	struct watch_host *h;
	int rc = -1;

	if (to == NULL || config == NULL || (h = watch_host(w, name)) == NULL)
		goto out;
	if (child_output(argv, LIST_MAX, &said) != 0)
		goto out;
	h->here = true;
	for (rest = said; (line = strsep(&rest, "\n")) != NULL;) {
		const char *set = strsep(&line, "\t"), *base = basename(set);
		char *job = strsep(&line, "\t");
		struct watch_job *j;
		int64_t when;

		/* "db of siantre on web1", where several send to one place. */
		if (job != NULL)
			job[strcspn(job, " ")] = '\0';
		if (job == NULL || line == NULL || sets_time(base, &when) != 0 ||
		    (j = find_job(w, h, job)) == NULL || strcmp(line, "verified") != 0)
			continue;
		if (when > w->wish->at.now + AHEAD)
			strlcpy(h->ahead, base, sizeof(h->ahead));
		else if (when > j->newest) {
			j->newest = when;
			strlcpy(j->set, base, sizeof(j->set));
		}
	}
	rc = 0;
out:
	free(said);
	free(config);
	free(to);
	return rc;
}

static int
note_failure(struct watch *w, const char *dest)
{
	struct watch_failure *list = reallocarray(w->failures, w->nfailures + 1, sizeof(*list));

	if (list == NULL || (list[w->nfailures].dest = strdup(dest)) == NULL) {
		warn("%s", dest);
		if (list != NULL)
			w->failures = list;
		return EX_OSERR;
	}
	w->failures = list;
	w->nfailures++;
	return 0;
}

/* Put the name of the host of ${dest} into ${name}; return where the destination itself begins. */
static const char *
split(const char *dest, char name[PROMISE_HOST], bool *given)
{
	const char *equals = strchr(dest, '='), *slash;
	size_t len = strlen(dest);

	*given = false;
	if (equals != NULL && (size_t)(equals - dest) < PROMISE_HOST) {
		snprintf(name, PROMISE_HOST, "%.*s", (int)(equals - dest), dest);
		if ((*given = watch_host_name(name)))
			return equals + 1;
	}
	while (len > 1 && dest[len - 1] == '/')
		len--;
	slash = memrchr(dest, '/', len);
	if (slash == NULL)
		slash = memrchr(dest, ':', len);
	slash = slash == NULL ? dest : slash + 1;
	snprintf(name, PROMISE_HOST, "%.*s", (int)(len - (size_t)(slash - dest)), slash);
	return dest;
}

int
watch_dest(struct watch *w, const char *dest)
{
	struct remote *remote = NULL;
	char name[PROMISE_HOST];
	bool given;
	const char *place = split(dest, name, &given);
	int rc, host = 1, failed;

	if ((rc = remote_parse(place, &remote)) != 0)
		return rc;
	if (remote->kind == REMOTE_FOLDER && !given)
		host = is_host(remote->path);
	if (host == 1 && !watch_host_name(name)) {
		warnx("%s: which host is that? HOST=%s says it", dest, place);
		rc = EX_USAGE;
		goto out;
	}
	if (host == -1)
		failed = -1;
	else if (remote->kind != REMOTE_FOLDER)
		failed = take_list(w, name, place);
	else
		failed =
		    host == 1 ? take_folder(w, name, remote->path) : take_tree(w, remote->path);
	if (failed != 0)
		rc = note_failure(w, place);
out:
	remote_free(remote);
	return rc;
}

int
watch_expect(struct watch *w, const char *name)
{
	if (!watch_host_name(name)) {
		warnx("\"%s\" is not the name of a host", name);
		return EX_USAGE;
	}
	return watch_host(w, name) != NULL ? 0 : EX_OSERR;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->nfailures; i++)
		free(w->failures[i].dest);
	free(w->failures);
	free(w->hosts);
	free(w);
}
