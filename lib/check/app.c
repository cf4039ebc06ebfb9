/* The part of check-config that is about the application's files and the web server's. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/language.h"
#include "base/num.h"
#include "check/parts.h"

/* A look is no walk of an hour through millions of files. */
#define WALK_SECONDS 3.0
#define WALK_STRIDE 512 /* entries between two looks at the clock */

bool
check_readable(
    struct check *k, const char *level, const char *subject, const char *path, const char *key)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), problem;

	if (fd == -1) {
		problem = errno;
		findings_add(k->found, level, subject, "%s: %s", path, strerror(problem));
		if (problem == EACCES && !k->reader)
			findings_mend(k->found, "%s", check_again(k));
		else
			findings_mend(k->found, "sensible-editor %s    # set %s",
			    check_file(k->config), key);
		return false;
	}
	close(fd);
	return true;
}

struct walk {
	size_t files;
	uint64_t bytes;
	uint64_t uploads; /* of those below ${storage} */
	bool more;        /* there was no time for the rest */
	char *closed;     /* the first that we may not read */
};

/* Walk through ${path}, as long as there is time. */
static void
walk_tree(const struct check *k, const char *path, const char *storage, struct walk *w)
{
	char *copy = strdup(path), *roots[2] = {copy, NULL};
	FTS *fts = copy == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *e;
	struct timespec from;
	size_t seen = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	while (fts != NULL && (e = fts_read(fts)) != NULL) {
		if (++seen % WALK_STRIDE == 0 && event_seconds(&from) > WALK_SECONDS) {
			w->more = true;
			break;
		}
		if (w->closed == NULL && !k->reader &&
		    (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR ||
			(e->fts_info == FTS_F &&
			    faccessat(AT_FDCWD, e->fts_path, R_OK, AT_EACCESS) != 0)))
			w->closed = strdup(e->fts_path);
		if (e->fts_info != FTS_F)
			continue;
		w->files++;
		w->bytes += (uint64_t)e->fts_statp->st_size;
		if (config_inside(e->fts_path, storage))
			w->uploads += (uint64_t)e->fts_statp->st_size;
	}
	if (fts != NULL)
		fts_close(fts);
	free(copy);
}

static void
tell_tree(struct check *k, const char *app, const struct walk *w)
{
	char size[16];

	num_human(size, sizeof(size), w->bytes);
	if (w->more)
		findings_add(k->found, "ok", N_("application"),
		    _("%s: at least %zu files, %s (not all were counted)"), app, w->files,
		    size);
	else
		findings_add(k->found, "ok", N_("application"),
		    P_("%s: %zu file, %s", "%s: %zu files, %s", w->files), app, w->files, size);
	findings_fact(k->found, "files", json_integer((json_int_t)w->files));
	findings_fact(k->found, "bytes", json_integer((json_int_t)w->bytes));
	findings_fact(k->found, "complete", json_boolean(!w->more));
	if (w->closed != NULL) {
		findings_add(k->found, "warn", N_("application"), _("%s: %s may not read it"),
		    w->closed, k->user);
		findings_mend(
		    k->found, "%s    # root may, and its cron job does", check_again(k));
	}
}

void
check_application(struct check *k)
{
	const char *app = config_get(k->config, "APP_DIR");
	const char *storage = config_get(k->config, "STORAGE_DIR");
	struct walk w = {0}, apart = {0};
	char *path = NULL, *real, *where;
	struct stat st;

	if (!check_readable(k, "fail", N_("application"), app, "APP_DIR"))
		return;
	if (asprintf(&path, "%s%s%s", *storage == '/' ? "" : app, *storage == '/' ? "" : "/",
		storage) == -1)
		return;
	real = realpath(app, NULL);
	where = realpath(path, NULL);
	walk_tree(k, real != NULL ? real : app, where != NULL ? where : path, &w);
	tell_tree(k, app, &w);
	if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		findings_add(k->found, "fail", N_("storage"), _("%s: not a folder"), path);
		findings_mend(k->found, CHECK_SET, "STORAGE_DIR",
		    findings_word(where != NULL ? where : "/path/to/storage"),
		    check_file(k->config));
	} else if (check_readable(k, "fail", N_("storage"), path, "STORAGE_DIR")) {
		findings_add(k->found, "ok", N_("storage"), "%s", path);
		if (real != NULL && where != NULL && !config_inside(where, real)) {
			walk_tree(k, where, where, &apart);
			w.uploads = apart.bytes;
			w.more = w.more || apart.more;
		}
	}
	k->has_files = true;
	k->more_files = w.more;
	k->files = w.bytes;
	k->uploads = w.uploads;
	free(w.closed);
	free(apart.closed);
	free(real);
	free(where);
	free(path);
}

void
check_web(struct check *k)
{
	const char *set = config_get(k->config, "WEB_CONFIG");
	bool nginx = access("/etc/nginx", F_OK) == 0,
	     apache = access("/etc/apache2", F_OK) == 0;

	if (*set != '\0') {
		if (check_readable(k, "fail", N_("web server"), set, "WEB_CONFIG"))
			findings_add(k->found, "ok", N_("web server"), "%s", set);
	} else if (nginx && apache) {
		findings_add(k->found, "ok", N_("web server"), _("%s and %s"), "/etc/nginx",
		    "/etc/apache2");
	} else if (nginx || apache) {
		findings_add(k->found, "ok", N_("web server"), "%s",
		    nginx ? "/etc/nginx" : "/etc/apache2");
	} else {
		findings_add(k->found, "warn", N_("web server"), "%s",
		    _("neither /etc/nginx nor /etc/apache2: there will be no web_config.conf"));
		findings_mend(
		    k->found, "sensible-editor %s    # set WEB_CONFIG", check_file(k->config));
	}
}

/* Append what there is of ${pattern} to the list ${b}. */
static void
list(struct buf *b, const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		buf_printf(b, "%s%s", b->len > 0 ? ", " : "", found.gl_pathv[i]);
	globfree(&found);
}

/* What the job full takes beside: as tools/jobs/full has it. */
void
check_extras(struct check *k)
{
	static const char *const patterns[] = {"/etc/letsencrypt", "/etc/php/*/fpm",
	    "/etc/php/*/apache2", "/etc/crontab", "/etc/cron.d", "/var/spool/cron/crontabs"};
	const char *worker = strrchr(config_get(k->config, "WORKER_UNIT"), '/') + 1;
	const char *places[] = {"/etc", "/usr/local/lib", "/usr/lib"};
	char *extra = strdup(config_get(k->config, "FULL_EXTRA_PATHS")), *at = extra, *path;
	struct buf b = {0};
	char unit[256];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		list(&b, patterns[i]);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(unit, sizeof(unit), "%s/systemd/system/%s", places[i], worker);
		if (faccessat(AT_FDCWD, unit, F_OK, AT_EACCESS) == 0)
			buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", unit);
	}
	while (extra != NULL && (path = strsep(&at, ":")) != NULL) {
		if (*path == '\0')
			continue;
		if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0) {
			buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", path);
			continue;
		}
		findings_add(k->found, "warn", N_("full, beside"), "FULL_EXTRA_PATHS: %s: %s",
		    path, strerror(errno));
		findings_mend(k->found, "sensible-editor %s    # set FULL_EXTRA_PATHS",
		    check_file(k->config));
	}
	if (buf_string(&b) != NULL && b.len > 0)
		findings_add(k->found, "ok", N_("full, beside"), "%s", b.data);
	buf_free(&b);
	free(extra);
}
