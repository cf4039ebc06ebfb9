#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "notify/watch.h"

#define NOW INT64_C(1795564800)

static const struct watch_wish wish = {
    .rpo = 86400, .grace = 7200, .jobs = "db,files", .at = {.now = NOW, .up = -1}};

static const struct promise *
find(const struct promises *p, const char *host, const char *job, const char *what)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].host, host) == 0 && strcmp(p->list[i].job, job) == 0 &&
		    strcmp(p->list[i].what, what) == 0)
			return &p->list[i];
	}
	return NULL;
}

START_TEST(names)
{
	ck_assert(watch_host_name("web1"));
	ck_assert(watch_host_name("web1.dinas.example"));
	ck_assert(watch_host_name("a_b-c"));
	ck_assert(!watch_host_name(""));
	ck_assert(!watch_host_name(".."));
	ck_assert(!watch_host_name("-n"));
	ck_assert(!watch_host_name("a b"));
	ck_assert(!watch_host_name("a:b"));
	ck_assert(!watch_host_name("a/b"));
	ck_assert(!watch_host_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				   "aaaaaaaaaaaaaaaaaaaaaaaaa"));
}
END_TEST

/* Folders that others make: their names go nowhere. */
START_TEST(odd_folders)
{
	struct watch *w = watch_new(&wish);
	struct memory *m = NULL;
	struct promises p = {0};

	ck_assert_int_eq(memory_read(".", &m), 0);
	ck_assert_int_eq(mkdir("tree", 0700), 0);
	ck_assert_int_eq(mkdir("tree/web1", 0700), 0);
	ck_assert_int_eq(mkdir("tree/web 2", 0700), 0);
	ck_assert_int_eq(mkdir("tree/\033[2J", 0700), 0);
	ck_assert_int_eq(mkdir("tree/.hidden", 0700), 0);
	ck_assert_int_eq(symlink("/", "tree/link"), 0);
	unit_write("tree/file", "x");
	unit_catch();
	ck_assert_int_eq(watch_dest(w, "./tree"), 0);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "a folder whose name is none of a host"));
	ck_assert_int_eq(watch_judge(w, m, &p), 0);
	ck_assert_ptr_nonnull(find(&p, "web1", "host", "age"));
	ck_assert_int_eq(find(&p, "web1", "host", "age")->state, PROMISE_KEPT);
	ck_assert_int_eq(find(&p, "web1", "db", "age")->state, PROMISE_UNKNOWN);
	ck_assert_ptr_null(find(&p, "link", "host", "age"));
	ck_assert_ptr_null(find(&p, "file", "host", "age"));
	ck_assert_ptr_null(find(&p, ".hidden", "host", "age"));
	ck_assert_int_eq(find(&p, "", "watch", "place")->state, PROMISE_KEPT);
	promises_free(&p);
	memory_free(m);
	watch_free(w);
	watch_free(NULL);
}
END_TEST

/* A memory that somebody has changed names no hosts that cannot be. */
START_TEST(odd_memory)
{
	struct watch *w = watch_new(&wish);
	struct memory *m = NULL;
	struct promises p = {0};

	unit_write("check.json", "{\"numbers\": {\"hosts\": {\"a b\": 5, \"\": 1, \"old\": 1, "
				 "\"ahead\": 9999999999, \"odd\": \"x\"},"
				 " \"newest:old\": {\"db\": 5, \"a b\": 7}}}");
	ck_assert_int_eq(memory_read(".", &m), 0);
	ck_assert_int_eq(watch_expect(w, "new"), 0);
	unit_catch();
	ck_assert_int_eq(watch_expect(w, "../x"), EX_USAGE);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "\"../x\" is not the name of a host"));
	ck_assert_int_eq(watch_judge(w, m, &p), 0);
	ck_assert_int_eq(find(&p, "old", "host", "age")->state, PROMISE_BROKEN);
	ck_assert_int_eq(find(&p, "new", "host", "age")->state, PROMISE_UNKNOWN);
	ck_assert_int_eq(find(&p, "ahead", "host", "age")->state, PROMISE_UNKNOWN);
	ck_assert_ptr_null(find(&p, "a b", "host", "age"));
	ck_assert(watch_forget(m, "old"));
	ck_assert(!watch_forget(m, "old"));
	ck_assert(!watch_forget(m, "a b"));
	promises_free(&p);
	memory_free(m);
	watch_free(w);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("watch");

	tcase_add_test(cases, names);
	tcase_add_test(cases, odd_folders);
	tcase_add_test(cases, odd_memory);
	return unit_main(cases);
}
