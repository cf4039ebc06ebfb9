#ifndef NOTIFY_NET_H
#define NOTIFY_NET_H

#include <curl/curl.h>
#include <stddef.h>

/*
 * What SMTP and HTTP have in common: libcurl with a time limit, certificates that are checked,
 * TLS 1.2 at least, no redirects, no .netrc, and no proxy but one that the configuration names:
 * what the environment holds (http_proxy, no_proxy, SSLKEYLOGFILE) plays no part.
 */
struct net {
	CURL *curl;
	char error[CURL_ERROR_SIZE];
};

/**
 * net_open(n, ca, reason):
 * Make a handle; ${ca} is a file of certificates that are trusted instead of the system's, ""
 * for those.  Return 0, or a code as channel_send(), with the ${reason}.
 */
int net_open(struct net *n, const char *ca, char reason[256]);

/**
 * net_url(n, scheme, host, port):
 * Set where to; ${port} 0 is the scheme's.  Return 0, or -1 where there is no memory.
 */
int net_url(struct net *n, const char *scheme, const char *host, unsigned port);

/**
 * net_trouble(n, code, reason):
 * Say in ${reason} what went wrong where there was no answer, and return what that means:
 * EX_TEMPFAIL for everything that may pass by (no network, a server that is down, a certificate
 * that has expired, a stop signal).
 */
int net_trouble(const struct net *n, CURLcode code, char reason[256]);

/**
 * net_close(n):
 * An empty struct is fine.
 */
void net_close(struct net *n);

#endif
