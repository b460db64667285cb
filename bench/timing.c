/* handfast-timing: whether secrets show in time, where they once did in TLS 1.2: the padding and the MAC of CBC records
 * (Lucky Thirteen) and the premaster under RSA (Bleichenbacher, ROBOT). Each row opens two classes of inputs, drawn in
 * random order from one seed, each copied to the same place first, and compares their times (welch.h). What the peer is
 * told is the same for both classes of a row, or is told much later. The rows marked "control" do it as it must not be
 * done, and must be found out: else the machine is too noisy to say anything. `--help` tells the options. */
#include "welch.h"

#include "base/secret.h"
#include "base/writer.h"
#include "crypto/block_cipher.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "crypto/rsa_premaster.h"
#include "record/tls12_block.h"
#include "ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

enum {
    POOL = 256,      /* inputs of each class */
    PLAIN_LEN = 320, /* of a record, 20 blocks */
    IV_LEN = 16,     /* of AES */
    INPUT_MAX = IV_LEN + PLAIN_LEN,
    RSA_LEN = 256,
    WARM = 2000,
    PEM_MAX = 4096
};

static const double nothing_found = 4.5;
static const double found = 10;

struct stand;

/* What is measured. */
struct row {
    const char *name;
    const char *classes; /* what distinguishes 0 and 1 */
    bool control;
    unsigned cost; /* so many times fewer samples */
    enum hf_hash_id mac;
    void (*make)(struct stand *stand, unsigned in_class, uint8_t *into);
    void (*run)(struct stand *stand, const uint8_t *input);
    size_t len;
};

struct stand {
    const struct row *row;
    uint64_t random; /* xorshift: inputs and order, from the seed */
    struct hf_toolbox *toolbox;
    struct hf_private_key *key;
    EVP_PKEY *rsa;
    struct hf_block_cipher *seal;
    struct hf_block_cipher *open;
    struct hf_record_protection *record;
    struct hf_traffic_keys keys;
    uint8_t pool[2][POOL][INPUT_MAX];
    size_t outcome; /* so that nothing is optimised away */
};

static void give_up(const char *what)
{
    (void)fprintf(stderr, "handfast-timing: %s failed\n", what);
    exit(1);
}

static void must(enum hf_error error, const char *what)
{
    if (error != HF_OK)
        give_up(what);
}

static uint64_t draw(struct stand *stand)
{
    stand->random ^= stand->random << 13;
    stand->random ^= stand->random >> 7;
    stand->random ^= stand->random << 17;
    return stand->random * UINT64_C(0x2545f4914f6cdd1d);
}

static uint8_t draw_byte(struct stand *stand)
{
    return (uint8_t)(draw(stand) >> 56);
}

/* ---- The premaster. A block as the key decrypts it, made good or bad in one way. ---- */

static void good_block(struct stand *stand, uint8_t block[RSA_LEN])
{
    for (size_t i = 0; i < RSA_LEN; i++)
        block[i] = (uint8_t)(1 + draw(stand) % 255);
    block[0] = 0;
    block[1] = 2;
    block[RSA_LEN - HF_RSA_PREMASTER_LEN - 1] = 0;
    block[RSA_LEN - HF_RSA_PREMASTER_LEN] = 3;
    block[RSA_LEN - HF_RSA_PREMASTER_LEN + 1] = 3;
}

static void bare_type(struct stand *stand, unsigned in_class, uint8_t *into)
{
    good_block(stand, into);
    into[1] = in_class == 0 ? 2 : 1;
}

static void bare_zero(struct stand *stand, unsigned in_class, uint8_t *into)
{
    good_block(stand, into);
    into[12] = in_class == 0 ? into[12] : 0;
}

static void bare_separator(struct stand *stand, unsigned in_class, uint8_t *into)
{
    good_block(stand, into);
    into[RSA_LEN - HF_RSA_PREMASTER_LEN - 1] = in_class == 0 ? 0 : 7;
}

static void bare_version(struct stand *stand, unsigned in_class, uint8_t *into)
{
    good_block(stand, into);
    into[RSA_LEN - HF_RSA_PREMASTER_LEN + 1] = in_class == 0 ? 3 : 2;
}

static void encrypt(struct stand *stand, uint8_t block[RSA_LEN])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(stand->rsa, NULL);
    uint8_t out[RSA_LEN];
    size_t len = sizeof out;
    if (context == NULL || EVP_PKEY_encrypt_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) != 1 ||
        EVP_PKEY_encrypt(context, out, &len, block, RSA_LEN) != 1)
        give_up("encryption");
    EVP_PKEY_CTX_free(context);
    memcpy(block, out, sizeof out);
}

static void sealed_type(struct stand *stand, unsigned in_class, uint8_t *into)
{
    bare_type(stand, in_class, into);
    encrypt(stand, into);
}

static void sealed_separator(struct stand *stand, unsigned in_class, uint8_t *into)
{
    bare_separator(stand, in_class, into);
    encrypt(stand, into);
}

static void sealed_version(struct stand *stand, unsigned in_class, uint8_t *into)
{
    bare_version(stand, in_class, into);
    encrypt(stand, into);
}

static void open_premaster(struct stand *stand, const uint8_t *input)
{
    struct hf_premaster premaster;
    must(hf_rsa_premaster_open(stand->key, &hf_random_system, 0x0303, hf_span_of(input, RSA_LEN), &premaster),
         "hf_rsa_premaster_open");
    stand->outcome += premaster.bytes[5];
}

static void take_premaster(struct stand *stand, const uint8_t *input)
{
    struct hf_premaster premaster = {.len = HF_RSA_PREMASTER_LEN};
    hf_rsa_premaster_take(hf_span_of(input, RSA_LEN), 0x0303, &premaster);
    stand->outcome += premaster.bytes[5];
}

/* As one would write it who has not heard of Bleichenbacher: it stops at what is wrong. */
static void take_premaster_carelessly(struct stand *stand, const uint8_t *input)
{
    size_t at = 2;
    if (input[0] != 0 || input[1] != 2)
        return;
    while (at < RSA_LEN && input[at] != 0)
        at++;
    stand->outcome += at + HF_RSA_PREMASTER_LEN + 1 == RSA_LEN ? input[at + 5] : 0;
}

/* ---- Records. All are bad, so that each is opened by the same number and answered by the same alert. ---- */

static void seal_record(struct stand *stand, const uint8_t plain[PLAIN_LEN], uint8_t *into)
{
    for (size_t i = 0; i < IV_LEN; i++)
        into[i] = draw_byte(stand);
    must(hf_block_cipher_run(stand->seal, into, hf_span_of(plain, PLAIN_LEN), into + IV_LEN), "encryption");
}

/* Its MAC is random. */
static void record_padded(struct stand *stand, unsigned padding, bool valid, uint8_t *into)
{
    uint8_t plain[PLAIN_LEN];
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = draw_byte(stand);
    memset(plain + sizeof plain - 1 - padding, (int)padding, padding + 1);
    if (!valid)
        plain[sizeof plain - 2] ^= 0x80;
    seal_record(stand, plain, into);
}

static void record_lengths(struct stand *stand, unsigned in_class, uint8_t *into)
{
    record_padded(stand, in_class == 0 ? 0 : 255, /* valid= */ true, into);
}

static void record_validity(struct stand *stand, unsigned in_class, uint8_t *into)
{
    record_padded(stand, 255, /* valid= */ in_class == 0, into);
}

/* The MAC is right up to its last byte, or wrong from its first. */
static void record_mac(struct stand *stand, unsigned in_class, uint8_t *into)
{
    uint8_t plain[PLAIN_LEN];
    const size_t mac_len = hf_hash_len(stand->row->mac);
    const size_t content_len = PLAIN_LEN - 1 - mac_len;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = draw_byte(stand);
    const uint8_t header[] = {0, 0, 0, 0, 0, 0, 0, 0, 23, 3, 3, (uint8_t)(content_len >> 8), (uint8_t)content_len};
    const struct hf_span parts[] = {hf_span_of(header, sizeof header), hf_span_of(plain, content_len)};
    struct hf_digest mac;
    must(hf_hmac_once(stand->toolbox, stand->row->mac, hf_secret_span(&stand->keys.mac), parts, 2, &mac), "HMAC");
    memcpy(plain + content_len, mac.bytes, mac_len);
    plain[content_len + (in_class == 0 ? 0 : mac_len - 1)] ^= 1;
    plain[PLAIN_LEN - 1] = 0;
    seal_record(stand, plain, into);
}

static void open_record(struct stand *stand, const uint8_t *input)
{
    static const uint8_t header[] = {23, 3, 3, INPUT_MAX >> 8, INPUT_MAX & 0xff};
    static uint8_t into[INPUT_MAX];
    const struct hf_record_wire wire = {.header = hf_span_of(header, sizeof header),
                                        .body = hf_span_of(input, INPUT_MAX)};
    struct hf_record_content content;
    if (hf_record_open(stand->record, &wire, into, &content) != HF_ERR_bad_record)
        give_up("a record that should be bad");
    stand->outcome += into[20];
}

/* As RFC 5246 reads at first sight: the MAC over what the padding leaves, which takes longer the more that is. */
static void open_record_carelessly(struct stand *stand, const uint8_t *input)
{
    static uint8_t into[PLAIN_LEN];
    const size_t mac_len = hf_hash_len(stand->row->mac);
    struct hf_digest mac;
    must(hf_block_cipher_run(stand->open, input, hf_span_of(input + IV_LEN, PLAIN_LEN), into), "decryption");
    const size_t padding = into[PLAIN_LEN - 1];
    const struct hf_span part = hf_span_of(into, PLAIN_LEN - 1 - mac_len - padding);
    must(hf_hmac_once(stand->toolbox, stand->row->mac, hf_secret_span(&stand->keys.mac), &part, 1, &mac), "HMAC");
    stand->outcome += memcmp(mac.bytes, into + part.len, mac_len) == 0;
}

/* ---- Rows. ---- */

#define OF_MAC(name, id)                                                                                               \
    {name " padding", "0 / 255 bytes of it, MAC wrong", false, 1, id, record_lengths, open_record, INPUT_MAX},         \
        {name " validity", "right / wrong, MAC wrong", false, 1, id, record_validity, open_record, INPUT_MAX},         \
    {                                                                                                                  \
        name " MAC", "wrong first / last byte", false, 1, id, record_mac, open_record, INPUT_MAX                       \
    }

static const struct row rows[] = {
    {"RSA block type", "02 / 01", false, 20, HF_HASH_NONE, sealed_type, open_premaster, RSA_LEN},
    {"RSA separator", "there / missing", false, 20, HF_HASH_NONE, sealed_separator, open_premaster, RSA_LEN},
    {"RSA version", "0303 / 0302", false, 20, HF_HASH_NONE, sealed_version, open_premaster, RSA_LEN},
    {"taken block type", "02 / 01", false, 1, HF_HASH_NONE, bare_type, take_premaster, RSA_LEN},
    {"taken zero", "none / in the padding", false, 1, HF_HASH_NONE, bare_zero, take_premaster, RSA_LEN},
    {"taken separator", "there / missing", false, 1, HF_HASH_NONE, bare_separator, take_premaster, RSA_LEN},
    {"taken version", "0303 / 0302", false, 1, HF_HASH_NONE, bare_version, take_premaster, RSA_LEN},
    {"control taken", "02 / 01", true, 1, HF_HASH_NONE, bare_type, take_premaster_carelessly, RSA_LEN},
    OF_MAC("CBC SHA-1", HF_HASH_SHA1),
    OF_MAC("CBC SHA-256", HF_HASH_SHA256),
    OF_MAC("CBC SHA-384", HF_HASH_SHA384),
    {"control CBC SHA-1", "0 / 255 bytes of padding", true, 1, HF_HASH_SHA1, record_lengths, open_record_carelessly,
     INPUT_MAX},
};

/* ---- Measuring. ---- */

static void open_stand(struct stand *stand, uint64_t seed)
{
    char pem[PEM_MAX];
    BIO *text = BIO_new(BIO_s_mem());
    stand->random = seed;
    must(hf_toolbox_new(&hf_allocation_standard, &stand->toolbox), "hf_toolbox_new");
    stand->rsa = EVP_RSA_gen(RSA_LEN * 8);
    if (text == NULL || stand->rsa == NULL ||
        PEM_write_bio_PrivateKey(text, stand->rsa, NULL, NULL, 0, NULL, NULL) != 1)
        give_up("a key of RSA");
    const int len = BIO_read(text, pem, sizeof pem);
    must(hf_private_key_read_pem(stand->toolbox, &hf_allocation_standard, hf_span_of(pem, len < 0 ? 0 : (size_t)len),
                                 hf_span_of(NULL, 0), &stand->key),
         "hf_private_key_read_pem");
    BIO_free(text);
}

static struct hf_block_cipher *make_cipher(const struct stand *stand, bool encrypts)
{
    const struct hf_block_cipher_setup setup = {
        .id = HF_BLOCK_CIPHER_AES_128_CBC, .encrypts = encrypts, .key = hf_secret_span(&stand->keys.key)};
    struct hf_block_cipher *cipher = NULL;
    must(hf_block_cipher_new(stand->toolbox, &hf_allocation_standard, &setup, &cipher), "hf_block_cipher_new");
    return cipher;
}

static void open_row(struct stand *stand, const struct row *row)
{
    stand->row = row;
    if (row->mac != HF_HASH_NONE) {
        stand->keys = (struct hf_traffic_keys){.key.len = 16, .mac.len = (uint8_t)hf_hash_len(row->mac)};
        for (size_t i = 0; i < stand->keys.mac.len; i++)
            stand->keys.mac.bytes[i] = draw_byte(stand);
        const struct hf_mac_body_setup setup = {
            .block = HF_BLOCK_CIPHER_AES_128_CBC, .mac = row->mac, .keys = &stand->keys};
        must(hf_tls12_block_new(stand->toolbox, &hf_allocation_standard, &setup, &stand->record), "hf_tls12_block_new");
        stand->seal = make_cipher(stand, /* encrypts= */ true);
        stand->open = make_cipher(stand, /* encrypts= */ false);
    }
    for (unsigned in_class = 0; in_class < 2; in_class++)
        for (size_t i = 0; i < POOL; i++)
            row->make(stand, in_class, stand->pool[in_class][i]);
}

static void close_row(struct stand *stand)
{
    hf_record_free(stand->record);
    hf_block_cipher_free(stand->seal);
    hf_block_cipher_free(stand->open);
    stand->record = NULL;
    stand->seal = stand->open = NULL;
}

static void measure(struct stand *stand, struct welch_sample *samples, size_t count)
{
    static uint8_t input[INPUT_MAX];
    for (size_t i = 0; i < count + WARM; i++) {
        const uint64_t drawn = draw(stand);
        const unsigned in_class = (unsigned)(drawn >> 63);
        memcpy(input, stand->pool[in_class][(drawn >> 32) % POOL], stand->row->len);
        const uint64_t before = bench_ticks();
        stand->row->run(stand, input);
        const uint64_t after = bench_ticks();
        if (i >= WARM)
            samples[i - WARM] = (struct welch_sample){.ticks = after - before, .in_class = (unsigned char)in_class};
    }
}

/* True when it is as it must be. */
static bool tell(const struct row *row, size_t count, const struct welch_result *result)
{
    const double t = fabs(result->t);
    const char *verdict = t < nothing_found ? "nothing found" : t < found ? "look again" : "FOUND";
    printf("%-20s %-31s %8zu %9.0f %+8.2f %+8.2f %4.0f%%  %s\n", row->name, row->classes, count, result->mean,
           result->difference, result->t, 100 * result->kept,
           row->control && t >= found ? "found, as it must" : verdict);
    return row->control ? t >= found : t < found;
}

static bool run_rows(size_t samples_max, uint64_t seed, const char *only)
{
    static struct stand stand;
    struct welch_sample *samples = malloc(samples_max * sizeof *samples);
    uint64_t *room = malloc(samples_max * sizeof *room);
    bool good = samples != NULL && room != NULL;
    open_stand(&stand, seed);
    printf("%-20s %-31s %8s %9s %8s %8s %5s\n", "row", "classes 0 / 1", "samples", BENCH_TICKS, "0 less 1", "t",
           "kept");
    for (size_t i = 0; good && i < sizeof rows / sizeof rows[0]; i++) {
        const size_t count = samples_max / rows[i].cost;
        if (only != NULL && strstr(rows[i].name, only) == NULL)
            continue;
        open_row(&stand, &rows[i]);
        measure(&stand, samples, count);
        const struct welch_result result = welch_compare(samples, count, room);
        good = tell(&rows[i], count, &result) && good;
        close_row(&stand);
    }
    hf_private_key_free(stand.key);
    EVP_PKEY_free(stand.rsa);
    hf_toolbox_free(stand.toolbox);
    free(samples);
    free(room);
    return good;
}

static const char usage[] =
    "handfast-timing: whether paddings, MACs and premasters show in time. Leave the machine alone while it runs.\n"
    "  --samples N   of each row, 20000 and more (400000); rows of RSA take a twentieth\n"
    "  --seed N      of inputs and their order (1)\n"
    "  --only TEXT   rows whose name has TEXT in it\n"
    "Status 0 when every control was found and nothing else was (|t| >= 10).\n";

int main(int argc, char **argv)
{
    size_t samples = 400000;
    uint64_t seed = 1;
    const char *only = NULL;
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (value != NULL && strcmp(argv[i], "--samples") == 0 && strtoull(value, NULL, 10) >= 20000)
            samples = strtoull(value, NULL, 10);
        else if (value != NULL && strcmp(argv[i], "--seed") == 0 && strtoull(value, NULL, 10) > 0)
            seed = strtoull(value, NULL, 10);
        else if (value != NULL && strcmp(argv[i], "--only") == 0)
            only = value;
        else {
            const bool asked = strcmp(argv[i], "--help") == 0;
            (void)fprintf(asked ? stdout : stderr, "%s", usage);
            return asked ? 0 : 2;
        }
    }
    return run_rows(samples, seed, only) ? 0 : 1;
}
