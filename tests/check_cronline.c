/* Lines of cron that start our tools. */
#include "unit.h"

#include <sys/stat.h>

#include "set/cronline.h"

static const char *const first[] = {"siantre", "/etc/siantre/siantre.conf", "", NULL};
static const char *const shop[] = {"shop", "/etc/siantre/shop.conf", NULL};

/* Whether the line ${text} runs siantre-run ${verb} with one of ${names}. */
static bool
has(const char *text, const char *verb, const char *const *names)
{
	struct cronline l;
	int rc;

	(void)mkdir("cron.d", 0700);
	unit_write("cron.d/x", text);
	rc = cronline_find("cron.d", "siantre-run", verb, names, &l);
	cronline_clear(&l);
	ck_assert_int_ge(rc, 0);
	return rc == 0;
}

#define GUARD "if [ ! -d /run/systemd/system ] && [ -x /usr/bin/siantre-run ]; then "

START_TEST(commands)
{
	const char *both =
	    "0 2 * * * root " GUARD
	    "/usr/bin/siantre-run --wait db; /usr/bin/siantre-run --wait ship; fi\n";

	ck_assert(has(both, "db", first));
	ck_assert(has(both, "ship", first));
	ck_assert(!has(both, "fi", first));
	ck_assert(!has(both, "files", first));
	ck_assert(!has(both, "db", shop));
	ck_assert(has("@daily root siantre-run db", "db", first));
	ck_assert(has("\t1 2 3 4 5\troot\tsiantre-run -q db >/dev/null 2>&1", "db", first));
	ck_assert(has("1 2 * * * root siantre-run -c shop --wait db\n", "db", shop));
	ck_assert(has("1 2 * * * root siantre-run --config=shop --wait=1h db|x\n", "db", shop));
	ck_assert(has("1 2 * * * root siantre-run -cshop db\n", "db", shop));
	ck_assert(
	    has("1 2 * * * root siantre-run db -c '/etc/siantre/shop.conf'\n", "db", shop));
	ck_assert(!has("1 2 * * * root siantre-run -c shop db\n", "db", first));
	ck_assert(has("1 2 * * * root siantre-run -c siantre --jobs /x db\n", "db", first));
	/* What is no line, or runs something else. */
	ck_assert(!has("# 0 2 * * * root siantre-run db\n", "db", first));
	ck_assert(!has("PATH=/usr/bin:siantre-run db\n", "db", first));
	ck_assert(!has("0 2 * * * siantre-run db\n", "db", first));
	ck_assert(!has("0 2 * * *\n", "db", first));
	ck_assert(!has("", "db", first));
	ck_assert(!has("0 2 * * * root siantre-runner db\n", "db", first));
	ck_assert(!has("0 2 * * * root siantre-run\n", "db", first));
	ck_assert(!has("0 2 * * * root siantre-run -c\n", "db", first));
}
END_TEST

START_TEST(facts)
{
	struct cronline l;

	ck_assert_int_eq(mkdir("cron.d", 0700), 0);
	ck_assert_int_eq(cronline_find("cron.d", "siantre-run", "db", first, &l), 1);
	ck_assert_int_eq(cronline_find("none", "siantre-run", "db", first, &l), 1);
	unit_write("cron.d/b.dpkg-old", "0 1 * * * root siantre-run db\n");
	unit_write("cron.d/b~", "0 1 * * * root siantre-run db\n");
	ck_assert_int_eq(cronline_find("cron.d", "siantre-run", "db", first, &l), 1);
	unit_write("cron.d/b", "SHELL=/bin/sh\n\n0 2 * * * siti " GUARD "siantre-run db; fi\n");
	ck_assert_int_eq(cronline_find("cron.d", "siantre-run", "db", first, &l), 0);
	ck_assert_str_eq(l.path, "cron.d/b");
	ck_assert_uint_eq(l.number, 3);
	ck_assert_str_eq(l.user, "siti");
	ck_assert_str_eq(l.needs, "/usr/bin/siantre-run");
	ck_assert(l.guarded);
	cronline_clear(&l);
	unit_write("cron.d/a", "0 2 * * * root siantre-run db\n");
	ck_assert_int_eq(cronline_find("cron.d", "siantre-run", "db", first, &l), 0);
	ck_assert_str_eq(l.path, "cron.d/a");
	ck_assert_ptr_null(l.needs);
	ck_assert(!l.guarded);
	cronline_clear(&l);
	ck_assert_int_eq(cronline_find("cron.d", "siantre-alert", "db", first, &l), 1);
}
END_TEST

START_TEST(daemons)
{
	char number[24];

	ck_assert(!cronline_daemon("proc", "crond.pid"));
	ck_assert_int_eq(mkdir("proc", 0700), 0);
	ck_assert_int_eq(mkdir("proc/17", 0700), 0);
	ck_assert_int_eq(mkdir("proc/self", 0700), 0);
	unit_write("proc/self/comm", "cron\n");
	unit_write("proc/17/comm", "cronolog\n");
	ck_assert(!cronline_daemon("proc", "crond.pid"));
	unit_write("proc/17/comm", "cron\n");
	ck_assert(cronline_daemon("proc", "crond.pid"));
	unit_write("proc/17/comm", "bash\n");
	unit_write("crond.pid", "nonsense\n");
	ck_assert(!cronline_daemon("proc", "crond.pid"));
	snprintf(number, sizeof(number), "%d\n", (int)getpid());
	unit_write("crond.pid", number);
	ck_assert(cronline_daemon("proc", "crond.pid"));
	/* One that has died leaves its file. */
	unit_write("crond.pid", "2147483646\n");
	ck_assert(!cronline_daemon("proc", "crond.pid"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("cronline");

	tcase_add_test(t, commands);
	tcase_add_test(t, facts);
	tcase_add_test(t, daemons);
	return unit_main(t);
}
