#include "floor_multi.h"

#ifdef HF_BENCH_IPSEC_MB

#include "meter.h"

#include <intel-ipsec-mb.h>

#include <stdlib.h>
#include <string.h>

struct bench_floor_multi {
    struct gcm_key_data tables; /* first: it wants to be aligned */
    enum bench_aead aead;
    IMB_MGR *manager;
    uint8_t key[32], record[16384], sealed[16384], tag[16];
};

struct bench_floor_multi *bench_floor_multi_new(enum bench_aead aead)
{
    struct bench_floor_multi *floor =
        aligned_alloc(64, (sizeof(struct bench_floor_multi) + 63) / 64 * 64); /* C17 7.22.3.1: a multiple */
    if (floor == NULL)
        abort();
    memset(floor, 1, sizeof *floor);
    floor->aead = aead;
    floor->manager = alloc_mb_mgr(0);
    if (floor->manager == NULL)
        abort();
    init_mb_mgr_auto(floor->manager, NULL);
    if (aead == BENCH_AES_128_GCM)
        IMB_AES128_GCM_PRE(floor->manager, floor->key, &floor->tables);
    else
        IMB_AES256_GCM_PRE(floor->manager, floor->key, &floor->tables);
    return floor;
}

void bench_floor_multi_free(struct bench_floor_multi *floor)
{
    if (floor != NULL)
        free_mb_mgr(floor->manager);
    free(floor);
}

/* One record under a nonce of its own, with associated data as a TLS record has. */
static void crypt(struct bench_floor_multi *floor, size_t at, size_t len, bool sealing)
{
    static const uint8_t header[5] = {23, 3, 3, 0, 0};
    uint8_t nonce[12] = {0};
    struct gcm_context_data gcm;
    struct chacha20_poly1305_context_data chacha;
    const uint8_t *from = sealing ? floor->record : floor->sealed;
    uint8_t *to = sealing ? floor->sealed : floor->record;
    IMB_MGR *manager = floor->manager;
    memcpy(nonce, &at, sizeof at);
    if (floor->aead == BENCH_CHACHA20_POLY1305) {
        IMB_CHACHA20_POLY1305_INIT(manager, floor->key, &chacha, nonce, header, sizeof header);
        if (sealing)
            IMB_CHACHA20_POLY1305_ENC_UPDATE(manager, floor->key, &chacha, to, from, len);
        else
            IMB_CHACHA20_POLY1305_DEC_UPDATE(manager, floor->key, &chacha, to, from, len);
        IMB_CHACHA20_POLY1305_ENC_FINALIZE(manager, &chacha, floor->tag, sizeof floor->tag);
        return;
    }
    const aes_gcm_enc_dec_t functions[2][2] = {{manager->gcm128_dec, manager->gcm128_enc},
                                               {manager->gcm256_dec, manager->gcm256_enc}};
    functions[floor->aead == BENCH_AES_256_GCM][sealing](&floor->tables, &gcm, to, from, len, nonce, header,
                                                         sizeof header, floor->tag, sizeof floor->tag);
}

static double run(struct bench_floor_multi *floor, size_t record_len, size_t len, bool sealing)
{
    double began = bench_cpu_ns();
    for (size_t at = 0; at < len; at += record_len)
        crypt(floor, at, record_len, sealing);
    return (double)len * 1e3 / (bench_cpu_ns() - began);
}

double bench_floor_multi_seal_mb_s(struct bench_floor_multi *floor, size_t record_len, size_t len)
{
    return run(floor, record_len, len, true);
}

double bench_floor_multi_open_mb_s(struct bench_floor_multi *floor, size_t record_len, size_t len)
{
    return run(floor, record_len, len, false);
}

#else

struct bench_floor_multi *bench_floor_multi_new(enum bench_aead aead)
{
    (void)aead;
    return NULL;
}

void bench_floor_multi_free(struct bench_floor_multi *floor)
{
    (void)floor;
}

double bench_floor_multi_seal_mb_s(struct bench_floor_multi *floor, size_t record_len, size_t len)
{
    (void)floor, (void)record_len, (void)len;
    return 0;
}

double bench_floor_multi_open_mb_s(struct bench_floor_multi *floor, size_t record_len, size_t len)
{
    return bench_floor_multi_seal_mb_s(floor, record_len, len);
}

#endif
