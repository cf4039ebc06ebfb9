#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/io.h"
#include "base/notes.h"
#include "set/findings.h"
#include "set/record.h"

struct findings {
	json_t *list;
	bool failed;
};

struct findings *
findings_new(void)
{
	struct findings *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->list = json_array()) == NULL) {
		warnx("findings: out of memory");
		free(f);
		return NULL;
	}
	return f;
}

/* Set ${key} of the finding ${o} to the text. */
__attribute__((format(printf, 4, 0))) static void
set(struct findings *f, json_t *o, const char *key, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) == -1)
		text = NULL;
	if (text == NULL || json_object_set_new(o, key, notes_text(text)) != 0) {
		warnx("findings: out of memory");
		f->failed = true;
	}
	free(text);
}

void
findings_add(
    struct findings *f, const char *level, const char *subject, const char *format, ...)
{
	json_t *o =
	    json_pack("{s:s, s:s, s:s}", "level", level, "subject", subject, "text", "");
	va_list args;

	va_start(args, format);
	set(f, o, "text", format, args);
	va_end(args);
	if (json_array_append_new(f->list, o) != 0 || strcmp(level, "fail") == 0)
		f->failed = true;
}

void
findings_mend(struct findings *f, const char *format, ...)
{
	size_t count = json_array_size(f->list);
	va_list args;

	va_start(args, format);
	if (count > 0)
		set(f, json_array_get(f->list, count - 1), "command", format, args);
	va_end(args);
}

bool
findings_failed(const struct findings *f)
{
	return f->failed;
}

int
findings_print(const struct findings *f, bool json)
{
	const json_t *o;
	const char *command;
	size_t i;

	if (json) {
		json_dumpf(f->list, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		json_array_foreach(f->list, i, o)
		{
			printf("%-4s  %-14s  %s\n", record_text(o, "level"),
			    record_text(o, "subject"), record_text(o, "text"));
			if ((command = record_text(o, "command")) != NULL)
				printf("%22s  %s\n", "", command);
		}
	}
	return fflush(stdout) != 0 || ferror(stdout) ? io_write_exit() : 0;
}

void
findings_free(struct findings *f)
{
	if (f == NULL)
		return;
	json_decref(f->list);
	free(f);
}
