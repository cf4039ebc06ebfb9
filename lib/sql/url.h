#ifndef SQL_URL_H
#define SQL_URL_H

/*
 * A database URL as Laravel has it: mysql://user:password@host:port/database?unix_socket=/path,
 * every part but the scheme optional.  Parts that are missing or empty are NULL (an empty
 * password is a password).
 */
struct url {
	const char *scheme;
	const char *user;
	const char *password;
	const char *host;
	const char *port;
	const char *database;
	const char *socket;
};

/**
 * url_split(text, u):
 * Split ${text} in place, resolve %XX, and point ${u} into it.  Return 0, or -1 where it is no
 * such URL, or has a NUL as %00 (without reporting: it may hold a password).
 */
int url_split(char *text, struct url *u);

#endif
