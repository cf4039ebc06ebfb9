#ifndef DRILL_ENVLOGIN_H
#define DRILL_ENVLOGIN_H

/**
 * envlogin_write(env, path):
 * Write the login of the Laravel file ${env} (DB_HOST, DB_PORT, DB_SOCKET, DB_USERNAME,
 * DB_PASSWORD, DB_URL) as an option file ${path}, 0600.  Return 0, or the exit code after
 * reporting: EX_CONFIG for a file that is missing or none, or has no such keys; EX_CANTCREAT.
 */
int envlogin_write(const char *env, const char *path);

#endif
