#include "report/speak.h"

#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/num.h"

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
