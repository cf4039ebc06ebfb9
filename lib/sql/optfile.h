#ifndef SQL_OPTFILE_H
#define SQL_OPTFILE_H

/**
 * optfile_read(path, set, ctx):
 * Read the option file ${path} as the MariaDB and MySQL clients do (groups in brackets, # and
 * ; comments, quoted values, escapes, dashes and underscores alike) and call ${set}(${ctx},
 * key, value) for each line in [client], [client-server], [client-mariadb]
 * and [siantre].  The file must be private (rights_private).  We read it
 * ourselves because the client library ignores a missing file, obeys one that others can
 * write, and knows no second file on top of the first.  ${value} is "" for a bare key and is
 * wiped after the call.  Return 0, or an exit code after reporting: EX_CONFIG, or what ${set}
 * returned.
 */
int optfile_read(
    const char *path, int (*set)(void *ctx, const char *key, const char *value), void *ctx);

#endif
