#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/utf8.h"

/*
 * jansson does not tell a text that it could not keep from one that is no JSON, and drops letters
 * that it has no room for, when it reads and when it writes.  So its memory is asked for here.  (The
 * model: room for the flag is there with the thread, and not made when it is needed.)
 */
static _Thread_local bool starved __attribute__((tls_model("initial-exec")));

static void *
room(size_t size)
{
	void *p = malloc(size);

	if (p == NULL)
		starved = true;
	return p;
}

__attribute__((constructor)) static void
watch(void)
{
	json_set_alloc_funcs(room, free);
}

json_t *
json_read(const char *text, size_t len, size_t flags, int *line)
{
	json_error_t error = {0};
	json_t *value;

	starved = false;
	value = json_loadb(text, len, flags, &error);
	if (line != NULL)
		*line = error.line;
	if (starved) {
		json_decref(value);
		value = NULL;
	}
	if (value == NULL)
		errno = json_starved() ? ENOMEM : EBADMSG;
	return value;
}

bool
json_starved(void)
{
	bool was = starved;

	starved = false;
	return was;
}

char *
json_format(const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags);

	if (json_starved()) {
		free(text);
		text = NULL;
		errno = ENOMEM;
	}
	return text;
}

json_t *
json_text(const char *text)
{
	char *clean;
	json_t *string;
	size_t len;

	if ((clean = utf8_clean(text, strlen(text), "\xef\xbf\xbd", &len)) == NULL)
		return NULL;
	string = json_stringn(clean, len);
	free(clean);
	return string;
}

char *
json_line(const json_t *value, size_t *len)
{
	char *text = NULL, *line = NULL;
	size_t i, n, used = 0;
	unsigned int byte;

	/* Twelve digits tell microseconds from days, and 41.2 stays 41.2. */
	text = json_format(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	if (text == NULL) {
		errno = ENOMEM;
		goto out;
	}
	n = strlen(text);
	if ((line = malloc(6 * n + 2)) == NULL)
		goto out;
	/* jansson escapes what is below U+0020; such bytes stand in strings only. */
	for (i = 0; i < n; i++) {
		byte = (uint8_t)text[i];
		if (byte == 0xc2 && (uint8_t)text[i + 1] < 0xa0)
			byte = (uint8_t)text[++i];
		else if (byte != 0x7f) {
			line[used++] = text[i];
			continue;
		}
		used += (size_t)sprintf(line + used, "\\u%04X", byte);
	}
	line[used++] = '\n';
	line[used] = '\0';
	*len = used;
out:
	free(text);
	return line;
}

int
json_append(int fd, const char *line, size_t len)
{
	struct stat st;
	ssize_t n;
	int saved;

	if (fstat(fd, &st) == -1)
		return -1;
	/* A signal is no reason here: the line that tells of it must be written too. */
	do {
		n = write(fd, line, len);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	if ((size_t)n == len)
		return 0;
	saved = ENOSPC;
	if (S_ISREG(st.st_mode) && ftruncate(fd, st.st_size) == -1)
		saved = errno;
	errno = saved;
	return -1;
}
