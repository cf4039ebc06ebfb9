/* Encrypted files without a key.  Those of age(1) itself are in 60-verify.bats. */
#include "unit.h"

#include "base/buf.h"
#include "set/age.h"

#define VERSION_LINE "age-encryption.org/v1\n"
#define KEY "-> X25519 uAL3H7VKkQDVrRqNDDXAG3hhVuBIu5EPUsSDpTBVWzo\n"
#define BODY "W9EiG2CBoS1qxOAVTDfMGqXd9b6qx5jQHdu5XvJSMfU\n"
#define MAC "--- d0jEVDdKTSlZ2Ygn+0PA3a4IoOaTiGRyOfPdeLHnp4g\n"
#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define HEADER VERSION_LINE KEY BODY MAC

static const char damaged[] = "age: the header is damaged";
static const char key_damaged[] = "age: a recipient's key is damaged";
static const char cut_header[] = "age: cut short in its header";
static const char cut_payload[] = "age: cut short: a file of this length cannot be decrypted";
static const char armour_damaged[] = "age: the armour is damaged";

/* What is said of the ${len} bytes at ${text}, ${step} at a time; "" where all is well. */
static const char *
say(const char *text, size_t len, size_t step, size_t *recipients)
{
	static char words[128];
	struct age *a = age_new();
	const char *what;
	size_t now;

	ck_assert_ptr_nonnull(a);
	for (; len > 0; text += now, len -= now) {
		now = step < len ? step : len;
		age_add(a, text, now);
	}
	what = age_finish(a);
	snprintf(words, sizeof(words), "%s", what != NULL ? what : "");
	if (recipients != NULL)
		*recipients = age_recipients(a);
	age_free(a);
	return words;
}

/* The same for ${header} and ${payload} bytes behind it, in several steps. */
static void
expect(const char *header, size_t payload, const char *words)
{
	static const size_t steps[] = {1, 7, 4096, 1U << 30};
	struct buf b = {0};

	buf_text(&b, header);
	ck_assert_int_eq(buf_room(&b, payload + 1), 0); /* also of nothing there is some */
	memset(b.data + b.len, 0x9b, payload);
	b.len += payload;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		ck_assert_str_eq(say(b.data, b.len, steps[i], NULL), words);
	buf_free(&b);
}

START_TEST(headers)
{
	static const struct {
		const char *header, *words;
	} rows[] = {
	    {HEADER, ""},
	    {VERSION_LINE KEY BODY KEY BODY MAC, ""},
	    {VERSION_LINE "-> ssh-ed25519 r5Q/jA 4Xk5\n" BODY MAC, ""},
	    {VERSION_LINE "-> grease\n" FULL FULL "\n" MAC, ""},
	    {VERSION_LINE "-> grease\n" FULL "AA\n" MAC, ""},
	    {VERSION_LINE "-> grease\n\n" MAC, ""},
	    {"age-encryption.org/v2\n" KEY BODY MAC, "age: not of version 1"},
	    {"age-encryption.org/v1\r\n" KEY BODY MAC, "age: not of version 1"},
	    {VERSION_LINE MAC, "age: no recipient"},
	    {VERSION_LINE BODY MAC, damaged},
	    {VERSION_LINE "-> \n" BODY MAC, damaged},
	    {VERSION_LINE "->\n" BODY MAC, damaged},
	    {VERSION_LINE "-> a  b\n" BODY MAC, damaged},
	    {VERSION_LINE "-> a \n" BODY MAC, damaged},
	    {VERSION_LINE "-> a\tb\n" BODY MAC, damaged},
	    {VERSION_LINE "-> na\xc3\xafve\n" BODY MAC, damaged},
	    {VERSION_LINE KEY "A\n" MAC, key_damaged},   /* no whole byte */
	    {VERSION_LINE KEY "AB\n" MAC, key_damaged},  /* bits that are not zero */
	    {VERSION_LINE KEY "AAB\n" MAC, key_damaged}, /* likewise */
	    {VERSION_LINE KEY "AAA=\n" MAC, key_damaged},
	    {VERSION_LINE KEY "AA-A\n" MAC, key_damaged},
	    {VERSION_LINE KEY "A" FULL MAC, key_damaged},
	    {VERSION_LINE KEY BODY "--- AAAA\n", damaged},
	    {VERSION_LINE KEY BODY "---d0jEVDdKTSlZ2Ygn+0PA3a4IoOaTiGRyOfPdeLHnp4g\n", damaged},
	    {VERSION_LINE KEY BODY "--- d0jEVDdKTSlZ2Ygn+0PA3a4IoOaTiGRyOfPdeLHnp4h\n",
		damaged},
	    {VERSION_LINE KEY BODY "--- d0jEVDdKTSlZ2Ygn+0PA3a4IoOaTiGRyOfPdeLHnp4g \n",
		damaged},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].header, 32, rows[i].words);
}
END_TEST

/* A nonce of 16, chunks of 65536 + 16, the last of which holds something. */
START_TEST(lengths)
{
	static const struct {
		size_t payload;
		bool fine;
	} rows[] = {{0, false}, {15, false}, {16, false}, {31, false}, {32, true}, {33, true},
	    {16 + 65551, true}, {16 + 65552, true}, {16 + 65553, false},
	    {16 + 65552 + 15, false}, {16 + 65552 + 16, false}, {16 + 65552 + 17, true},
	    {16 + 2 * 65552, true}, {16 + 2 * 65552 + 1, false}, {16 + 2 * 65552 + 17, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(HEADER, rows[i].payload, rows[i].fine ? "" : cut_payload);
}
END_TEST

START_TEST(cut_headers)
{
	char part[sizeof(HEADER)];

	for (size_t len = 0; len < sizeof(HEADER) - 1; len++) {
		memcpy(part, HEADER, len);
		part[len] = '\0';
		expect(part, 0, cut_header);
	}
}
END_TEST

/* A line without end is not held for ever. */
START_TEST(long_lines)
{
	struct buf b = {0};

	buf_text(&b, VERSION_LINE "-> ");
	for (int i = 0; i < 5000; i++)
		buf_text(&b, "a");
	buf_text(&b, "\n" BODY MAC);
	ck_assert_str_eq(say(b.data, b.len, 100, NULL), damaged);
	buf_free(&b);
}
END_TEST

START_TEST(recipients)
{
	static const char two[] =
	    VERSION_LINE KEY BODY KEY BODY MAC "0123456789abcdef0123456789abcdef";
	size_t n;

	ck_assert_str_eq(say(two, sizeof(two) - 1, 5, &n), "");
	ck_assert_uint_eq(n, 2);
	age_free(NULL);
}
END_TEST

/* In base64 with padding, lines of ${width}. */
static void
armour(struct buf *b, const char *bytes, size_t len, size_t width, const char *end)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t column = 0;

	buf_printf(b, "-----BEGIN AGE ENCRYPTED FILE-----%s", end);
	for (size_t i = 0; i < len; i += 3) {
		uint8_t x[3] = {0};
		size_t n = len - i < 3 ? len - i : 3;

		memcpy(x, bytes + i, n);
		buf_printf(b, "%c%c%c%c", digits[x[0] >> 2],
		    digits[(x[0] & 3) << 4 | x[1] >> 4],
		    n > 1 ? digits[(x[1] & 15) << 2 | x[2] >> 6] : '=',
		    n > 2 ? digits[x[2] & 63] : '=');
		if ((column += 4) == width) {
			buf_text(b, end);
			column = 0;
		}
	}
	if (column > 0)
		buf_text(b, end);
	buf_printf(b, "-----END AGE ENCRYPTED FILE-----%s", end);
}

START_TEST(armoured)
{
	static const char *const ends[] = {"\n", "\r\n"};
	char file[sizeof(HEADER) + 200] = HEADER;

	/* Payloads that end with no, one and two characters of padding, and in full lines. */
	for (size_t payload = 32; payload < 200; payload++)
		for (size_t i = 0; i < 2; i++) {
			struct buf b = {0};

			armour(&b, file, sizeof(HEADER) - 1 + payload, 64, ends[i]);
			ck_assert_str_eq(say(b.data, b.len, 1, NULL), "");
			ck_assert_str_eq(say(b.data, b.len, 1U << 20, NULL), "");
			/* Without its last line, and without the end of that. */
			ck_assert_str_eq(say(b.data, b.len - 32 - strlen(ends[i]), 11, NULL),
			    "age: cut short in its armour");
			ck_assert_str_eq(say(b.data, b.len - 4, 11, NULL), armour_damaged);
			buf_text(&b, ends[i]);
			ck_assert_str_eq(say(b.data, b.len, 64, NULL), "");
			buf_text(&b, "x\n");
			ck_assert_str_eq(
			    say(b.data, b.len, 64, NULL), "age: bytes behind the end");
			buf_free(&b);
		}
}
END_TEST

START_TEST(bad_armour)
{
	char file[sizeof(HEADER) + 40] = HEADER;
	struct buf b = {0};

	/* Lines that are too short or too long. */
	armour(&b, file, sizeof(HEADER) - 1 + 32, 60, "\n");
	ck_assert_str_eq(say(b.data, b.len, 7, NULL), armour_damaged);
	buf_free(&b);
	armour(&b, file, sizeof(HEADER) - 1 + 32, 68, "\n");
	ck_assert_str_eq(say(b.data, b.len, 7, NULL), armour_damaged);
	buf_free(&b);
	/* A character that is no digit, padding in the middle, a payload that cannot be. */
	armour(&b, file, sizeof(HEADER) - 1 + 32, 64, "\n");
	b.data[50] = '!';
	ck_assert_str_eq(say(b.data, b.len, 7, NULL), armour_damaged);
	b.data[50] = '=';
	ck_assert_str_eq(say(b.data, b.len, 7, NULL), armour_damaged);
	buf_free(&b);
	armour(&b, file, sizeof(HEADER) - 1 + 20, 64, "\n");
	ck_assert_str_eq(say(b.data, b.len, 7, NULL), cut_payload);
	buf_free(&b);
	ck_assert_str_eq(
	    say("-----BEGIN AGE ENCRYPTED FILE-----x\n", 36, 7, NULL), armour_damaged);
	ck_assert_str_eq(say("-----BEGIN AGE", 14, 7, NULL), cut_header);
}
END_TEST

/* How many bytes are in it, which the length of the file alone tells. */
START_TEST(inner_bytes)
{
	static const size_t plain[] = {
	    0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 1000000};
	struct age *a;
	char *payload;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		size_t chunks = plain[i] == 0 ? 1 : (plain[i] + 65535) / 65536;
		size_t len = 16 + plain[i] + 16 * chunks;

		ck_assert_ptr_nonnull(a = age_new());
		ck_assert_ptr_nonnull(payload = calloc(1, len));
		age_add(a, HEADER, sizeof(HEADER) - 1);
		age_add(a, payload, len);
		ck_assert_ptr_null(age_finish(a));
		ck_assert_uint_eq(age_inner_bytes(a), plain[i]);
		free(payload);
		age_free(a);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("age");

	tcase_add_test(t, headers);
	tcase_add_test(t, lengths);
	tcase_add_test(t, cut_headers);
	tcase_add_test(t, long_lines);
	tcase_add_test(t, recipients);
	tcase_add_test(t, inner_bytes);
	tcase_add_test(t, armoured);
	tcase_add_test(t, bad_armour);
	return unit_main(t);
}
