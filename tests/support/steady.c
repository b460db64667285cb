#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD is the one way to do this without a provider of our own */
#include "support/steady.h"

#include <openssl/rand.h>

static uint64_t own, *sequence = &own;

/* splitmix64, by Sebastiano Vigna: the constants are its own. */
static uint64_t next(void)
{
    uint64_t z = (*sequence += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int steady_bytes(unsigned char *into, int len)
{
    for (int i = 0; i < len; i++)
        into[i] = (unsigned char)next();
    return 1;
}

static int steady_status(void)
{
    return 1;
}

void steady_restart(void)
{
    own = 0;
    sequence = &own;
}

void steady_install(void)
{
    static const RAND_METHOD method = {
        .bytes = steady_bytes,
        .pseudorand = steady_bytes,
        .status = steady_status,
    };
    (void)RAND_set_rand_method(&method);
    steady_restart();
}

void steady_select(uint64_t *chosen)
{
    sequence = chosen;
}
