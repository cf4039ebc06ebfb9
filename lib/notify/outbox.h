#ifndef NOTIFY_OUTBOX_H
#define NOTIFY_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/message.h"
#include "set/config.h"

/*
 * Messages on their way: STATE_DIR/alert/outbox/ID.json, one file a message and channel, there
 * before anything is sent.  What cannot be delivered ends in dead/.
 *
 * For one person on one channel only the newest word on an incident counts, and each says all
 * that is to be said: a recovery that overtakes its failure, or a reminder that overtakes the
 * first word, is the one message that goes out.
 */
struct outbox_item {
	struct message message;
	uint64_t *incidents; /* numbers of those that it tells of */
	size_t incident_count;
	uint64_t order; /* the later word has the larger number */
	unsigned rank; /* of whom it goes to: 0 the primary, 1 the secondary, 2 the emergency */
	int64_t waiting; /* since when a word to this person has waited */
	int64_t next;    /* no attempt before */
	char *dead;      /* why it will never be delivered; NULL: it may be */
	bool gone;       /* the file is no longer there */
};

struct outbox {
	struct outbox_item *items; /* in their order */
	size_t count;
};

#define OUTBOX_PATIENCE (2 * 86400) /* seconds that delivery is tried for */

/**
 * outbox_item_free(item):
 * Free what ${item} owns and make it empty.
 */
void outbox_item_free(struct outbox_item *item);

/**
 * outbox_add(box, item):
 * Append ${*item}, whose texts ${box} then owns; it is empty after that.  Return 0, or -1 after
 * reporting.
 */
int outbox_add(struct outbox *box, struct outbox_item *item);

/**
 * outbox_add_copy(box, item):
 * The same with a copy of ${item}.
 */
int outbox_add_copy(struct outbox *box, const struct outbox_item *item);

/**
 * outbox_free(box):
 * Free the content of ${box}.
 */
void outbox_free(struct outbox *box);

/**
 * outbox_put(folder, item):
 * Write ${item} to the outbox below ${folder} (STATE_DIR), unless it was sent already.  Return 1
 * where it was sent, 0 where it is there, or -1 after reporting.
 */
int outbox_put(const char *folder, const struct outbox_item *item);

/**
 * outbox_load(folder, box):
 * Fill the empty ${box} with what is in the outbox.  A file that is none is moved to dead/ and
 * told.  Return 0, or the exit code after reporting.
 */
int outbox_load(const char *folder, struct outbox *box);

/**
 * outbox_waiting(folder), outbox_lost(folder):
 * How many messages are in the outbox, and in dead/.
 */
size_t outbox_waiting(const char *folder);
size_t outbox_lost(const char *folder);

/**
 * outbox_mark(folder, id), outbox_unmark(folder):
 * Remember that the message ${id} was sent, where the state does not know of it yet; forget all
 * these.  outbox_mark() returns 0, or -1 without a word.
 */
int outbox_mark(const char *folder, const char *id);
void outbox_unmark(const char *folder);

/**
 * outbox_remove(folder, item, sent):
 * ${item} is done with: remove its file or, where ${sent}, keep it as the mark of outbox_mark().
 * Return 0, or -1 after reporting.
 */
int outbox_remove(const char *folder, struct outbox_item *item, bool sent);

/**
 * outbox_bury(folder, item):
 * Move the file of ${item} to dead/, where it stays for 90 days.  Return 0, or -1 after reporting.
 */
int outbox_bury(const char *folder, struct outbox_item *item);

/* What became of messages. */
struct outbox_outcome {
	struct outbox delivered;
	struct outbox lost; /* ${dead} says why; still in the outbox */
	size_t later;       /* to be tried again */
	size_t held;        /* whose time has not come */
};

/**
 * outbox_send(c, folder, now, saved, hurry, out):
 * Send what is due, the urgent first.  What fails is tried again after a minute, two, four ... an
 * hour; ${hurry}: it is due now.  ${saved}: the state knows of all of it, so that what was sent
 * need not be remembered.  Each failure is reported.  One process sends at a time: where another
 * one does, nothing is done.  Return 0, or the exit code after reporting; ${*out} is the caller's
 * in any case (outbox_free() of both).
 */
int outbox_send(const struct config *c, const char *folder, int64_t now, bool saved, bool hurry,
    struct outbox_outcome *out);

/**
 * outbox_parse(text, len, item), outbox_format(item):
 * An item as the text of its file.  The one returns 0, or with ${*item} empty, -1 silently where it
 * is none and -2 after reporting where there is no memory to tell; the other the text, which the
 * caller frees, or NULL after reporting.
 */
int outbox_parse(const char *text, size_t len, struct outbox_item *item);
char *outbox_format(const struct outbox_item *item);

#endif
