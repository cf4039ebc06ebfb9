#ifndef DB_ROOM_H
#define DB_ROOM_H

#include <stddef.h>
#include <stdint.h>
#include <mysql.h>

/*
 * Whether a server has room for what is going to be loaded, asked before anything is.
 */

/**
 * room_statement(m, name, len, line, column):
 * See whether the server takes the largest statement of the dump ${name}, of ${len} bytes at
 * ${line}:${column}; it would only close the connection.  Return 0, or EX_CONFIG after reporting.
 */
int room_statement(MYSQL *m, const char *name, size_t len, uint64_t line, uint64_t column);

/**
 * room_rows(m, bytes):
 * See whether the disk of the server's data folder has room for ${bytes} of rows, as a dump
 * writes them, and for their indexes: half as much again.  Only a server that is reached by its
 * unix socket is known to be on this machine; others are not looked at.  Return 0, or
 * EX_CANTCREAT after reporting.
 */
int room_rows(MYSQL *m, uint64_t bytes);

#endif
