/* What becomes of a proof: checked, compared, told. */
#include "prove/prove.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/plain.h"

/* Let ${text} of ${size} bytes end, and draw nothing. */
static void
check_text(char *text, size_t size)
{
	text[size - 1] = '\0';
	plain_text(text);
}

/* Let ${hex} be a digest, or the empty text. */
static void
check_digest(char hex[HASH_HEX])
{
	hex[HASH_HEX - 1] = '\0';
	if (strspn(hex, "0123456789abcdef") != HASH_HEX - 1)
		hex[0] = '\0';
}

void
prove_check(struct proof *p, int code)
{
	static const int codes[] = {
	    0, 1, EX_DATAERR, EX_IOERR, EX_CANTCREAT, EX_OSERR, EX_CONFIG};
	size_t i = 0;

	while (i < sizeof(codes) / sizeof(codes[0]) && codes[i] != code)
		i++;
	p->code = i < sizeof(codes) / sizeof(codes[0]) ? code : 1;
	if ((unsigned)p->kind > KIND_AGE)
		p->kind = KIND_OTHER;
	/* A byte that is neither is no truth value: look at it as one. */
	p->packed = *(volatile unsigned char *)&p->packed != 0;
	p->sealed = *(volatile unsigned char *)&p->sealed != 0;
	check_digest(p->sha256);
	check_digest(p->plain_sha256);
	check_digest(p->dump);
	check_digest(p->tables_sha256);
	check_text(p->message, sizeof(p->message));
	if (p->code == 0)
		p->message[0] = '\0';
	else if (p->message[0] == '\0')
		strlcpy(p->message, "not proven", sizeof(p->message));
}

void
prove_add_table(
    struct hash *h, const char *database, const char *table, uint64_t rows, const char *sha256)
{
	char figures[32 + HASH_HEX];
	int len = snprintf(figures, sizeof(figures), "%" PRIu64 " %s", rows, sha256);

	/* With their NULs, so that no two lists run into the same bytes. */
	hash_add(h, database, strlen(database) + 1);
	hash_add(h, table, strlen(table) + 1);
	hash_add(h, figures, (size_t)len + 1);
}

const char *
prove_describe(const struct proof *p, char *buf, size_t size)
{
	switch (p->kind) {
	case KIND_DUMP:
		snprintf(buf, size, "dump, %" PRIu64 " %s, %" PRIu64 " %s", p->tables,
		    p->tables == 1 ? "table" : "tables", p->rows,
		    p->rows == 1 ? "row" : "rows");
		break;
	case KIND_FOREIGN: snprintf(buf, size, "foreign SQL: no end mark to prove"); break;
	case KIND_TAR:
		snprintf(buf, size, "tar archive, %" PRIu64 " %s", p->entries,
		    p->entries == 1 ? "entry" : "entries");
		break;
	case KIND_INDEX:
		snprintf(buf, size, "index, %" PRIu64 " %s", p->entries,
		    p->entries == 1 ? "fragment" : "fragments");
		break;
	case KIND_AGE:
		snprintf(buf, size, "encrypted for %" PRIu64 " %s: sealed, not looked into",
		    p->entries, p->entries == 1 ? "recipient" : "recipients");
		break;
	case KIND_OTHER:
	default: snprintf(buf, size, p->packed ? "gzip" : "checksum only"); break;
	}
	return buf;
}

const char *
prove_kind(const struct proof *p)
{
	return p->packed && p->kind == KIND_OTHER ? "gzip" : kind_word(p->kind);
}
