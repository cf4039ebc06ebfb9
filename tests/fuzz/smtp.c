/*
 * A mail server that says anything: the input is what it says, a line an answer; the first byte is
 * libcurl's own verdict.  What is shown of it is one plain line, and no mail counts as taken unless
 * libcurl says so.  Nothing goes out: the calls that would are those below.
 */
#include "fuzz.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <sysexits.h>

#include "base/utf8.h"
#include "notify/smtp.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

static const char *said;
static size_t left, given;
static CURLcode verdict;
static long status;
static curl_write_callback hear;
static curl_read_callback give;
static void *heard, *giver;

CURLcode
curl_easy_setopt(CURL *c, CURLoption option, ...)
{
	va_list list;

	(void)c;
	va_start(list, option);
	switch (option) {
	case CURLOPT_HEADERFUNCTION: hear = va_arg(list, curl_write_callback); break;
	case CURLOPT_HEADERDATA: heard = va_arg(list, void *); break;
	case CURLOPT_READFUNCTION: give = va_arg(list, curl_read_callback); break;
	case CURLOPT_READDATA: giver = va_arg(list, void *); break;
	default: break;
	}
	va_end(list);
	return CURLE_OK;
}

CURLcode
curl_easy_getinfo(CURL *c, CURLINFO info, ...)
{
	va_list list;

	(void)c;
	REQUIRE(info == CURLINFO_RESPONSE_CODE);
	va_start(list, info);
	*va_arg(list, long *) = status;
	va_end(list);
	return CURLE_OK;
}

CURLcode
curl_easy_perform(CURL *c)
{
	char mail[100], *line;
	size_t n;

	(void)c;
	while (left > 0) {
		const char *nl = memchr(said, '\n', left);

		n = nl != NULL ? (size_t)(nl + 1 - said) : left;
		/* A copy of its own: no NUL is behind it, and nothing that may be read. */
		REQUIRE((line = malloc(n)) != NULL);
		memcpy(line, said, n);
		if (n >= 3 && line[0] >= '0' && line[0] <= '9')
			status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
		REQUIRE(hear(line, 1, n, heard) == n);
		free(line);
		said += n;
		left -= n;
	}
	for (given = 0; (n = give(mail, 1, sizeof(mail), giver)) > 0; given += n)
		REQUIRE(n <= sizeof(mail));
	return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const CURLcode verdicts[] = {CURLE_OK, CURLE_LOGIN_DENIED, CURLE_USE_SSL_FAILED,
	    CURLE_RECV_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_OPERATION_TIMEDOUT};
	static char id[] = "m-1", to[] = "a@b.example", text[] = "text";
	const struct message m = {
	    .id = id, .thread = id, .to = to, .subject = text, .text = text};
	const struct contact from = {.mail = "siti@dinas.example"};
	const struct mailplace place = {.kind = MAILPLACE_SMTP, .host = "mail.dinas.example"};
	char reason[256] = "";
	size_t len, step;
	int rc;

	if (size == 0)
		return 0;
	verdict = verdicts[data[0] % (sizeof(verdicts) / sizeof(verdicts[0]))];
	said = (const char *)data + 1;
	left = size - 1;
	status = 0;
	rc = smtp_send(&place, &m, &from, "", reason);
	REQUIRE((rc == 0) == (verdict == CURLE_OK) && left == 0 && given > 0);
	REQUIRE(rc == 0 || rc == EX_TEMPFAIL || rc == EX_UNAVAILABLE || rc == EX_NOPERM);
	len = strlen(reason);
	REQUIRE(len < sizeof(reason) && (rc == 0 || len > 0));
	for (const char *c = reason; len > 0; c += step, len -= step) {
		/* What was cut may end within a character. */
		if ((step = utf8_next(c, len)) == 0) {
			REQUIRE(len < 4);
			break;
		}
		REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
	}
	return 0;
}
