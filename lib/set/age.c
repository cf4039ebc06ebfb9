/*
 * The format, from its specification (C2SP, "age"):
 *
 *     age-encryption.org/v1
 *     -> X25519 uAL3H7VKkQDVrRqNDDXAG3hhVuBIu5EPUsSDpTBVWzo      a stanza a recipient: words,
 *     W9EiG2CBoS1qxOAVTDfMGqXd9b6qx5jQHdu5XvJSMfU               then lines of base64, the last
 *     --- d0jEVDdKTSlZ2Ygn+0PA3a4IoOaTiGRyOfPdeLHnp4g            of which is not a full one
 *     16 bytes, then chunks of 64 KiB and 16 bytes each; the last one may be shorter, and holds
 *     at least a byte, unless it is the only one
 *
 * Base64 is without padding here, and what it does not need of its last digit is zero.  The
 * armour is one of PEM around all of it: lines of 64 digits, the last with padding.
 */
#include "set/age.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FULL_LINE 64
#define LINE_MAX_LENGTH 4096 /* no program writes longer words than this */
#define NONCE 16
#define TAG 16
#define CHUNK ((64U << 10) + TAG)

static const char armour_begin[] = "-----BEGIN AGE ENCRYPTED FILE-----";
static const char armour_end[] = "-----END AGE ENCRYPTED FILE-----";

enum state { VERSION_LINE, STANZA, BODY, PAYLOAD, BAD };

struct age {
	enum state state;
	const char *error;
	char line[LINE_MAX_LENGTH]; /* of the header, without its newline */
	size_t length;
	size_t recipients;
	uint64_t payload;

	/* The armour, where there is one. */
	enum { UNKNOWN, NAKED, ARMOURED, ENDED } armour;
	char armour_line[FULL_LINE + 2]; /* also the first bytes, until they say what it is */
	size_t armour_length;
	bool last_line; /* of the base64: it was not a full one */
};

struct age *
age_new(void)
{
	struct age *a = calloc(1, sizeof(*a));

	if (a == NULL)
		warn("age");
	return a;
}

static void
bad(struct age *a, const char *what)
{
	if (a->state != BAD)
		a->error = what;
	a->state = BAD;
}

/* The value of a digit of base64; -1: it is none. */
static int
digit(char c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Whether ${len} characters are base64 as it must be written. */
static bool
is_base64(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (digit(text[i]) == -1)
			return false;
	switch (len % 4) {
	case 1: return false;
	case 2: return (digit(text[len - 1]) & 15) == 0;
	case 3: return (digit(text[len - 1]) & 3) == 0;
	default: return true;
	}
}

/* Whether the line is "-> " and words of visible characters. */
static bool
is_stanza(const char *line, size_t len)
{
	bool word = false;

	if (len < 4 || memcmp(line, "-> ", 3) != 0)
		return false;
	for (size_t i = 3; i < len; i++) {
		if (line[i] == ' ' && !word)
			return false;
		if (line[i] != ' ' && (line[i] < 33 || line[i] > 126))
			return false;
		word = line[i] != ' ';
	}
	return word;
}

/* A whole line of the header. */
static void
header_line(struct age *a)
{
	const char *line = a->line;
	size_t len = a->length;

	a->length = 0;
	if (a->state == VERSION_LINE) {
		if (len != 21 || memcmp(line, "age-encryption.org/v1", len) != 0)
			bad(a, "age: not of version 1");
		a->state = a->state == BAD ? BAD : STANZA;
	} else if (a->state == BODY) {
		if (len > FULL_LINE || !is_base64(line, len))
			bad(a, "age: a recipient's key is damaged");
		else if (len < FULL_LINE)
			a->state = STANZA;
	} else if (is_stanza(line, len)) {
		a->recipients++;
		a->state = BODY;
	} else if (len == 4 + 43 && memcmp(line, "--- ", 4) == 0 && is_base64(line + 4, 43)) {
		if (a->recipients == 0)
			bad(a, "age: no recipient");
		else
			a->state = PAYLOAD;
	} else {
		bad(a, "age: the header is damaged");
	}
}

/* Bytes of the file itself, without armour. */
static void
add(struct age *a, const char *p, size_t len)
{
	for (; len > 0 && a->state < PAYLOAD; p++, len--) {
		if (*p == '\n')
			header_line(a);
		else if (a->length == sizeof(a->line))
			bad(a, "age: the header is damaged");
		else
			a->line[a->length++] = *p;
	}
	if (a->state == PAYLOAD)
		a->payload += len;
}

/* A line of the armour, behind its first. */
static void
armour_line(struct age *a)
{
	size_t len = a->armour_length, pad = 0, digits;
	const char *line = a->armour_line;
	uint32_t bits = 0;
	char bytes[FULL_LINE];
	size_t n = 0;

	a->armour_length = 0;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (a->armour == ENDED) {
		if (len > 0)
			bad(a, "age: bytes behind the end");
		return;
	}
	if (len == sizeof(armour_end) - 1 && memcmp(line, armour_end, len) == 0) {
		a->armour = ENDED;
		return;
	}
	while (pad < 2 && pad < len && line[len - 1 - pad] == '=')
		pad++;
	digits = len - pad;
	if (a->last_line || len == 0 || len > FULL_LINE || len % 4 != 0 ||
	    !is_base64(line, digits)) {
		bad(a, "age: the armour is damaged");
		return;
	}
	a->last_line = len < FULL_LINE || pad > 0;
	for (size_t i = 0; i < digits; i++) {
		bits = bits << 6 | (uint32_t)digit(line[i]);
		if (i % 4 == 3) {
			bytes[n++] = (char)(bits >> 16);
			bytes[n++] = (char)(bits >> 8);
			bytes[n++] = (char)bits;
		}
	}
	if (digits % 4 >= 2)
		bytes[n++] = (char)(digits % 4 == 2 ? bits >> 4 : bits >> 10);
	if (digits % 4 == 3)
		bytes[n++] = (char)(bits >> 2);
	add(a, bytes, n);
}

static void
add_armour(struct age *a, const char *p, size_t len)
{
	for (; len > 0 && a->state != BAD; p++, len--) {
		if (*p == '\n')
			armour_line(a);
		else if (a->armour_length == sizeof(a->armour_line))
			bad(a, "age: the armour is damaged");
		else
			a->armour_line[a->armour_length++] = *p;
	}
}

/* The first line says whether there is an armour. */
static size_t
see(struct age *a, const char *p, size_t len)
{
	const size_t all = sizeof(armour_begin) - 1;
	size_t n = 0;

	while (n < len && a->armour_length < all && p[n] == armour_begin[a->armour_length]) {
		a->armour_length++;
		n++;
	}
	if (a->armour_length == all && n < len) {
		if (p[n] == '\r')
			return n + 1; /* looked at again behind it */
		a->armour = ARMOURED;
		a->armour_length = 0;
		if (p[n] != '\n')
			bad(a, "age: the armour is damaged");
		return n + 1;
	}
	if (n < len) {
		a->armour = NAKED;
		add(a, armour_begin, a->armour_length);
	}
	return n;
}

void
age_add(struct age *a, const void *buf, size_t len)
{
	const char *p = buf;
	size_t n;

	while (len > 0 && a->armour == UNKNOWN) {
		n = see(a, p, len);
		p += n;
		len -= n;
	}
	if (a->armour == NAKED)
		add(a, p, len);
	else if (len > 0)
		add_armour(a, p, len);
}

const char *
age_finish(struct age *a)
{
	uint64_t chunks = a->payload - NONCE, rest = chunks % CHUNK;

	/* A last line without its newline is one. */
	if (a->armour >= ARMOURED && a->armour_length > 0)
		armour_line(a);
	if (a->state < PAYLOAD)
		bad(a, "age: cut short in its header");
	else if (a->armour == ARMOURED)
		bad(a, "age: cut short in its armour");
	else if (a->payload < NONCE + TAG || (rest > 0 && rest < TAG) ||
		 (rest == TAG && chunks != TAG))
		bad(a, "age: cut short: a file of this length cannot be decrypted");
	return a->error;
}

size_t
age_recipients(const struct age *a)
{
	return a->recipients;
}

uint64_t
age_inner_bytes(const struct age *a)
{
	uint64_t chunks = a->payload - NONCE;

	return chunks - (chunks + CHUNK - 1) / CHUNK * TAG;
}

void
age_free(struct age *a)
{
	free(a);
}
