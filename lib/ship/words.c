#include "ship/words.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void
words_add(struct words *w, const char *format, ...)
{
	va_list ap;
	char *word;

	va_start(ap, format);
	if (w->count == WORDS_MAX || vasprintf(&word, format, ap) == -1) {
		if (!w->failed)
			warnx("no memory for a command");
		w->failed = 1;
	} else
		w->list[w->count++] = word;
	va_end(ap);
}

char *
words_quote(const char *text)
{
	struct buf b = {0};
	char *word = NULL;

	buf_add(&b, "'", 1);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_text(&b, "'\\''");
		else
			buf_add(&b, text, 1);
	}
	buf_add(&b, "'", 1);
	if (buf_string(&b) != NULL && (word = strdup(b.data)) == NULL)
		warn("words");
	buf_free(&b);
	return word;
}

void
words_free(struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->list[i]);
	memset(w, 0, sizeof(*w));
}
