#include "sql/tabletext.h"

#include <string.h>

#include "sql/replay.h"
#include "sql/statement.h"

int
tabletext_read(const struct sql_source *source, tabletext_table *tell, void *ctx)
{
	const struct lex_state from = {.line = 1, .column = 1, .delimiter = ";"};
	char current[STATEMENT_NAME] = "";
	struct replay *r;
	struct lex_statement s;
	struct statement st;
	const char *database;
	int rc = replay_open(source, &from, UINT64_MAX, &r);

	while (rc == 0 && (rc = replay_next(r, &s)) == 0 && s.text != NULL) {
		statement_read(&s, &token_reader, &st);
		database = *st.database != '\0' ? st.database : current;
		if (st.kind == STATEMENT_SETTING && *st.database != '\0')
			memcpy(current, st.database, sizeof(current));
		else if (*st.name != '\0' &&
			 (st.kind == STATEMENT_ROWS || (st.creates && st.table)))
			rc = tell(ctx, database, st.name,
			    st.kind == STATEMENT_ROWS ? (uint64_t)s.len : 0);
	}
	replay_free(r);
	return rc;
}
