#ifndef SHIP_WORDS_H
#define SHIP_WORDS_H

#include <stddef.h>

/*
 * The words of a command, put together one by one; never a shell's line.
 */
#define WORDS_MAX 64

struct words {
	char *list[WORDS_MAX + 1]; /* up to NULL */
	size_t count;
	int failed; /* no memory: reported */
};

/**
 * words_add(w, format, ...):
 * Append one word.
 */
void words_add(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * words_quote(text):
 * Return ${text} as one word for a POSIX shell, for the caller to free, or NULL after reporting:
 * what ssh hands to the shell at the far end.
 */
char *words_quote(const char *text);

/**
 * words_free(w):
 * Free the words.  An all-zero struct is an empty command.
 */
void words_free(struct words *w);

#endif
