/*
 * The small JSON files beside the sets that others may have damaged, and how far a load has come: the
 * first byte says which one.
 * What cannot be read counts as nothing; what can be read is whole.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <sysexits.h>

#include "base/event.h"
#include "db/resume.h"
#include "notify/memory.h"
#include "report/rehearsal.h"
#include "set/notefile.h"
#include "ship/proven.h"

static const char none[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* check.json: written back, it says the same. */
static void
memory(void)
{
	struct memory *m = NULL, *again = NULL;
	char text[MEMORY_KEY], other[MEMORY_KEY];
	struct memory_key k, l;
	struct disk_sample samples[DISK_SAMPLES];
	size_t n, i;

	if (memory_read(fuzz_folder(), &m) != 0)
		return;
	n = memory_samples(m, samples, DISK_SAMPLES);
	REQUIRE(n <= DISK_SAMPLES);
	REQUIRE(memory_write(m) == 0 && memory_read(fuzz_folder(), &again) == 0);
	for (i = 0; memory_each(m, i, text, &k) == 0; i++) {
		REQUIRE(memory_each(again, i, other, &l) == 0);
		REQUIRE(strcmp(k.job, l.job) == 0 && strcmp(k.what, l.what) == 0);
	}
	REQUIRE(memory_each(again, i, other, &l) != 0);
	REQUIRE(memory_samples(again, samples, DISK_SAMPLES) == n);
	REQUIRE(strcmp(memory_boot(m), memory_boot(again)) == 0);
	memory_free(m);
	memory_free(again);
}

static void
proven(void)
{
	static const char set[] = "20261123_020000";
	struct proven *p = NULL;

	if (proven_read(fuzz_folder(), &p) != 0)
		return;
	proven_is(p, set, none);
	proven_when(p, set);
	proven_failed(p, set);
	REQUIRE(proven_note(p, set, none) == 0 && proven_is(p, set, none));
	REQUIRE(!proven_failed(p, set) && proven_when(p, set) > 0);
	proven_free(p);
	REQUIRE(proven_read(fuzz_folder(), &p) == 0 && proven_is(p, set, none));
	proven_forget(p, set);
	REQUIRE(!proven_is(p, set, none));
	proven_free(p);
}

static void
rehearsal(void)
{
	struct rehearsal *r = NULL;
	int64_t when;

	REQUIRE(rehearsal_read(fuzz_folder(), INT64_MAX / 2, &r) == 0);
	if (r == NULL)
		return;
	REQUIRE(event_time(r->time, &when) == 0 && when == r->when && r->result != NULL);
	for (size_t i = 0; i < r->ngoals; i++)
		REQUIRE(r->goals[i].kind != NULL && r->goals[i].result != NULL);
	for (size_t i = 0; i < r->nsteps; i++)
		REQUIRE(r->steps[i].what != NULL && r->steps[i].result != NULL);
	rehearsal_free(r);
}

static void
notes(const char *path)
{
	struct notefile *n = NULL;
	json_t *note;

	if (notefile_read(path, &n) != 0) {
		REQUIRE(n == NULL);
		return;
	}
	notefile_pack(n, none);
	notefile_dump(n, none);
	notefile_age(n, "db_backup.sql.gz");
	for (size_t i = 0; (note = notefile_rest(n, i)) != NULL; i++)
		REQUIRE(json_is_object(note));
	notefile_free(n);
}

/* How far a load of one dump into one database has come: what is added to it is in it then. */
static void
resume(const char *path)
{
	static const char *const more[] = {"users"};
	struct resume *r = NULL;

	if (resume_open(path, "siantre", none, true, &r) != 0 || r == NULL)
		return;
	REQUIRE(resume_found(r));
	resume_has(r, "queues");
	REQUIRE(resume_add(r, more, 1) == 0);
	resume_close(r, true);
	REQUIRE(resume_open(path, "siantre", none, true, &r) == 0 && resume_has(r, "users"));
	resume_close(r, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		char kind;
		const char *name;
	} files[] = {{'m', "check.json"}, {'p', "proven.json"},
	    {'r', "drill_20261123_020000.json"}, {'n', "notes"}, {'l', "x.loading"}};
	char path[300];

	if (size == 0)
		return 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), files[i].name);
		unlink(path);
		if (data[0] == files[i].kind)
			fuzz_put(files[i].name, data + 1, size - 1);
	}
	switch (data[0]) {
	case 'm': memory(); break;
	case 'p': proven(); break;
	case 'r': rehearsal(); break;
	case 'n': notes(path); break;
	case 'l': resume(path); break;
	default: break;
	}
	return 0;
}
