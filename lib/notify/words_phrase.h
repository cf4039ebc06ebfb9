#ifndef NOTIFY_WORDS_PHRASE_H
#define NOTIFY_WORDS_PHRASE_H

#include "base/buf.h"
#include "notify/incident.h"
#include "set/config.h"

/**
 * words_commands(c, i, b):
 * Append the commands that look after ${i}, a line each, indented.
 */
void words_commands(const struct config *c, const struct incident *i, struct buf *b);

/**
 * words_ascii(b, text, max):
 * Append ${text} with a dash for whatever is no letter, digit, dot, dash or underscore, at most
 * ${max} bytes of it: names in what others see.
 */
void words_ascii(struct buf *b, const char *text, size_t max);

#endif
