#include "notify/memory.h"

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/json.h"
#include "set/record.h"

#define MEMORY_NAME "check.json"
#define MEMORY_MAX ((size_t)4 << 20)
#define DAY ((int64_t)86400)
#define APART ((int64_t)20 * 3600) /* between two samples of the disk */

/*
 * {"format": 1, "boot": TEXT,
 *  "told": {"db age": {"status": "fail", "time": SECONDS}, ...},
 *  "numbers": {GROUP: {KEY: NUMBER, ...}, ...},
 *  "disk": [[TIME, FREE, SETS], ...]}
 */
struct memory {
	char *folder;
	json_t *all;
};

/* What ${m} has under ${key}, an object, made where it is missing; NULL without memory. */
static json_t *
part(json_t *all, const char *key)
{
	json_t *o = json_object_get(all, key);

	if (json_is_object(o))
		return o;
	return json_object_set_new(all, key, json_object()) == 0 ? json_object_get(all, key)
								 : NULL;
}

static int
no_memory(void)
{
	warnx(MEMORY_NAME ": out of memory");
	return -1;
}

int
memory_read(const char *folder, struct memory **out)
{
	struct memory *m = calloc(1, sizeof(*m));
	char *path = NULL;
	int rc = EX_OSERR;

	*out = NULL;
	if (m == NULL || (m->folder = strdup(folder)) == NULL ||
	    asprintf(&path, "%s/" MEMORY_NAME, folder) == -1) {
		path = NULL;
		warn("%s", folder);
		goto out;
	}
	if (access(path, F_OK) == 0) {
		rc = record_json(folder, MEMORY_NAME, MEMORY_MAX, &m->all);
		if (rc != 0 && rc != EX_DATAERR)
			goto out;
	}
	if (m->all == NULL && (m->all = json_object()) == NULL) {
		no_memory();
		rc = EX_OSERR;
		goto out;
	}
	*out = m;
	m = NULL;
	rc = 0;
out:
	free(path);
	memory_free(m);
	return rc;
}

int
memory_write(const struct memory *m)
{
	char *path = NULL, *text = NULL;
	int rc = -1;

	if (json_object_set_new(m->all, "format", json_integer(1)) != 0 ||
	    (text = json_format(m->all, JSON_INDENT(1))) == NULL ||
	    asprintf(&path, "%s/" MEMORY_NAME, m->folder) == -1) {
		path = NULL;
		no_memory();
		goto out;
	}
	rc = atomic_write(path, 0600, text, strlen(text));
out:
	free(path);
	free(text);
	return rc;
}

/* "JOB WHAT" or "HOST:JOB WHAT": none of them has a blank or a colon in it. */
static void
name_of(char key[MEMORY_KEY], const struct memory_key *k)
{
	bool here = k->host == NULL || *k->host == '\0';

	snprintf(key, MEMORY_KEY, "%s%s%s %s", here ? "" : k->host, here ? "" : ":", k->job,
	    k->what);
}

const char *
memory_told(const struct memory *m, const struct memory_key *k)
{
	char key[MEMORY_KEY];

	name_of(key, k);
	return record_text(json_object_get(json_object_get(m->all, "told"), key), "status");
}

bool
memory_due(const struct memory *m, const struct memory_key *k, const char *status, int64_t now)
{
	const char *told = memory_told(m, k);
	char key[MEMORY_KEY];
	int64_t when;

	if (told == NULL || strcmp(told, status) != 0)
		return true;
	name_of(key, k);
	when = json_integer_value(
	    json_object_get(json_object_get(json_object_get(m->all, "told"), key), "time"));
	return strcmp(status, "ok") != 0 && (now - when >= DAY || when > now);
}

int
memory_tell(struct memory *m, const struct memory_key *k, const char *status, int64_t now)
{
	json_t *told = part(m->all, "told");
	char key[MEMORY_KEY];

	name_of(key, k);
	if (told == NULL ||
	    json_object_set_new(told, key,
		json_pack("{s:s, s:I}", "status", status, "time", (json_int_t)now)) != 0)
		return no_memory();
	return 0;
}

void
memory_drop(struct memory *m, const struct memory_key *k)
{
	char key[MEMORY_KEY];

	name_of(key, k);
	(void)json_object_del(json_object_get(m->all, "told"), key);
}

int
memory_each(const struct memory *m, size_t i, char text[MEMORY_KEY], struct memory_key *k)
{
	json_t *told = json_object_get(m->all, "told"), *value;
	const char *key;
	char *end;

	json_object_foreach(told, key, value)
	{
		if (i-- > 0)
			continue;
		strlcpy(text, key, MEMORY_KEY);
		k->host = "";
		k->job = text;
		k->what = "";
		if ((end = strchr(text, ' ')) != NULL) {
			*end = '\0';
			k->what = end + 1;
		}
		if ((end = strchr(text, ':')) != NULL) {
			*end = '\0';
			k->host = text;
			k->job = end + 1;
		}
		return 0;
	}
	return -1;
}

int64_t
memory_number(const struct memory *m, const char *group, const char *key)
{
	const json_t *n =
	    json_object_get(json_object_get(json_object_get(m->all, "numbers"), group), key);

	return json_is_integer(n) ? json_integer_value(n) : -1;
}

int
memory_set_number(struct memory *m, const char *group, const char *key, int64_t value)
{
	json_t *numbers = part(m->all, "numbers");
	json_t *in = numbers != NULL ? part(numbers, group) : NULL;

	if (in == NULL || json_object_set_new(in, key, json_integer(value)) != 0)
		return no_memory();
	return 0;
}

const char *
memory_name(const struct memory *m, const char *group, size_t i)
{
	const char *key;
	json_t *value;

	json_object_foreach(
	    json_object_get(json_object_get(m->all, "numbers"), group), key, value)
	{
		if (i-- == 0)
			return key;
	}
	return NULL;
}

void
memory_forget(struct memory *m, const char *group, const char *key)
{
	json_t *numbers = json_object_get(m->all, "numbers");

	if (key != NULL)
		(void)json_object_del(json_object_get(numbers, group), key);
	else
		(void)json_object_del(numbers, group);
}

const char *
memory_boot(const struct memory *m)
{
	const char *boot = record_text(m->all, "boot");

	return boot != NULL ? boot : "";
}

int
memory_set_boot(struct memory *m, const char *boot)
{
	return json_object_set_new(m->all, "boot", json_string(boot)) == 0 ? 0 : no_memory();
}

/* The ${k}th number of the sample ${s}; what is none, or negative, is 0. */
static int64_t
number_of(const json_t *s, size_t k)
{
	int64_t n = json_integer_value(json_array_get(s, k));

	return n > 0 ? n : 0;
}

size_t
memory_samples(const struct memory *m, struct disk_sample *out, size_t max)
{
	const json_t *list = json_object_get(m->all, "disk");
	size_t n = json_array_size(list), from = n > max ? n - max : 0;

	for (size_t i = from; i < n; i++) {
		const json_t *s = json_array_get(list, i);

		out[i - from] = (struct disk_sample){.time = number_of(s, 0),
		    .free = (uint64_t)number_of(s, 1),
		    .sets = (uint64_t)number_of(s, 2)};
	}
	return n - from;
}

int
memory_sample(struct memory *m, const struct disk_sample *s)
{
	json_t *list = json_object_get(m->all, "disk");
	int64_t last;

	if (!json_is_array(list)) {
		if (json_object_set_new(m->all, "disk", json_array()) != 0)
			return no_memory();
		list = json_object_get(m->all, "disk");
	}
	/* After a leap of the clock the old ones are of no use. */
	last = number_of(json_array_get(list, json_array_size(list) - 1), 0);
	if (last > s->time && json_array_size(list) > 0)
		json_array_clear(list);
	else if (json_array_size(list) > 0 && s->time - last < APART)
		return 0;
	if (json_array_append_new(list, json_pack("[I, I, I]", (json_int_t)s->time,
					    (json_int_t)s->free, (json_int_t)s->sets)) != 0)
		return no_memory();
	while (json_array_size(list) > DISK_SAMPLES)
		json_array_remove(list, 0);
	return 0;
}

void
memory_unsample(struct memory *m)
{
	(void)json_object_del(m->all, "disk");
}

void
memory_free(struct memory *m)
{
	if (m == NULL)
		return;
	json_decref(m->all);
	free(m->folder);
	free(m);
}
