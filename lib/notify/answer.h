#ifndef NOTIFY_ANSWER_H
#define NOTIFY_ANSWER_H

#include <stdbool.h>

#include "notify/http.h"

/*
 * What an answer means.  A list of status codes: "200-299,409".  Rules over the body, one a line:
 *
 *	PATH=VALUE|VALUE   what PATH leads to in the JSON is one of these (dots between names;
 *	                   digits count in a list; true, false, null and numbers as JSON has them)
 *	PATH~WORDS|WORDS   it is a text that holds some of these words, in capitals or not
 *	~WORDS|WORDS       the body does, whatever it is
 *	!RULE              the rule does not hold; where there is no JSON or no such PATH, too
 */
struct answer_rules {
	const char *ok_status, *ok_body; /* taken: both hold, of the body all lines */
	const char *permanent_status,
	    *permanent_body; /* never: one of them, of the body any line */
	const char *words; /* PATHs, one a line: the first that leads to a text is the reason */
};

/**
 * answer_judge_status(list), answer_judge_rules(rules):
 * Return what is wrong with them, or NULL.
 */
const char *answer_judge_status(const char *list);
const char *answer_judge_rules(const char *rules);

/**
 * answer_verdict(a, rules, reason):
 * Return 0, EX_UNAVAILABLE (never) or EX_TEMPFAIL (later), and say in ${reason} what the other
 * side said, as one plain line.
 */
int answer_verdict(
    const struct http_answer *a, const struct answer_rules *rules, char reason[256]);

#endif
