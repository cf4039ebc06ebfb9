#include "notify/mail.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/plain.h"
#include "base/utf8.h"

#define LINE_MAX_QP 76 /* of quoted-printable (RFC 2045) */
#define WORD_BYTES 39  /* of an encoded word; with "Subject: " it stays within 76 columns */
#define PLAIN_MAX 200  /* of a header that need not be encoded */

const char *
mail_host(char out[HOST_SIZE])
{
	host_name(out);
	for (char *c = out; *c != '\0'; c++) {
		if (strspn(c,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") ==
		    0)
			*c = '-';
	}
	if (out[0] == '\0')
		strlcpy(out, "localhost", HOST_SIZE);
	return out;
}

/* ${len} bytes at ${text} as one line of UTF-8 without control characters; the caller frees. */
static char *
one_line(const char *text, size_t len)
{
	char *line = utf8_clean(text, len, "?", &len);

	for (char *c = line; c != NULL && *c != '\0'; c++) {
		if (strchr("\t\r\n", *c) != NULL)
			*c = ' ';
	}
	if (line != NULL)
		plain_bytes(line, len);
	return line;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

/* Append ${text}, one line, as header text: as it is, or in encoded words (RFC 2047). */
static void
add_words(struct buf *out, const char *text, const char *eol)
{
	unsigned char coded[WORD_BYTES * 2];
	size_t len = strlen(text), take, step;
	const char *between = "";

	if (is_ascii(text) && strstr(text, "=?") == NULL && len <= PLAIN_MAX) {
		buf_text(out, text);
		return;
	}
	while (len > 0) {
		for (take = 0; take < len; take += step) {
			step = utf8_next(text + take, len - take);
			step = step == 0 ? 1 : step;
			if (take + step > WORD_BYTES)
				break;
		}
		EVP_EncodeBlock(coded, (const unsigned char *)text, (int)take);
		buf_printf(out, "%s=?UTF-8?B?%s?=", between, (const char *)coded);
		between = *eol == '\r' ? "\r\n " : "\n ";
		text += take;
		len -= take;
	}
}

static void
add_header(struct buf *out, const char *name, const char *text, const char *eol)
{
	char *line = one_line(text, strlen(text));

	if (line == NULL) {
		out->failed = true;
		return;
	}
	buf_printf(out, "%s: ", name);
	add_words(out, line, eol);
	buf_text(out, eol);
	free(line);
}

/* Append one ${line} of the text in quoted-printable. */
static void
add_quoted(struct buf *out, const char *line, const char *eol)
{
	size_t column = 0, width;

	for (const char *c = line; *c != '\0'; c++) {
		bool plain = *c >= ' ' && *c <= '~' && *c != '=' &&
			     !(*c == ' ' && c[1] == '\0') && !(column == 0 && *c == '.');

		width = plain ? 1 : 3;
		if (column + width > LINE_MAX_QP - 1) {
			buf_printf(out, "=%s", eol);
			column = 0;
			plain = plain && *c != '.';
			width = plain ? 1 : 3;
		}
		if (plain)
			buf_add(out, c, 1);
		else
			buf_printf(out, "=%02X", (unsigned char)*c);
		column += width;
	}
	buf_text(out, eol);
}

static void
add_body(struct buf *out, const char *text, bool quoted, const char *eol)
{
	for (const char *next; *text != '\0'; text = next) {
		size_t len = strcspn(text, "\n");
		char *line;

		next = text + len + (text[len] == '\n');
		if (len > 0 && text[len - 1] == '\r')
			len--;
		if ((line = one_line(text, len)) == NULL) {
			out->failed = true;
			return;
		}
		if (quoted)
			add_quoted(out, line, eol);
		else
			buf_printf(out, "%s%s", line, eol);
		free(line);
	}
}

/* Whether ${text} needs more than short lines of ASCII. */
static bool
needs_quoting(const char *text)
{
	for (const char *at = text; *at != '\0';) {
		size_t len = strcspn(at, "\n");

		if (len > 78 || *at == '.')
			return true;
		for (size_t i = 0; i < len; i++) {
			if ((at[i] < ' ' && strchr("\t\r", at[i]) == NULL) || at[i] > '~')
				return true;
		}
		at += len + (at[len] == '\n');
	}
	return false;
}

static void
add_date(struct buf *out, int64_t when, const char *eol)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)when;
	struct tm tm = {0};

	gmtime_r(&t, &tm);
	buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000%s", days[tm.tm_wday],
	    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    eol);
}

/* An id of ours, made unique over all machines. */
static void
add_id(struct buf *out, const char *name, const char *id, const struct contact *from,
    const char *host, const char *eol)
{
	const char *domain = strchr(from->mail, '@');

	buf_printf(out, "%s: <", name);
	for (; *id != '\0'; id++)
		buf_add(
		    out, strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") > 0 ? id : "-", 1);
	if (domain != NULL)
		buf_printf(out, ".%s%s>%s", host, domain, eol);
	else
		buf_printf(out, "@%s>%s", host, eol);
}

void
mail_write(const struct message *m, const struct contact *from, const char *host, bool crlf,
    struct buf *out)
{
	const char *eol = crlf ? "\r\n" : "\n";
	bool quoted = needs_quoting(m->text);

	if (contact_mail(m->to) != NULL) {
		out->failed = true;
		return;
	}
	add_date(out, m->time, eol);
	if (from->mail[0] != '\0' && from->name[0] != '\0') {
		buf_text(out, "From: ");
		/* A quoted string; judge_name() lets no quote in, and no backslash survives. */
		if (is_ascii(from->name) && strchr(from->name, '\\') == NULL)
			buf_printf(out, "\"%s\"", from->name);
		else
			add_words(out, from->name, eol);
		buf_printf(out, " <%s>%s", from->mail, eol);
	} else if (from->mail[0] != '\0')
		buf_printf(out, "From: %s%s", from->mail, eol);
	buf_printf(out, "To: %s%s", m->to, eol);
	add_header(out, "Subject", m->subject, eol);
	add_id(out, "Message-ID", m->id, from, host, eol);
	if (m->thread[0] != '\0' && strcmp(m->thread, m->id) != 0) {
		add_id(out, "In-Reply-To", m->thread, from, host, eol);
		add_id(out, "References", m->thread, from, host, eol);
	}
	/* Nobody's absence note answers (RFC 3834; the second line is for Exchange). */
	buf_printf(
	    out, "Auto-Submitted: auto-generated%sX-Auto-Response-Suppress: All%s", eol, eol);
	if (m->urgent)
		buf_printf(out, "Importance: high%sX-Priority: 1%s", eol, eol);
	buf_printf(out,
	    "MIME-Version: 1.0%sContent-Type: text/plain; charset=UTF-8%s"
	    "Content-Transfer-Encoding: %s%s%s",
	    eol, eol, quoted ? "quoted-printable" : "7bit", eol, eol);
	add_body(out, m->text, quoted, eol);
}
