/*
 * Step: what must be installed.  Programs are looked for in PATH; PHP's packages are those that
 * the full backup's list of the old server names.
 */
#include "recover/recover.h"

#include <ctype.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "set/decrypt.h"
#include "set/webconf.h"

#define LIST_MAX (4 << 20)
#define PACKAGES_MAX 400

/* Packages that are missing, with blanks between. */
static void
lack(struct buf *missing, const char *package)
{
	buf_printf(missing, "%s%s", missing->len > 0 ? " " : "", package);
}

static void
need(struct buf *missing, const char *program, const char *other, const char *package)
{
	if (!child_exists(program) && (other == NULL || !child_exists(other)))
		lack(missing, package);
}

/* Whether the backup's web configuration has files below ${folder}, one with ${text} (NULL: any). */
static bool
web_had(const struct recover *r, const char *folder, const char *text)
{
	static const char *const names[] = {"web_config.conf", "web_config.apache.conf"};
	struct webconf *w;
	struct webconf_file f;
	bool had = false;

	for (size_t k = 0; k < 2 && !had && r->backups.files != NULL; k++) {
		if (webconf_read(r->backups.files, names[k], r->identity, &w) != 0)
			continue;
		for (size_t i = 0; !had && webconf_file(w, i, &f) == 0; i++)
			had =
			    config_inside(f.path, folder) &&
			    (text == NULL || memmem(f.text, f.len, text, strlen(text)) != NULL);
		webconf_free(w);
	}
	return had;
}

static bool
is_php(const char *name)
{
	static const char module[] = "libapache2-mod-";
	size_t len;

	if (strncmp(name, module, sizeof(module) - 1) == 0)
		name += sizeof(module) - 1;
	len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.+-");
	return strncmp(name, "php", 3) == 0 && name[len] == '\0' &&
	       (isdigit((unsigned char)name[3]) || name[3] == '-');
}

/* The full backup's list of the packages of the old server, for the caller to free; NULL. */
static char *
package_list(const struct recover *r)
{
	char *list = NULL;
	size_t len;
	int fd = -1;

	if (r->backups.full != NULL &&
	    decrypt_open(r->backups.full, "installed_packages.txt", r->identity, &fd) == 0)
		(void)io_read_file(fd, LIST_MAX, &list, &len);
	(void)io_close(&fd);
	return list;
}

/* Cut the name of the next package off ${*rest}; NULL: there is none. */
static char *
next_package(char **rest)
{
	char *line = strsep(rest, "\n");

	if (line != NULL)
		line[strcspn(line, " \t:")] = '\0';
	return line;
}

/* PHP's packages of the old server that this one lacks.  Return whether there was a list. */
static bool
lacking_php(const struct recover *r, struct buf *missing)
{
	char program[] = "dpkg-query", show[] = "-W", end[] = "--";
	/* With a mark in front: what it knows and does not have is "not-installed". */
	char format[] = "-f=|${db:Status-Status} ${Package}\\n", what[] = "*php*";
	char *const argv[] = {program, show, format, end, what, NULL};
	char *list = NULL, *here = NULL, *rest, *line, *want;
	size_t n = 0;
	bool any = false;

	if (!child_exists(program) || (list = package_list(r)) == NULL)
		return false;
	/* It ends 1 where there is none at all. */
	(void)child_output(argv, LIST_MAX, &here);
	rest = list;
	while ((line = next_package(&rest)) != NULL && n < PACKAGES_MAX) {
		if (!is_php(line))
			continue;
		any = true;
		if (asprintf(&want, "|installed %s\n", line) == -1)
			break;
		if (here == NULL || strstr(here, want) == NULL) {
			lack(missing, line);
			n++;
		}
		free(want);
	}
	free(here);
	free(list);
	return any;
}

/* Whether the full backup's list of the old server names ${package}. */
static bool
had_package(const struct recover *r, const char *package)
{
	char *list = package_list(r), *rest = list, *line;
	bool had = false;

	while (!had && (line = next_package(&rest)) != NULL)
		had = strcmp(line, package) == 0;
	free(list);
	return had;
}

/* Whether apache2 has PHP in itself: without that and FPM it shows the text of its pages. */
static bool
has_module(void)
{
	glob_t g;

	if (glob("/usr/lib/apache2/modules/libphp*.so", 0, NULL, &g) != 0)
		return false;
	globfree(&g);
	return true;
}

/* Whether some version of PHP-FPM is in PATH: php-fpm8.2. */
static bool
has_fpm(void)
{
	const char *path = getenv("PATH"), *end;
	char pattern[PATH_MAX];
	bool has = false;
	glob_t g;

	for (; path != NULL && !has; path = *end == ':' ? end + 1 : NULL) {
		end = strchrnul(path, ':');
		if (snprintf(pattern, sizeof(pattern), "%.*s/php-fpm*", (int)(end - path),
			path) < (int)sizeof(pattern) &&
		    glob(pattern, 0, NULL, &g) == 0) {
			has = true;
			globfree(&g);
		}
	}
	return has;
}

bool
recover_server_there(struct recover *r)
{
	struct buf missing = {0};
	struct dotenv *env = recover_env(config_get(r->config, "DB_ENV_FILE"));
	const char *host;
	char path[PATH_MAX];
	bool apache = web_had(r, "/etc/apache2", NULL), nginx = web_had(r, "/etc/nginx", NULL),
	     ok;

	if (env == NULL)
		env = recover_backup_env(r);
	host = env != NULL ? dotenv_get(env, "DB_HOST") : NULL;
	/* A full backup alone would have to be unpacked to be known. */
	if (!apache && !nginx)
		apache = had_package(r, "apache2") && !had_package(r, "nginx");
	if (apache)
		need(&missing, "apachectl", NULL, "apache2");
	if (nginx)
		need(&missing, "nginx", NULL, "nginx");
	if (!apache && !nginx)
		need(&missing, "nginx", "apachectl", "nginx");
	if (!lacking_php(r, &missing)) {
		need(&missing, "php", NULL,
		    "php-cli php-mysql php-mbstring php-xml php-curl php-zip");
		/* However its socket is called, Apache hands a page to FPM as fcgi:// does. */
		bool fpm = !apache || web_had(r, "/etc/apache2", "fcgi://");

		if (!has_fpm() && (fpm || !has_module()))
			lack(&missing, fpm ? "php-fpm" : "libapache2-mod-php");
	}
	if (host == NULL || *host == '\0' || strcmp(host, "localhost") == 0 ||
	    strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0)
		need(&missing, "mariadbd", "mysqld", "mariadb-server");
	if (recover_path(r, "composer.json", path) &&
	    !recover_path(r, "vendor/autoload.php", path))
		need(&missing, "composer", NULL, "composer");
	if (recover_path(r, "package.json", path) && !recover_assets_there(r))
		need(&missing, "npm", NULL, "nodejs npm");
	need(&missing, "cron", "crond", "cron");
	need(&missing, "curl", NULL, "curl");
	buf_reset(&r->said, SIZE_MAX);
	ok = missing.len == 0;
	if (ok)
		recover_say(r, "all that it needs is installed");
	else if (buf_string(&missing) != NULL)
		recover_say(r, "apt-get install %s", missing.data);
	buf_free(&missing);
	dotenv_free(env);
	return ok;
}
