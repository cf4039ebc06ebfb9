#ifndef SQL_DDL_H
#define SQL_DDL_H

#include "base/buf.h"

/*
 * Editing what SHOW CREATE prints.  Names, strings and comments are told apart token by token;
 * nothing is edited by pattern.
 */

/**
 * ddl_split_keys(name, text, table, keys):
 * Split ${text}, a CREATE TABLE statement as SHOW CREATE TABLE prints it, into the table
 * without foreign keys, appended to ${table}, and "ALTER TABLE name ADD CONSTRAINT …" appended
 * to ${keys} where there are any.  Return 0, or -1 where ${text} does not look like one.
 */
int ddl_split_keys(const char *name, const char *text, struct buf *table, struct buf *keys);

/**
 * ddl_view_without_database(text, database, out):
 * Append the definition of a view ${text}, whose tables are named without ${database}: a server
 * names it where there is a JSON_TABLE.
 */
void ddl_view_without_database(const char *text, const char *database, struct buf *out);

/**
 * ddl_without_counter(text, out):
 * Append ${text}, a CREATE TABLE statement as SHOW CREATE TABLE prints it, to ${out} without its
 * AUTO_INCREMENT option, which moves with the rows.
 */
void ddl_without_counter(const char *text, struct buf *out);

/**
 * ddl_without_database(text, database, out):
 * Append ${text}, a CREATE TABLE statement, to ${out} without the name of ${database} in front
 * of its sequences: a DEFAULT names them with it, and the table's new home may have another.
 */
void ddl_without_database(const char *text, const char *database, struct buf *out);

/**
 * ddl_without_definer(text, out):
 * Append ${text}, a CREATE statement of a view, trigger, routine or event, to ${out} without
 * its DEFINER clause.
 */
void ddl_without_definer(const char *text, struct buf *out);

/**
 * ddl_delimiter(text, out):
 * Write a delimiter that ${text} does not hold into ${out} of 16 bytes.
 */
void ddl_delimiter(const char *text, char out[16]);

#endif
