/*
 * What programs and machines at the far end answer: lists of digests, names of what was left
 * unfinished, words of rsync, ssh and rclone.  Nothing that they say makes us remove anything but what
 * bears the name of a set or of a stream of ours, in the folder that is for it.
 */
#include "fuzz.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "set/setname.h"
#include "ship/digests.h"
#include "ship/leftover.h"
#include "ship/plan.h"
#include "ship/trouble.h"

static const uint8_t *answer;
static size_t answer_len;

static int
look(struct far *f)
{
	(void)f;
	return 0;
}

static int
unfinished(struct far *f, struct buf *names)
{
	(void)f;
	buf_add(names, answer, answer_len);
	return 0;
}

static int
drop(struct far *f, const char *at)
{
	char base[64];
	const char *name = at;

	(void)f;
	REQUIRE(strpbrk(at, "\r\n*?[\\'\"$`") == NULL);
	if (strncmp(name, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0)
		name += sizeof(FAR_PARTIAL);
	else if (strncmp(name, "full/", 5) == 0)
		name += 5;
	REQUIRE(strchr(name, '/') == NULL && *name != '-' && *name != '.' && *name != '\0');
	snprintf(base, sizeof(base), "%.15s", name);
	REQUIRE(setname_read(base, NULL) == 0 ||
		strcmp(name + strlen(name) - strlen(FAR_STREAM), FAR_STREAM) == 0);
	return 0;
}

static void
leftovers(void)
{
	static const struct far_kind kind = {
	    .look = look, .unfinished = unfinished, .drop = drop};
	static const struct transfer_options options = {.tries = 1, .quiet = true};
	static struct remote remote;
	static char mirror[300], there[] = "20261124_020000", here[] = "20261123_020000";
	static char full[] = "full/20261122_040000", path[] = "/x";
	struct plan_set sets[] = {{.name = full, .there = true},
	    {.name = here, .path = path, .todo = PLAN_SEND}, {.name = there, .there = true}};
	const struct plan plan = {.sets = sets, .count = 3, .room = 3};
	struct far f = {.remote = &remote,
	    .kind = &kind,
	    .mirror = mirror,
	    .state = mirror,
	    .looking = -1,
	    .renames = true};

	remote.text = path;
	f.transfer.options = &options;
	f.transfer.name = "fuzz";
	snprintf(mirror, sizeof(mirror), "%s/mirror", fuzz_folder());
	mkdir(mirror, 0700);
	leftover_run(&f, &plan);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const programs[] = {"rsync", "ssh", "rclone"};
	char *text = strndup((const char *)data, size);
	struct digests *d = NULL;
	struct trouble t;

	REQUIRE(text != NULL);
	if (digests_told(text, &d) == 0) {
		/* What it tells is what it tells. */
		REQUIRE(digests_hold(d, d, "fuzz", true) == 0);
		digests_free(d);
	}
	for (size_t i = 0; i < 3; i++) {
		trouble_judge(programs[i], (int)(size % 40) + 1, text, &t);
		REQUIRE(t.code > 0 && t.code < 256 && strlen(t.line) < sizeof(t.line));
		for (const char *c = t.line; *c != '\0'; c++)
			REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
	}
	answer = data;
	answer_len = size;
	leftovers();
	free(text);
	return 0;
}
