#include "notify/template.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "notify/secret.h"

struct word {
	size_t len;    /* with its braces */
	char name[80]; /* to, text ...; of a secret its name */
	bool secret;
	bool needed;
};

/* Take the {word} at ${text} apart; false where the brace begins none. */
static bool
read_word(const char *text, struct word *w)
{
	const char *name = text + 1;
	size_t len;

	*w = (struct word){.needed = true};
	if (*text != '{')
		return false;
	if (strncmp(name, "secret:", 7) == 0 || strncmp(name, "secret?:", 8) == 0) {
		w->secret = true;
		w->needed = name[6] == ':';
		name += w->needed ? 7 : 8;
		len = secret_name(name);
	} else
		len = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	if (len == 0 || len >= sizeof(w->name) || name[len] != '}')
		return false;
	memcpy(w->name, name, len);
	w->len = (size_t)(name - text) + len + 1;
	return true;
}

static const char *
find(const struct template_values *v, const char *name)
{
	const struct {
		const char *name, *value;
	} all[] = {{"to", v->to}, {"text", v->text}, {"id", v->id}, {"priority", v->priority},
	    {"sender", v->sender}, {"ping", v->ping}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	}
	return NULL;
}

const char *
template_judge(const char *text, bool *uses_to,
    void (*secret)(void *ctx, const char *name, bool needed), void *ctx)
{
	static const struct template_values any = {
	    .to = "", .text = "", .id = "", .priority = "", .sender = "", .ping = ""};
	struct word w;

	for (const char *c = text; (c = strchr(c, '{')) != NULL; c += w.len) {
		if (!read_word(c, &w)) {
			if (strncmp(c, "{secret", 7) == 0)
				return "a {secret:NAME} in it is not written so";
			w.len = 1;
		} else if (w.secret)
			secret(ctx, w.name, w.needed);
		else if (find(&any, w.name) == NULL)
			return "a word in braces is none of {to} {text} {id} {priority} "
			       "{sender} "
			       "{ping} {secret:NAME}";
		else
			*uses_to |= strcmp(w.name, "to") == 0;
	}
	return NULL;
}

/* Return the value of the secret ${w}, owned by ${v}, or NULL with the ${reason}. */
static const char *
find_secret(struct template_values *v, const struct word *w, char reason[256])
{
	char *value, *name;
	size_t i;
	int rc;

	for (i = 0; i < v->secret_count; i++) {
		if (strcmp(v->secret_names[i], w->name) == 0)
			return v->secrets[i];
	}
	if (i == TEMPLATE_SECRETS) {
		snprintf(reason, 256, "more than %d secrets", TEMPLATE_SECRETS);
		return NULL;
	}
	snprintf(reason, 256, "not enough memory");
	rc = secret_read(w->name, &value, reason);
	if (rc == EX_NOINPUT && !w->needed)
		value = strdup("");
	name = strdup(w->name);
	if (value == NULL || name == NULL) {
		secret_free(value);
		free(name);
		return NULL;
	}
	v->secret_names[i] = name;
	v->secrets[i] = value;
	v->secret_count++;
	return value;
}

static void
add_byte(struct buf *out, unsigned char c, enum template_place place)
{
	static const char unreserved[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	if (place == TEMPLATE_URL && (c >= 0x80 || strchr(unreserved, c) == NULL))
		buf_printf(out, "%%%02X", c);
	else if (place == TEMPLATE_JSON && (c < ' ' || c == 0x7f))
		buf_printf(out, "\\u%04x", c);
	else if (place == TEMPLATE_JSON && (c == '"' || c == '\\'))
		buf_printf(out, "\\%c", c);
	else if (place == TEMPLATE_LINE && (c < ' ' || c == 0x7f))
		buf_text(out, " ");
	else
		buf_add(out, &c, 1);
}

int
template_fill(const char *text, enum template_place place, struct template_values *values,
    struct buf *out, bool *lacking, char reason[256])
{
	const char *value;
	struct word w;

	for (const char *c = text; *c != '\0'; c += w.len) {
		if (!read_word(c, &w)) {
			/* What the file says itself is already in its form. */
			buf_add(out, c, w.len = 1);
			continue;
		}
		if (w.secret)
			value = find_secret(values, &w, reason);
		else if ((value = find(values, w.name)) == NULL)
			snprintf(reason, 256, "no value for {%s}", w.name);
		if (value == NULL)
			return EX_CONFIG;
		if (w.secret && *value == '\0' && lacking != NULL)
			*lacking = true;
		/* The address to ping is a URL as it stands. */
		if (strcmp(w.name, "ping") == 0 && !w.secret)
			buf_text(out, value);
		else
			for (; *value != '\0'; value++)
				add_byte(out, (unsigned char)*value, place);
	}
	buf_text(out, "");
	return 0;
}

void
template_wipe(struct template_values *values)
{
	for (size_t i = 0; i < values->secret_count; i++) {
		secret_free(values->secrets[i]);
		free(values->secret_names[i]);
	}
	values->secret_count = 0;
}
