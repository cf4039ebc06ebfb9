#include "unit.h"

#include <stdbool.h>

#include "base/buf.h"
#include "notify/mail.h"
#include "notify/program.h"

static char id[] = "m-1", thread[] = "i-1", to[] = "siti@dinas.example";

/* The mail of these texts; the last one until the next call. */
static const char *
mail_of(const char *subject, const char *text, const struct contact *from, bool crlf)
{
	static struct buf out;
	static char s[4096], t[200000];

	strlcpy(s, subject, sizeof(s));
	strlcpy(t, text, sizeof(t));
	struct message m = {
	    .id = id, .thread = thread, .to = to, .subject = s, .text = t, .time = 1764122400};
	buf_free(&out);
	mail_write(&m, from, "web1", crlf, &out);
	return buf_string(&out);
}

START_TEST(whole)
{
	struct contact from = {.name = "Cadangan", .mail = "backup@dinas.example"};

	ck_assert_str_eq(mail_of("Backup failed", "One.\n\nTwo.\n", &from, false),
	    "Date: Wed, 26 Nov 2025 02:00:00 +0000\n"
	    "From: \"Cadangan\" <backup@dinas.example>\n"
	    "To: siti@dinas.example\n"
	    "Subject: Backup failed\n"
	    "Message-ID: <m-1.web1@dinas.example>\n"
	    "In-Reply-To: <i-1.web1@dinas.example>\n"
	    "References: <i-1.web1@dinas.example>\n"
	    "Auto-Submitted: auto-generated\n"
	    "X-Auto-Response-Suppress: All\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: 7bit\n"
	    "\n"
	    "One.\n\nTwo.\n");
}
END_TEST

/* sendmail(1) names the sender; the first of a thread answers nothing. */
START_TEST(without_sender)
{
	struct contact from = {0};
	struct message m = {.id = id, .thread = id, .to = to, .subject = to, .text = to};
	struct buf out = {0};

	mail_write(&m, &from, "web1", false, &out);
	ck_assert_ptr_nonnull(buf_string(&out));
	ck_assert_ptr_null(strstr(out.data, "From:"));
	ck_assert_ptr_null(strstr(out.data, "In-Reply-To"));
	ck_assert_ptr_null(strstr(out.data, "Importance"));
	ck_assert_ptr_nonnull(strstr(out.data, "Message-ID: <m-1@web1>\n"));
	m.urgent = true;
	buf_reset(&out, 0);
	mail_write(&m, &from, "web1", false, &out);
	ck_assert_ptr_nonnull(strstr(buf_string(&out), "\nImportance: high\nX-Priority: 1\n"));
	buf_free(&out);
}
END_TEST

/* Nothing in a text makes a header, ends it, or reaches a terminal. */
START_TEST(injection)
{
	static const char *const subjects[] = {"x\nBcc: evil@x", "x\r\nBcc: evil@x",
	    "x\r\n\r\nbody", "=?UTF-8?B?DQpCY2M6?=", "\x1b[31m\x07", "é\nBcc: evil@x",
	    "\xff\xfe\n"};
	struct contact from = {0};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		const char *mail = mail_of(subjects[i], "t\n", &from, false);
		const char *end = strstr(mail, "\n\n");

		ck_assert_str_eq(end, "\n\nt\n");
		ck_assert_ptr_null(strstr(mail, "\nBcc"));
		for (const char *c = mail; *c != '\0'; c++)
			ck_assert_msg(*c == '\n' || (*c >= ' ' && *c <= '~'), "%d", *c);
	}
	/* What looks encoded is encoded, so that it is shown as it is. */
	ck_assert_ptr_nonnull(strstr(
	    mail_of("=?UTF-8?B?DQo=?=", "", &from, false), "Subject: =?UTF-8?B?PT9VVEY"));
	ck_assert_ptr_nonnull(
	    strstr(mail_of("s", "a\x1b[2Jb\x07\n", &from, false), "\n\na?[2Jb?\n"));
	struct message m = {.id = id, .thread = id, .subject = to, .text = to};
	struct buf out = {0};
	char bad[] = "a@b\nBcc: c";
	m.to = bad;
	mail_write(&m, &from, "web1", false, &out);
	ck_assert(out.failed);
	buf_free(&out);
}
END_TEST

/* Every line is as short as the standards ask for, and no word is cut within a character. */
START_TEST(lines)
{
	struct contact from = {0};
	char subject[1200] = "", text[6000] = "";

	for (size_t i = 0; i < 150; i++) {
		const char *mail = mail_of(subject, text, &from, true), *next;

		for (const char *at = mail; *at != '\0'; at = next + 2) {
			ck_assert_ptr_nonnull(next = strstr(at, "\r\n"));
			ck_assert_ptr_null(memchr(at, '\n', (size_t)(next - at)));
			ck_assert_msg(next - at <= 78 ||
					  (strncmp(at, "Subject", 7) == 0 && next - at < 220),
			    "%.*s", (int)(next - at), at);
			ck_assert(*at != '.');
		}
		strcat(subject, i % 3 == 0 ? "é" : i % 3 == 1 ? "€x" : "𝄞");
		strcat(text, i % 7 == 0   ? ".\n"
			     : i % 5 == 0 ? "a ="
			     : i % 2 == 0 ? "é€"
					  : "word ");
	}
}
END_TEST

START_TEST(quoted)
{
	struct contact from = {0};

	ck_assert_ptr_nonnull(strstr(mail_of("s", "é = 1 \n.x", &from, false),
	    "quoted-printable\n\n=C3=A9 =3D 1=20\n=2Ex\n"));
	ck_assert_ptr_nonnull(strstr(mail_of("s", ".x\n", &from, false), "\n\n=2Ex\n"));
	ck_assert_ptr_nonnull(
	    strstr(mail_of("s", "a\r\nb", &from, true), "7bit\r\n\r\na\r\nb\r\n"));
}
END_TEST

static const struct {
	const char *text, *line;
	size_t size;
} said[] = {
    {"", "", 10},
    {"  a\r\n\n b\t", "a b", 10},
    {"a\x1b[31mb", "a?[31mb", 20},
    {"abcdef", "abc", 4},
    {"ab\xc3\xa9", "ab?", 4},
    {"\xc2\x9b", "??", 9},
};

START_TEST(one_line)
{
	char out[32];

	program_line(said[_i].text, out, said[_i].size);
	ck_assert_str_eq(out, said[_i].line);
}
END_TEST

/* Whether the process is gone, or waits only for somebody to collect it; soon at the latest. */
static bool
ended(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *f;

	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		if ((f = fopen(path, "r")) == NULL)
			return true;
		if (fscanf(f, "%*d %*s %c", &state) != 1)
			state = 'Z';
		fclose(f);
		if (state == 'Z')
			return true;
		usleep(50000);
	}
	return false;
}

/* A program that hangs is ended with what it started; one that floods us is read in part. */
START_TEST(programs)
{
	char sh[] = "sh", c[] = "-c", script[200], text[64];
	char *argv[] = {sh, c, script, NULL};

	strcpy(script, "cat; echo oops >&2; exit 75");
	ck_assert_int_eq(program_run(argv, "in\n", 3, 20, text, sizeof(text)), 75);
	ck_assert_str_eq(text, "in oops");
	strcpy(script, "sleep 300 & echo $!; sleep 300");
	ck_assert_int_eq(program_run(argv, "", 0, 1, text, sizeof(text)), PROGRAM_LATE);
	ck_assert_msg(ended(atoi(text)), "%s", text);
	strcpy(script, "head -c 3000000 /dev/zero; exit 3");
	ck_assert_int_eq(program_run(argv, "", 0, 60, text, sizeof(text)), 3);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("mail");

	tcase_add_test(cases, whole);
	tcase_add_test(cases, without_sender);
	tcase_add_test(cases, injection);
	tcase_add_test(cases, lines);
	tcase_add_test(cases, quoted);
	tcase_add_loop_test(cases, one_line, 0, sizeof(said) / sizeof(said[0]));
	tcase_add_test(cases, programs);
	return unit_main(cases);
}
