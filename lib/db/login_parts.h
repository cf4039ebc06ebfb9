#ifndef DB_LOGIN_PARTS_H
#define DB_LOGIN_PARTS_H

#include "db/login.h"

/*
 * What the two files of a login share: login.c, which connects, and login_read.c, which knows
 * the files that it comes from.
 */
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

/**
 * login_keep(to, value):
 * Wipe ${*to} and put a copy of ${value} there.  Return 0, or EX_OSERR after reporting.
 */
int login_keep(char **to, const char *value);

/**
 * login_wipe(text):
 * Wipe and free ${*text}, which may be NULL, and becomes it.
 */
void login_wipe(char **text);

/**
 * login_port(l, value, where):
 * Set the port to the number ${value}, which stands in ${where}.  Return 0, or EX_CONFIG after
 * reporting.
 */
int login_port(struct login *l, const char *value, const char *where);

#endif
