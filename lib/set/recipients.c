#include "set/recipients.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NATIVE 62  /* characters of an age1... that is no plugin's */
#define KEY_MIN 60 /* digits of base64 in the shortest ssh key */

static const char bech32[] = "023456789acdefghjklmnpqrstuvwxyz";
static const char base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/* The next recipient of ${*rest}, without the blanks around it, and its length; NULL: no more. */
static const char *
next(const char **rest, size_t *len)
{
	const char *at = *rest;
	size_t all;

	if (at == NULL)
		return NULL;
	all = strcspn(at, ",");
	*rest = at[all] == ',' ? at + all + 1 : NULL;
	while (all > 0 && *at == ' ') {
		at++;
		all--;
	}
	while (all > 0 && at[all - 1] == ' ')
		all--;
	*len = all;
	return at;
}

static bool
begins(const char *at, size_t len, const char *with)
{
	return len >= strlen(with) && strncmp(at, with, strlen(with)) == 0;
}

/* How many of the ${len} bytes at ${at}, from the first on, are of ${those}. */
static size_t
span(const char *at, size_t len, const char *those)
{
	size_t n = 0;

	while (n < len && strchr(those, at[n]) != NULL)
		n++;
	return n;
}

/* Of a plugin's, age1NAME1..., only that plugin knows more than the alphabet. */
static const char *
judge_native(const char *at, size_t len)
{
	bool plugin = memchr(at + 4, '1', len - 4) != NULL;

	if (memchr(at, ' ', len) != NULL)
		return "several recipients have commas between";
	if (plugin && span(at, len, "abcdefghijklmnopqrstuvwxyz0123456789-_+.") == len)
		return NULL;
	return len == NATIVE && span(at + 4, len - 4, bech32) == len - 4
		   ? NULL
		   : "an age1... is damaged or not whole";
}

static const char *
judge_ssh(const char *at, size_t len, size_t type)
{
	size_t digits = span(at + type, len - type, base64);

	if (digits < KEY_MIN || (type + digits < len && at[type + digits] != ' '))
		return "an ssh public key is damaged or not whole";
	return NULL;
}

static const char *
judge_one(const char *at, size_t len)
{
	if (len == 0)
		return "a recipient between its commas is empty";
	if (begins(at, len, "AGE-SECRET-KEY-") || begins(at, len, "AGE-PLUGIN-") ||
	    begins(at, len, "-----BEGIN"))
		return "a secret key, which must not be here: its public half is meant "
		       "(age-keygen -y FILE)";
	if (begins(at, len, "age1"))
		return judge_native(at, len);
	if (begins(at, len, "ssh-ed25519 "))
		return judge_ssh(at, len, strlen("ssh-ed25519 "));
	if (begins(at, len, "ssh-rsa "))
		return judge_ssh(at, len, strlen("ssh-rsa "));
	return *at == '/'
		   ? NULL
		   : "not age1..., an ssh-ed25519 or ssh-rsa public key, or the path of a "
		     "file of recipients, with commas between";
}

const char *
recipients_judge(const char *text)
{
	const char *rest = text, *at, *problem = NULL;
	size_t len;

	while (problem == NULL && (at = next(&rest, &len)) != NULL)
		problem = judge_one(at, len);
	return problem;
}

char **
recipients_arguments(const char *text)
{
	static char age[] = "age", one[] = "-r", file[] = "-R";
	const char *rest = text, *at;
	size_t commas = 0, len, n = 0;
	char **argv, *copy;

	for (const char *c = text; *c != '\0'; c++)
		commas += *c == ',';
	/* The list, and behind it the words. */
	argv = malloc((2 * commas + 4) * sizeof(*argv) + strlen(text) + commas + 2);
	if (argv == NULL) {
		warn("age");
		return NULL;
	}
	copy = (char *)(argv + 2 * commas + 4);
	argv[n++] = age;
	while ((at = next(&rest, &len)) != NULL) {
		argv[n++] = *at == '/' ? file : one;
		argv[n++] = memcpy(copy, at, len);
		copy[len] = '\0';
		copy += len + 1;
	}
	argv[n] = NULL;
	return argv;
}
