#include "notify/net.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/sig.h"
#include "notify/program.h"

/* Called about once a second, and whenever bytes come: a stop signal ends it. */
static int
on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	(void)ctx;
	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	return sig_stop() != 0;
}

int
net_open(struct net *n, const char *ca, char reason[256])
{
	static bool begun;
	long patience = program_patience();
	bool bad = false;

	memset(n, 0, sizeof(*n));
	if (!begun) {
		/* OpenSSL would write the keys of what we say into a file that it names. */
		unsetenv("SSLKEYLOGFILE");
		begun = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	}
	if (*ca != '\0' && access(ca, R_OK) != 0) {
		snprintf(reason, 256, "%.200s: the file of certificates cannot be read", ca);
		return EX_CONFIG;
	}
	n->curl = begun ? curl_easy_init() : NULL;
	if (n->curl == NULL) {
		snprintf(reason, 256, "libcurl cannot begin");
		return EX_TEMPFAIL;
	}
	bad |= curl_easy_setopt(n->curl, CURLOPT_ERRORBUFFER, n->error) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_NOSIGNAL, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_CONNECTTIMEOUT, patience / 3 + 1) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_TIMEOUT, patience) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_NOPROGRESS, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_XFERINFOFUNCTION, on_progress) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_PROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_NOPROXY, "") != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_FOLLOWLOCATION, 0L) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_SSL_VERIFYPEER, 1L) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_SSL_VERIFYHOST, 2L) != CURLE_OK;
	bad |= curl_easy_setopt(n->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) !=
	       CURLE_OK;
	if (*ca != '\0') {
		bad |= curl_easy_setopt(n->curl, CURLOPT_CAINFO, ca) != CURLE_OK;
		bad |= curl_easy_setopt(n->curl, CURLOPT_CAPATH, NULL) != CURLE_OK;
	}
	if (bad) {
		snprintf(reason, 256, "libcurl lacks what is needed");
		net_close(n);
		return EX_CONFIG;
	}
	return 0;
}

int
net_url(struct net *n, const char *scheme, const char *host, unsigned port)
{
	bool six = strchr(host, ':') != NULL;
	char *url = NULL;
	int rc = -1;

	if (asprintf(&url, port != 0 ? "%s://%s%s%s:%u" : "%s://%s%s%s", scheme, six ? "[" : "",
		host, six ? "]" : "", port) == -1)
		return -1;
	if (curl_easy_setopt(n->curl, CURLOPT_URL, url) == CURLE_OK)
		rc = 0;
	free(url);
	return rc;
}

int
net_trouble(const struct net *n, CURLcode code, char reason[256])
{
	const char *words = n->error[0] != '\0' ? n->error : curl_easy_strerror(code);

	if (sig_stop() != 0) {
		snprintf(reason, 256, "stopped");
		return EX_TEMPFAIL;
	}
	program_line(words, reason, 256);
	switch (code) {
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_NOT_BUILT_IN:
	case CURLE_BAD_FUNCTION_ARGUMENT:
	case CURLE_SSL_CACERT_BADFILE: return EX_CONFIG;
	default: return EX_TEMPFAIL;
	}
}

void
net_close(struct net *n)
{
	curl_easy_cleanup(n->curl);
	n->curl = NULL;
}
