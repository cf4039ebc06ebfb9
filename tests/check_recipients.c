#include "unit.h"

#include "set/recipients.h"

#define NATIVE "age1rx6em3nxzms70jfhxvwjwj72qfr5tehg4w5cm448cduv2wrqwpxqu5eslu"
#define ED25519 \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVdRF7rG13WubRNaSGSMZi7eZb+tRftVw56Q+ZuUeqt"

static const char several[] = "several recipients have commas between";
static const char damaged[] = "an age1... is damaged or not whole";
static const char ssh_damaged[] = "an ssh public key is damaged or not whole";
static const char empty[] = "a recipient between its commas is empty";
static const char secret[] = "a secret key, which must not be here: its public half is meant "
			     "(age-keygen -y FILE)";
static const char none[] =
    "not age1..., an ssh-ed25519 or ssh-rsa public key, or the path of a "
    "file of recipients, with commas between";

static const struct {
	const char *text, *words; /* NULL: fine */
} rows[] = {
    {NATIVE, NULL},
    {"  " NATIVE "  ", NULL},
    {NATIVE "," NATIVE, NULL},
    {ED25519, NULL},
    {ED25519 " sari@kantor, pusat", none},
    {ED25519 " sari@kantor , " NATIVE, NULL},
    {"/etc/siantre/recipients of us.txt", NULL},
    {"age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptt", NULL},
    {NATIVE " " NATIVE, several},
    {NATIVE "x", damaged},
    {"age1rx6em3nxzms70jfhxvwjwj72qfr5tehg4w5cm448cduv2wrqwpxqu5eslb", damaged}, /* no b */
    {"age1", damaged},
    {"age1RX6", damaged},
    {NATIVE ",", empty},
    {" ", empty},
    {"," NATIVE, empty},
    {"ssh-ed25519 AAAA", ssh_damaged},
    {"ssh-ed25519 ", none}, /* trimmed, it is one word */
    {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIVdRF7rG13WubRNaSGSMZi7eZb+tRftVw56Q+ZuUeqt!",
	ssh_damaged},
    {"ssh-dss AAAAC3NzaC1lZDI1NTE5AAAAIIVdRF7rG13WubRNaSGSMZi7eZb+tRftVw56Q+ZuUeqt", none},
    {"AGE-SECRET-KEY-1TAGC0LGRC7HK3DSVVMD79N7CX0930Y9ZETFU353SLLKLP0HZTVRQACC83D", secret},
    {NATIVE ",AGE-PLUGIN-YUBIKEY-1Q", secret},
    {"-----BEGIN OPENSSH PRIVATE KEY-----", secret},
    {"recipients.txt", none},
};

START_TEST(judged)
{
	const char *said = recipients_judge(rows[_i].text);

	if (rows[_i].words == NULL)
		ck_assert_msg(said == NULL, "%s: %s", rows[_i].text, said);
	else
		ck_assert_str_eq(said != NULL ? said : "fine", rows[_i].words);
}
END_TEST

/* Every beginning of a recipient is judged, and none of them is taken for a whole one. */
START_TEST(cut)
{
	char text[sizeof(NATIVE)];

	for (size_t n = 1; n < sizeof(NATIVE) - 1; n++) {
		strlcpy(text, NATIVE, n + 1);
		ck_assert_ptr_nonnull(recipients_judge(text));
	}
}
END_TEST

START_TEST(arguments)
{
	static const char *const want[] = {"age", "-r", NATIVE, "-r", ED25519 " a comment",
	    "-R", "/etc/a file", "-r", NATIVE, NULL};
	char **argv =
	    recipients_arguments(" " NATIVE "," ED25519 " a comment , /etc/a file ," NATIVE);
	size_t i;

	ck_assert_ptr_nonnull(argv);
	for (i = 0; want[i] != NULL; i++)
		ck_assert_str_eq(argv[i], want[i]);
	ck_assert_ptr_null(argv[i]);
	free(argv);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("recipients");

	tcase_add_loop_test(t, judged, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, cut);
	tcase_add_test(t, arguments);
	return unit_main(t);
}
