#include "set/sample.h"

#include <stdint.h>
#include <string.h>

#include "base/num.h"

int
sample_parse(const char *text, double *share)
{
	char number[8];
	uint64_t percent;
	size_t len;

	if (strcmp(text, "auto") == 0)
		*share = -1;
	else if (strcmp(text, "none") == 0)
		*share = 0;
	else if (strcmp(text, "all") == 0)
		*share = 1;
	else {
		if (strncmp(text, "sample:", 7) != 0)
			return -1;
		text += 7;
		len = strspn(text, "0123456789");
		if (len >= sizeof(number) || strcmp(text + len, "%") != 0)
			return -1;
		strlcpy(number, text, len + 1);
		if (num_count(number, 1, 100, &percent) != 0)
			return -1;
		*share = (double)percent / 100;
	}
	return 0;
}
