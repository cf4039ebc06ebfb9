#include "drill/protocol.h"
#include "unit.h"

#include <sysexits.h>

#include "drill/report.h"

static void
step(struct protocol *p, enum drill_part part, enum drill_state state, int code)
{
	protocol_begin(p, "db", "20261123_020000", part, "load %s", "x.sql");
	protocol_end(
	    p, state, code, state == DRILL_OK ? NULL : "a <reason> & \"more\"\n\033[31m");
}

START_TEST(nothing_is_not_passed)
{
	struct protocol *p = protocol_new("siantre", false);
	double seconds;

	ck_assert_int_eq(protocol_state(p), DRILL_NONE);
	ck_assert_int_eq(protocol_code(p), 1);
	ck_assert_int_eq(protocol_part(p, DRILL_DATABASE, &seconds), DRILL_NONE);
	ck_assert(seconds <= 0);
	protocol_free(p);
	protocol_free(NULL);
}
END_TEST

START_TEST(codes)
{
	static const struct {
		enum drill_state states[3];
		int codes[3];
		enum drill_state state;
		int code;
	} cases[] = {
	    {{DRILL_OK, DRILL_OK, DRILL_OK}, {0, 0, 0}, DRILL_OK, 0},
	    {{DRILL_OK, DRILL_WARN, DRILL_NONE}, {0, 0, 0}, DRILL_WARN, 0},
	    {{DRILL_OK, DRILL_MISSED, DRILL_WARN}, {0, 1, 0}, DRILL_MISSED, 1},
	    {{DRILL_FAIL, DRILL_MISSED, DRILL_OK}, {EX_NOPERM, 1, 0}, DRILL_FAIL, EX_NOPERM},
	    {{DRILL_FAIL, DRILL_FAIL, DRILL_OK}, {EX_NOPERM, EX_DATAERR, 0}, DRILL_FAIL,
		EX_DATAERR},
	    {{DRILL_FAIL, DRILL_FAIL, DRILL_FAIL}, {EX_DATAERR, EX_NOPERM, 1}, DRILL_FAIL,
		EX_DATAERR},
	    {{DRILL_FAIL, DRILL_OK, DRILL_OK}, {0, 0, 0}, DRILL_FAIL, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct protocol *p = protocol_new("siantre", false);

		for (int j = 0; j < 3; j++)
			step(p, DRILL_OTHER, cases[i].states[j], cases[i].codes[j]);
		ck_assert_int_eq(protocol_state(p), cases[i].state);
		ck_assert_int_eq(protocol_code(p), cases[i].code);
		protocol_free(p);
	}
}
END_TEST

START_TEST(a_step_without_an_end_has_failed)
{
	struct protocol *p = protocol_new("siantre", false);
	double seconds;

	step(p, DRILL_FILES, DRILL_OK, 0);
	protocol_begin(p, NULL, NULL, DRILL_DATABASE, "wait");
	ck_assert_int_eq(protocol_code(p), 1);
	ck_assert_int_eq(protocol_part(p, DRILL_FILES, &seconds), DRILL_OK);
	ck_assert_int_eq(protocol_part(p, DRILL_DATABASE, &seconds), DRILL_FAIL);
	protocol_free(p);
}
END_TEST

START_TEST(reports)
{
	struct drill_goal goal = {.kind = "RTO",
	    .name = "critical",
	    .what = "the database alone",
	    .measured = 9000,
	    .limit = 7200,
	    .state = DRILL_MISSED};
	struct protocol *p = protocol_new("a<b>", false);
	struct buf text = {0}, page = {0};
	json_t *o;
	char why[] = "'why'", *summary;

	step(p, DRILL_DATABASE, DRILL_OK, 0);
	step(p, DRILL_DATABASE, DRILL_FAIL, EX_DATAERR);
	protocol_goal(p, &goal);
	goal.measured = -1;
	goal.state = DRILL_NONE;
	goal.name = "normal";
	goal.detail = why;
	protocol_goal(p, &goal);
	protocol_close(p);
	report_text(p, &text);
	ck_assert_ptr_nonnull(
	    strstr(buf_string(&text), "FAILED: not everything came back as it was saved"));
	ck_assert_ptr_nonnull(strstr(text.data, "load x.sql: a <reason> & \"more\"??[31m\n"));
	ck_assert_ptr_nonnull(strstr(text.data, "of 2 h: the database alone\n"));
	ck_assert_ptr_nonnull(strstr(text.data, "not measured, limit"));
	report_html(p, &page);
	ck_assert_ptr_nonnull(strstr(buf_string(&page), "a&lt;b&gt;"));
	ck_assert_ptr_nonnull(strstr(page.data, "a &lt;reason&gt; &amp; &quot;more&quot;"));
	ck_assert_ptr_nonnull(strstr(page.data, "&#39;why&#39;"));
	ck_assert_ptr_null(strstr(page.data, "<reason>"));
	ck_assert_ptr_null(strstr(page.data, "<script"));
	o = report_json(p);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "exit")), EX_DATAERR);
	ck_assert_uint_eq(json_array_size(json_object_get(o, "steps")), 2);
	ck_assert(json_is_null(
	    json_object_get(json_array_get(json_object_get(o, "goals"), 1), "seconds")));
	json_decref(o);
	summary = protocol_summary(p);
	ck_assert_ptr_nonnull(strstr(summary, "failed in "));
	ck_assert_ptr_nonnull(strstr(summary, "; db 20261123_020000 load x.sql: a <reason>"));
	ck_assert_ptr_nonnull(strstr(summary, "(missed)"));
	ck_assert_ptr_nonnull(strstr(summary, "; RTO normal not measured: 'why'"));
	ck_assert_ptr_null(strchr(summary, '\n'));
	free(summary);
	buf_free(&text);
	buf_free(&page);
	protocol_free(p);
}
END_TEST

START_TEST(files_of_a_report)
{
	struct protocol *p = protocol_new("siantre", false);

	step(p, DRILL_OTHER, DRILL_OK, 0);
	protocol_close(p);
	ck_assert_int_eq(report_write(p, "drills"), 0);
	ck_assert_int_eq(report_write(p, "drills"), 0);
	ck_assert_int_eq(access("drills", R_OK), 0);
	unit_catch();
	ck_assert_int_eq(report_write(p, "none/drills"), -1);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "make none/drills: No such file"));
	protocol_free(p);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("protocol");

	tcase_add_test(t, nothing_is_not_passed);
	tcase_add_test(t, codes);
	tcase_add_test(t, a_step_without_an_end_has_failed);
	tcase_add_test(t, reports);
	tcase_add_test(t, files_of_a_report);
	return unit_main(t);
}
