#include "base/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define NAMES 4 /* results of plain_name() that live side by side */

/* How many of the ${len} bytes at ${text} are its first character, and whether it may stand. */
static size_t
next(const char *text, size_t len, bool *plain)
{
	uint8_t c = (uint8_t)*text;
	size_t n = utf8_next(text, len);

	*plain = n > 0 && c >= 0x20 && c != 0x7f && !(c == 0xc2 && (uint8_t)text[1] < 0xa0);
	return n > 0 ? n : 1;
}

void
plain_bytes(char *text, size_t len)
{
	size_t n;
	bool plain;

	for (; len > 0; text += n, len -= n) {
		n = next(text, len, &plain);
		if (!plain)
			memset(text, '?', n);
	}
}

char *
plain_text(char *text)
{
	plain_bytes(text, strlen(text));
	return text;
}

const char *
plain_name(const char *name)
{
	static char *names[NAMES];
	static unsigned turn;
	size_t len = strlen(name), n;
	char *text, *out;
	bool plain;

	turn = (turn + 1) % NAMES;
	free(names[turn]);
	if ((text = names[turn] = malloc(4 * len + 1)) == NULL)
		return "(no memory for the name)";
	for (out = text; len > 0; name += n, len -= n) {
		n = next(name, len, &plain);
		if (plain && *name != '\\') {
			memcpy(out, name, n);
			out += n;
			continue;
		}
		for (size_t i = 0; i < n; i++)
			out += sprintf(out, "\\%03o", (unsigned)(uint8_t)name[i]);
	}
	*out = '\0';
	return text;
}
