#include "world.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/key_holder.h"
#include "support/keepers.h"

enum { FINGERPRINT_LEN = 32, DAY_S = 86400 };

static const enum make_certificate_key keys[] = {MAKE_KEY_P256, MAKE_KEY_P384, MAKE_KEY_ED25519, MAKE_KEY_RSA2048};
enum { KEYS = sizeof keys / sizeof keys[0] };

static uint8_t fingerprints[LAB_WHO_COUNT][MAKE_KEY_SECP256K1 + 1][FINGERPRINT_LEN];

static void note_fingerprint(enum lab_who who, enum make_certificate_key key)
{
    BIO *bio = BIO_new_mem_buf(lab_identity(who, key)->chain, -1);
    X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    if (leaf == NULL || X509_digest(leaf, EVP_sha256(), fingerprints[who][key], NULL) != 1)
        abort();
    X509_free(leaf);
    BIO_free(bio);
}

void world_prepare(void)
{
    for (int who = LAB_SERVER; who <= LAB_SERVER_EXPIRED; who++)
        for (size_t i = 0; i < KEYS; i++)
            note_fingerprint((enum lab_who)who, keys[i]);
}

const uint8_t *world_fingerprint(enum lab_who who, enum make_certificate_key key)
{
    return fingerprints[who][key];
}

/* ---- drawing ---- */

unsigned world_random(struct world *world, unsigned below)
{
    uint64_t z = (world->random += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % below);
}

bool world_chance(struct world *world, unsigned per_cent)
{
    return world_random(world, 100) < per_cent;
}

/* Some of these names, at least one of them, in any order. */
static void draw_list(struct world *world, const char *const *names, unsigned count, char into[WORLD_LIST_MAX])
{
    bool taken[16] = {false};
    unsigned wanted = 1 + world_random(world, count);
    size_t at = strlen(into);
    for (unsigned i = 0; i < wanted; i++) {
        unsigned one = world_random(world, count);
        if (taken[one])
            continue;
        taken[one] = true;
        at += (size_t)snprintf(into + at, WORLD_LIST_MAX - at, "%s%s", at == 0 ? "" : ":", names[one]);
    }
}

static void draw_lists(struct world *world, struct world_side *side)
{
    static const char *const groups[] = {"x25519", "secp256r1", "secp384r1", "x448"};
    static const char *const of13[] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                       "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256"};
    static const char *const of12[] = {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",       "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",       "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"};
    if (world_chance(world, 30))
        draw_list(world, groups, sizeof groups / sizeof groups[0], side->groups);
    if (world_chance(world, 75) || world->psk12 != WORLD_PSK_NONE)
        return;
    draw_list(world, of13, sizeof of13 / sizeof of13[0], side->suites);
    draw_list(world, of12, sizeof of12 / sizeof of12[0], side->suites);
}

static void draw_side(struct world *world, enum hf_role role)
{
    static const char *const alpns[] = {"h2", "http/1.1:h2", "h2:mqtt", "mqtt"};
    static const enum lab_who clients[] = {LAB_CLIENT_EXPIRED, LAB_CLIENT_SERVER_ONLY, LAB_CLIENT_STRANGER,
                                           LAB_CLIENT_GAP};
    struct world_side *side = &world->sides[role];
    *side = (struct world_side){.role = role, .who = role == HF_SERVER ? LAB_SERVER : LAB_CLIENT};
    side->min = world_chance(world, 90) || world->psk12 != WORLD_PSK_NONE ? HF_TLS12 : HF_TLS13;
    side->max = world_chance(world, 75) || side->min == HF_TLS13 ? HF_TLS13 : HF_TLS12;
    side->key = world_chance(world, 60) ? MAKE_KEY_P256 : keys[world_random(world, KEYS)];
    side->key_held = side->key == MAKE_KEY_P256 && world_chance(world, 10);
    side->trusts_other = world_chance(world, 3);
    side->judges = world_chance(world, 12);
    side->refuses = side->judges && world_chance(world, 20);
    side->alpn = world_chance(world, 50) ? NULL : alpns[world_random(world, world_chance(world, 80) ? 3 : 4)];
    draw_lists(world, side);
    if (role == HF_SERVER && world_chance(world, 4))
        side->who = LAB_SERVER_EXPIRED;
    if (role == HF_CLIENT && world_chance(world, 16))
        side->who = clients[world_random(world, 4)];
    if (role == HF_CLIENT && side->who == LAB_CLIENT)
        side->anonymous = world_chance(world, 15);
}

static void draw_rounds(struct world *world)
{
    static const size_t lens[] = {1, 100, 3000, 20000};
    world->round_count = world_random(world, WORLD_ROUNDS_MAX + 1);
    for (size_t i = 0; i < world->round_count; i++) {
        struct world_round *round = &world->rounds[i];
        round->who = world_chance(world, 50) ? HF_CLIENT : HF_SERVER;
        round->len = world->over_datagrams ? 16 : lens[world_random(world, 4)];
        round->update = world_chance(world, 25);
        round->ask_update = round->update && world_chance(world, 50);
    }
}

static void draw_features(struct world *world)
{
    world->tickets = world_chance(world, 45);
    world->cached = world->tickets && world_chance(world, 40);
    world->twice = world->tickets && world_chance(world, 80);
    world->suspicious = world->twice && world_chance(world, 15);
    world->early =
        world->twice && world->auth != HF_CLIENT_AUTH_NONE && !world->over_datagrams && world_chance(world, 50);
    world->connection_ids = world->over_datagrams && world_chance(world, 30);
    world->historic = !world->connection_ids && world_chance(world, 8);
    world->anew = world->over_datagrams ? world_random(world, 4) * 4 : 0;
    world->datagram_max = world->over_datagrams && world_chance(world, 30) ? 228 + world_random(world, 1000) : 0;
    if (world_chance(world, 12))
        world->record_limit = 64 + world_random(world, 2000);
    if (world_chance(world, 8))
        world->fragment_len = (size_t)512 << world_random(world, 4);
    world->key_shares = world_chance(world, 15) ? 1 + world_random(world, 3) : 0;
}

/* All goes well but for what the rogue does: else most of its deeds are never reached. */
static void smooth(struct world *world)
{
    bool is_12 = world_chance(world, 50);
    world->name = "server.lab";
    if (world->auth == HF_CLIENT_AUTH_NONE && world_chance(world, 70))
        world->auth = HF_CLIENT_AUTH_REQUIRE;
    for (int i = 0; i < 2; i++) {
        struct world_side *side = &world->sides[i];
        side->who = side->role == HF_SERVER ? LAB_SERVER : LAB_CLIENT;
        side->anonymous = side->trusts_other = side->refuses = false;
        side->min = HF_TLS12;
        side->max = is_12 ? HF_TLS12 : HF_TLS13;
        side->alpn = NULL;
        side->suites[0] = side->groups[0] = '\0';
    }
}

void world_draw(struct world *world, uint64_t seed, bool over_datagrams)
{
    *world = (struct world){.seed = seed, .random = seed * UINT64_C(0x2545f4914f6cdd1d) + over_datagrams};
    world->over_datagrams = over_datagrams;
    unsigned kind = world_random(world, 100);
    world->kind = kind < 30 ? WORLD_CALM : kind < 65 ? WORLD_WIRE : WORLD_ROGUE;
    world->rogue = world_chance(world, 60) ? HF_CLIENT : HF_SERVER;
    world->auth = world_chance(world, 60)   ? HF_CLIENT_AUTH_REQUIRE
                  : world_chance(world, 50) ? HF_CLIENT_AUTH_REQUEST
                                            : HF_CLIENT_AUTH_NONE;
    world->name = world_chance(world, 95) ? "server.lab" : "other.lab";
    if (world_chance(world, 8))
        world->psk12 = world_chance(world, 80) ? WORLD_PSK_SAME : WORLD_PSK_DIFFERS;
    if (world_chance(world, 8))
        world->psk13 = world_chance(world, 80) ? WORLD_PSK_SAME : WORLD_PSK_DIFFERS;
    draw_side(world, HF_CLIENT);
    draw_side(world, HF_SERVER);
    if (world->kind == WORLD_ROGUE && world_chance(world, 75))
        smooth(world);
    draw_features(world);
    draw_rounds(world);
}

/* ---- configs ---- */

static void add_identity(struct hf_builder *builder, const struct world_side *side)
{
    const struct lab_identity *identity = lab_identity(side->who, side->key);
    if (side->anonymous)
        hf_builder_anonymous(builder);
    else if (side->key_held)
        hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
    else
        hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key,
                                strlen(identity->key));
}

static void add_keys_shared(struct hf_builder *builder, const struct world *world, enum hf_role role)
{
    static const char *const shared[2] = {"sixteen bytes or more", "sixteen bytes, others"};
    const char *of12 = shared[role == HF_CLIENT && world->psk12 == WORLD_PSK_DIFFERS];
    const char *of13 = shared[role == HF_CLIENT && world->psk13 == WORLD_PSK_DIFFERS];
    const struct hf_psk psk = {
        .identity = "key of 1.3", .identity_len = 10, .key = of13, .key_len = strlen(of13), .hash = HF_PSK_SHA256};
    if (world->psk12 != WORLD_PSK_NONE)
        hf_builder_psk(builder, "key of 1.2", 10, of12, strlen(of12));
    if (world->psk13 != WORLD_PSK_NONE)
        hf_builder_psk13(builder, &psk);
}

static void add_lists(struct hf_builder *builder, const struct world *world, const struct world_side *side)
{
    hf_builder_versions(builder, side->min, side->max);
    if (world->historic)
        hf_builder_historic(builder, HF_HISTORIC_CBC | HF_HISTORIC_PLAIN_PSK | HF_HISTORIC_RSA_KEY_EXCHANGE);
    if (side->suites[0] != '\0')
        hf_builder_suites(builder, side->suites);
    if (side->groups[0] != '\0')
        hf_builder_groups(builder, side->groups);
    if (side->alpn != NULL)
        hf_builder_alpn(builder, side->alpn);
    if (side->judges)
        hf_builder_verdict_outside(builder);
    if (world->record_limit != 0)
        hf_builder_record_size_limit(builder, world->record_limit);
}

static void configure_client(struct hf_builder *builder, const struct world *world)
{
    if (world->tickets)
        hf_builder_session_tickets(builder);
    if (world->early)
        hf_builder_early_data(builder, 1 << 14);
    if (world->fragment_len != 0)
        hf_builder_max_fragment_length(builder, world->fragment_len);
    if (world->key_shares != 0)
        hf_builder_key_shares(builder, world->key_shares);
    if (world->over_datagrams)
        hf_builder_begin_anew(builder, world->anew);
}

static void configure_server(struct hf_builder *builder, const struct world *world)
{
    hf_builder_client_auth(builder, world->auth);
    if (world->cached)
        keepers_with_cache(builder);
    else if (world->tickets)
        keepers_with_tickets(builder);
    if (world->early)
        hf_builder_early_data(builder, 1 << 14);
}

struct hf_config *world_config(const struct world *world, enum hf_role role,
                               void (*seen)(void *, const struct hf_connection *, const struct hf_seen *),
                               void *context)
{
    const struct world_side *side = &world->sides[role];
    const char *root = side->trusts_other ? lab_other_root() : lab_root();
    struct hf_builder *builder = hf_builder_new(role);
    if (builder == NULL)
        abort();
    add_identity(builder, side);
    hf_builder_trust_pem(builder, root, strlen(root));
    add_keys_shared(builder, world, role);
    if (world->over_datagrams)
        hf_builder_datagrams(builder);
    if (world->connection_ids)
        hf_builder_connection_ids(builder, role == HF_SERVER ? 8 : 0);
    if (world->datagram_max != 0)
        hf_builder_datagram_max(builder, world->datagram_max);
    add_lists(builder, world, side);
    if (role == HF_CLIENT)
        configure_client(builder, world);
    else
        configure_server(builder, world);
    hf_builder_observe(builder, seen, context);
    struct hf_failure failure;
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S - 10 * DAY_S, &failure);
    if (config == NULL && getenv("HF_PROPERTIES_TELL") != NULL)
        (void)fprintf(stderr, "seed %llu: no config: %s %s %s\n", (unsigned long long)world->seed,
                      hf_error_name(failure.error), failure.where, failure.got);
    return config;
}
