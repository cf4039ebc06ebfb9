#include "db/login_parts.h"

#include <err.h>
#include <readpassphrase.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/num.h"
#include "base/plain.h"
#include "db/infile.h"
#include "sql/quote.h"

void
login_wipe(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

int
login_keep(char **to, const char *value)
{
	login_wipe(to);
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

int
login_port(struct login *l, const char *value, const char *where)
{
	uint64_t port;

	if (num_count(value, 1, 65535, &port) != 0) {
		warnx("%s: port \"%s\" is not a number between 1 and 65535", where, value);
		return EX_CONFIG;
	}
	l->port = (unsigned int)port;
	return 0;
}

int
login_set(struct login *l, int letter, const char *value)
{
	switch (letter) {
	case 'h': return login_keep(&l->host, value) == 0 ? 0 : -1;
	case 'S': return login_keep(&l->socket, value) == 0 ? 0 : -1;
	case 'u': return login_keep(&l->user, value) == 0 ? 0 : -1;
	case 'P': return login_port(l, value, "-P") == 0 ? 0 : -1;
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
		rc = login_keep(&l->password, password) == 0 ? 0 : -1;
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

/* Connect ${m} as ${l} says.  Return whether it is open; mysql_error() says why not. */
static bool
open_connection(MYSQL *m, const struct login *l, const char *database, bool infile)
{
	unsigned int local = infile ? 1 : 0;

	if (mysql_real_connect(m, l->host, l->user, l->password, database, l->port, l->socket,
		CLIENT_REMEMBER_OPTIONS) == NULL)
		return false;
	/* After connecting: an option file that the library read cannot undo this. */
	mysql_options(m, MYSQL_OPT_LOCAL_INFILE, &local);
	/* Whoever may send rows from memory says so for each LOAD DATA: no server gets a file. */
	infile_refuse(m);
	return true;
}

bool
login_is_local(const struct login *l)
{
	return l->host == NULL || strcmp(l->host, "localhost") == 0 ||
	       strcmp(l->host, "127.0.0.1") == 0 || strcmp(l->host, "::1") == 0;
}

/*
 * Whether the server of ${m}, to which the socket led, is the one that ${l} means: by an address
 * of this machine one in a container may be meant, or a second one.
 */
static bool
is_meant(MYSQL *m, const struct login *l)
{
	const unsigned long port = l->port != 0 ? l->port : 3306;
	MYSQL_RES *res;
	MYSQL_ROW row;
	bool is;

	if (l->host == NULL || strcmp(l->host, "localhost") == 0 ||
	    (l->port == 0 && l->system_files))
		return true;
	if (mysql_query(m, "SELECT IF(@@skip_networking, 0, @@port)") != 0 ||
	    (res = mysql_store_result(m)) == NULL)
		return false;
	row = mysql_fetch_row(res);
	is = row != NULL && row[0] != NULL && strtoul(row[0], NULL, 10) == port;
	mysql_free_result(res);
	return is;
}

bool
login_root(struct login *l)
{
	struct login bare = {.socket = l->socket, .system_files = true};
	MYSQL *m;
	bool in;

	if (!login_is_local(l) || (m = options(&bare, false)) == NULL)
		return false;
	in = open_connection(m, &bare, NULL, false) && is_meant(m, l);
	mysql_close(m);
	if (!in)
		return false;
	login_wipe(&l->host);
	login_wipe(&l->user);
	login_wipe(&l->password);
	l->port = 0;
	l->system_files = true;
	return true;
}

bool
login_elsewhere(const struct login *l, const struct login *meant)
{
	MYSQL *m = options(l, false);
	bool is;

	if (m == NULL)
		return false;
	is = open_connection(m, l, NULL, false) && !is_meant(m, meant);
	mysql_close(m);
	return is;
}

int
login_connect(struct login *l, const char *database, bool infile, MYSQL **out)
{
	MYSQL *m = options(l, infile);
	int rc;

	if (m == NULL)
		return EX_OSERR;
	rc = open_connection(m, l, database, infile) ? login_prepare(m)
						     : login_fail(m, "connect");
	if (rc != 0) {
		mysql_close(m);
		return rc;
	}
	*out = m;
	return 0;
}

MYSQL *
login_try(struct login *l, const char *database, char why[256])
{
	MYSQL *m = options(l, false);

	if (m == NULL) {
		strlcpy(why, "out of memory", 256);
		return NULL;
	}
	if (open_connection(m, l, database, false))
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
	login_wipe(&l->host);
	login_wipe(&l->socket);
	login_wipe(&l->user);
	login_wipe(&l->password);
	login_wipe(&l->database);
	login_wipe(&l->tls_ca);
	login_wipe(&l->tls_cert);
	login_wipe(&l->tls_key);
	free(l);
}
