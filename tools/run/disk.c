#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/event.h"
#include "base/language.h"
#include "look.h"
#include "report/forecast.h"
#include "set/manifest.h"
#include "set/sets.h"
#include "set/space.h"
#include "set/verified.h"

/* Take in the set ${i} where it is proven. */
static int
take(struct forecast *f, const struct sets *s, size_t i)
{
	struct manifest *m = NULL;
	struct verified v;
	int64_t began;
	int rc = 0;

	if (verified_read(sets_path(s, i), &v) != 0 || !v.counts ||
	    manifest_read(sets_path(s, i), &m) != 0)
		return 0;
	if (event_time(manifest_text(m, "started"), &began) == 0 ||
	    sets_time(sets_name(s, i), &began) == 0)
		rc = forecast_set(
		    f, sets_name(s, i), manifest_text(m, "job"), began, manifest_bytes(m));
	manifest_free(m);
	return rc;
}

static void
tell(const struct config *c, int64_t days, struct findings *found)
{
	if (days == FORECAST_UNKNOWN)
		return;
	if (days == FORECAST_NEVER)
		findings_add(found, "ok", N_("disk"), "%s",
		    _("as it grows now, it is not full within a year"));
	else
		findings_add(found, forecast_soon(c, days) ? "warn" : "ok", N_("disk"),
		    P_("as it grows now, it is full in %jd day",
			"as it grows now, it is full in %jd days", days),
		    (intmax_t)days);
	findings_fact(
	    found, "full_in_days", days == FORECAST_NEVER ? json_null() : json_integer(days));
}

void
look_disk(const struct config *c, struct findings *found)
{
	const char *root = config_get(c, "BACKUP_DIR");
	struct forecast *f = NULL;
	struct sets *s = NULL;
	uint64_t room;
	int64_t days;
	bool fine = true;

	if (access(root, R_OK | X_OK) != 0 || space_free(root, &room) != 0 ||
	    sets_list(root, &s) != 0)
		return;
	if ((f = forecast_new()) != NULL) {
		for (size_t i = 0; fine && i < sets_count(s); i++)
			fine = take(f, s, i) == 0;
		if (fine && forecast_days(f, c, (int64_t)room, (int64_t)time(NULL), &days) == 0)
			tell(c, days, found);
	}
	forecast_free(f);
	sets_free(s);
}
