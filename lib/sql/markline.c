#include "sql/markline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const char rows_word[] = MARKLINE_PREFIX "rows ";
static const char table_word[] = MARKLINE_PREFIX "table ";
static const char note_word[] = MARKLINE_PREFIX "note ";
static const char end_word[] = MARKLINE_PREFIX "end ";

static bool
begins(const char *line, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

enum markline
markline_kind(const char *line, size_t len)
{
	return begins(line, len, rows_word)    ? MARKLINE_ROWS
	       : begins(line, len, table_word) ? MARKLINE_TABLE
	       : begins(line, len, note_word)  ? MARKLINE_NOTE
	       : begins(line, len, end_word)   ? MARKLINE_END
					       : MARKLINE_OTHER;
}

/* The JSON object behind ${word} on a line that ends with a newline; NULL where there is none. */
static json_t *
object(const char *line, size_t len, const char *word)
{
	size_t skip = strlen(word);
	json_t *json;

	errno = EBADMSG;
	if (!begins(line, len, word) || line[len - 1] != '\n')
		return NULL;
	json = json_read(line + skip, len - skip - 1, JSON_REJECT_DUPLICATES, NULL);
	if (json == NULL)
		return NULL;
	errno = EBADMSG;
	if (!json_is_object(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/* ${json} was looked into, with the result ${rc}. */
static int
done(json_t *json, int rc)
{
	if (rc != 0 && json_starved())
		errno = ENOMEM;
	json_decref(json);
	return rc;
}

/* Copy a digest: 64 lowercase hexadecimal digits. */
static bool
digest(char to[HASH_HEX], const char *text)
{
	if (strlen(text) != HASH_HEX - 1 || strspn(text, "0123456789abcdef") != HASH_HEX - 1)
		return false;
	memcpy(to, text, HASH_HEX);
	return true;
}

static bool
copy_names(struct endmark_table *table, const char *database, const char *name)
{
	char *d = strdup(database), *t = strdup(name);

	table->database = d;
	table->table = t;
	if (d != NULL && t != NULL)
		return true;
	free(d);
	free(t);
	table->database = table->table = NULL;
	return false;
}

int
markline_names(const char *line, size_t len, struct endmark_table *table)
{
	json_t *json = object(line, len, rows_word);
	const char *database, *name;
	int rc = -1;

	memset(table, 0, sizeof(*table));
	if (json != NULL &&
	    json_unpack(json, "{s:s,s:s}", "database", &database, "table", &name) == 0 &&
	    copy_names(table, database, name))
		rc = 0;
	return done(json, rc);
}

int
markline_table(const char *line, size_t len, struct endmark_table *table)
{
	json_t *json = object(line, len, table_word);
	const char *database, *name, *sha256;
	json_int_t rows, bytes;
	int rc = -1;

	memset(table, 0, sizeof(*table));
	if (json != NULL &&
	    json_unpack(json, "{s:s,s:s,s:I,s:I,s:s}", "database", &database, "table", &name,
		"rows", &rows, "bytes", &bytes, "sha256", &sha256) == 0 &&
	    rows >= 0 && bytes >= 0 && digest(table->sha256, sha256) &&
	    copy_names(table, database, name)) {
		table->rows = (uint64_t)rows;
		table->bytes = (uint64_t)bytes;
		rc = 0;
	}
	return done(json, rc);
}

char *
markline_note(const char *line, size_t len)
{
	json_t *json = object(line, len, note_word);
	char *text = NULL;

	if (json != NULL)
		text = strndup(line + strlen(note_word), len - strlen(note_word) - 1);
	json_decref(json);
	return text;
}

int
markline_last(const char *line, size_t len, struct markline_end *end)
{
	static const char tail[] = ",\"sha256\":\"\"}\n";
	json_t *json = object(line, len, end_word);
	const char *schema, *sha256;
	json_int_t format, tables, rows, bytes;
	char exact[512];
	int rc = -1, n;

	memset(end, 0, sizeof(*end));
	if (json == NULL ||
	    json_unpack(json, "{s:I,s:I,s:I,s:I,s:s,s:s}", "format", &format, "tables", &tables,
		"rows", &rows, "bytes", &bytes, "schema", &schema, "sha256", &sha256) != 0 ||
	    !digest(end->schema, schema) || !digest(end->sha256, sha256))
		goto out;
	n = snprintf(exact, sizeof(exact),
	    "%s{\"format\":1,\"tables\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"bytes\":%" PRIu64
	    ",\"schema\":\"%s\",\"sha256\":\"%s\"}\n",
	    end_word, (uint64_t)tables, (uint64_t)rows, (uint64_t)bytes, end->schema,
	    end->sha256);
	if (format != 1 || tables < 0 || rows < 0 || bytes < 0 || (size_t)n != len ||
	    memcmp(exact, line, len) != 0)
		goto out;
	end->tables = (uint64_t)tables;
	end->rows = (uint64_t)rows;
	end->bytes = (uint64_t)bytes;
	end->hashed = len - (sizeof(tail) - 1) - (HASH_HEX - 1);
	rc = 0;
out:
	return done(json, rc);
}
