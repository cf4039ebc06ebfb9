#include "sql/strip.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "sql/statement.h"

/* What one thing between the parentheses of a CREATE TABLE is. */
enum item {
	ITEM_COLUMN, /* or a CHECK, or a period */
	ITEM_PRIMARY,
	ITEM_INDEX,
	ITEM_FULLTEXT,
	ITEM_FOREIGN,
	ITEM_UNKNOWN
};

struct table {
	struct tokens s;
	struct token t; /* at hand */
	struct strip *out;
	char increments[STATEMENT_NAME]; /* the AUTO_INCREMENT column, or empty */
	char primary[STATEMENT_NAME];    /* the first column of the PRIMARY KEY */
	bool failed;
};

static void
next(struct table *p)
{
	p->t = token_next(&p->s);
}

/* The item that begins at hand is … */
static enum item
classify(const struct table *p)
{
	static const char *const others[] = {"like", "select", NULL};
	struct tokens s = p->s;
	struct token t = p->t;

	if (token_is(&t, "constraint")) {
		t = token_next(&s);
		if (!token_is(&t, "primary") && !token_is(&t, "unique") &&
		    !token_is(&t, "foreign") && !token_is(&t, "check"))
			t = token_next(&s);
	}
	if (token_is(&t, "primary"))
		return ITEM_PRIMARY;
	if (token_is(&t, "unique") || token_is(&t, "key") || token_is(&t, "index") ||
	    token_is(&t, "spatial"))
		return ITEM_INDEX;
	if (token_is(&t, "fulltext"))
		return ITEM_FULLTEXT;
	if (token_is(&t, "foreign"))
		return ITEM_FOREIGN;
	return token_among(&t, others) ? ITEM_UNKNOWN : ITEM_COLUMN;
}

/* Walk to the comma or parenthesis that ends the item at hand.  Return where its text ends. */
static const char *
walk_item(struct table *p, enum item kind)
{
	char first[STATEMENT_NAME] = "";
	const char *end;
	int depth = 0;
	bool named = false, hash = false;

	if (kind == ITEM_COLUMN && token_name(&p->t, first, sizeof(first)) != 0)
		p->failed = true;
	for (; p->t.kind != TOKEN_END; next(p)) {
		if (depth == 0 && (token_mark(&p->t, ',') || token_mark(&p->t, ')')))
			break;
		if (token_mark(&p->t, '('))
			depth++;
		else if (token_mark(&p->t, ')'))
			depth--;
		else if (depth == 1 && kind == ITEM_PRIMARY && !named) {
			named = token_name(&p->t, p->primary, sizeof(p->primary)) == 0;
		} else if (depth == 0 && kind == ITEM_COLUMN) {
			if (token_is(&p->t, "auto_increment"))
				strlcpy(p->increments, first, sizeof(p->increments));
			if (token_is(&p->t, "primary"))
				strlcpy(p->primary, first, sizeof(p->primary));
		}
		hash = hash || token_is(&p->t, "hash") || token_is(&p->t, "overlaps");
	}
	for (end = p->t.text; isspace((uint8_t)end[-1]); end--)
		; /* not behind the last token: a comment may end there */
	/* Such an index is a hidden column. */
	if (p->t.kind == TOKEN_END || (hash && kind != ITEM_COLUMN))
		p->failed = true;
	return end;
}

static void
add_to(struct buf *b, const char *text, const char *end)
{
	buf_text(b, b->len > 0 ? ",\n  ADD " : "ADD ");
	buf_add(b, text, (size_t)(end - text));
}

/* Put the item from ${text} to before ${end} where it belongs. */
static void
place(struct table *p, enum item kind, const char *text, const char *end)
{
	struct strip *o = p->out;
	const size_t len = (size_t)(end - text);

	/* Part of it is for some servers only, or more than it. */
	if ((memmem(text, len, "/*", 2) == NULL) != (memmem(text, len, "*/", 2) == NULL))
		p->failed = true;
	switch (kind) {
	case ITEM_INDEX: add_to(&o->indexes, text, end); break;
	case ITEM_FOREIGN: add_to(&o->foreign, text, end); break;
	case ITEM_FULLTEXT:
		buf_text(&o->fulltext, "ADD ");
		buf_add(&o->fulltext, text, (size_t)(end - text));
		buf_add(&o->fulltext, "", 1);
		break;
	default:
		if (o->create.data[o->create.len - 1] != '(')
			buf_text(&o->create, ",");
		buf_text(&o->create, "\n  ");
		buf_add(&o->create, text, (size_t)(end - text));
	}
}

/* What stands behind the parentheses: InnoDB, and no history. */
static bool
options_fit(struct table *p)
{
	bool engine = false, innodb = false;

	for (; p->t.kind != TOKEN_END; next(p)) {
		if (token_is(&p->t, "versioning") || token_is(&p->t, "select"))
			return false;
		if (engine && !token_mark(&p->t, '='))
			innodb = token_is(&p->t, "innodb");
		engine = token_is(&p->t, "engine") || (engine && token_mark(&p->t, '='));
	}
	return innodb;
}

static bool
take_apart(struct table *p, const struct lex_statement *statement)
{
	const char *text, *end;
	enum item kind;

	while (p->t.kind != TOKEN_END && !token_mark(&p->t, '('))
		next(p);
	if (p->t.kind == TOKEN_END)
		return false;
	buf_add(&p->out->create, statement->text, (size_t)(p->t.text + 1 - statement->text));
	do {
		next(p);
		text = p->t.text;
		kind = classify(p);
		if (kind == ITEM_UNKNOWN)
			return false;
		end = walk_item(p, kind);
		if (p->failed)
			return false;
		place(p, kind, text, end);
	} while (!p->failed && token_mark(&p->t, ','));
	if (p->failed)
		return false;
	buf_text(&p->out->create, "\n");
	buf_add(
	    &p->out->create, p->t.text, (size_t)(statement->text + statement->len - p->t.text));
	return options_fit(p) && *p->primary != '\0' &&
	       (*p->increments == '\0' || strcasecmp(p->increments, p->primary) == 0);
}

bool
strip_table(const struct lex_statement *s, const struct token_server *server, struct strip *out)
{
	struct table p = {.s = statement_tokens(s, server), .out = out};
	bool well;

	*out = (struct strip){0};
	next(&p);
	well = take_apart(&p, s) &&
	       (out->indexes.len > 0 || out->fulltext.len > 0 || out->foreign.len > 0) &&
	       !out->create.failed && !out->indexes.failed && !out->fulltext.failed &&
	       !out->foreign.failed;
	if (!well)
		strip_free(out);
	return well;
}

void
strip_free(struct strip *s)
{
	buf_free(&s->create);
	buf_free(&s->indexes);
	buf_free(&s->fulltext);
	buf_free(&s->foreign);
	*s = (struct strip){0};
}
