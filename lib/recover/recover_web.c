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
#include "base/io.h"
#include "recover/fetch.h"
#include "set/systemctl.h"
#include "set/webconf.h"

#define CERTIFICATES "/etc/letsencrypt"

/* What was made, so that it can be taken away. */
struct made {
	char *paths[2048];
	size_t count;
};

struct making {
	struct recover *r;
	struct made made;
	bool certificates; /* one of the files names CERTIFICATES */
};

static const char *const names[] = {"web_config.conf", "web_config.apache.conf"};

/* Where Debian's servers look for what is to be used, and where it lies. */
static const char *const enabled[][2] = {
    {"/sites-available/", "/sites-enabled/"}, {"/conf-available/", "/conf-enabled/"}};

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

static int
look(struct recover *r, const struct webconf_file *f, void *ctx)
{
	size_t *n = ctx;

	if (access(f->path, F_OK) != 0) {
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
	k->certificates |= e->target == NULL && strstr(e->text, CERTIFICATES) != NULL;
	return 0;
}

static int
put(struct recover *r, const struct webconf_file *f, void *ctx)
{
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
	return put_one(ctx, e);
}

/* Take the web server's whole folder out of the full backup. */
static int
put_full(struct making *k)
{
	static const char *const places[] = {"/etc/nginx", "/etc/apache2"};
	const char *web = config_get(k->r->config, "WEB_CONFIG");
	const char *archive = k->r->backups.archive;

	if (*web != '\0')
		return fetch_each(archive, k->r->identity, web, put_entry, k);
	/* That of the server which is installed here. */
	return fetch_each(
	    archive, k->r->identity, places[!child_exists("nginx")], put_entry, k);
}

/* Ask the server that is here whether it likes its configuration, and tell it to use it. */
static int
test_and_reload(struct recover *r)
{
	static char nginx[] = "nginx", apache[] = "apachectl", test[] = "-t", use[] = "-c";
	static char configtest[] = "configtest", signal[] = "-s", reload[] = "reload";
	static char graceful[] = "graceful";
	const char *web = config_get(r->config, "WEB_CONFIG");
	char *conf = NULL;
	bool is_nginx = child_exists(nginx);
	int rc = 1;

	if (!is_nginx && !child_exists(apache)) {
		recover_say(r, "neither nginx nor apache2 is installed");
		return EX_CONFIG;
	}
	/* A folder with an nginx.conf is one that nginx is started with. */
	if (is_nginx && *web != '\0' && asprintf(&conf, "%s/nginx.conf", web) == -1)
		conf = NULL;
	if (conf != NULL && access(conf, F_OK) != 0) {
		free(conf);
		conf = NULL;
	}
	char *const nginx_test[] = {nginx, test, conf != NULL ? use : NULL, conf, NULL};
	char *const nginx_reload[] = {
	    nginx, signal, reload, conf != NULL ? use : NULL, conf, NULL};
	char *const apache_test[] = {apache, configtest, NULL};
	char *const apache_reload[] = {apache, graceful, NULL};
	struct child c;

	if (child_start(&c, is_nginx ? nginx_test : apache_test, NULL, NULL, CHILD_GROUP,
		STDERR_FILENO, -1) != 0 ||
	    child_wait(&c) != 0) {
		recover_say(r, "%s does not take it, and it was taken away again",
		    is_nginx ? "nginx -t" : "apachectl configtest");
		goto out;
	}
	if (systemctl_running())
		rc = systemctl_run(
		    "reload-or-restart", is_nginx ? "nginx.service" : "apache2.service");
	else if (child_start(&c, is_nginx ? nginx_reload : apache_reload, NULL, NULL,
		     CHILD_GROUP, STDERR_FILENO, -1) == 0)
		rc = child_wait(&c) == 0 ? 0 : 2;
	if (rc == 2)
		warnx("%s does not run yet", is_nginx ? "nginx" : "apache2");
	/* The files are right; that it runs is another question. */
	rc = 0;
out:
	free(conf);
	return rc;
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
	if (rc == 0 && (rc = test_and_reload(r)) == 0)
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
