#include "check/reach.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Whether the address ${a} of ${family} is in the net of ${len} bytes at ${net}. */
static bool
in_net(const char *net, size_t len, int family, const void *a)
{
	char text[64], *slash;
	unsigned char wanted[16];
	const unsigned char *have = a;
	int bits = family == AF_INET ? 32 : 128;

	if (len >= sizeof(text))
		return false;
	memcpy(text, net, len);
	text[len] = '\0';
	if ((slash = strchr(text, '/')) != NULL) {
		*slash = '\0';
		bits = atoi(slash + 1) < bits ? atoi(slash + 1) : bits;
	}
	if (inet_pton(family, text, wanted) != 1)
		return false;
	for (int i = 0; i < bits; i++) {
		if (((have[i / 8] ^ wanted[i / 8]) & (0x80 >> (i % 8))) != 0)
			return false;
	}
	return true;
}

static bool
in_nets(const char *nets, int family, const void *a)
{
	for (size_t len; *nets != '\0'; nets += len + strspn(nets + len, " ")) {
		len = strcspn(nets, " ");
		if (in_net(nets, len, family, a))
			return true;
	}
	return false;
}

static const void *
bytes_of(const struct addrinfo *a)
{
	return a->ai_family == AF_INET
		   ? (const void *)&((const struct sockaddr_in *)(const void *)a->ai_addr)
			 ->sin_addr
		   : (const void *)&((const struct sockaddr_in6 *)(const void *)a->ai_addr)
			 ->sin6_addr;
}

static struct addrinfo *
addresses(const char *host)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;

	return getaddrinfo(host, NULL, &hints, &list) == 0 ? list : NULL;
}

bool
reach_missing(const char *host, const char *allowed)
{
	struct addrinfo *list = addresses(host);
	bool missing = false;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		missing = missing || !in_nets(allowed, a->ai_family, bytes_of(a));
	if (list != NULL)
		freeaddrinfo(list);
	return missing;
}

/* The name servers of ${resolv} that are other machines. */
static void
add_servers(const char *resolv, struct buf *lines)
{
	char line[256], address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	FILE *f = fopen(resolv, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, " nameserver %45s", address) != 1)
			continue;
		if ((inet_pton(AF_INET, address, bytes) == 1 &&
			!in_nets("127.0.0.0/8", AF_INET, bytes)) ||
		    (inet_pton(AF_INET6, address, bytes) == 1 &&
			!in_nets("::1/128", AF_INET6, bytes)))
			buf_printf(lines, " IPAddressAllow=%s", address);
	}
	if (f != NULL)
		fclose(f);
}

void
reach_lines(const char *host, const char *resolv, struct buf *lines)
{
	struct addrinfo *list = addresses(host);
	char address[INET6_ADDRSTRLEN] = "";

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		if (inet_ntop(a->ai_family, bytes_of(a), address, sizeof(address)) != NULL)
			buf_printf(lines, " IPAddressAllow=%s", address);
	}
	if (list != NULL)
		freeaddrinfo(list);
	if (strcmp(address, host) != 0)
		add_servers(resolv, lines);
}
