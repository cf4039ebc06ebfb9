#include "notify/ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "notify/gateway.h"

#define GATEWAY "healthchecks"

int
ping_send(const struct config *c, const char *suffix, char reason[256])
{
	char id[] = "ping", none[] = "";
	const struct message m = {.id = id, .to = none, .brief = none};
	const char *base = config_get(c, "PING_URL");
	size_t path = strcspn(base, "?#"), len = path;
	char *url = NULL;
	int rc;

	reason[0] = '\0';
	if (*base == '\0')
		return 0;
	if (suffix[strspn(suffix, "abcdefghijklmnopqrstuvwxyz0123456789")] != '\0') {
		snprintf(reason, 256, "not what a ping may end with");
		return EX_DATAERR;
	}
	/* It goes behind the path, before what follows a question mark. */
	while (*suffix != '\0' && len > 0 && base[len - 1] == '/')
		len--;
	if (asprintf(&url, "%.*s%s%s%s", (int)len, base, *suffix != '\0' ? "/" : "", suffix,
		base + path) == -1) {
		snprintf(reason, 256, "not enough memory");
		return EX_TEMPFAIL;
	}
	rc = gateway_send(c, GATEWAY, &m, url, reason);
	free(url);
	return rc;
}
