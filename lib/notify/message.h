#ifndef NOTIFY_MESSAGE_H
#define NOTIFY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One message to one person on one channel.  Its texts are in the language of the configuration.
 */
struct message {
	char *id;      /* unique and the same however often it is made; of [a-z0-9-] */
	char *thread;  /* of the incident, for mails that belong together; of [a-z0-9-] */
	char *channel; /* "mail", "sms", or the name of a gateway */
	char *to;      /* address or number; may be empty where the channel knows */
	char *subject; /* one line */
	char *text;    /* in full, for our own people alone: mail */
	char *
	    brief; /* at most MESSAGE_BRIEF ASCII characters, without path, SQL, names of tables
	                * or text of logs: for SMS and whatever passes through others */
	bool urgent;
	int64_t time;       /* when it was made */
	int64_t not_before; /* when it may go out; 0: at once */
	unsigned tries;     /* how often that was tried in vain */
};

#define MESSAGE_BRIEF 160

/**
 * message_free(m):
 * Free what ${m} owns (all its texts) and make it empty; not ${m} itself.
 */
void message_free(struct message *m);

/**
 * message_copy(to, from):
 * Make ${*to} a message with texts of its own.  Return 0, or -1 after reporting.
 */
int message_copy(struct message *to, const struct message *from);

/**
 * message_line(text, most):
 * Return whether ${text} can stand in a header or on a line: at most ${most} bytes, and no control
 * character.
 */
bool message_line(const char *text, size_t most);

#endif
