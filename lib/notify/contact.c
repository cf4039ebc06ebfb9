#include "notify/contact.h"

#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/language.h"
#include "base/utf8.h"

#define COUNTRY "62"
#define NUMBER_MIN 8  /* digits with the country's code */
#define NUMBER_MAX 15 /* E.164 */

const char *
contact_number(const char *text, char out[16])
{
	char digits[32];
	size_t count = 0;
	bool plus = false;

	out[0] = '\0';
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '+' && count == 0 && !plus)
			plus = true;
		else if (isdigit((unsigned char)*c) && count < sizeof(digits) - 1)
			digits[count++] = *c;
		else if (strchr(" -.()", *c) == NULL)
			return N_("not a telephone number");
	}
	digits[count] = '\0';
	const char *at = digits;
	bool abroad = plus || (at[0] == '0' && at[1] == '0');

	if (!plus && abroad)
		at += 2;
	else if (!abroad && at[0] == '0')
		at++;
	size_t code = !abroad && digits[0] == '0' ? strlen(COUNTRY) : 0;
	if (*at == '0' || code + strlen(at) < NUMBER_MIN || code + strlen(at) > NUMBER_MAX)
		return N_("not a telephone number");
	strlcpy(out, code > 0 ? COUNTRY : "", 16);
	strlcat(out, at, 16);
	return NULL;
}

const char *
contact_mail(const char *text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
	size_t local = strspn(text,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
		   "!#$%&'*+/=?^_`{|}~"),
	       domain;

	if (local == 0 || local > 64 || text[0] == '-' || text[0] == '.')
		return N_("not a mail address");
	if (text[local] == '\0')
		return NULL;
	domain = strspn(text + local + 1, plain);
	if (text[local] != '@' || domain == 0 || domain > 180 ||
	    text[local + 1 + domain] != '\0' || strchr("-.", text[local + 1]) != NULL)
		return N_("not a mail address");
	return NULL;
}

/* Copy ${len} bytes at ${text} without blanks around them; false where they do not fit. */
static bool
copy_trimmed(char *out, size_t size, const char *text, size_t len)
{
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len >= size)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* Return where a number begins that goes on to the end of ${text}, or its end. */
static const char *
number_start(const char *text)
{
	const char *end = text + strlen(text);

	for (const char *c = text; *c != '\0'; c++) {
		if ((c == text || c[-1] == ' ') &&
		    (isdigit((unsigned char)*c) || *c == '+' || *c == '(') &&
		    c[strspn(c, "0123456789+-.() ")] == '\0')
			return c;
	}
	return end;
}

static const char *
judge_name(const char *name)
{
	size_t len = strlen(name), step;

	for (const char *c = name; *c != '\0'; c += step, len -= step) {
		if ((step = utf8_next(c, len)) == 0)
			return N_("the name is not UTF-8");
		if (iscntrl((unsigned char)*c))
			return N_("the name holds a control character");
		if (strchr("<>\"", *c) != NULL)
			return N_("the name holds < or > or a quote");
	}
	return NULL;
}

static const char *
parse(const char *text, struct contact *out)
{
	const char *open = strchr(text, '<'), *close, *number, *problem;
	char rest[64] = "";

	if (open != NULL) {
		if ((close = strchr(open, '>')) == NULL)
			return N_("the > behind the mail address is missing");
		if (!copy_trimmed(out->name, sizeof(out->name), text, (size_t)(open - text)))
			return N_("the name is too long");
		if (!copy_trimmed(
			out->mail, sizeof(out->mail), open + 1, (size_t)(close - open - 1)))
			return N_("the mail address is too long");
		if (!copy_trimmed(rest, sizeof(rest), close + 1, strlen(close + 1)))
			return N_("what follows the mail address is not a telephone number");
	} else {
		number = number_start(text);
		if (!copy_trimmed(out->name, sizeof(out->name), text, (size_t)(number - text)))
			return N_("the name is too long");
		if (!copy_trimmed(rest, sizeof(rest), number, strlen(number)))
			return N_("not a telephone number");
		/* One word is an address, unless it is what the owner of the number is called. */
		if (strchr(out->name, ' ') == NULL &&
		    (strchr(out->name, '@') != NULL || rest[0] == '\0')) {
			memcpy(out->mail, out->name, sizeof(out->name));
			out->name[0] = '\0';
		}
	}
	if ((open != NULL || out->mail[0] != '\0') &&
	    (problem = contact_mail(out->mail)) != NULL)
		return problem;
	if (rest[0] != '\0' && (problem = contact_number(rest, out->phone)) != NULL)
		return problem;
	if ((problem = judge_name(out->name)) != NULL)
		return problem;
	return out->mail[0] != '\0' || out->phone[0] != '\0'
		   ? NULL
		   : N_("neither a mail address in <> nor a telephone number");
}

const char *
contact_parse(const char *text, struct contact *out)
{
	const char *problem = NULL;

	*out = (struct contact){0};
	text += strspn(text, " ");
	if (*text != '\0' && (problem = parse(text, out)) != NULL)
		*out = (struct contact){0};
	return problem;
}

int
contact_of(const struct config *c, const char *key, struct contact *out)
{
	const char *problem = contact_parse(config_get(c, key), out);

	if (problem == NULL)
		return 0;
	warnx("%s=%s: %s", key, config_get(c, key), problem);
	return EX_CONFIG;
}
