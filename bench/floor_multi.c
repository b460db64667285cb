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
    struct bench_field *field;
    uint8_t key[32], tag[16];
};

struct bench_floor_multi *bench_floor_multi_new(enum bench_aead aead)
{
    struct bench_floor_multi *floor =
        aligned_alloc(64, (sizeof(struct bench_floor_multi) + 63) / 64 * 64); /* C17 7.22.3.1: a multiple */
    if (floor == NULL)
        abort();
    memset(floor, 1, sizeof *floor);
    floor->aead = aead;
    floor->field = calloc(1, sizeof *floor->field);
    floor->manager = alloc_mb_mgr(0);
    if (floor->manager == NULL || floor->field == NULL)
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
    if (floor != NULL) {
        free_mb_mgr(floor->manager);
        free(floor->field);
    }
    free(floor);
}

/* Where a record lies, and its nonce. */
struct place {
    uint8_t nonce[12];
    uint8_t *header, *to, *tag;
    const uint8_t *from;
};

static struct place place_of(struct bench_floor_multi *floor, const struct bench_ground *ground, size_t index,
                             bool sealing)
{
    uint8_t *header = bench_ground_wire(ground, floor->field, index), *body = header + BENCH_HEADER_LEN;
    struct place place = {.header = header, .to = body, .tag = body + ground->record_len, .from = floor->field->record};
    if (!sealing) {
        place.from = body;
        place.to = bench_ground_into(ground, floor->field, index);
        place.tag = floor->tag;
    }
    bench_ground_nonce(ground, index, place.nonce);
    return place;
}

/* One record under a nonce of its own, with associated data as a TLS record has. */
static void crypt(struct bench_floor_multi *floor, const struct bench_ground *ground, size_t index, bool sealing)
{
    struct place at = place_of(floor, ground, index, sealing);
    struct gcm_context_data gcm;
    struct chacha20_poly1305_context_data chacha;
    const size_t len = ground->record_len;
    IMB_MGR *manager = floor->manager;
    if (sealing)
        memcpy(at.header, "\x17\x03\x03\0", BENCH_HEADER_LEN);
    if (floor->aead == BENCH_CHACHA20_POLY1305) {
        IMB_CHACHA20_POLY1305_INIT(manager, floor->key, &chacha, at.nonce, at.header, BENCH_HEADER_LEN);
        if (sealing)
            IMB_CHACHA20_POLY1305_ENC_UPDATE(manager, floor->key, &chacha, at.to, at.from, len);
        else
            IMB_CHACHA20_POLY1305_DEC_UPDATE(manager, floor->key, &chacha, at.to, at.from, len);
        IMB_CHACHA20_POLY1305_ENC_FINALIZE(manager, &chacha, at.tag, BENCH_TAG_LEN);
        return;
    }
    const aes_gcm_enc_dec_t functions[2][2] = {{manager->gcm128_dec, manager->gcm128_enc},
                                               {manager->gcm256_dec, manager->gcm256_enc}};
    functions[floor->aead == BENCH_AES_256_GCM][sealing](&floor->tables, &gcm, at.to, at.from, len, at.nonce, at.header,
                                                         BENCH_HEADER_LEN, at.tag, BENCH_TAG_LEN);
}

static double run(struct bench_floor_multi *floor, const struct bench_ground *ground, bool sealing)
{
    double began = bench_cpu_ns();
    for (size_t i = 0; i < ground->count; i++)
        crypt(floor, ground, i, sealing);
    return (double)(ground->count * ground->record_len) * 1e3 / (bench_cpu_ns() - began);
}

double bench_floor_multi_seal_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground)
{
    return run(floor, ground, true);
}

double bench_floor_multi_open_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground)
{
    (void)run(floor, ground, true); /* what is opened was just sealed, as in the rows */
    return run(floor, ground, false);
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

double bench_floor_multi_seal_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground)
{
    (void)floor, (void)ground;
    return 0;
}

double bench_floor_multi_open_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground)
{
    return bench_floor_multi_seal_mb_s(floor, ground);
}

#endif
