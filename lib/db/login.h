#ifndef DB_LOGIN_H
#define DB_LOGIN_H

#include <stdbool.h>
#include <mysql.h>

#include "base/buf.h"

/*
 * Where the database is and who we are there: gathered from an application's .env, an option
 * file, or the usual letters, in that order of growing weight; then connections from it.
 * Secrets stay in this module, are wiped by login_free, and reach no argv, environment or
 * message.
 */
struct login;

/**
 * login_new(void):
 * Return an empty login (library defaults, then /run/mysqld/mysqld.sock), or NULL after
 * reporting.  Removes MYSQL_PWD from the environment.
 */
struct login *login_new(void);

/**
 * login_env_file(l, path):
 * Take DB_CONNECTION, DB_URL, DB_HOST, DB_PORT, DB_SOCKET, DB_DATABASE, DB_USERNAME and
 * DB_PASSWORD from the Laravel file ${path}, whatever its mode; it must be a regular file.
 * Return 0, or an exit code after reporting (EX_CONFIG for a missing or unusable file, another
 * DB_CONNECTION than mysql or mariadb, or no DB_ keys).
 */
int login_env_file(struct login *l, const char *path);

/**
 * login_defaults(l, path, extra):
 * Take [client], [client-server], [client-mariadb] and [siantre] of the option file ${path},
 * which must be private (rights_private); with ${extra} on top of the system's option files,
 * otherwise instead of them.  Return 0, or an exit code after reporting.
 */
int login_defaults(struct login *l, const char *path, bool extra);

/**
 * login_root(l):
 * Where the server of ${l} is on this machine, try its unix socket as the user that this process
 * runs as, root for one, and log in that way from now on if it lets us in and listens where ${l}
 * says: several servers may be here.  Return whether it does; nothing is reported.
 */
bool login_root(struct login *l);

/**
 * login_elsewhere(l, meant):
 * Return whether ${l} logs in to another server than the one that ${meant} means; no where it
 * does not get in at all.
 */
bool login_elsewhere(const struct login *l, const struct login *meant);

/**
 * login_set(l, letter, value):
 * Set what the usual letter means: 'h' host, 'P' port, 'S' socket, 'u' user.  Return 0, or -1
 * after reporting a value that cannot be.
 */
int login_set(struct login *l, int letter, const char *value);

/**
 * login_ask(l):
 * Prompt for the password on the terminal.  Return 0, or -1 after reporting.
 */
int login_ask(struct login *l);

/**
 * login_database(l):
 * The database named by the .env or option file, owned by ${l}; NULL where none was.
 */
const char *login_database(const struct login *l);

/**
 * login_user(l):
 * The user name for messages, owned by ${l}; "" where the library decides.
 */
const char *login_user(const struct login *l);

/**
 * login_connect(l, database, infile, out):
 * Connect with ${database} as the current one (NULL: none), utf8mb4 and UTC asserted, no
 * statement time limit, long timeouts, and LOAD DATA LOCAL off unless ${infile}.  ${*out} is
 * closed by the caller with mysql_close.  Return 0, or an exit code after reporting: EX_NOPERM
 * for refused credentials or rights, EX_UNAVAILABLE where the server cannot be reached,
 * EX_DATAERR for an unknown database.
 */
int login_connect(struct login *l, const char *database, bool infile, MYSQL **out);

/**
 * login_prepare(m):
 * Tell a new session what every one of ours needs (time zone, character set, time limits), and
 * see that it was understood.  Return 0, or an exit code after reporting.
 */
int login_prepare(MYSQL *m);

/**
 * login_try(l, database, why):
 * Connect without a word and without preparing a session: to see whether it can be done.  Return
 * the connection, or NULL with the reason in ${why}.
 */
MYSQL *login_try(struct login *l, const char *database, char why[256]);

/**
 * login_is_local(l):
 * Whether the server is asked for on this machine, as far as ${l} says.
 */
bool login_is_local(const struct login *l);

/**
 * login_identified_by(l, b):
 * Append " IDENTIFIED BY '…'" with the password of ${l}, for db/provision.h alone, which wipes
 * ${b}.
 */
void login_identified_by(const struct login *l, struct buf *b);

/**
 * login_fail(m, what):
 * Report the last error of ${m} as "WHAT: MESSAGE (NUMBER)" and return the exit code that it
 * deserves: EX_UNAVAILABLE for a lost server, EX_TEMPFAIL for lock waits and changed
 * definitions, EX_NOPERM for missing rights, EX_DATAERR for a damaged table or unknown object,
 * 1 otherwise; and 1, silently, after a stop signal.
 */
int login_fail(MYSQL *m, const char *what);

/**
 * login_free(l):
 * Wipe and free ${l}.  NULL is fine.
 */
void login_free(struct login *l);

#endif
