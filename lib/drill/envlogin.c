#include "drill/envlogin.h"

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/atomic.h"
#include "base/buf.h"
#include "base/dotenv.h"
#include "base/io.h"
#include "sql/url.h"

/* What login_env_file() knows too (db/login.h), which needs the client library. */
struct keys {
	const char *host, *port, *socket, *user, *password;
};

static const char *
value(const struct dotenv *d, const char *key)
{
	const char *text = dotenv_get(d, key);

	return text != NULL && *text != '\0' ? text : NULL;
}

/* key="value", as the option files of the client have it. */
static void
add(struct buf *b, const char *key, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(b, "%s=\"", key);
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '\\': buf_text(b, "\\\\"); break;
		case '"': buf_text(b, "\\\""); break;
		case '\n': buf_text(b, "\\n"); break;
		case '\r': buf_text(b, "\\r"); break;
		case '\t': buf_text(b, "\\t"); break;
		default: buf_add(b, text, 1); break;
		}
	}
	buf_text(b, "\"\n");
}

static struct dotenv *
read_env(const char *path)
{
	struct dotenv *d = NULL;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

	if (fd == -1 || fstat(fd, &st) != 0)
		warn("%s", path);
	else if (!S_ISREG(st.st_mode))
		warnx("%s: not a regular file", path);
	else
		d = dotenv_read(fd, path);
	io_close(&fd);
	return d;
}

/* The URL wins, part by part. */
static int
take_url(struct keys *k, char *url, const char *env)
{
	struct url u;

	if (url_split(url, &u) != 0 ||
	    (strcmp(u.scheme, "mysql") != 0 && strcmp(u.scheme, "mariadb") != 0)) {
		warnx("%s: DB_URL is not of the form mysql://user:password@host:port/database",
		    env);
		return -1;
	}
	k->host = u.host != NULL ? u.host : k->host;
	k->port = u.port != NULL ? u.port : k->port;
	k->socket = u.socket != NULL ? u.socket : k->socket;
	k->user = u.user != NULL ? u.user : k->user;
	k->password = u.password != NULL ? u.password : k->password;
	return 0;
}

int
envlogin_write(const char *env, const char *path)
{
	struct dotenv *d = read_env(env);
	struct buf b = {0};
	struct keys k;
	const char *url;
	char *copy = NULL;
	size_t len = 0;
	int rc = EX_CONFIG;

	if (d == NULL)
		return EX_CONFIG;
	k = (struct keys){value(d, "DB_HOST"), value(d, "DB_PORT"), value(d, "DB_SOCKET"),
	    value(d, "DB_USERNAME"), value(d, "DB_PASSWORD")};
	if ((url = value(d, "DB_URL")) == NULL)
		url = value(d, "DATABASE_URL");
	if (url != NULL) {
		len = strlen(url);
		if ((copy = strdup(url)) == NULL) {
			warn("%s", env);
			goto out;
		}
		if (take_url(&k, copy, env) != 0)
			goto out;
	}
	if (k.user == NULL && k.host == NULL && k.socket == NULL) {
		warnx("%s: no DB_USERNAME, DB_HOST or other DB_ key", env);
		goto out;
	}
	buf_text(&b, "[client]\n");
	if (k.socket == NULL)
		add(&b, "host", k.host);
	add(&b, "socket", k.socket);
	add(&b, "port", k.port);
	add(&b, "user", k.user);
	add(&b, "password", k.password);
	rc = EX_CANTCREAT;
	if (buf_string(&b) != NULL && atomic_write(path, 0600, b.data, b.len) == 0)
		rc = 0;
out:
	if (copy != NULL)
		explicit_bzero(copy, len);
	free(copy);
	if (b.data != NULL)
		explicit_bzero(b.data, b.size);
	buf_free(&b);
	dotenv_free(d);
	return rc;
}
