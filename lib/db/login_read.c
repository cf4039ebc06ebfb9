/* Where a login is written down: in an application's .env, or in an option file. */
#include "db/login_parts.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/dotenv.h"
#include "base/io.h"
#include "sql/optfile.h"
#include "sql/url.h"

static int
set_url(struct login *l, const char *text, const char *where)
{
	struct url u;
	char *copy = NULL;
	int rc = EX_CONFIG;

	if (login_keep(&copy, text) != 0)
		return EX_OSERR;
	if (url_split(copy, &u) != 0) {
		warnx("%s: DB_URL is not of the form mysql://user:password@host:port/database",
		    where);
		goto out;
	}
	if (strcmp(u.scheme, "mysql") != 0 && strcmp(u.scheme, "mariadb") != 0) {
		warnx("%s: DB_URL: %s: only mysql and mariadb are backed up", where, u.scheme);
		goto out;
	}
	const char *const values[] = {u.host, u.user, u.password, u.database, u.socket};
	char **const places[] = {&l->host, &l->user, &l->password, &l->database, &l->socket};
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i] != NULL && login_keep(places[i], values[i]) != 0)
			goto out;
	if (u.port != NULL && login_port(l, u.port, where) != 0)
		goto out;
	rc = 0;
out:
	if (copy != NULL)
		explicit_bzero(copy, strlen(text));
	free(copy);
	return rc;
}

int
login_env_file(struct login *l, const char *path)
{
	struct dotenv *d = NULL;
	struct stat st;
	const char *v;
	bool any = false;
	int fd = -1, rc = EX_CONFIG;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0) {
		if (errno == ELOOP)
			warnx("%s: a symbolic link; the .env must be a regular file", path);
		else
			warn("%s", path);
		goto out;
	}
	if (fstat(fd, &st) != 0) {
		warn("%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		goto out;
	}
	d = dotenv_read(fd, path);
	if (d == NULL)
		goto out;

	v = dotenv_get(d, "DB_CONNECTION");
	if (v != NULL && *v != '\0' && strcmp(v, "mysql") != 0 && strcmp(v, "mariadb") != 0) {
		warnx("%s: DB_CONNECTION=%s: only mysql and mariadb are backed up", path, v);
		goto out;
	}

	/* The file says all there is to say: the system's option files stay out of it. */
	l->system_files = false;
	static const char *const keys[] = {
	    "DB_HOST", "DB_SOCKET", "DB_DATABASE", "DB_USERNAME", "DB_PASSWORD"};
	char **const places[] = {&l->host, &l->socket, &l->database, &l->user, &l->password};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		v = dotenv_get(d, keys[i]);
		any = any || v != NULL;
		if (v != NULL && *v != '\0' && login_keep(places[i], v) != 0)
			goto out;
	}
	v = dotenv_get(d, "DB_PORT");
	if (v != NULL && *v != '\0' && login_port(l, v, path) != 0)
		goto out;
	v = dotenv_get(d, "DB_URL");
	if (v == NULL || *v == '\0')
		v = dotenv_get(d, "DATABASE_URL"); /* the name before Laravel 11 */
	any = any || v != NULL;
	if (v != NULL && *v != '\0' && set_url(l, v, path) != 0)
		goto out;
	if (l->socket != NULL)
		login_wipe(&l->host); /* as Laravel does: the socket wins */
	if (!any) {
		warnx("%s: no DB_DATABASE, DB_USERNAME or other DB_ key", path);
		goto out;
	}
	rc = 0;
out:
	dotenv_free(d);
	io_close(&fd);
	return rc;
}

struct defaults {
	struct login *login;
	const char *path;
};

static int
set_default(void *ctx, const char *key, const char *value)
{
	struct defaults *d = ctx;
	struct login *l = d->login;
	const struct {
		const char *key;
		char **place;
	} texts[] = {{"host", &l->host}, {"socket", &l->socket}, {"user", &l->user},
	    {"password", &l->password}, {"database", &l->database}, {"ssl-ca", &l->tls_ca},
	    {"ssl-cert", &l->tls_cert}, {"ssl-key", &l->tls_key}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(key, texts[i].key) == 0)
			return login_keep(texts[i].place, value);
	if (strcmp(key, "ssl-verify-server-cert") == 0)
		l->tls_verify = strcmp(value, "0") != 0 && strcasecmp(value, "off") != 0;
	if (strcmp(key, "port") == 0)
		return login_port(l, value, d->path);
	return 0; /* a setting of other clients */
}

int
login_defaults(struct login *l, const char *path, bool extra)
{
	struct defaults d = {.login = l, .path = path};

	if (!extra)
		l->system_files = false;
	return optfile_read(path, set_default, &d);
}
