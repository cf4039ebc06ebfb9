#ifndef NOTIFY_CONTACT_H
#define NOTIFY_CONTACT_H

#include "set/config.h"

/*
 * Who is told: "Siti Rahma <siti@dinas.example> 0812-3456-7890".  Each of the three may be
 * missing.  A word alone that is no number is the mail address of an account on this machine
 * ("root"); before a number, several words or one are the name.
 */
struct contact {
	char name[128]; /* UTF-8; empty: none */
	char mail[256]; /* ASCII, without angle brackets; empty: none */
	char phone[16]; /* digits with the country's code and no plus; empty: none */
};

/**
 * contact_parse(text, out):
 * Take ${text} apart.  Return NULL, or what is wrong with it, for a message "KEY=VALUE: what";
 * ${*out} is empty then.  The empty text is nobody, which is not wrong.
 */
const char *contact_parse(const char *text, struct contact *out);

/**
 * contact_of(c, key, out):
 * Take the value of the configuration's ${key} (CONTACT_PRIMARY ...) apart.  Return 0, or
 * EX_CONFIG after reporting.
 */
int contact_of(const struct config *c, const char *key, struct contact *out);

/**
 * contact_number(text, out):
 * Write the telephone number ${text} ("0812-3456-7890", "+62 812 3456 7890") as digits with the
 * country's code: a leading 0 becomes 62.  Return NULL, or what is wrong with it.
 */
const char *contact_number(const char *text, char out[16]);

/**
 * contact_mail(text):
 * Return NULL where ${text} is an address that may stand in a header and in SMTP: printable
 * ASCII, an account or account@domain, nothing that could end it early.  Else what is wrong.
 */
const char *contact_mail(const char *text);

#endif
