#include "report/speak.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/num.h"
#include "base/utf8.h"

#define MOST 300  /* characters */
#define RESULTS 4 /* of speak_text() that live side by side */

static const char *
unit(const char *word)
{
	/* TRANSLATORS: short for day, hour, minute, second: behind a number. */
	static const char *const units[] = {N_("d"), N_("h"), N_("min"), N_("s")};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i], word) == 0)
			return language_text(units[i]);
	return word;
}

const char *
speak_elapsed(char *buf, size_t size, double seconds)
{
	char plain[24], *at = plain, *word;

	num_elapsed(plain, sizeof(plain), seconds);
	*buf = '\0';
	while ((word = strsep(&at, " ")) != NULL) {
		if (*buf != '\0')
			strlcat(buf, " ", size);
		strlcat(buf, unit(word), size);
	}
	return buf;
}

const char *
speak_moment(char buf[24], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (when <= 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(buf, 24, "%Y-%m-%d %H:%M", &tm) == 0)
		strlcpy(buf, "-", 24);
	return buf;
}

/* Whether the ${n} bytes of one character at ${c} are safe to draw. */
static bool
is_safe(const unsigned char *c, size_t n)
{
	switch (n) {
	case 1: return *c >= 0x20 && *c != 0x7f && *c != '\\';
	case 2: /* U+0080 to U+009F; U+061C turns the direction */
		return !(c[0] == 0xc2 && c[1] < 0xa0) && !(c[0] == 0xd8 && c[1] == 0x9c);
	case 3: /* U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF */
		if (c[0] == 0xe2 && c[1] == 0x80)
			return !(
			    (c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae));
		if (c[0] == 0xe2 && c[1] == 0x81)
			return !(c[2] >= 0xa0 && c[2] <= 0xaf);
		return !(c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf);
	default: return n == 4;
	}
}

const char *
speak_text(const char *text)
{
	static char results[RESULTS][MOST * 16 + 4];
	static unsigned int turn;
	char *out = results[turn = (turn + 1) % RESULTS], *at = out;
	size_t left = strlen(text);

	for (size_t n = 0; left > 0; n++) {
		size_t whole = utf8_next(text, left), bytes = whole > 0 ? whole : 1;

		if (n == MOST) {
			memcpy(at, "...", 3);
			at += 3;
			break;
		}
		if (is_safe((const unsigned char *)text, whole)) {
			memcpy(at, text, bytes);
			at += bytes;
		} else {
			for (size_t i = 0; i < bytes; i++)
				at += sprintf(at, "\\%03o", (unsigned char)text[i]);
		}
		text += bytes;
		left -= bytes;
	}
	*at = '\0';
	return out;
}
