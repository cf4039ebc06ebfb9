#ifndef GZ_UNPACK_H
#define GZ_UNPACK_H

#include <stddef.h>
#include <stdint.h>

struct output;

/**
 * gz_unpack(in, name, out, look, ctx, packed, plain):
 * Unpack gzip data from ${in}, called ${name} in messages, to ${out}, as gunzip does but
 * strictly (gz/reader.h).  All plain bytes pass ${look}(${ctx}, …) first, which returns 0, or
 * an exit code after reporting, which ends the run.  Put the bytes consumed and made in
 * ${*packed} and ${*plain}.  Return 0 once all is proven, or the exit code after reporting.
 */
int gz_unpack(int in, const char *name, struct output *out,
    int (*look)(void *ctx, const void *buf, size_t len), void *ctx, uint64_t *packed,
    uint64_t *plain);

#endif
