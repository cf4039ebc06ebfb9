/*
 * Step: the web server's configuration.  Files that are missing are written; one that is there
 * stays, since a fresh package has brought its own.  The server is asked whether it can use the
 * whole (nginx -t, apachectl configtest) before it is told to: where it cannot, what was written
 * is taken away again.  STATE_DIR/APP_NAME.web-untested stands until then, so that files which a
 * call that was killed has left do not count as in place.
 */
#include "recover/recover.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/child.h"
#include "recover/fetch.h"
#include "recover/webserver.h"
#include "set/webconf.h"

#define CERTIFICATES "/etc/letsencrypt"
#define MODULES "/mods-available/"
#define MODULES_USED "/mods-enabled/"

/* What was made, so that it can be taken away. */
struct made {
	char *paths[2048];
	size_t count;
};

struct making {
	struct recover *r;
	struct made made;
	bool certificates;  /* one of the files names CERTIFICATES */
	bool nginx, apache; /* whose they are; neither: of WEB_CONFIG, elsewhere */
};

static const char *const names[] = {"web_config.conf", "web_config.apache.conf"};

/* Where Debian's servers look for what is to be used, and where it lies. */
static const char *const enabled[][2] = {{"/sites-available/", "/sites-enabled/"},
    {"/conf-available/", "/conf-enabled/"}, {MODULES, MODULES_USED}};

/* Whether files at ${path} are ours to write. */
static bool
may_write(const struct recover *r, const char *path)
{
	const char *web = config_get(r->config, "WEB_CONFIG");

	if (*web != '\0')
		return config_inside(path, web);
	return config_inside(path, "/etc/nginx") || config_inside(path, "/etc/apache2") ||
	       config_inside(path, CERTIFICATES);
}

/* Go through the files of the backup with ${each}, until one returns other than 0. */
static int
all(struct recover *r, int (*each)(struct recover *r, const struct webconf_file *f, void *ctx),
    void *ctx)
{
	struct webconf *w;
	struct webconf_file f;
	int rc = 0, any = 0;

	for (size_t k = 0; rc == 0 && k < 2 && r->backups.files != NULL; k++) {
		rc = webconf_read(r->backups.files, names[k], r->identity, &w);
		if (rc == EX_NOINPUT) {
			rc = 0;
			continue;
		}
		for (size_t i = 0; rc == 0 && webconf_file(w, i, &f) == 0; i++)
			rc = each(r, &f, ctx);
		any = 1;
		webconf_free(w);
	}
	if (rc == 0 && any == 0) {
		recover_say(r, "the backup has no web_config.conf");
		rc = EX_DATAERR;
	}
	return rc;
}

/*
 * Whether the file ${path} of a module of apache2 is here and not used; ${link} is what would do
 * that.  How processes are made (mpm_) and PHP runs is for the packages of this server to say.
 */
static bool
unused(const char *path, char link[PATH_MAX])
{
	const char *at = strstr(path, MODULES), *name = at + strlen(MODULES);
	struct stat st;

	return strncmp(name, "mpm_", 4) != 0 && strncmp(name, "php", 3) != 0 &&
	       access(path, F_OK) == 0 &&
	       snprintf(link, PATH_MAX, "%.*s" MODULES_USED "%s", (int)(at - path), path,
		   name) < PATH_MAX &&
	       lstat(link, &st) == -1;
}

static int
look(struct recover *r, const struct webconf_file *f, void *ctx)
{
	char link[PATH_MAX];
	size_t *n = ctx;

	if (strstr(f->path, MODULES) != NULL) {
		if (unused(f->path, link)) {
			recover_say(r, "%s: not there", link);
			return 1;
		}
	} else if (access(f->path, F_OK) != 0) {
		recover_say(r, "%s: not there", f->path);
		return 1;
	}
	(*n)++;
	return 0;
}

/* Whether the web server has a site of somebody's: one that is no default. */
static bool
full_there(const char *web)
{
	static const char *const patterns[] = {"sites-enabled/*", "conf.d/*.conf"};
	const char *folders[] = {"/etc/nginx", "/etc/apache2", NULL};
	char pattern[PATH_MAX];
	const char *base;
	bool found = false;
	glob_t g;

	if (*web != '\0') {
		folders[0] = web;
		folders[1] = NULL;
	}
	for (size_t i = 0; folders[i] != NULL; i++)
		for (size_t k = 0; k < 2; k++) {
			if (snprintf(pattern, sizeof(pattern), "%s/%s", folders[i],
				patterns[k]) >= PATH_MAX ||
			    glob(pattern, 0, NULL, &g) != 0)
				continue;
			for (size_t n = 0; n < g.gl_pathc; n++) {
				base = strrchr(g.gl_pathv[n], '/') + 1;
				found |= strcmp(base, "default") != 0 &&
					 strcmp(base, "000-default.conf") != 0;
			}
			globfree(&g);
		}
	return found;
}

/* The path of the file that says that what is there was not tested; false where it is too long. */
static bool
untested(const struct recover *r, char *path)
{
	return snprintf(path, PATH_MAX, "%s/%s.web-untested",
		   config_get(r->config, "STATE_DIR"),
		   config_get(r->config, "APP_NAME")) < PATH_MAX;
}

bool
recover_web_there(struct recover *r)
{
	const char *web = config_get(r->config, "WEB_CONFIG");
	char path[PATH_MAX];
	size_t n = 0;

	if (untested(r, path) && access(path, F_OK) == 0) {
		recover_say(r, "its files are there, but were not tested");
		return false;
	}

	/* What a full backup has of it would have to be unpacked to be known. */
	if (r->backups.files == NULL && r->backups.archive != NULL) {
		if (!full_there(web))
			return false;
		recover_say(r, "a site is configured");
		return true;
	}
	if (all(r, look, &n) != 0)
		return false;
	recover_say(r, "%zu files in place", n);
	return true;
}

static int
remember(struct made *m, const char *path)
{
	if (m->count == sizeof(m->paths) / sizeof(m->paths[0]) ||
	    (m->paths[m->count] = strdup(path)) == NULL)
		return -1;
	m->count++;
	return 0;
}

/* Let what lies in sites-available be used, as it was. */
static void
enable(struct made *m, const char *path)
{
	char link[PATH_MAX], target[PATH_MAX];
	const char *at;

	for (size_t i = 0; i < sizeof(enabled) / sizeof(enabled[0]); i++) {
		if ((at = strstr(path, enabled[i][0])) == NULL)
			continue;
		if (snprintf(link, sizeof(link), "%.*s%s%s", (int)(at - path), path,
			enabled[i][1], at + strlen(enabled[i][0])) >= PATH_MAX ||
		    snprintf(target, sizeof(target), "..%s", at) >= PATH_MAX)
			continue;
		if (symlink(target, link) == 0)
			(void)remember(m, link);
		else if (errno != EEXIST)
			warn("%s", link);
	}
}

/* Write one file, or lay one link, where nothing is. */
static int
put_one(struct making *k, const struct fetch_entry *e)
{
	struct stat st;
	int rc;

	if (!may_write(k->r, e->path)) {
		warnx(
		    "%s: not in WEB_CONFIG, /etc/nginx or /etc/apache2: passed over", e->path);
		return 0;
	}
	k->nginx |= config_inside(e->path, "/etc/nginx");
	k->apache |= config_inside(e->path, "/etc/apache2");
	/* Also of one that is there: the call that wrote it may have been killed. */
	k->certificates |= e->target == NULL && strstr(e->text, CERTIFICATES) != NULL;
	if (lstat(e->path, &st) == 0)
		return 0;
	if ((rc = recover_parents(e->path)) != 0)
		return rc;
	if ((e->target != NULL ? symlink(e->target, e->path)
			       : atomic_write(e->path, e->mode, e->text, e->len)) != 0 ||
	    remember(&k->made, e->path) != 0) {
		warn("%s", e->path);
		return EX_CANTCREAT;
	}
	return 0;
}

/* A module's files come with its package: where that is missing, the test tells who wants it. */
static int
put_module(struct making *k, const char *path)
{
	char link[PATH_MAX], conf[PATH_MAX];
	int len = (int)strlen(path) - (int)strlen(".load");

	k->apache |= config_inside(path, "/etc/apache2");
	if (!may_write(k->r, path) || !unused(path, link))
		return 0;
	enable(&k->made, path);
	if (len > 0 && strcmp(path + len, ".load") == 0 &&
	    snprintf(conf, sizeof(conf), "%.*s.conf", len, path) < PATH_MAX &&
	    unused(conf, link))
		enable(&k->made, conf);
	return 0;
}

static int
put(struct recover *r, const struct webconf_file *f, void *ctx)
{
	if (strstr(f->path, MODULES) != NULL)
		return put_module(ctx, f->path);

	struct making *k = ctx;
	struct stat st;
	char *text = strndup(f->text, f->len); /* with a NUL behind it */
	const struct fetch_entry e = {
	    .path = f->path, .mode = 0644, .text = text, .len = f->len};
	bool there = lstat(f->path, &st) == 0;
	int rc = text != NULL ? put_one(k, &e) : EX_OSERR;

	(void)r;
	free(text);
	if (rc == 0 && !there && lstat(f->path, &st) == 0)
		enable(&k->made, f->path);
	return rc;
}

static int
put_entry(void *ctx, const struct fetch_entry *e)
{
	const char *at = strstr(e->path, MODULES_USED);
	char path[PATH_MAX];

	if (strstr(e->path, MODULES) != NULL)
		return 0;
	if (at == NULL || e->target == NULL)
		return put_one(ctx, e);
	if (snprintf(path, sizeof(path), "%.*s" MODULES "%s", (int)(at - e->path), e->path,
		at + strlen(MODULES_USED)) >= PATH_MAX)
		return 0;
	return put_module(ctx, path);
}

/* Take the web server's whole folder out of the full backup. */
static int
put_full(struct making *k)
{
	static const char *const places[][2] = {
	    {"nginx", "/etc/nginx"}, {"apachectl", "/etc/apache2"}};
	const char *web = config_get(k->r->config, "WEB_CONFIG");
	const char *archive = k->r->backups.archive;
	int rc = EX_DATAERR, one;

	if (*web != '\0')
		return fetch_each(archive, k->r->identity, web, put_entry, k);
	/* Those of the servers that are installed here, of which it may have one alone. */
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (!child_exists(places[i][0]))
			continue;
		one = fetch_each(archive, k->r->identity, places[i][1], put_entry, k);
		if (one != 0 && one != EX_DATAERR)
			return one;
		if (one == 0)
			rc = 0;
	}
	/* With neither here, that is what is said. */
	return child_exists(places[0][0]) || child_exists(places[1][0]) ? rc : 0;
}

int
recover_web(struct recover *r)
{
	struct making *k = calloc(1, sizeof(*k));
	const char *state = config_get(r->config, "STATE_DIR");
	char path[PATH_MAX];
	int rc;

	if (k == NULL) {
		warn(NULL);
		return EX_OSERR;
	}
	k->r = r;
	if (!untested(r, path) ||
	    (access(state, F_OK) == 0 && atomic_write(path, 0600, "", 0) != 0)) {
		free(k);
		return EX_CANTCREAT;
	}
	rc = r->backups.files == NULL && r->backups.archive != NULL ? put_full(k)
								    : all(r, put, k);
	/* certbot may be installed already, with a folder of its own: what is there stays. */
	if (rc == 0 && k->certificates && r->backups.archive != NULL &&
	    *config_get(r->config, "WEB_CONFIG") == '\0') {
		rc = fetch_each(r->backups.archive, r->identity, CERTIFICATES, put_entry, k);
		/* It may have none; whether one is missing, the server's own test tells. */
		if (rc == EX_DATAERR)
			rc = 0;
	}
	if (rc == 0 && (rc = webserver_use(r, k->nginx, k->apache)) == 0)
		recover_say(r, "%zu files and links, tested", k->made.count);
	if (rc != 0 && rc != EX_CONFIG)
		for (size_t i = k->made.count; i-- > 0;)
			(void)unlink(k->made.paths[i]);
	/* Where no server is installed yet, they stay untested. */
	if (rc != EX_CONFIG && (rc == 0 || k->made.count > 0))
		(void)unlink(path);
	while (k->made.count > 0)
		free(k->made.paths[--k->made.count]);
	free(k);
	return rc;
}
