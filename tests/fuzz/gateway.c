/* A gateway's file: what is taken can be asked for every key, and filled with any message. */
#include "fuzz.h"

#include "base/buf.h"
#include "notify/gateway.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct template_values v = {.to = "62812\"\r\n", .text = "a\"b\\c\r\n<&>", .id = "m-1"};
	static const char *const templates[] = {"URL", "HEADERS", "BODY", "USER", "PASSWORD"};
	struct gateway *g = NULL;
	char reason[256] = "";
	struct answer_rules rules;
	const char *name;
	bool needed;

	setenv("SIANTRE_GATEWAYS", fuzz_folder(), 1);
	fuzz_put("g.conf", data, size);
	if (gateway_read("g", &g, reason) != 0) {
		REQUIRE(g == NULL && *reason != '\0' && strpbrk(reason, "\r\n") == NULL);
		return 0;
	}
	rules = gateway_rules(g);
	REQUIRE(rules.ok_status != NULL && answer_judge_rules(rules.ok_body) == NULL);
	REQUIRE(strncmp(gateway_get(g, "URL"), "http", 4) == 0);
	gateway_personal(g);
	for (size_t i = 0; (name = gateway_secret(g, i, &needed)) != NULL; i++)
		REQUIRE(*name != '\0' && strpbrk(name, "/\r\n") == NULL);
	for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		struct buf out = {0};

		template_fill(gateway_get(g, templates[i]),
		    i == 0 ? TEMPLATE_URL : TEMPLATE_JSON, &v, &out, NULL, reason);
		/* What stands in a message never makes a line of its own. */
		if (i == 0 && buf_string(&out) != NULL &&
		    strpbrk(gateway_get(g, "URL"), "\r\n") == NULL)
			REQUIRE(strpbrk(out.data, "\r\n") == NULL);
		buf_free(&out);
	}
	template_wipe(&v);
	gateway_free(g);
	return 0;
}
