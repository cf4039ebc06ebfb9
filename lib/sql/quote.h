#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

#include <stddef.h>

#include "base/buf.h"

/**
 * quote_name(b, name):
 * Append ${name} as a quoted identifier: backquotes, inner ones doubled.
 */
void quote_name(struct buf *b, const char *name);

/**
 * quote_pattern(b, name):
 * Append ${name} as GRANT has a database: as a quoted pattern that means no other.
 */
void quote_pattern(struct buf *b, const char *name);

/**
 * quote_text(b, text, len):
 * Append ${len} bytes of UTF-8 as a string literal on one line, with \\ \' \0 \n \r \Z: right
 * for every sql_mode without NO_BACKSLASH_ESCAPES.
 */
void quote_text(struct buf *b, const char *text, size_t len);

/**
 * quote_account(b, account):
 * Append ${account}, as CURRENT_USER() gives it, as 'user'@'host'.
 */
void quote_account(struct buf *b, const char *account);

/**
 * quote_escape(out, text, len):
 * Write what quote_text puts between the quotes to ${out}, which has room for 2 × ${len} bytes
 * and 64 more; return how many bytes it is.
 */
size_t quote_escape(char *out, const char *text, size_t len);

/**
 * quote_digits(out, bytes, len):
 * Write ${len} bytes as 2 × ${len} hexadecimal digits to ${out}, which has room for 64 more.
 */
void quote_digits(char *out, const char *bytes, size_t len);

#endif
