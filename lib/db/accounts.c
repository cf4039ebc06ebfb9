#include "db/accounts.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/hint.h"
#include "base/plain.h"
#include "sql/grantline.h"
#include "db/grants.h"
#include "sql/guard.h"
#include "db/marknote.h"
#include "db/query.h"
#include "sql/quote.h"
#include "sql/settings.h"

/* A right on an object. */
struct object {
	char *database;
	char *account; /* for a message */
	char *text;
};

struct accounts {
	struct buf create; /* accounts, then roles */
	struct buf rights; /* that need nothing else */
	struct buf defaults;
	struct object *objects;
	size_t nobjects;
	json_t *warnings; /* the caller's */
};

/* Accounts that every server makes for itself. */
static bool
is_own(const char *user)
{
	static const char *const own[] = {
	    "mariadb.sys", "mysql.sys", "mysql.session", "mysql.infoschema"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(user, own[i]) == 0)
			return true;
	return false;
}

/* The account as SQL has it: a name, and where it is no role of MariaDB the host. */
static void
add_account(struct buf *b, const char *user, const char *host, bool role)
{
	if (role && strcmp(user, "PUBLIC") == 0) {
		buf_text(b, user); /* a word of the language */
		return;
	}
	quote_name(b, user);
	if (!role) {
		buf_text(b, "@");
		quote_name(b, host);
	}
}

static int
add_object(struct accounts *a, const char *database, const char *account, const char *text)
{
	struct object *o = reallocarray(a->objects, a->nobjects + 1, sizeof(*o));

	if (o != NULL) {
		a->objects = o;
		o += a->nobjects++;
		o->database = strdup(database);
		o->account = strdup(account);
		o->text = strdup(text);
		if (o->database != NULL && o->account != NULL && o->text != NULL)
			return 0;
	}
	warn("accounts");
	return EX_OSERR;
}

/* Put one line of SHOW GRANTS where it belongs. */
static int
add_right(struct accounts *a, const char *user, const char *host, const char *account,
    const char *text)
{
	char database[GRANTLINE_NAME];
	struct buf line = {0};
	const char *s;
	int kind = grantline_add(text, user, host, &line, database), rc = 0;

	s = buf_string(&line);
	if (s == NULL)
		rc = EX_OSERR;
	else if (kind == GRANTLINE_OBJECT)
		rc = add_object(a, database, account, s);
	else if (kind == GRANTLINE_SERVER)
		buf_text(&a->rights, s);
	else if (kind == GRANTLINE_DEFAULT)
		buf_text(&a->defaults, s);
	buf_free(&line);
	if (kind != -1)
		return rc;
	warnx("account %s: a line of SHOW GRANTS is not understood", account);
	return EX_DATAERR;
}

/* Say that something does not come along. */
static void
leave_out(struct accounts *a, const char *what, const char *account)
{
	warnx("account %s: %s", account, what);
	json_array_append_new(a->warnings, json_sprintf("account %s: %s", account, what));
}

/* Read what makes the account ${name} again; ${*known} is false where the server shows none: it
 * is one of a host name, and names are not resolved. */
static int
read_create(MYSQL *m, struct accounts *a, const char *name, const char *label, bool *known)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	const char *text;
	int rc = 0;

	buf_printf(&sql, "SHOW CREATE USER %s", name);
	text = buf_string(&sql);
	/* The server says so only where it should send the row. */
	*known =
	    text != NULL && mysql_query(m, text) == 0 && (res = mysql_store_result(m)) != NULL;
	if (text == NULL)
		rc = EX_OSERR;
	else if (!*known && mysql_errno(m) == ER_PASSWORD_NO_MATCH)
		leave_out(a, "left out: the server does not use it", label);
	else if (!*known)
		rc = login_fail(m, label);
	buf_free(&sql);
	if (rc != 0 || !*known)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL || row[0] == NULL ||
	    grantline_create(row[0], &a->create, &a->defaults) != 0) {
		warnx("account %s: SHOW CREATE USER is not understood", label);
		rc = EX_DATAERR;
	}
	mysql_free_result(res);
	return rc;
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
read_account(MYSQL *m, struct accounts *a, const char *user, const char *host, bool role)
{
	struct buf name = {0}, sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	const char **lines = NULL;
	char *label = NULL;
	bool known = true;
	size_t n = 0;
	int rc = EX_OSERR;

	add_account(&name, user, host, role);
	if (buf_string(&name) == NULL || (label = strdup(name.data)) == NULL)
		goto out;
	plain_text(label);
	rc = 0;
	if (!role)
		rc = read_create(m, a, name.data, label, &known);
	else if (strcmp(user, "PUBLIC") != 0)
		buf_printf(&a->create, "CREATE ROLE IF NOT EXISTS %s;\n", name.data);
	if (rc != 0 || !known)
		goto out;
	buf_printf(&sql, "SHOW GRANTS FOR %s", name.data);
	rc = query_buf(m, label, &sql, "t", &res);
	if (rc != 0)
		goto out;
	/* They come in the order of a hash table.  REVOKE is behind GRANT in the alphabet too. */
	lines = calloc(mysql_num_rows(res) + 1, sizeof(*lines));
	if (lines == NULL) {
		warn("accounts");
		rc = EX_OSERR;
		goto out;
	}
	while ((row = mysql_fetch_row(res)) != NULL)
		lines[n++] = row[0];
	qsort(lines, n, sizeof(*lines), by_text);
	for (size_t i = 0; rc == 0 && i < n; i++) /* a proxy may be told of twice */
		if (i == 0 || strcmp(lines[i], lines[i - 1]) != 0)
			rc = add_right(a, user, host, label, lines[i]);
out:
	free(lines);
	mysql_free_result(res);
	buf_free(&name);
	free(label);
	return rc;
}

/* Say which right shows the accounts. */
static void
hint(MYSQL *m)
{
	struct grants *g = NULL;
	struct buf b = {0};

	if (grants_read(m, &g) == 0) {
		grants_statement(g, "SELECT", "mysql", NULL, &b);
		if (buf_string(&b) != NULL)
			hintx("%s;", plain_text(b.data));
	}
	buf_free(&b);
	grants_free(g);
}

int
accounts_read(MYSQL *m, json_t *warnings, struct accounts **out)
{
	struct accounts *a = calloc(1, sizeof(*a));
	bool mariadb = mariadb_connection(m);
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	char sql[160];
	int rc = EX_OSERR;

	if (a == NULL) {
		warn("accounts");
		return EX_OSERR;
	}
	a->warnings = warnings;
	/* MySQL's passwords hold any byte; what does not know the setting has none of these. */
	if (!mariadb)
		mysql_query(m, "SET SESSION print_identified_with_as_hex = ON");
	/* Roles of MySQL are accounts. */
	snprintf(sql, sizeof(sql),
	    "SELECT User, Host, %s FROM mysql.user ORDER BY 3, BINARY User, BINARY Host",
	    mariadb ? "is_role" : "'N'");
	rc = query_rows(m, "accounts", sql, "ttt", &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		if (!is_own(row[0]))
			rc = read_account(m, a, row[0], row[1], strcmp(row[2], "Y") == 0);
	mysql_free_result(res);
	if (rc == EX_NOPERM)
		hint(m);
	if (rc == 0) {
		*out = a;
		a = NULL;
	}
	accounts_free(a);
	return rc;
}

static int
write_buf(struct emit *e, const struct buf *b)
{
	if (b->failed) {
		warnx("accounts: out of memory");
		return EX_OSERR;
	}
	return b->len == 0 ? 0 : emit_text(e, b->data, b->len);
}

int
accounts_write_first(const struct accounts *a, struct emit *e)
{
	static const char head[] = "\n-- Accounts and roles; whoever loads this is made an "
				   "administrator of each role that is new.\n";
	int rc = emit_text(e, head, sizeof(head) - 1);

	if (rc == 0)
		rc = write_buf(e, &a->create);
	return rc == 0 ? write_buf(e, &a->rights) : rc;
}

/* Whether ${database} is in the dump, or on every server. */
static bool
is_there(const char *database, char *const *databases, size_t n)
{
	bool there = databases == NULL || guard_server_own(database);

	for (size_t i = 0; !there && i < n; i++)
		there = strcmp(database, databases[i]) == 0;
	return there;
}

int
accounts_write_last(struct accounts *a, char *const *databases, size_t n, struct emit *e)
{
	const struct object *o;
	int rc = emit_text(e, "\n", 1);

	for (size_t i = 0; rc == 0 && i < a->nobjects; i++) {
		o = &a->objects[i];
		if (is_there(o->database, databases, n))
			rc = emit_text(e, o->text, strlen(o->text));
		else
			leave_out(a,
			    "a right on a table or routine of another database is left out",
			    o->account);
	}
	return rc == 0 ? write_buf(e, &a->defaults) : rc;
}

int
accounts_dump(struct login *l, int fd)
{
	struct emit *e = emit_new(fd);
	struct marknote facts = {.warnings = json_array()};
	struct accounts *a = NULL;
	struct buf notes = {0};
	MYSQL *m = NULL;
	char started[24];
	int rc = EX_OSERR;

	event_now(started);
	if (e != NULL && facts.warnings != NULL)
		rc = login_connect(l, NULL, false, &m);
	if (rc == 0)
		rc = accounts_read(m, facts.warnings, &a);
	if (rc == 0)
		rc = settings_write(e, SETTINGS_HEAD);
	if (rc == 0)
		rc = accounts_write_first(a, e);
	if (rc == 0)
		rc = accounts_write_last(a, NULL, 0, e);
	if (rc == 0)
		rc = settings_write(e, SETTINGS_TAIL);
	if (rc == 0)
		rc = marknote_end(&facts, false, &notes);
	if (rc == 0)
		rc = emit_end(e, notes.data, notes.len);
	if (rc == 0) {
		facts.server = mysql_get_server_info(m);
		facts.started = started;
		rc = marknote_run(&facts, e);
	}
	accounts_free(a);
	emit_free(e);
	buf_free(&notes);
	json_decref(facts.warnings);
	if (m != NULL)
		mysql_close(m);
	return rc;
}

void
accounts_free(struct accounts *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->nobjects; i++) {
		free(a->objects[i].database);
		free(a->objects[i].account);
		free(a->objects[i].text);
	}
	free(a->objects);
	buf_free(&a->create);
	buf_free(&a->rights);
	buf_free(&a->defaults);
	free(a);
}
