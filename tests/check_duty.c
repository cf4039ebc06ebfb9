#include "unit.h"

#include <sys/stat.h>

#include "notify/state.h"
#include "report/duty.h"

/* A configuration whose state is in this folder, with the lines ${more}. */
static struct config *
configure(const char *more)
{
	struct config *c = NULL;
	char text[1024], here[512];

	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	snprintf(text, sizeof(text), "STATE_DIR=%s\n%s", here, more);
	unit_write("siantre.conf", text);
	ck_assert_int_eq(config_read("./siantre.conf", &c), 0);
	return c;
}

static void
take(struct state *s, const char *job, const char *event, const char *what, const char *status,
    const char *time)
{
	struct event e = {.host = "web1",
	    .job = job,
	    .event = event,
	    .what = what,
	    .status = status,
	    .exit = 1,
	    .seconds = -1,
	    .bytes = -1,
	    .message = "so it is"};
	int64_t now;

	strlcpy(e.time, time, sizeof(e.time));
	ck_assert_int_eq(event_time(time, &now), 0);
	ck_assert_int_ge(incidents_take(state_incidents(s), &e, now), 0);
}

START_TEST(nothing)
{
	struct config *c = configure("CONTACT_PRIMARY=\nMAIL=none\n");
	struct duty *d = NULL;

	ck_assert_int_eq(duty_read(c, &d), 0);
	ck_assert_ptr_null(duty_contact(d, 0));
	ck_assert_ptr_null(duty_incident(d, 0));
	ck_assert_ptr_null(duty_channel(d, 0));
	ck_assert_ptr_null(duty_contact(NULL, 0));
	duty_free(d);
	duty_free(NULL);
	config_free(c);
}
END_TEST

START_TEST(all)
{
	struct config *c = configure("CONTACT_PRIMARY=\"Siti <s@x.example>\"\n"
				     "CONTACT_EMERGENCY=vendor\nSMS=fonnte\n"
				     "NOTIFY_ALSO=\"ntfy ping telegram ntfy\"\n");
	struct duty *d = NULL;
	struct state *s = NULL;
	int64_t since;

	ck_assert_int_eq(state_open(".", 0, &s), 0);
	take(s, "db", "check", "age", "fail", "2026-11-23T02:00:00Z");
	take(s, "files", "run", NULL, "fail", "2026-11-23T03:00:00Z");
	take(s, "files", "run", NULL, "ok", "2026-11-23T03:30:00Z");
	take(s, NULL, "check", "disk", "warn", "2026-11-23T04:00:00Z");
	ck_assert_int_eq(state_tested(s, "sms", 1795000000, true), 0);
	ck_assert_int_eq(state_tested(s, "ntfy", 1795000001, false), 0);
	ck_assert_int_eq(state_save(s), 0);
	state_close(s);

	ck_assert_int_eq(duty_read(c, &d), 0);
	ck_assert_str_eq(duty_contact(d, 0)->role, "primary");
	ck_assert_str_eq(duty_contact(d, 0)->text, "Siti <s@x.example>");
	ck_assert_str_eq(duty_contact(d, 1)->role, "emergency");
	ck_assert_ptr_null(duty_contact(d, 2));

	ck_assert_int_eq(event_time("2026-11-23T02:00:00Z", &since), 0);
	ck_assert_str_eq(duty_incident(d, 0)->job, "db");
	ck_assert_str_eq(duty_incident(d, 0)->what, "age");
	ck_assert_str_eq(duty_incident(d, 0)->level, "fail");
	ck_assert_str_eq(duty_incident(d, 0)->message, "so it is");
	ck_assert_int_eq(duty_incident(d, 0)->since, since);
	ck_assert_int_eq(duty_incident(d, 0)->acknowledged, 0);
	/* What is over is not there; what has no job is of none. */
	ck_assert_ptr_null(duty_incident(d, 1)->job);
	ck_assert_str_eq(duty_incident(d, 1)->what, "disk");
	ck_assert_str_eq(duty_incident(d, 1)->level, "warn");
	ck_assert_ptr_null(duty_incident(d, 2));

	/* Those of the configuration, each once, tested or not. */
	ck_assert_str_eq(duty_channel(d, 0)->name, "mail");
	ck_assert_int_eq(duty_channel(d, 0)->tested, 0);
	ck_assert_str_eq(duty_channel(d, 1)->name, "sms");
	ck_assert_int_eq(duty_channel(d, 1)->tested, 1795000000);
	ck_assert(duty_channel(d, 1)->ok);
	ck_assert_str_eq(duty_channel(d, 2)->name, "ntfy");
	ck_assert(!duty_channel(d, 2)->ok);
	ck_assert_str_eq(duty_channel(d, 3)->name, "telegram");
	ck_assert_ptr_null(duty_channel(d, 4));
	duty_free(d);
	config_free(c);
}
END_TEST

START_TEST(damaged)
{
	struct config *c = configure("");
	struct duty *d = NULL;
	const char *said;

	ck_assert_int_eq(mkdir("alert", 0700), 0);
	unit_write("alert/state.json", "{\"format\": 1");
	ck_assert_int_eq(chmod("alert/state.json", 0600), 0);
	unit_catch();
	ck_assert_int_eq(duty_read(c, &d), 0);
	said = unit_caught();
	ck_assert_ptr_nonnull(strstr(said, "state.json"));
	ck_assert_ptr_null(duty_incident(d, 0));
	ck_assert_str_eq(duty_contact(d, 0)->text, "root");
	ck_assert_str_eq(duty_channel(d, 0)->name, "mail");
	duty_free(d);
	config_free(c);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("duty");

	tcase_add_test(t, nothing);
	tcase_add_test(t, all);
	tcase_add_test(t, damaged);
	return unit_main(t);
}
