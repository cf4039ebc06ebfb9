#ifndef NOTIFY_HTTP_H
#define NOTIFY_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_ANSWER_MAX 65536
#define HTTP_HEADERS_MAX 16

/* One request.  All texts are whole already: what is in them was encoded for its place. */
struct http_request {
	const char *method;
	const char *url;
	const char *headers[HTTP_HEADERS_MAX + 1]; /* "Name: value", NULL behind the last */
	const char *content_type;                  /* of the body */
	const char *body;                          /* NULL: none */
	const char *user, *password;               /* Basic; NULL: none */
	const char *ca;    /* a file of certificates; "": the system's */
	const char *proxy; /* "": none */
	bool plain;        /* http:// is all right everywhere */
};

struct http_answer {
	long status;
	char *body; /* NUL-terminated; a NUL byte in it is a question mark */
	bool cut;   /* there was more than HTTP_ANSWER_MAX of it */
};

/**
 * http_ask(request, answer, reason):
 * Send ${request} and read the answer, at most HTTP_ANSWER_MAX bytes of it.  http:// is refused
 * but to this machine itself, unless ${plain} is set; so are a name or a password in the URL.
 * A redirect is an answer like any other.  Return 0 with an answer (http_free), or a code as
 * channel_send() with the ${reason}.
 */
int http_ask(const struct http_request *request, struct http_answer *answer, char reason[256]);

/**
 * http_free(answer):
 * An empty struct is fine.
 */
void http_free(struct http_answer *answer);

#endif
