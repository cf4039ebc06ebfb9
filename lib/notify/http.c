#include "notify/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "notify/mailplace.h"
#include "notify/net.h"

struct download {
	struct buf body;
	bool cut;
};

static size_t
take(char *bytes, size_t size, size_t count, void *ctx)
{
	struct download *d = ctx;
	size_t len = size * count, room = HTTP_ANSWER_MAX - d->body.len;

	if (len > room) {
		d->cut = true;
		buf_add(&d->body, bytes, room);
		return 0;
	}
	buf_add(&d->body, bytes, len);
	return len;
}

/*
 * Where ${url} leads, read by the parser that curl goes by too: two parsers that differ are how a
 * request ends up elsewhere.  Return 0 with ${*near} for this machine, or EX_CONFIG.
 */
static int
judge_url(CURLU *url, const struct http_request *r, bool *near, char reason[256])
{
	char *scheme = NULL, *host = NULL, *user = NULL;
	int rc = EX_CONFIG;

	if (curl_url_set(url, CURLUPART_URL, r->url, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		snprintf(reason, 256, "the URL is none");
		goto out;
	}
	*near = mailplace_loopback(host);
	if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		snprintf(reason, 256, "the URL holds an account");
		goto out;
	}
	if (strcmp(scheme, "https") != 0 &&
	    (strcmp(scheme, "http") != 0 || (!*near && !r->plain))) {
		snprintf(reason, 256, "%.16s://%.100s is not https", scheme, host);
		goto out;
	}
	rc = 0;
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return rc;
}

/* Put all of ${r} into ${n}; false where libcurl has no memory. */
static bool
prepare(struct net *n, const struct http_request *r, CURLU *url, struct curl_slist *headers,
    struct download *d, bool near)
{
	const char *body = r->body != NULL ? r->body : "";
	bool ok = true;

	ok &= curl_easy_setopt(n->curl, CURLOPT_CURLU, url) == CURLE_OK;
	ok &= curl_easy_setopt(n->curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
	ok &=
	    curl_easy_setopt(n->curl, CURLOPT_USERAGENT, "siantre-backup/" VERSION) == CURLE_OK;
	ok &= curl_easy_setopt(n->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
	ok &= curl_easy_setopt(n->curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
	ok &= curl_easy_setopt(n->curl, CURLOPT_WRITEDATA, d) == CURLE_OK;
	if (!near && *r->proxy != '\0')
		ok &= curl_easy_setopt(n->curl, CURLOPT_PROXY, r->proxy) == CURLE_OK;
	if (r->user != NULL) {
		ok &= curl_easy_setopt(n->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) ==
		      CURLE_OK;
		ok &= curl_easy_setopt(n->curl, CURLOPT_USERNAME, r->user) == CURLE_OK;
		ok &= curl_easy_setopt(n->curl, CURLOPT_PASSWORD, r->password) == CURLE_OK;
	}
	/* A POST says how long its body is even where it has none. */
	if (r->body != NULL || strcmp(r->method, "GET") != 0) {
		ok &= curl_easy_setopt(n->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			  (curl_off_t)strlen(body)) == CURLE_OK;
		ok &= curl_easy_setopt(n->curl, CURLOPT_POSTFIELDS, body) == CURLE_OK;
	}
	ok &= curl_easy_setopt(n->curl, CURLOPT_CUSTOMREQUEST, r->method) == CURLE_OK;
	return ok;
}

/* All headers as curl wants them; false without memory. */
static bool
list_headers(const struct http_request *r, struct curl_slist **list)
{
	struct curl_slist *longer;
	char type[160];

	snprintf(type, sizeof(type), "Content-Type: %.120s", r->content_type);
	for (size_t i = 0; r->headers[i] != NULL; i++) {
		if ((longer = curl_slist_append(*list, r->headers[i])) == NULL)
			return false;
		*list = longer;
	}
	if (r->body != NULL) {
		if ((longer = curl_slist_append(*list, type)) == NULL)
			return false;
		*list = longer;
	}
	/* Without this, curl waits a second for a "100 Continue" before some bodies. */
	if ((longer = curl_slist_append(*list, "Expect:")) == NULL)
		return false;
	*list = longer;
	return true;
}

int
http_ask(const struct http_request *request, struct http_answer *answer, char reason[256])
{
	struct curl_slist *headers = NULL;
	struct download d = {0};
	struct net n = {0};
	CURLU *url = curl_url();
	CURLcode code;
	bool near = false;
	int rc;

	*answer = (struct http_answer){0};
	if (url == NULL || !list_headers(request, &headers)) {
		snprintf(reason, 256, "not enough memory");
		rc = EX_TEMPFAIL;
		goto out;
	}
	if ((rc = judge_url(url, request, &near, reason)) != 0 ||
	    (rc = net_open(&n, request->ca, reason)) != 0)
		goto out;
	if (!prepare(&n, request, url, headers, &d, near)) {
		snprintf(reason, 256, "not enough memory");
		rc = EX_TEMPFAIL;
		goto out;
	}
	code = curl_easy_perform(n.curl);
	curl_easy_getinfo(n.curl, CURLINFO_RESPONSE_CODE, &answer->status);
	if (code != CURLE_OK && !(d.cut && code == CURLE_WRITE_ERROR)) {
		rc = net_trouble(&n, code, reason);
		goto out;
	}
	for (size_t i = 0; i < d.body.len; i++) {
		if (d.body.data[i] == '\0')
			d.body.data[i] = '?';
	}
	buf_text(&d.body, "");
	if (buf_string(&d.body) == NULL || (answer->body = strdup(d.body.data)) == NULL) {
		snprintf(reason, 256, "not enough memory");
		rc = EX_TEMPFAIL;
		goto out;
	}
	answer->cut = d.cut;
out:
	net_close(&n);
	curl_url_cleanup(url);
	curl_slist_free_all(headers);
	buf_free(&d.body);
	return rc;
}

void
http_free(struct http_answer *answer)
{
	free(answer->body);
	answer->body = NULL;
}
