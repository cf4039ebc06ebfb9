#ifndef BASE_HINT_H
#define BASE_HINT_H

/**
 * hintx(format, ...):
 * Behind a message, on a line of its own that begins with "hint: " and not with the program's
 * name: what helps, a command or a file to look at.  ${format} has no line end.
 */
void hintx(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
