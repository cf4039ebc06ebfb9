#include "unit.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/buf.h"
#include "notify/answer.h"
#include "notify/gateway.h"
#include "notify/secret.h"
#include "notify/sms.h"
#include "notify/template.h"

static void
no_secret(void *ctx, const char *name, bool needed)
{
	(void)name;
	(void)needed;
	++*(int *)ctx;
}

/* Secrets are in the folder of this test. */
static void
secrets_here(void)
{
	char folder[PATH_MAX];

	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
}

static const struct {
	const char *text;
	enum template_place place;
	const char *made; /* NULL: refused */
} fills[] = {
    {"{to}", TEMPLATE_PLAIN, "6281"},
    {"x{text}y", TEMPLATE_PLAIN, "xa\"b\\c&d=e\n/y"},
    {"{text}", TEMPLATE_LINE, "a\"b\\c&d=e /"},
    {"{text}", TEMPLATE_URL, "a%22b%5Cc%26d%3De%0A%2F"},
    {"{text}", TEMPLATE_JSON, "a\\\"b\\\\c&d=e\\u000a/"},
    {"{\"to\":\"{to}\"}", TEMPLATE_JSON, "{\"to\":\"6281\"}"},
    {"{}{ {to", TEMPLATE_PLAIN, "{}{ {to"},
    {"{secret:token}{secret:token}", TEMPLATE_URL, "t%20ot%20o"},
    {"a{secret?:none}b", TEMPLATE_PLAIN, "ab"},
    {"{secret:none}", TEMPLATE_PLAIN, NULL},
    {"{secret:../token}", TEMPLATE_PLAIN, "{secret:../token}"},
    {"{ping}", TEMPLATE_URL, NULL},
};

START_TEST(filled)
{
	struct template_values v = {
	    .to = "6281", .text = "a\"b\\c&d=e\n/", .id = "", .priority = "", .sender = ""};
	struct buf out = {0};
	char reason[256] = "";
	int rc;

	secrets_here();
	unit_write("token", " t o\r\n");
	rc = template_fill(fills[_i].text, fills[_i].place, &v, &out, NULL, reason);
	if (fills[_i].made != NULL) {
		ck_assert_msg(rc == 0, "%s", reason);
		ck_assert_str_eq(buf_string(&out), fills[_i].made);
	} else {
		ck_assert_int_eq(rc, EX_CONFIG);
		ck_assert_str_ne(reason, "");
	}
	template_wipe(&v);
	buf_free(&out);
}
END_TEST

START_TEST(template_judged)
{
	bool to = false;
	int secrets = 0;

	ck_assert_ptr_null(
	    template_judge("{\"a\":{\"b\":\"{text}\"}}", &to, no_secret, &secrets));
	ck_assert(!to && secrets == 0);
	ck_assert_ptr_null(
	    template_judge("{to}{secret:a}{secret?:b}", &to, no_secret, &secrets));
	ck_assert(to && secrets == 2);
	ck_assert_ptr_nonnull(template_judge("{txt}", &to, no_secret, &secrets));
	ck_assert_ptr_nonnull(template_judge("{secret:A}", &to, no_secret, &secrets));
	ck_assert_ptr_nonnull(template_judge("{secret}", &to, no_secret, &secrets));
}
END_TEST

static const struct {
	const char *rules, *body;
	bool ok;
} rules[] = {
    {"", "anything", true},
    {"status=true", "{\"status\":true}", true},
    {"status=true", "{\"status\":false,\"reason\":\"token invalid\"}", false},
    {"status=true", "{\"status\":\"true\"}", true},
    {"status=true", "status=true", false},
    {"status=true", "", false},
    {"status=1", "{\"status\":\"1\"}", true},
    {"status=1", "{\"status\":1}", true},
    {"status=1", "{\"status\":11}", false},
    {"a.0.b=x|y", "{\"a\":[{\"b\":\"y\"}]}", true},
    {"a.1.b=x|y", "{\"a\":[{\"b\":\"y\"}]}", false},
    {"a.b=x", "{\"a\":\"x\"}", false},
    {"a=null", "{\"a\":null}", true},
    {"a~quota|limit", "{\"a\":\"Over QUOTA\"}", true},
    {"a~quota|limit", "{\"a\":\"over\"}", false},
    {"~ok", "it is OK", true},
    {"!~not found", "OK (not found)", false},
    {"!~not found", "OK", true},
    {"!error=1", "no json", true},
    {" a=1 \n\n b=2\n", "{\"a\":1,\"b\":2}", true},
    {" a=1 \n\n b=2\n", "{\"a\":1,\"b\":3}", false},
    {"a=x y", "{\"a\":\"x y\"}", true},
};

START_TEST(body_rules)
{
	char body[256], reason[256];
	struct answer_rules r = {.ok_status = "200",
	    .ok_body = rules[_i].rules,
	    .permanent_status = "",
	    .permanent_body = "",
	    .words = ""};
	struct http_answer a = {.status = 200, .body = body};

	strlcpy(body, rules[_i].body, sizeof(body));
	ck_assert_ptr_null(answer_judge_rules(rules[_i].rules));
	ck_assert_int_eq(answer_verdict(&a, &r, reason), rules[_i].ok ? 0 : EX_TEMPFAIL);
}
END_TEST

START_TEST(verdicts)
{
	static const struct {
		long status;
		const char *body;
		int code;
		const char *reason;
	} all[] = {
	    {200, "{\"ok\":true}", 0, "HTTP 200: {\"ok\":true}"},
	    {200, "{\"ok\":false,\"why\":\"busy\\u001b[31m\\nnow\"}", EX_TEMPFAIL,
		"HTTP 200: busy?[31m now"},
	    {200, "{\"ok\":false,\"why\":\"Bad token\"}", EX_UNAVAILABLE,
		"HTTP 200: Bad token"},
	    {302, "", EX_TEMPFAIL, "HTTP 302, a redirect, which is not followed"},
	    {401, "x\x1b[2J", EX_UNAVAILABLE, "HTTP 401: x?[2J"},
	    {429, "", EX_TEMPFAIL, "HTTP 429"},
	    {503, "<html>", EX_TEMPFAIL, "HTTP 503: <html>"},
	};
	struct answer_rules r = {.ok_status = "200-299,409",
	    .ok_body = "ok=true",
	    .permanent_status = "400-428,430-499",
	    .permanent_body = "why~token",
	    .words = "no.such\nwhy"};
	char body[256], reason[256];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct http_answer a = {.status = all[i].status, .body = body};

		strlcpy(body, all[i].body, sizeof(body));
		ck_assert_int_eq(answer_verdict(&a, &r, reason), all[i].code);
		ck_assert_str_eq(reason, all[i].reason);
		/* Half an answer is none, whatever it begins with. */
		a.cut = true;
		ck_assert_int_ne(answer_verdict(&a, &r, reason), 0);
	}
}
END_TEST

START_TEST(rules_judged)
{
	ck_assert_ptr_null(answer_judge_status("200-299,409"));
	ck_assert_ptr_null(answer_judge_status(""));
	ck_assert_ptr_nonnull(answer_judge_status("2xx"));
	ck_assert_ptr_nonnull(answer_judge_status("299-200"));
	ck_assert_ptr_nonnull(answer_judge_status("200;201"));
	ck_assert_ptr_nonnull(answer_judge_status("99"));
	ck_assert_ptr_nonnull(answer_judge_rules("status"));
	ck_assert_ptr_nonnull(answer_judge_rules("=x"));
	ck_assert_ptr_nonnull(answer_judge_rules("a="));
	ck_assert_ptr_nonnull(answer_judge_rules("ok=true\nwhat is this"));
}
END_TEST

static const struct {
	const char *shipped, *own, *wrong; /* NULL: fine */
} files[] = {
    {"URL=https://h/\n", NULL, NULL},
    {NULL, "URL=https://h/\n", NULL},
    {"URL=https://h/\nMETHOD=GET\n", "METHOD=PUT\n", NULL},
    {NULL, NULL, "there is no gateway g"},
    {"METHOD=GET\n", NULL, "shipped/g.conf: URL: it is missing"},
    {"URL=ftp://h/\n", NULL, "shipped/g.conf: URL: it does not begin with https://"},
    {"URL=https://h/\nURl=x\n", NULL, "shipped/g.conf: unknown key URl"},
    {"URL=https://h/\n", "METHOD=DELETE\n", "own/g.conf: METHOD: not POST, GET or PUT"},
    {"URL=https://h/{what}\n", NULL,
	"shipped/g.conf: URL: a word in braces is none of {to} {text} {id} {priority} {sender} "
	"{ping} {secret:NAME}"},
    {"URL=https://h/\nOK_STATUS=all\n", NULL,
	"shipped/g.conf: OK_STATUS: not a list of status codes such as 200-299,409"},
    {"URL=https://h/\nOK_BODY=fine\n", NULL,
	"shipped/g.conf: OK_BODY: a rule in it is not PATH=VALUE, PATH~WORDS or ~WORDS"},
    {"URL=https://h/\nCA=ca.pem\n", NULL, "shipped/g.conf: CA: it does not begin with a slash"},
};

START_TEST(gateway_files)
{
	struct gateway *g;
	char reason[256] = "fine";
	int rc;

	mkdir("shipped", 0755);
	mkdir("own", 0755);
	setenv("SIANTRE_GATEWAYS", "shipped:own", 1);
	if (files[_i].shipped != NULL)
		unit_write("shipped/g.conf", files[_i].shipped);
	if (files[_i].own != NULL)
		unit_write("own/g.conf", files[_i].own);
	rc = gateway_read("g", &g, reason);
	ck_assert_str_eq(
	    rc == 0 ? "fine" : reason, files[_i].wrong != NULL ? files[_i].wrong : "fine");
	if (_i == 2) {
		ck_assert_str_eq(gateway_get(g, "METHOD"), "PUT");
		ck_assert_str_eq(gateway_get(g, "URL"), "https://h/");
	}
	gateway_free(g);
}
END_TEST

/* What others may write does not say where secrets go; no name leaves the folder. */
START_TEST(gateway_unsafe)
{
	struct gateway *g;
	char reason[256];

	mkdir("shipped", 0755);
	setenv("SIANTRE_GATEWAYS", "shipped:own", 1);
	unit_write("shipped/g.conf", "URL=https://h/\n");
	chmod("shipped/g.conf", 0664);
	ck_assert_int_eq(gateway_read("g", &g, reason), EX_CONFIG);
	ck_assert_str_eq(reason, "shipped/g.conf: others can write it: chmod go-w");
	ck_assert_int_eq(gateway_read("../shipped/g", &g, reason), EX_CONFIG);
	ck_assert_str_eq(reason, "../shipped/g: not the name of a gateway");
	ck_assert_int_eq(gateway_read("", &g, reason), EX_CONFIG);
}
END_TEST

static const struct {
	const char *content;
	mode_t mode;
	const char *value, *wrong;
} secrets[] = {
    {"abc\n", 0600, "abc", NULL},
    {" a b \r\n", 0400, "a b", NULL},
    {"a\nb\n", 0600, NULL, "it is not one line"},
    {"abc\n", 0644, NULL, "open to others: chmod 0600"},
};

START_TEST(secret_files)
{
	char reason[SECRET_REASON] = "fine", want[SECRET_REASON], path[PATH_MAX], *value;

	secrets_here();
	unit_write("s", secrets[_i].content);
	chmod("s", secrets[_i].mode);
	ck_assert_int_eq(
	    secret_read("s", &value, reason), secrets[_i].value != NULL ? 0 : EX_CONFIG);
	if (secrets[_i].value != NULL)
		ck_assert_str_eq(value, secrets[_i].value);
	else {
		snprintf(want, sizeof(want), "%.150s: %s", secret_path("s", path, sizeof(path)),
		    secrets[_i].wrong);
		ck_assert_str_eq(reason, want);
	}
	secret_free(value);
}
END_TEST

/* What systemd was told to put where there is no file; the same name with our units' prefix. */
START_TEST(secret_blank)
{
	char reason[SECRET_REASON] = "fine", path[PATH_MAX], *value;
	const char *const blank[] = {"", "\n", " \r\n\t\n"};

	secrets_here();
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		unit_write("s", blank[i]);
		ck_assert_int_eq(secret_read("s", &value, reason), EX_NOINPUT);
		ck_assert_ptr_nonnull(
		    strstr(secret_path("s", path, sizeof(path)), SECRET_FOLDER "/s"));
	}
	unit_write("siantre_s", "abc\n");
	ck_assert_int_eq(secret_read("s", &value, reason), 0);
	ck_assert_str_eq(value, "abc");
	secret_free(value);
	unit_write("s", "\n\nd\n");
	ck_assert_int_eq(secret_read("s", &value, reason), 0);
	ck_assert_str_eq(value, "d");
	secret_free(value);
	unit_write("siantre_s", "\n");
	unlink("s");
	ck_assert_int_eq(secret_read("s", &value, reason), EX_NOINPUT);
}
END_TEST

START_TEST(secret_large)
{
	char text[SECRET_MAX + 2], reason[SECRET_REASON], said[] = "401 toktok tok secrettok",
							  *value;

	secrets_here();
	for (size_t len = SECRET_MAX - 1; len <= SECRET_MAX + 1; len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		unit_write("s", text);
		ck_assert_int_eq(
		    secret_read("s", &value, reason), len <= SECRET_MAX ? 0 : EX_CONFIG);
		secret_free(value);
	}
	ck_assert_int_eq(secret_read("none", &value, reason), EX_NOINPUT);
	mkdir("folder", 0700);
	ck_assert_int_eq(secret_read("folder", &value, reason), EX_CONFIG);
	secret_hide(said, "tok");
	ck_assert_str_eq(said, "401 toktok tok secrettok");
	secret_hide(said, "secrettok");
	ck_assert_str_eq(said, "401 toktok tok *********");
}
END_TEST

START_TEST(sms_texts)
{
	char out[SMS_TEXT], in[400];

	sms_text("siantre: \x1b[1m caf\xc3\xa9 `x`\n2\t3\x7f", out);
	ck_assert_str_eq(out, "siantre: ?[1m caf? 'x' 2 3?");
	for (size_t len = 0; len < 399; len++) {
		memset(in, '[', len);
		in[len] = '\0';
		sms_text(in, out);
		ck_assert_uint_eq(strlen(out), len < 80 ? len : 80);
		memset(in, 'x', len);
		sms_text(in, out);
		ck_assert_uint_eq(strlen(out), len < 160 ? len : 160);
	}
}
END_TEST

/* Once in the spool it stays once, and is whole; nothing else is left there. */
START_TEST(sms_spooled)
{
	char id[] = "m-1", to[] = "6281234567890", brief[] = "Backup failed", reason[256];
	char bad[] = "6281\nFlash: yes";
	struct message m = {.id = id, .to = to, .brief = brief};
	struct stat st;

	ck_assert_int_eq(sms_spool("spool", &m, reason), EX_CONFIG);
	ck_assert_str_eq(reason, "spool: No such file or directory");
	mkdir("spool", 0755);
	mkdir("spool/outgoing", 0755);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sms_spool("spool", &m, reason), 0);
		ck_assert_str_eq(unit_read("spool/outgoing/siantre-m-1"),
		    "To: 6281234567890\n\nBackup failed");
	}
	ck_assert_int_eq(stat("spool/outgoing/siantre-m-1", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0660);
	ck_assert_uint_eq(st.st_nlink, 1);
	m.to = bad;
	ck_assert_int_eq(sms_spool("spool", &m, reason), EX_DATAERR);
	ck_assert_int_eq(unlink("spool/outgoing/siantre-m-1"), 0);
	ck_assert_int_eq(rmdir("spool/outgoing"), 0);
	ck_assert_int_eq(rmdir("spool"), 0);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("gateway");

	tcase_add_loop_test(cases, filled, 0, sizeof(fills) / sizeof(fills[0]));
	tcase_add_test(cases, template_judged);
	tcase_add_loop_test(cases, body_rules, 0, sizeof(rules) / sizeof(rules[0]));
	tcase_add_test(cases, verdicts);
	tcase_add_test(cases, rules_judged);
	tcase_add_loop_test(cases, gateway_files, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(cases, gateway_unsafe);
	tcase_add_loop_test(cases, secret_files, 0, sizeof(secrets) / sizeof(secrets[0]));
	tcase_add_test(cases, secret_blank);
	tcase_add_test(cases, secret_large);
	tcase_add_test(cases, sms_texts);
	tcase_add_test(cases, sms_spooled);
	return unit_main(cases);
}
