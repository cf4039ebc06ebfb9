#include "sql/markplace.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const char key[] = "{\"offsets\"";

int
markplace_read(char *const *notes, size_t n, uint64_t **offsets, size_t len)
{
	uint64_t *all = NULL;
	size_t used = 0;
	json_int_t value;
	json_t *note, *list;
	int rc = 0;

	*offsets = NULL;
	for (size_t k = 0; rc == 0 && k < n; k++) {
		if (strncmp(notes[k], key, sizeof(key) - 1) != 0)
			continue;
		if (all == NULL && (all = calloc(len + 1, sizeof(*all))) == NULL)
			return -1;
		if ((note = json_read(notes[k], strlen(notes[k]), 0, NULL)) == NULL)
			rc = -1;
		list = json_object_get(note, "offsets");
		for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
			value = json_integer_value(json_array_get(list, i));
			if (used == len || value < 0) {
				errno = EBADMSG;
				rc = -1;
			} else
				all[used++] = (uint64_t)value;
		}
		json_decref(note);
	}
	if (rc == 0 && all != NULL && used != len) {
		errno = EBADMSG;
		rc = -1;
	}
	if (rc != 0) {
		free(all);
		return -1;
	}
	*offsets = all;
	return 0;
}

int
markplace_compare(const struct tablelist *l, char *const *notes, size_t n)
{
	uint64_t *offsets;
	int rc = markplace_read(notes, n, &offsets, l->len);

	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && offsets != NULL && i < l->len; i++)
		rc = offsets[i] == l->items[i].offset ? 0 : -1;
	free(offsets);
	errno = EBADMSG;
	return rc;
}
