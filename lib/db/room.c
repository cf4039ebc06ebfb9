#include "db/room.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/num.h"
#include "db/query.h"

int
room_statement(MYSQL *m, const char *name, size_t len, uint64_t line, uint64_t column)
{
	uint64_t max = 0;
	char *value = NULL;
	int rc =
	    query_value(m, "max_allowed_packet", "SELECT @@GLOBAL.max_allowed_packet", &value);

	if (rc == 0 && value != NULL && num_count(value, 1, UINT64_MAX, &max) == 0 &&
	    len + 1 > max) {
		warnx("%s:%ju:%ju: a statement of %zu bytes; the server takes %ju", name,
		    (uintmax_t)line, (uintmax_t)column, len, (uintmax_t)max);
		hintx("SET GLOBAL max_allowed_packet = 1073741824;");
		rc = EX_CONFIG;
	}
	free(value);
	return rc;
}

int
room_rows(MYSQL *m, uint64_t bytes)
{
	const uint64_t need = bytes + bytes / 2;
	char *folder = NULL, wanted[16], there[16];
	struct statvfs st;
	uint64_t left = UINT64_MAX;
	int rc;

	if (strstr(mysql_get_host_info(m), "socket") == NULL)
		return 0;
	rc = query_value(m, "data folder", "SELECT @@datadir", &folder);
	if (rc == 0 && folder != NULL && statvfs(folder, &st) == 0)
		left = (uint64_t)st.f_bavail * st.f_frsize;
	if (left < need) {
		warnx("%s: the database may take %s, and %s are free", folder,
		    num_human(wanted, sizeof(wanted), need),
		    num_human(there, sizeof(there), left));
		hintx("--no-space-check tries it all the same");
		rc = EX_CANTCREAT;
	}
	free(folder);
	return rc;
}
