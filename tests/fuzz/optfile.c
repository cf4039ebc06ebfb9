/*
 * Option files of the client, and those that are made of an application's .env: whatever that holds,
 * what was written is read back to the byte, and no value becomes a second key.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "base/dotenv.h"
#include "drill/envlogin.h"
#include "sql/optfile.h"

static char user[8192], password[8192];
static size_t keys;

static int
take(void *ctx, const char *key, const char *value)
{
	(void)ctx;
	REQUIRE(*key != '\0' && strpbrk(key, "\n=") == NULL && value != NULL);
	keys++;
	return 0;
}

static int
take_login(void *ctx, const char *key, const char *value)
{
	static const char *const known[] = {
	    "host", "port", "socket", "user", "password", "protocol"};
	bool found = false;

	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		found |= strcmp(key, known[i]) == 0;
	REQUIRE(found);
	if (strcmp(key, "user") == 0)
		snprintf(user, sizeof(user), "%s", value);
	if (strcmp(key, "password") == 0)
		snprintf(password, sizeof(password), "%s", value);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char from[300], to[300];
	struct dotenv *d;
	const char *want;

	fuzz_put("in", data, size);
	snprintf(from, sizeof(from), "%s/in", fuzz_folder());
	snprintf(to, sizeof(to), "%s/out", fuzz_folder());
	optfile_read(from, take, NULL);
	unlink(to);
	if (envlogin_write(from, to) != 0)
		return 0;
	user[0] = password[0] = '\0';
	REQUIRE(optfile_read(to, take_login, NULL) == 0);
	REQUIRE((d = dotenv_parse((const char *)data, size, "fuzz")) != NULL);
	want = dotenv_get(d, "DB_URL");
	if (want == NULL || *want == '\0') {
		want = dotenv_get(d, "DB_USERNAME");
		REQUIRE(want == NULL || strcmp(want, user) == 0);
		want = dotenv_get(d, "DB_PASSWORD");
		REQUIRE(want == NULL || strcmp(want, password) == 0);
	}
	dotenv_free(d);
	return 0;
}
