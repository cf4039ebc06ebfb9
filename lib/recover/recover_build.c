/* Steps: what can be had from elsewhere, where the backup left it out. */
#include "recover/recover.h"

#include <limits.h>
#include <sysexits.h>

#include "base/child.h"

bool
recover_composer_there(struct recover *r)
{
	char path[PATH_MAX];

	if (!recover_path(r, "composer.json", path)) {
		recover_say(r, "no composer.json");
		return true;
	}
	if (!recover_path(r, "vendor/autoload.php", path))
		return false;
	recover_say(r, "%s", path);
	return true;
}

int
recover_composer(struct recover *r)
{
	char program[] = "composer", verb[] = "install", dev[] = "--no-dev";
	char ask[] = "--no-interaction", best[] = "--optimize-autoloader";
	char *const argv[] = {program, verb, dev, ask, best, NULL};

	if (!child_exists(program)) {
		recover_say(r, "composer is not installed");
		return EX_CONFIG;
	}
	return recover_as_owner(r, argv);
}

/* Vite's manifest, and that of Laravel Mix before it. */
static const char *const built[] = {"public/build/manifest.json", "public/mix-manifest.json"};

bool
recover_assets_there(struct recover *r)
{
	char path[PATH_MAX];

	if (!recover_path(r, "package.json", path)) {
		recover_say(r, "no package.json");
		return true;
	}
	for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++)
		if (recover_path(r, built[i], path)) {
			recover_say(r, "%s", path);
			return true;
		}
	return false;
}

int
recover_assets(struct recover *r)
{
	char program[] = "npm", ci[] = "ci", run[] = "run", build[] = "build";
	char *const install[] = {program, ci, NULL}, *const make[] = {
							 program, run, build, NULL};

	if (!child_exists(program)) {
		recover_say(r, "npm is not installed");
		return EX_CONFIG;
	}
	return recover_as_owner(r, install) == 0 ? recover_as_owner(r, make) : 1;
}
