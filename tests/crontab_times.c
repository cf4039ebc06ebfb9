/* tests/crontab_times.c: `crontab_times LINE "YYYY-mm-dd HH:MM:SS" N`: the next N times of LINE. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/crontab.h"

int
main(int argc, char **argv)
{
	struct tm tm = {.tm_isdst = -1};
	char buf[32];
	time_t t;

	if (argc != 4 || strptime(argv[2], "%Y-%m-%d %H:%M:%S", &tm) == NULL)
		errx(64, "usage: crontab_times LINE TIME N");
	t = mktime(&tm);
	for (long n = strtol(argv[3], NULL, 10); n > 0; n--) {
		if (!crontab_next(argv[1], t, &t))
			errx(65, "%s: no line of crontab(5), or never due", argv[1]);
		if (localtime_r(&t, &tm) == NULL ||
		    strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S", &tm) == 0 ||
		    puts(buf) == EOF)
			err(1, "%s", argv[1]);
	}
	return 0;
}
