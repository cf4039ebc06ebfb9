#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include <stddef.h>

/*
 * Names and messages from files, servers and strangers, made fit for a message: none may draw on
 * the administrator's terminal or begin a line of its own in a log.  What could steer a terminal
 * is control characters, U+0080 to U+009F among them, and what is not UTF-8.
 */

/**
 * plain_text(text):
 * Put a '?' in place of each byte of ${text} that could steer a terminal.  Return ${text}.
 */
char *plain_text(char *text);

/**
 * plain_bytes(text, len):
 * The same for ${len} bytes, among which a NUL is a control character too.
 */
void plain_bytes(char *text, size_t len);

/**
 * plain_name(name):
 * Return ${name} with such bytes, and backslashes, as \ooo: it can be told which one it is.  It
 * stands in a static buffer that the fourth call from now uses again; main thread only.
 */
const char *plain_name(const char *name);

#endif
