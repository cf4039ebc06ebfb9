#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

/**
 * plain_text(text):
 * Put a '?' in place of every control byte in ${text}: names and messages from a file or a
 * server become one line that no terminal obeys.  Return ${text}.
 */
char *plain_text(char *text);

#endif
