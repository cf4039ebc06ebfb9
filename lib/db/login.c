#include "db/login.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <readpassphrase.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/dotenv.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "db/infile.h"
#include "sql/optfile.h"
#include "sql/quote.h"
#include "sql/url.h"

struct login {
	char *host;
	char *socket;
	char *user;
	char *password;
	char *database;
	char *tls_ca;
	char *tls_cert;
	char *tls_key;
	bool tls_verify;
	bool system_files; /* the system's option files count too */
	unsigned int port;
};

static void
wipe(char **s)
{
	if (*s != NULL)
		explicit_bzero(*s, strlen(*s));
	free(*s);
	*s = NULL;
}

static int
keep(char **to, const char *value)
{
	wipe(to);
	*to = strdup(value);
	if (*to == NULL) {
		warn("login");
		return EX_OSERR;
	}
	return 0;
}

struct login *
login_new(void)
{
	struct login *l = calloc(1, sizeof(*l));

	unsetenv("MYSQL_PWD");
	if (l == NULL) {
		warn("login");
		return NULL;
	}
	l->system_files = true;
	return l;
}

static int
set_port(struct login *l, const char *value, const char *where)
{
	uint64_t port;

	if (num_count(value, 1, 65535, &port) != 0) {
		warnx("%s: port \"%s\" is not a number between 1 and 65535", where, value);
		return EX_CONFIG;
	}
	l->port = (unsigned int)port;
	return 0;
}

static int
set_url(struct login *l, const char *text, const char *where)
{
	struct url u;
	char *copy = NULL;
	int rc = EX_CONFIG;

	if (keep(&copy, text) != 0)
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
		if (values[i] != NULL && keep(places[i], values[i]) != 0)
			goto out;
	if (u.port != NULL && set_port(l, u.port, where) != 0)
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
		if (v != NULL && *v != '\0' && keep(places[i], v) != 0)
			goto out;
	}
	v = dotenv_get(d, "DB_PORT");
	if (v != NULL && *v != '\0' && set_port(l, v, path) != 0)
		goto out;
	v = dotenv_get(d, "DB_URL");
	if (v == NULL || *v == '\0')
		v = dotenv_get(d, "DATABASE_URL"); /* the name before Laravel 11 */
	any = any || v != NULL;
	if (v != NULL && *v != '\0' && set_url(l, v, path) != 0)
		goto out;
	if (l->socket != NULL)
		wipe(&l->host); /* as Laravel does: the socket wins */
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

	if (strcmp(key, "host") == 0)
		return keep(&l->host, value);
	if (strcmp(key, "socket") == 0)
		return keep(&l->socket, value);
	if (strcmp(key, "user") == 0)
		return keep(&l->user, value);
	if (strcmp(key, "password") == 0)
		return keep(&l->password, value);
	if (strcmp(key, "database") == 0)
		return keep(&l->database, value);
	if (strcmp(key, "ssl-ca") == 0)
		return keep(&l->tls_ca, value);
	if (strcmp(key, "ssl-cert") == 0)
		return keep(&l->tls_cert, value);
	if (strcmp(key, "ssl-key") == 0)
		return keep(&l->tls_key, value);
	if (strcmp(key, "ssl-verify-server-cert") == 0)
		l->tls_verify = strcmp(value, "0") != 0 && strcasecmp(value, "off") != 0;
	if (strcmp(key, "port") == 0)
		return set_port(l, value, d->path);
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

int
login_set(struct login *l, int letter, const char *value)
{
	switch (letter) {
	case 'h': return keep(&l->host, value) == 0 ? 0 : -1;
	case 'S': return keep(&l->socket, value) == 0 ? 0 : -1;
	case 'u': return keep(&l->user, value) == 0 ? 0 : -1;
	case 'P': return set_port(l, value, "-P") == 0 ? 0 : -1;
	default: return -1;
	}
}

int
login_ask(struct login *l)
{
	char password[256];
	int rc = -1;

	if (readpassphrase("Password: ", password, sizeof(password), RPP_REQUIRE_TTY) == NULL)
		warnx("no terminal to ask for the password");
	else
		rc = keep(&l->password, password) == 0 ? 0 : -1;
	explicit_bzero(password, sizeof(password));
	return rc;
}

const char *
login_database(const struct login *l)
{
	return l->database;
}

const char *
login_user(const struct login *l)
{
	return l->user != NULL ? l->user : "";
}

/* A connection that is not open yet. */
static MYSQL *
options(const struct login *l, bool infile)
{
	MYSQL *m = mysql_init(NULL);
	unsigned int timeout = 20, local = infile ? 1 : 0;
	my_bool verify = l->tls_verify;
	unsigned long packet = 1UL << 30;

	if (m == NULL) {
		warnx("out of memory");
		return NULL;
	}
	mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
	mysql_options(m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(m, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
	mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local);
	if (l->tls_ca != NULL || l->tls_cert != NULL || l->tls_key != NULL)
		mysql_ssl_set(m, l->tls_key, l->tls_cert, l->tls_ca, NULL, NULL);
	if (l->tls_verify)
		mysql_options(m, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
	if (l->system_files)
		mysql_options(m, MYSQL_READ_DEFAULT_GROUP, "siantre");

	return m;
}

bool
login_is_local(const struct login *l)
{
	return l->host == NULL || strcmp(l->host, "localhost") == 0 ||
	       strcmp(l->host, "127.0.0.1") == 0 || strcmp(l->host, "::1") == 0;
}

bool
login_root(struct login *l)
{
	struct login bare = {.socket = l->socket, .system_files = true};
	MYSQL *m;
	bool in;

	if (!login_is_local(l) || (m = options(&bare, false)) == NULL)
		return false;
	in = mysql_real_connect(m, NULL, NULL, NULL, NULL, 0, bare.socket, 0) != NULL;
	mysql_close(m);
	if (!in)
		return false;
	wipe(&l->host);
	wipe(&l->user);
	wipe(&l->password);
	l->port = 0;
	l->system_files = true;
	return true;
}

int
login_connect(struct login *l, const char *database, bool infile, MYSQL **out)
{
	MYSQL *m = options(l, infile);
	unsigned int local = infile ? 1 : 0;
	int rc;

	if (m == NULL)
		return EX_OSERR;
	if (mysql_real_connect(m, l->host, l->user, l->password, database, l->port, l->socket,
		CLIENT_REMEMBER_OPTIONS) == NULL) {
		rc = login_fail(m, "connect");
		goto fail;
	}
	/* After connecting: an option file that the library read cannot undo this. */
	mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local);
	/* Whoever may send rows from memory says so for each LOAD DATA: no server gets a file. */
	infile_refuse(m);
	rc = login_prepare(m);
	if (rc != 0)
		goto fail;
	*out = m;
	return 0;
fail:
	mysql_close(m);
	return rc;
}

MYSQL *
login_try(struct login *l, const char *database, char why[256])
{
	MYSQL *m = options(l, false);

	if (m == NULL) {
		strlcpy(why, "out of memory", 256);
		return NULL;
	}
	if (mysql_real_connect(m, l->host, l->user, l->password, database, l->port, l->socket,
		CLIENT_REMEMBER_OPTIONS) != NULL)
		return m;
	snprintf(why, 256, "%s (%u)", mysql_error(m), mysql_errno(m));
	plain_text(why);
	mysql_close(m);
	return NULL;
}

void
login_identified_by(const struct login *l, struct buf *b)
{
	buf_text(b, " IDENTIFIED BY ");
	quote_text(b, l->password != NULL ? l->password : "",
	    l->password != NULL ? strlen(l->password) : 0);
}

void
login_free(struct login *l)
{
	if (l == NULL)
		return;
	wipe(&l->host);
	wipe(&l->socket);
	wipe(&l->user);
	wipe(&l->password);
	wipe(&l->database);
	wipe(&l->tls_ca);
	wipe(&l->tls_cert);
	wipe(&l->tls_key);
	free(l);
}
