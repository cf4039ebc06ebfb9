#ifndef NOTIFY_TEMPLATE_H
#define NOTIFY_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Texts of a gateway with places for values in them: {to}, {text}, {id}, {priority}, {sender},
 * {ping}, {secret:NAME} and {secret?:NAME}, which is empty where there is no such secret.  A brace
 * that begins no such word is a brace, so that JSON can be written as it is; a word that is not
 * known, such as {txt}, is a mistake.
 */
enum template_place {
	TEMPLATE_PLAIN, /* as it is: a text body */
	TEMPLATE_LINE,  /* one line: a header; control characters become blanks */
	TEMPLATE_URL,   /* percent-encoded: a URL, a form */
	TEMPLATE_JSON   /* escaped: inside the quotes of a JSON string */
};

#define TEMPLATE_SECRETS 8

/* What is put in.  The secrets are read when they are needed, and kept until template_wipe(). */
struct template_values {
	const char *to, *text, *id, *priority, *sender, *ping;
	size_t secret_count;
	char *secret_names[TEMPLATE_SECRETS];
	char *secrets[TEMPLATE_SECRETS]; /* "" where there is none and need not be */
};

/**
 * template_judge(text, uses_to, secret, ctx):
 * Look at ${text} without filling it: set ${*uses_to} where it holds {to}; call ${secret}(${ctx},
 * name, needed) for each secret.  Return NULL, or what is wrong with it.
 */
const char *template_judge(const char *text, bool *uses_to,
    void (*secret)(void *ctx, const char *name, bool needed), void *ctx);

/**
 * template_fill(text, place, values, out, lacking, reason):
 * Append ${text} with its ${values} to ${out}, each encoded for ${place}.  Where a secret that
 * need not be is missing, ${*lacking} (may be NULL) is set.  Return 0, or EX_CONFIG with the
 * ${reason}.
 */
int template_fill(const char *text, enum template_place place, struct template_values *values,
    struct buf *out, bool *lacking, char reason[256]);

/**
 * template_wipe(values):
 * Wipe and free the secrets.
 */
void template_wipe(struct template_values *values);

#endif
