#include "unit.h"

#include "notify/contact.h"
#include "notify/mailplace.h"

static const struct {
	const char *text, *name, *mail, *phone, *wrong;
} contacts[] = {
    {"", "", "", "", NULL},
    {"  ", "", "", "", NULL},
    {"root", "", "root", "", NULL},
    {"siti@dinas.example", "", "siti@dinas.example", "", NULL},
    {"<siti@dinas.example>", "", "siti@dinas.example", "", NULL},
    {"Siti Rahma <siti@dinas.example> 0812-3456-7890", "Siti Rahma", "siti@dinas.example",
	"6281234567890", NULL},
    {"Siti Rahma <siti@dinas.example>", "Siti Rahma", "siti@dinas.example", "", NULL},
    {"Piket 2 <piket@dinas.example> +62 812 3456 7890", "Piket 2", "piket@dinas.example",
	"6281234567890", NULL},
    {"0812 3456 7890", "", "", "6281234567890", NULL},
    {"Siti 08123456789", "Siti", "", "628123456789", NULL},
    {"Siti Rahma (0812) 345.6789", "Siti Rahma", "", "628123456789", NULL},
    {"siti@dinas.example 08123456789", "", "siti@dinas.example", "628123456789", NULL},
    {"Łukasz Ż <l@x.example>", "Łukasz Ż", "l@x.example", "", NULL},
    {"Siti Rahma", "", "", "", "neither a mail address in <> nor a telephone number"},
    {"Siti <siti@dinas.example", "", "", "", "the > behind the mail address is missing"},
    {"Siti <>", "", "", "", "not a mail address"},
    {"Siti <a@b> 12", "", "", "", "not a telephone number"},
    {"Siti <a@b> call me", "", "", "", "not a telephone number"},
    {"a@b\nBcc: c@d", "", "", "", "the name holds a control character"},
    {"Si\"ti <a@b>", "", "", "", "the name holds < or > or a quote"},
    {"\xff <a@b>", "", "", "", "the name is not UTF-8"},
};

START_TEST(parsed)
{
	struct contact who;
	const char *wrong = contact_parse(contacts[_i].text, &who);

	ck_assert_str_eq(wrong != NULL ? wrong : "fine",
	    contacts[_i].wrong != NULL ? contacts[_i].wrong : "fine");
	ck_assert_str_eq(who.name, contacts[_i].name);
	ck_assert_str_eq(who.mail, contacts[_i].mail);
	ck_assert_str_eq(who.phone, contacts[_i].phone);
}
END_TEST

/* What is too long for its place is refused, not cut. */
START_TEST(lengths)
{
	static char text[1000];
	struct contact who;

	for (size_t len = 1; len < 400; len++) {
		memset(text, 'x', len);
		strcpy(text + len, " <a@b.example>");
		ck_assert_int_eq(contact_parse(text, &who) == NULL, len < sizeof(who.name));
		if (who.name[0] != '\0')
			ck_assert_uint_eq(strlen(who.name), len);
		memset(text, 'x', len);
		strcpy(text + len, "@b.example");
		ck_assert_int_eq(contact_mail(text) == NULL, len <= 64);
		memset(text, '1', len);
		text[len] = '\0';
		ck_assert_int_eq(contact_parse(text, &who) == NULL, len >= 8 && len <= 15);
	}
}
END_TEST

static const struct {
	const char *text, *number; /* NULL: none */
} numbers[] = {
    {"081234567890", "6281234567890"},
    {"+6281234567890", "6281234567890"},
    {"6281234567890", "6281234567890"},
    {"006281234567890", "6281234567890"},
    {"+60 12-345 6789", "60123456789"},
    {"+081234567890", NULL},
    {"0008123456789", NULL},
    {"08123", NULL},
    {"", NULL},
    {"+", NULL},
    {"0812345678901234", NULL},
    {"0812345678a", NULL},
    {"08123456789;rm", NULL},
    {"0812+3456789", NULL},
};

START_TEST(number)
{
	char out[16];
	const char *wrong = contact_number(numbers[_i].text, out);

	if (numbers[_i].number == NULL)
		ck_assert_str_eq(wrong != NULL ? wrong : "fine", "not a telephone number");
	else {
		ck_assert_msg(wrong == NULL, "%s: %s", numbers[_i].text, wrong);
		ck_assert_str_eq(out, numbers[_i].number);
	}
}
END_TEST

/* Whatever could end an address early, or begin an option. */
START_TEST(hostile_addresses)
{
	static const char *const all[] = {"", "-oX", "a b", "a@b c", "a@b>", "<a@b", "a@b,c@d",
	    "a@b;c", "a@b\r\nRCPT TO:<c>", "a@", "@b", "a@b@c", "\"a b\"@c", "a@[1.2.3.4]",
	    "é@b", "a@é", "a@-b", "a@.b", ".a@b", "a(b)@c", "a\\@b"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ck_assert_msg(contact_mail(all[i]) != NULL, "%s", all[i]);
}
END_TEST

#define PASSWORD "a password in it, which everybody could read: it belongs into the secret mail"

static const struct {
	const char *text, *user, *host;
	unsigned kind, port;
	bool loopback;
	const char *wrong;
} places[] = {
    {"none", "", "", MAILPLACE_NONE, 0, false, NULL},
    {"sendmail", "", "", MAILPLACE_SENDMAIL, 0, false, NULL},
    {"smtp://mail.dinas.example", "", "mail.dinas.example", MAILPLACE_SMTP, 25, false, NULL},
    {"smtp://u@mail.dinas.example", "u", "mail.dinas.example", MAILPLACE_SMTP, 587, false,
	NULL},
    {"smtps://u@dinas.example@mail.dinas.example/", "u@dinas.example", "mail.dinas.example",
	MAILPLACE_SMTPS, 465, false, NULL},
    {"smtp://u%40d%3a@h:2525", "u@d:", "h", MAILPLACE_SMTP, 2525, false, NULL},
    {"smtp://[::1]:25", "", "::1", MAILPLACE_SMTP, 25, true, NULL},
    {"smtp://127.1.2.3", "", "127.1.2.3", MAILPLACE_SMTP, 25, true, NULL},
    {"smtp://localhost:1", "", "localhost", MAILPLACE_SMTP, 1, true, NULL},
    {"smtp://localhost.evil.example", "", "localhost.evil.example", MAILPLACE_SMTP, 25, false,
	NULL},
    {"smtp://127.0.0.1.evil.example", "", "127.0.0.1.evil.example", MAILPLACE_SMTP, 25, false,
	NULL},
    {"smtp://[::ffff:127.0.0.1]", "", "::ffff:127.0.0.1", MAILPLACE_SMTP, 25, false, NULL},
    {"smtp://u:secret@h", "", "", 0, 0, false, PASSWORD},
    {"smtp://", "", "", 0, 0, false, "the host is missing"},
    {"smtp://@h", "", "", 0, 0, false, "not the name of an account before the @"},
    {"smtp://u%0d%0aX@h", "", "", 0, 0, false, "not the name of an account before the @"},
    {"smtp://h:0", "", "", 0, 0, false, "not a port"},
    {"smtp://h:65536", "", "", 0, 0, false, "not a port"},
    {"smtp://h:", "", "", 0, 0, false, "not a port"},
    {"smtp://h/x", "", "", 0, 0, false, "something follows the host"},
    {"smtp://h h", "", "", 0, 0, false, "not the name of a host"},
    {"smtp://[h]", "", "", 0, 0, false, "not an address of IPv6 in its brackets"},
    {"smtp://[::1", "", "", 0, 0, false, "the host is missing"},
    {"http://h", "", "", 0, 0, false,
	"not sendmail, none, smtp://USER@HOST:PORT or smtps://USER@HOST"},
};

START_TEST(place)
{
	struct mailplace p;
	const char *wrong = mailplace_parse(places[_i].text, &p);

	ck_assert_str_eq(wrong != NULL ? wrong : "fine",
	    places[_i].wrong != NULL ? places[_i].wrong : "fine");
	if (wrong != NULL)
		return;
	ck_assert_uint_eq(p.kind, places[_i].kind);
	ck_assert_str_eq(p.user, places[_i].user);
	ck_assert_str_eq(p.host, places[_i].host);
	ck_assert_uint_eq(p.port, places[_i].port);
	ck_assert_int_eq(p.loopback, places[_i].loopback);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("contact");

	tcase_add_loop_test(cases, parsed, 0, sizeof(contacts) / sizeof(contacts[0]));
	tcase_add_test(cases, lengths);
	tcase_add_loop_test(cases, number, 0, sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(cases, hostile_addresses);
	tcase_add_loop_test(cases, place, 0, sizeof(places) / sizeof(places[0]));
	return unit_main(cases);
}
