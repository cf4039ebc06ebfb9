#include "set/findings.h"

#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/language.h"
#include "base/notes.h"
#include "base/num.h"
#include "base/plain.h"
#include "set/record.h"

#define INDENT 22 /* where the text begins: level, blanks, subject */
#define NARROW 50 /* columns below which nothing is folded */
#define WORD 1024 /* bytes of a word of a command, at most */

struct findings {
	json_t *list;
	const char *part;
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

void
findings_part(struct findings *f, const char *title)
{
	f->part = title;
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
	json_t *o = json_pack("{s:s, s:s, s:s, s:s*}", "level", level, "subject", subject,
	    "text", "", "part", f->part);
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

void
findings_fact(struct findings *f, const char *key, json_t *value)
{
	size_t count = json_array_size(f->list);
	json_t *last = json_array_get(f->list, count - 1), *facts;

	if ((facts = json_object_get(last, "facts")) == NULL) {
		facts = json_object();
		if (json_object_set_new(last, "facts", facts) != 0)
			facts = NULL;
	}
	if (json_object_set_new(facts, key, value) != 0) {
		warnx("findings: out of memory");
		f->failed = true;
	}
}

const char *
findings_word(const char *text)
{
	static char words[4][WORD];
	static unsigned int turn;
	char *word = words[turn++ % 4];
	size_t used = 0;

	if (*text != '\0' &&
	    text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789/._:@%+,=-")] == '\0' &&
	    strlcpy(word, text, WORD) < WORD)
		return word;
	word[used++] = '\'';
	for (const char *c = text; *c != '\0' && used < WORD - 8; c++) {
		if (*c == '\'') {
			memcpy(word + used, "'\\''", 4);
			used += 4;
		} else {
			word[used++] = *c;
		}
	}
	word[used++] = '\'';
	word[used] = '\0';
	return word;
}

size_t
findings_count(const struct findings *f, const char *level)
{
	const json_t *o;
	size_t i, count = 0;

	json_array_foreach(f->list, i, o) count += strcmp(record_text(o, "level"), level) == 0;
	return count;
}

bool
findings_failed(const struct findings *f)
{
	return f->failed;
}

/* How wide a line may be; SIZE_MAX: as wide as it is. */
static size_t
width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	uint64_t count;

	if (columns != NULL && num_count(columns, NARROW, 1000, &count) == 0)
		return (size_t)count;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= NARROW)
		return w.ws_col;
	return SIZE_MAX;
}

/* How many columns ${len} bytes of UTF-8 take. */
static size_t
columns_of(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* The bytes of the word at ${text}; a number keeps what is behind it: its unit, the time of a day. */
static size_t
word_length(const char *text)
{
	size_t len = strcspn(text, " ");

	if (len > 0 && text[len] == ' ' && isdigit((unsigned char)text[len - 1]))
		len += 1 + strcspn(text + len + 1, " ");
	return len;
}

/* Print ${text}, of which the first line begins in column ${at}. */
static void
print_folded(const char *text, size_t at, size_t most)
{
	const char *word = text;
	size_t len, wide;

	while (*word != '\0') {
		len = word_length(word);
		wide = columns_of(word, len);
		if (word != text && at + 1 + wide > most) {
			printf("\n%*s", INDENT, "");
			at = INDENT;
		} else if (word != text) {
			putchar(' ');
			at++;
		}
		(void)fwrite(word, 1, len, stdout);
		at += wide;
		word += len;
		word += *word == ' ';
	}
	putchar('\n');
}

static void
print_finding(const json_t *o, size_t most)
{
	const char *subject = language_text(record_text(o, "subject"));
	const char *command = record_text(o, "command");
	size_t wide = columns_of(subject, strlen(subject));
	char *text = strdup(record_text(o, "text"));
	char *mend = strdup(command != NULL ? command : "");

	printf("%-4s  %s%*s  ", record_text(o, "level"), subject,
	    wide < 14 ? (int)(14 - wide) : 0, "");
	if (text != NULL)
		print_folded(plain_text(text), INDENT + (wide > 14 ? wide - 14 : 0), most);
	if (mend != NULL && *mend != '\0')
		printf("%*s  %s\n", INDENT, "", plain_text(mend));
	free(text);
	free(mend);
}

int
findings_print(const struct findings *f, bool json)
{
	const char *part = NULL, *now;
	size_t i, most = width();
	const json_t *o;

	if (json) {
		json_dumpf(f->list, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		json_array_foreach(f->list, i, o)
		{
			now = record_text(o, "part");
			if (now != NULL && (part == NULL || strcmp(part, now) != 0)) {
				printf("%s%s%s", part != NULL ? "\n" : "",
				    *now != '\0' ? language_text(now) : "",
				    *now != '\0' ? "\n" : "");
				part = now;
			}
			print_finding(o, most);
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
