#include "sql/outside.h"

#include <stdint.h>
#include <stdio.h>
#include <strings.h>

#include "sql/names.h"

enum { NAME_SIZE = 64 * 4 + 1 };

static bool
among(const char *name, const char *const *names)
{
	while (*names != NULL && strcasecmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

bool
outside_engine(const char *name)
{
	static const char *const engines[] = {
	    "federated", "connect", "spider", "s3", "sphinx", "cassandra", "oqgraph", NULL};

	if (among(name, engines))
		return true;
	/* In a string `\n` is another byte, `\e` is `e`, and some servers take `é` for it, too. */
	for (; *name != '\0'; name++)
		if ((uint8_t)*name >= 0x80 || *name == '\\')
			return true;
	return false;
}

bool
outside_library(const char *name, const struct token_server *server)
{
	const struct names *n = server->libraries;

	for (size_t i = 0; n != NULL && i < n->len; i++)
		if (strcasecmp(n->items[i], name) == 0)
			return true;
	return false;
}

/* Functions that read files, or hold up the server. */
static bool
outside_function(const char *name)
{
	static const char *const functions[] = {"load_file", "sleep", "benchmark", "get_lock",
	    "release_lock", "release_all_locks", "master_pos_wait", "source_pos_wait",
	    "master_gtid_wait", "wait_for_executed_gtid_set",
	    "wait_until_sql_thread_after_gtids", "sys_exec", "sys_eval", "sys_get", "sys_set",
	    "do_system", NULL};

	return among(name, functions);
}

static int
refuse(const char *before, const char *name, const char *behind, char *error, size_t size)
{
	snprintf(error, size, "%s%s%s", before, name, behind);
	return -1;
}

int
outside_words(const struct token *last, const struct token *t, struct tokens rest, char *error,
    size_t size)
{
	const bool named = last->kind == TOKEN_WORD || last->kind == TOKEN_NAME;
	char name[NAME_SIZE];
	struct token next;

	if (token_mark(t, ';'))
		return refuse("more than one statement", "", "", error, size);
	if (token_mark(t, ':'))
		return refuse("a user variable is set", "", "", error, size);
	if (token_is(t, "outfile") || token_is(t, "dumpfile"))
		return refuse("a file is written", "", "", error, size);
	if (token_mark(t, '(') && named && token_name(last, name, sizeof(name)) == 0) {
		if (outside_library(name, &rest.server))
			return refuse(
			    "function `", name, "` is one from a library", error, size);
		if (outside_function(name))
			return refuse("function ", name, " is called", error, size);
	}
	if (token_is(t, "directory") && (token_is(last, "data") || token_is(last, "index"))) {
		next = token_next(&rest);
		if (token_mark(&next, '=') || next.kind == TOKEN_STRING)
			return refuse("a folder is named for a table", "", "", error, size);
	}
	if (token_is(t, "engine")) {
		next = token_next(&rest);
		if (token_mark(&next, '='))
			next = token_next(&rest);
		if (token_name(&next, name, sizeof(name)) == 0 && outside_engine(name))
			return refuse(
			    "tables of the engine ", name, " are elsewhere", error, size);
	}
	return 0;
}
