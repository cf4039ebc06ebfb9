/*
 * Rules on the first line, what a gateway answers behind it: whatever both are, what is shown of it
 * is one plain line.  The same bytes as a contact, as the text of a mail and as values in a JSON
 * string: nothing in them ends it.
 */
#include "fuzz.h"

#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "notify/answer.h"
#include "notify/contact.h"
#include "notify/mail.h"
#include "notify/mailplace.h"
#include "notify/sms.h"
#include "notify/template.h"

/* ${text} is one line of printable characters. */
static void
require_plain(const char *text, size_t most)
{
	size_t len = strlen(text), step;

	REQUIRE(len < most);
	for (; len > 0; text += step, len -= step) {
		step = utf8_next(text, len);
		/* What snprintf() cut may end within a character. */
		if (step == 0) {
			REQUIRE(len < 4);
			return;
		}
		REQUIRE((unsigned char)*text >= ' ' && *text != 0x7f);
	}
}

static void
try_contact(const char *text)
{
	struct contact who;
	struct mailplace place;

	if (contact_parse(text, &who) == NULL) {
		REQUIRE(who.mail[0] == '\0' || contact_mail(who.mail) == NULL);
		REQUIRE(strpbrk(who.mail, " <>\r\n,;\"") == NULL);
		REQUIRE(who.phone[strspn(who.phone, "0123456789")] == '\0');
		REQUIRE(strpbrk(who.name, "<>\"\r\n") == NULL);
	}
	if (mailplace_parse(text, &place) == NULL)
		REQUIRE(strpbrk(place.host, " /@\r\n") == NULL);
}

static void
try_mail(char *text)
{
	char id[] = "m-1", to[] = "a@b.example";
	struct message m = {.id = id, .thread = id, .to = to, .subject = text, .text = text};
	struct contact from = {0};
	struct buf out = {0};
	const char *end;

	mail_write(&m, &from, "h", true, &out);
	REQUIRE(buf_string(&out) != NULL && strlen(out.data) == out.len);
	REQUIRE((end = strstr(out.data, "\r\n\r\n")) != NULL);
	/* Date, To, Subject, Message-ID, two of answering, three of MIME: none is added. */
	for (const char *c = out.data; *c != '\0'; c++) {
		REQUIRE(*c == '\r' || *c == '\n' || (*c >= ' ' && *c <= '~'));
		REQUIRE(*c != '\r' || c[1] == '\n');
		if (*c == '\n' && c < end)
			REQUIRE(strchr("DTSMAXC ", c[1]) != NULL);
	}
	buf_free(&out);
}

static void
try_template(const char *text)
{
	struct template_values v = {
	    .to = text, .text = text, .id = "", .priority = "", .sender = ""};
	char reason[256], sms[SMS_TEXT];
	struct buf out = {0};
	json_t *json;

	sms_text(text, sms);
	require_plain(sms, SMS_TEXT);
	v.text = sms;
	REQUIRE(template_fill("[\"{text}\"]", TEMPLATE_JSON, &v, &out, NULL, reason) == 0);
	json = json_loads(buf_string(&out), 0, NULL);
	REQUIRE(json != NULL && json_array_size(json) == 1);
	REQUIRE(strcmp(json_string_value(json_array_get(json, 0)), sms) == 0);
	json_decref(json);
	buf_reset(&out, 0);
	REQUIRE(template_fill("{to}", TEMPLATE_URL, &v, &out, NULL, reason) == 0);
	REQUIRE(strpbrk(buf_string(&out), "&?#/ \r\n\"") == NULL);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	size_t first = line != NULL ? (size_t)(line - data) : 0;
	char rules[512] = "", reason[256];
	struct answer_rules r = {
	    .ok_status = "200", .permanent_status = "400", .words = "a\nb.0"};
	struct http_answer a = {.status = 200 + (long)(size % 3) * 100};

	if (line == NULL || first >= sizeof(rules))
		return 0;
	memcpy(rules, data, first);
	for (size_t i = 0; i < first; i++)
		rules[i] = rules[i] == '\t' ? '\n' : rules[i];
	a.body = strndup((const char *)line + 1, size - first - 1);
	REQUIRE(a.body != NULL);
	if (answer_judge_rules(rules) == NULL) {
		r.ok_body = r.permanent_body = rules;
		REQUIRE(answer_verdict(&a, &r, reason) != 0 || a.status == 200);
		require_plain(reason, sizeof(reason));
	}
	try_contact(a.body);
	try_mail(a.body);
	try_template(a.body);
	free(a.body);
	return 0;
}
