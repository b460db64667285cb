#include "peer.h"

extern const struct bench_peer bench_handfast, bench_handfast_forgetful;
#ifdef HF_BENCH_OPENSSL
extern const struct bench_peer bench_openssl;
#endif
#ifdef HF_BENCH_GNUTLS
extern const struct bench_peer bench_gnutls;
#endif
#ifdef HF_BENCH_WOLFSSL
extern const struct bench_peer bench_wolfssl;
#endif
#ifdef HF_BENCH_MBEDTLS
extern const struct bench_peer bench_mbedtls;
#endif

const struct bench_peer *const bench_peers[] = {
    &bench_handfast,
    &bench_handfast_forgetful,
#ifdef HF_BENCH_OPENSSL
    &bench_openssl,
#endif
#ifdef HF_BENCH_GNUTLS
    &bench_gnutls,
#endif
#ifdef HF_BENCH_WOLFSSL
    &bench_wolfssl,
#endif
#ifdef HF_BENCH_MBEDTLS
    &bench_mbedtls,
#endif
    NULL,
};

const char bench_peers_missing[] = ""
#ifndef HF_BENCH_OPENSSL
                                   " OpenSSL"
#endif
#ifndef HF_BENCH_GNUTLS
                                   " GnuTLS"
#endif
#ifndef HF_BENCH_WOLFSSL
                                   " wolfSSL"
#endif
#ifndef HF_BENCH_MBEDTLS
                                   " Mbed-TLS"
#endif
    ;
