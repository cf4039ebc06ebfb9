#include "sql/use.h"

#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/quote.h"

int
use_database(struct use *u, const char *database)
{
	struct buf b = {0};
	const char *text;
	int rc;

	if (!u->several || (u->current != NULL && strcmp(u->current, database) == 0))
		return 0;
	u->current = database;
	buf_text(&b, "\nUSE ");
	quote_name(&b, database);
	buf_text(&b, ";\n");
	text = buf_string(&b);
	rc = text == NULL ? EX_OSERR : emit_text(u->emit, text, b.len);
	buf_free(&b);
	return rc;
}
