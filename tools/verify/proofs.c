#include "proofs.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/notes.h"
#include "base/num.h"
#include "base/plain.h"

void
proofs_print_file(const char *name, const struct proof *p, const struct proof *inner)
{
	char what[160];

	if (p->code != 0 || (inner != NULL && inner->code != 0))
		printf("%s: FAILED\n", plain_name(name));
	else
		printf("%s: ok: %s%s\n", plain_name(name), inner != NULL ? "encrypted: " : "",
		    prove_describe(inner != NULL ? inner : p, what, sizeof(what)));
}

void
proofs_print_set(const char *name, const struct audit *a, int code, bool verbose)
{
	const struct proof *p;
	const char *file;
	char size[16];
	uint64_t bytes = 0;
	size_t count = 0;

	while (a != NULL && (p = audit_file(a, count, &file)) != NULL) {
		bytes += p->bytes;
		count++;
	}
	if (code == 0)
		printf("%s: ok: set of %s, %zu %s, %s%s\n", plain_name(name), audit_job(a),
		    count, count == 1 ? "file" : "files", num_human(size, sizeof(size), bytes),
		    strcmp(audit_level(a), "sealed") == 0 ? ", sealed: not looked into" : "");
	else
		printf("%s: FAILED\n", plain_name(name));
	for (size_t i = 0; verbose && i < count; i++) {
		p = audit_file(a, i, &file);
		printf("  ");
		proofs_print_file(file, p, audit_inner(a, i));
	}
}

/* A key that does not apply is left out. */
static void
set_digest(json_t *o, const char *key, const char *hex)
{
	if (hex[0] != '\0')
		json_object_set_new(o, key, json_string(hex));
}

static void
set_count(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

json_t *
proofs_json_file(const char *name, const struct proof *p, const struct proof *inner)
{
	json_t *o = json_object();
	int code = p->code == 0 && inner != NULL ? inner->code : p->code;

	json_object_set_new(o, "name", notes_text(name));
	json_object_set_new(o, "result", json_string(code == 0 ? "ok" : "fail"));
	set_count(o, "exit", (uint64_t)code);
	json_object_set_new(o, "kind", json_string(prove_kind(p)));
	set_count(o, "bytes", p->bytes);
	set_digest(o, "sha256", p->sha256);
	if (p->packed) {
		json_object_set_new(o, "sealed", json_boolean(p->sealed));
		set_count(o, "plain_bytes", p->plain_bytes);
		set_digest(o, "plain_sha256", p->plain_sha256);
	}
	if (p->kind == KIND_TAR || p->kind == KIND_INDEX)
		set_count(o, "entries", p->entries);
	if (p->kind == KIND_AGE) {
		json_object_set_new(o, "level",
		    json_string(
			inner == NULL || inner->kind == KIND_AGE ? "sealed" : "structure"));
		set_count(o, "recipients", p->entries);
		set_count(o, "inner_bytes", p->plain_bytes);
	}
	if (inner != NULL)
		json_object_set_new(o, "inner", proofs_json_file(name, inner, NULL));
	if (p->kind == KIND_DUMP) {
		set_count(o, "tables", p->tables);
		set_count(o, "rows", p->rows);
		set_digest(o, "digest", p->dump);
	}
	if (p->message[0] != '\0')
		json_object_set_new(o, "message", notes_text(p->message));
	return o;
}

json_t *
proofs_json_set(const char *name, const struct audit *a, int code)
{
	json_t *o = json_object(), *files = json_array();
	const struct proof *p;
	const char *file;

	json_object_set_new(o, "name", notes_text(name));
	json_object_set_new(o, "result", json_string(code == 0 ? "ok" : "fail"));
	set_count(o, "exit", (uint64_t)code);
	json_object_set_new(o, "kind", json_string("set"));
	if (a != NULL) {
		json_object_set_new(o, "job", notes_text(audit_job(a)));
		json_object_set_new(o, "level", json_string(audit_level(a)));
	}
	for (size_t i = 0; a != NULL && (p = audit_file(a, i, &file)) != NULL; i++)
		json_array_append_new(files, proofs_json_file(file, p, audit_inner(a, i)));
	json_object_set_new(o, "files", files);
	return o;
}
