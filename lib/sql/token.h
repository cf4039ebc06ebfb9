#ifndef SQL_TOKEN_H
#define SQL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct names;

/*
 * The words of one SQL statement, as the server at hand reads them: comments are stepped over,
 * and of executable comments those that this server executes are not.
 */
enum token_kind {
	TOKEN_END,
	TOKEN_WORD,   /* a bare word: keyword or name */
	TOKEN_NAME,   /* `…`, or "…" under ANSI_QUOTES */
	TOKEN_STRING, /* '…' or "…" */
	TOKEN_NUMBER,
	TOKEN_MARK /* any other byte */
};

struct token {
	enum token_kind kind;
	const char *text; /* as it stands, quotes included */
	size_t len;
};

struct token_server {
	unsigned long version; /* 101119, 80036: mysql_get_server_version */
	bool mariadb;
	const struct names *libraries; /* its functions that come from libraries; NULL: none */
};

/* For text that nothing runs yet: a server that knows all executable comments that dumps have. */
extern const struct token_server token_reader;

struct tokens {
	const char *p;
	const char *end;
	struct token_server server;
	bool no_backslash;
	bool ansi_quotes;
	bool inside; /* an executable comment that runs: its end mark is to come */
	bool bytes;  /* a bare word with a byte beyond ASCII was met */
};

/**
 * token_next(s):
 * Return the next token.  Text that ends too early ends the token.
 */
struct token token_next(struct tokens *s);

/**
 * token_skip_data(s):
 * Step over what follows of plain data: numbers, strings '…', commas, parentheses and white
 * space.  What was stepped over cannot be part of a name or of a call, unless the token before
 * was one.  This is the way through the rows of an INSERT.
 */
void token_skip_data(struct tokens *s);

/**
 * token_is(t, word):
 * Whether ${t} is the bare word ${word} (lowercase ASCII), in whatever case.
 */
bool token_is(const struct token *t, const char *word);

/**
 * token_among(t, words):
 * Whether ${t} is one of the bare words ${words}, up to a NULL.
 */
bool token_among(const struct token *t, const char *const *words);

/**
 * token_mark(t, mark):
 * Whether ${t} is the byte ${mark}.
 */
bool token_mark(const struct token *t, char mark);

/**
 * token_name(t, name, size):
 * Write the name that ${t} (a word, a name or a string) stands for into ${name} of ${size}
 * bytes.  Return 0, or -1 where it is no name or too long.
 */
int token_name(const struct token *t, char *name, size_t size);

#endif
