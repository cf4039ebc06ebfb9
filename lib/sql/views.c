#include "sql/views.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/create.h"
#include "sql/order.h"

int
views_write(MYSQL *m, const struct catalogue *c, bool drop, bool definer, struct emit *e,
    json_t *warnings)
{
	const char **names = calloc(c->ntables + 1, sizeof(*names));
	char **texts = calloc(c->ntables + 1, sizeof(*texts));
	size_t *order = calloc(c->ntables + 1, sizeof(*order));
	size_t n = 0;
	int rc = EX_OSERR;

	if (names == NULL || texts == NULL || order == NULL) {
		warn("views");
		goto out;
	}
	for (size_t i = 0; i < c->ntables; i++) {
		const struct table *t = &c->tables[i];
		struct buf b = {0};
		bool valid = true;

		if (t->kind != CATALOGUE_VIEW)
			continue;
		buf_text(&b, "\n");
		rc = create_view(m, t, drop, definer, &b, &valid);
		if (rc != 0) {
			buf_free(&b);
			goto out;
		}
		if (!valid) {
			warnx("%s: refers to what is not there; kept as a comment", t->label);
			json_array_append_new(warnings,
			    json_sprintf("invalid view kept as a comment: %s", t->label));
		}
		names[n] = t->name;
		if (buf_string(&b) == NULL) {
			rc = EX_OSERR;
			goto out;
		}
		texts[n++] = b.data;
	}
	if (order_views(names, (const char *const *)texts, n, order) != 0) {
		rc = EX_OSERR;
		goto out;
	}
	rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = emit_text(e, texts[order[i]], strlen(texts[order[i]]));
out:
	for (size_t i = 0; texts != NULL && i < n; i++)
		free(texts[i]);
	free(texts);
	free(names);
	free(order);
	return rc;
}
