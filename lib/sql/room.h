#ifndef SQL_ROOM_H
#define SQL_ROOM_H

#include <stdint.h>
#include <mysql.h>

/**
 * room_check(m, bytes):
 * See whether the disk of the server's data folder has room for ${bytes} of rows, as a dump
 * writes them, and for their indexes: half as much again.  Only a server that is reached by its
 * unix socket is known to be on this machine; others are not looked at.  Return 0, or
 * EX_CANTCREAT after reporting.
 */
int room_check(MYSQL *m, uint64_t bytes);

#endif
