#include "sql/room.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include "base/num.h"
#include "sql/query.h"

int
room_check(MYSQL *m, uint64_t bytes)
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
		fprintf(stderr, "hint: --no-space-check tries it all the same\n");
		rc = EX_CANTCREAT;
	}
	free(folder);
	return rc;
}
