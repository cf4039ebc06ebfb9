#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "notify/contact.h"
#include "notify/gateway.h"
#include "notify/http.h"
#include "notify/secret.h"
#include "notify/sms.h"

#define ROOM 8192 /* so that a text with a secret in it does not move while it grows */

/* The request's texts, in one buffer each. */
struct filled {
	struct buf url, body, user, password;
	struct buf headers[HTTP_HEADERS_MAX];
	size_t header_count;
};

static void
wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	buf_free(b);
}

static void
wipe_all(struct filled *f)
{
	wipe(&f->url);
	wipe(&f->body);
	wipe(&f->user);
	wipe(&f->password);
	for (size_t i = 0; i < f->header_count; i++)
		wipe(&f->headers[i]);
}

static int
fill(const struct gateway *g, const char *key, enum template_place place,
    struct template_values *values, struct buf *out, char reason[256])
{
	buf_room(out, ROOM);
	return template_fill(gateway_get(g, key), place, values, out, NULL, reason);
}

/* The form of values in the body, by its type. */
static enum template_place
body_place(const char *type)
{
	if (strcasestr(type, "json") != NULL)
		return TEMPLATE_JSON;
	return strcasestr(type, "form-urlencoded") != NULL ? TEMPLATE_URL : TEMPLATE_PLAIN;
}

static int
fill_headers(
    const struct gateway *g, struct template_values *values, struct filled *f, char reason[256])
{
	const char *text = gateway_get(g, "HEADERS");
	char line[512];
	bool lacking;
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		struct buf *b = &f->headers[f->header_count];

		len = strcspn(text, "\n");
		if (strspn(text, " \t\r") >= len)
			continue;
		if (len >= sizeof(line) || f->header_count == HTTP_HEADERS_MAX) {
			snprintf(reason, 256, "HEADERS: too much");
			return EX_CONFIG;
		}
		memcpy(line, text, len);
		line[len] = '\0';
		f->header_count++;
		lacking = false;
		buf_room(b, ROOM);
		if (template_fill(line, TEMPLATE_LINE, values, b, &lacking, reason) != 0)
			return EX_CONFIG;
		if (lacking) {
			wipe(b);
			f->header_count--;
		}
	}
	return 0;
}

static int
fill_all(const struct gateway *g, struct template_values *values, struct filled *f,
    struct http_request *r, char reason[256])
{
	const char *type = gateway_get(g, "CONTENT_TYPE");
	bool bad;

	if (fill(g, "URL", TEMPLATE_URL, values, &f->url, reason) != 0 ||
	    fill(g, "BODY", body_place(type), values, &f->body, reason) != 0 ||
	    fill(g, "USER", TEMPLATE_PLAIN, values, &f->user, reason) != 0 ||
	    fill(g, "PASSWORD", TEMPLATE_PLAIN, values, &f->password, reason) != 0 ||
	    fill_headers(g, values, f, reason) != 0)
		return EX_CONFIG;
	r->method = gateway_get(g, "METHOD");
	r->content_type = type;
	r->url = buf_string(&f->url);
	r->body = buf_string(&f->body);
	r->user = buf_string(&f->user);
	r->password = buf_string(&f->password);
	bad = r->url == NULL || r->body == NULL || r->user == NULL || r->password == NULL;
	for (size_t i = 0; i < f->header_count; i++)
		bad |= (r->headers[i] = buf_string(&f->headers[i])) == NULL;
	if (bad) {
		snprintf(reason, 256, "not enough memory");
		return EX_TEMPFAIL;
	}
	if (f->body.len == 0)
		r->body = NULL;
	if (f->user.len == 0)
		r->user = r->password = NULL;
	return 0;
}

/* Write the number ${to} as ${format} asks for; false where it is none. */
static bool
format_number(const char *to, const char *format, char out[20])
{
	char number[16];

	if (contact_number(to, number) != NULL)
		return false;
	if (strcmp(format, "plus") == 0)
		snprintf(out, 20, "+%s", number);
	else if (strcmp(format, "local") == 0 && strncmp(number, "62", 2) == 0)
		snprintf(out, 20, "0%s", number + 2);
	else
		snprintf(out, 20, "%s", number);
	return true;
}

int
gateway_send(const struct config *c, const char *name, const struct message *m,
    const char *ping, char reason[256])
{
	struct template_values values = {.id = m->id, .ping = ping};
	struct http_request request = {.plain = ping != NULL};
	struct http_answer answer = {0};
	struct answer_rules rules;
	struct filled filled = {0};
	struct gateway *g = NULL;
	char text[SMS_TEXT], to[20] = "";
	int rc;

	if ((rc = gateway_read(name, &g, reason)) != 0)
		return rc;
	if (gateway_personal(g) && !format_number(m->to, gateway_get(g, "TO_FORMAT"), to)) {
		snprintf(reason, 256, "not a telephone number");
		rc = EX_DATAERR;
		goto out;
	}
	sms_text(m->brief, text);
	values.to = to;
	values.text = text;
	values.sender = gateway_get(g, "SENDER");
	values.priority = gateway_get(g, m->urgent ? "URGENT" : "NORMAL");
	request.ca = gateway_get(g, "CA");
	request.proxy = config_get(c, "NOTIFY_PROXY");
	rules = gateway_rules(g);
	if ((rc = fill_all(g, &values, &filled, &request, reason)) == 0 &&
	    (rc = http_ask(&request, &answer, reason)) == 0)
		rc = answer_verdict(&answer, &rules, reason);
	for (size_t i = 0; i < values.secret_count; i++)
		secret_hide(reason, values.secrets[i]);
out:
	http_free(&answer);
	wipe_all(&filled);
	template_wipe(&values);
	gateway_free(g);
	return rc;
}
