#include "notify/message.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void
message_free(struct message *m)
{
	free(m->id);
	free(m->thread);
	free(m->channel);
	free(m->to);
	free(m->subject);
	free(m->text);
	free(m->brief);
	memset(m, 0, sizeof(*m));
}

int
message_copy(struct message *to, const struct message *from)
{
	*to = (struct message){
	    .id = strdup(from->id),
	    .thread = strdup(from->thread),
	    .channel = strdup(from->channel),
	    .to = strdup(from->to),
	    .subject = strdup(from->subject),
	    .text = strdup(from->text),
	    .brief = strdup(from->brief),
	    .urgent = from->urgent,
	    .time = from->time,
	    .not_before = from->not_before,
	    .tries = from->tries,
	};
	if (to->id != NULL && to->thread != NULL && to->channel != NULL && to->to != NULL &&
	    to->subject != NULL && to->text != NULL && to->brief != NULL)
		return 0;
	warn("message %s", from->id);
	message_free(to);
	return -1;
}

bool
message_line(const char *text, size_t most)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
			return false;
	}
	return len <= most;
}
