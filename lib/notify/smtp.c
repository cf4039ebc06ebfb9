#include "notify/smtp.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "notify/mail.h"
#include "notify/net.h"
#include "notify/program.h"
#include "notify/secret.h"

struct upload {
	const struct buf *mail;
	size_t sent;
	char said[200]; /* the last answer that was no yes */
	char last[200]; /* the last answer */
};

static size_t
give(char *out, size_t size, size_t count, void *ctx)
{
	struct upload *u = ctx;
	size_t n = u->mail->len - u->sent;

	if (n > size * count)
		n = size * count;
	memcpy(out, u->mail->data + u->sent, n);
	u->sent += n;
	return n;
}

/* Keep what the server says: curl gives its lines here. */
static size_t
hear(char *line, size_t size, size_t count, void *ctx)
{
	struct upload *u = ctx;
	size_t len = size * count, take = len;
	char text[200];

	if (take >= sizeof(text))
		take = sizeof(text) - 1;
	memcpy(text, line, take);
	text[take] = '\0';
	for (size_t i = 0; i < take; i++) {
		if (text[i] == '\0')
			text[i] = '?';
	}
	if (take < 3 || !isdigit((unsigned char)text[0]))
		return len;
	program_line(text, u->last, sizeof(u->last));
	if (text[0] == '4' || text[0] == '5')
		memcpy(u->said, u->last, sizeof(u->said));
	return len;
}

/* Set what differs by where it goes; false where libcurl cannot do it. */
static bool
prepare(struct net *n, const struct mailplace *place, const char *password, bool trusting)
{
	bool tls = place->kind == MAILPLACE_SMTPS, ok = true;

	ok &= net_url(n, tls ? "smtps" : "smtp", place->host, place->port) == 0;
	ok &= curl_easy_setopt(n->curl, CURLOPT_PROTOCOLS_STR, tls ? "smtps" : "smtp") ==
	      CURLE_OK;
	ok &= curl_easy_setopt(n->curl, CURLOPT_USE_SSL,
		  (long)(trusting ? CURLUSESSL_TRY : CURLUSESSL_ALL)) == CURLE_OK;
	if (trusting) {
		ok &= curl_easy_setopt(n->curl, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK;
		ok &= curl_easy_setopt(n->curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
	}
	if (password != NULL) {
		ok &= curl_easy_setopt(n->curl, CURLOPT_USERNAME, place->user) == CURLE_OK;
		ok &= curl_easy_setopt(n->curl, CURLOPT_PASSWORD, password) == CURLE_OK;
	}
	return ok;
}

/* What the end of the dialogue means. */
static int
verdict(const struct net *n, CURLcode code, const struct upload *u, char reason[256])
{
	long status = 0;
	int rc;

	curl_easy_getinfo(n->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OK) {
		snprintf(reason, 256, "%s", u->last);
		return 0;
	}
	if (code == CURLE_USE_SSL_FAILED) {
		snprintf(reason, 256, "the server offers no STARTTLS, so nothing was sent");
		return EX_TEMPFAIL;
	}
	if (status >= 400 && status < 600 && u->said[0] != '\0') {
		snprintf(reason, 256, "%s%s",
		    code == CURLE_LOGIN_DENIED ? "the login was refused: " : "", u->said);
		if (status < 500)
			return EX_TEMPFAIL;
		return code == CURLE_LOGIN_DENIED ? EX_NOPERM : EX_UNAVAILABLE;
	}
	rc = net_trouble(n, code, reason);
	return code == CURLE_LOGIN_DENIED ? EX_NOPERM : rc;
}

int
smtp_send(const struct mailplace *place, const struct message *m, const struct contact *from,
    const char *ca, char reason[256])
{
	struct curl_slist *to = NULL;
	struct buf mail = {0};
	struct upload u = {.mail = &mail};
	struct net n = {0};
	char host[HOST_SIZE], *password = NULL;
	bool ok;
	int rc;

	if (place->user[0] != '\0' && secret_read(MAILPLACE_SECRET, &password, reason) != 0)
		return EX_CONFIG;
	if ((rc = net_open(&n, ca, reason)) != 0)
		goto out;
	rc = EX_TEMPFAIL;
	mail_write(m, from, mail_host(host), true, &mail);
	ok = buf_string(&mail) != NULL && (to = curl_slist_append(NULL, m->to)) != NULL &&
	     prepare(&n, place, password, place->loopback && *ca == '\0');
	ok = ok && curl_easy_setopt(n.curl, CURLOPT_MAIL_FROM, from->mail) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail.len) ==
		 CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_READFUNCTION, give) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_READDATA, &u) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_HEADERFUNCTION, hear) == CURLE_OK &&
	     curl_easy_setopt(n.curl, CURLOPT_HEADERDATA, &u) == CURLE_OK;
	if (!ok) {
		snprintf(reason, 256, "not enough memory");
		goto out;
	}
	rc = verdict(&n, curl_easy_perform(n.curl), &u, reason);
out:
	if (password != NULL)
		secret_hide(reason, password);
	net_close(&n);
	curl_slist_free_all(to);
	buf_free(&mail);
	secret_free(password);
	return rc;
}
