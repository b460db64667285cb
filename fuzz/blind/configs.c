/* The configs: eight flavours, each for both roles, streams and datagrams, up to 1.3 or to 1.2. Made once a program. */
#include "blind/memory.h"
#include "stage.h"
#include "target.h"

#include <handfast/compression.h>
#include <handfast/delegation.h>
#include <handfast/early.h>
#include <handfast/ech.h>
#include <handfast/psk.h>
#include <handfast/session.h>

#include "support/ech_lab.h"
#include "support/keepers.h"
#include "support/key_holder.h"
#include "support/lab.h"
#include "support/raw_lab.h"
#include "support/steady.h"

#include <stdlib.h>
#include <string.h>

static const char key[] = "sixteen bytes or more";

/* Without a cache, which would make the run of one input another's matter; so nobody is asked for a certificate. */
static void add_sessions(struct hf_builder *builder, enum hf_role role, bool over_datagrams)
{
    if (role == HF_SERVER) {
        keepers_with_tickets_alone(builder);
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    } else {
        hf_builder_session_tickets(builder);
    }
    if (over_datagrams) /* a server would have to know of whom early data is */
        return;
    hf_builder_early_data(builder, 1 << 14);
    if (role == HF_SERVER)
        hf_builder_early_data_from_anyone(builder);
}

static void add_historic(struct hf_builder *builder, uint8_t profile, enum hf_role role, bool over_datagrams)
{
    if ((profile & STAGE_BLOCKS) != 0)
        hf_builder_suites(builder, (profile & STAGE_OLDER) != 0
                                       ? "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA:TLS_RSA_WITH_AES_256_CBC_SHA256"
                                       : "TLS_AES_128_CCM_SHA256:TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");
    if ((profile & (STAGE_BLOCKS | STAGE_INTEGRITY)) == STAGE_INTEGRITY)
        hf_builder_suites(builder, (profile & STAGE_OLDER) != 0 ? "TLS_RSA_WITH_NULL_SHA256:TLS_ECDHE_RSA_WITH_NULL_SHA"
                                                                : "TLS_SHA256_SHA256:TLS_SHA384_SHA384");
    unsigned switches = HF_HISTORIC_RSA_KEY_EXCHANGE | HF_HISTORIC_DHE | HF_HISTORIC_CBC | HF_HISTORIC_NULL_ENCRYPTION |
                        HF_HISTORIC_SHA1_SIGNATURES | HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE;
    if ((profile & STAGE_BLOCKS) != 0 && (profile & STAGE_INTEGRITY) != 0)
        switches |= HF_HISTORIC_MAC_THEN_ENCRYPT;
    if (!over_datagrams)
        switches |= HF_HISTORIC_COMPRESSION |
                    (role == HF_SERVER ? HF_HISTORIC_RENEGOTIATION_ASK : HF_HISTORIC_RENEGOTIATION_FOLLOW);
    hf_builder_historic(builder, switches);
    hf_builder_allow_without_extended_master_secret(builder);
    if (role == HF_SERVER)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_REQUEST);
    if (role == HF_CLIENT && !over_datagrams)
        hf_builder_max_fragment_length(builder, 1024);
}

static void add_keys(struct hf_builder *builder)
{
    const struct hf_psk psk = {
        .identity = "key of 1.3", .identity_len = 10, .key = key, .key_len = sizeof key - 1, .hash = HF_PSK_SHA256};
    hf_builder_psk(builder, "key of 1.2", 10, key, sizeof key - 1);
    hf_builder_psk13(builder, &psk);
    hf_builder_record_size_limit(builder, 1000);
}

static void add_later(struct hf_builder *builder, enum hf_role role)
{
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
    hf_builder_alpn(builder, "h2:http/1.1");
    if (role == HF_SERVER)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_REQUEST);
    else
        hf_builder_key_share_groups(builder, "P-256"); /* a HelloRetryRequest follows where X25519 is wanted */
    if (role == HF_SERVER)
        hf_builder_groups(builder, "X25519");
}

static void add_papers(struct hf_builder *builder, enum hf_role role)
{
    hf_builder_certificate_compression(builder, HF_COMPRESSION_BOTH, "zlib");
    hf_builder_take_delegated(builder, "ecdsa_secp256r1_sha256:ed25519");
    hf_builder_ask_staples(builder, true);
    hf_builder_ask_scts(builder, true);
    if (role == HF_CLIENT)
        hf_builder_grease(builder);
}

static void add_hidden_hello(struct hf_builder *builder, enum hf_role role)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    if (role == HF_SERVER)
        hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_PUBLIC), strlen(ech_lab_pem(ECH_LAB_PUBLIC)), true);
    else
        hf_builder_ech_configs(builder, list.data, list.len);
}

static void add_flavour(struct hf_builder *builder, uint8_t profile, enum hf_role role, bool over_datagrams)
{
    const enum stage_flavour flavour = profile & STAGE_FLAVOUR;
    if (flavour == STAGE_SESSIONS)
        add_sessions(builder, role, over_datagrams);
    else if (flavour == STAGE_HISTORIC)
        add_historic(builder, profile, role, over_datagrams);
    else if (flavour == STAGE_SHARED_KEY)
        add_keys(builder);
    else if (flavour == STAGE_LATER)
        add_later(builder, role);
    else if (flavour == STAGE_PAPERS && !over_datagrams)
        add_papers(builder, role);
    else if (flavour == STAGE_OUTSIDE)
        hf_builder_verdict_outside(builder);
    if (over_datagrams && (flavour == STAGE_OUTSIDE || flavour == STAGE_PAPERS))
        hf_builder_connection_ids(builder, 4);
    if (over_datagrams && flavour == STAGE_PAPERS)
        hf_builder_srtp(builder, "SRTP_AEAD_AES_128_GCM");
}

static void add_identity(struct hf_builder *builder, enum stage_flavour flavour, enum hf_role role)
{
    const enum lab_who who = role == HF_SERVER ? LAB_SERVER : LAB_CLIENT;
    const struct lab_identity *identity = lab_identity(who, MAKE_KEY_P256);
    if (flavour == STAGE_RAW) {
        raw_lab_identity(builder, who);
        raw_lab_trust(builder, role == HF_SERVER ? LAB_CLIENT : LAB_SERVER);
    }
    if (flavour == STAGE_HISTORIC)
        identity = lab_identity(who, MAKE_KEY_RSA2048);
    if (flavour == STAGE_OUTSIDE)
        hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
    else
        hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key,
                                strlen(identity->key));
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
}

/* Somebody looks at each message, so that it is told what is in it. */
static void look(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    (void)context, (void)connection;
    if (strlen(what->message) == 0 || strlen(what->why) + strlen(what->detail) > 1 << 16)
        abort();
}

static struct hf_config *make(enum hf_role role, bool over_datagrams, uint8_t profile)
{
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new_with(role, &memory_allocator);
    if (builder == NULL)
        abort();
    add_identity(builder, profile & STAGE_FLAVOUR, role);
    hf_builder_versions(builder, HF_TLS12, (profile & STAGE_OLDER) != 0 ? HF_TLS12 : HF_TLS13);
    if (over_datagrams)
        hf_builder_datagrams(builder);
    if (over_datagrams && role == HF_CLIENT)
        hf_builder_begin_anew(builder, 2);
    add_flavour(builder, profile, role, over_datagrams);
    if (profile == STAGE_PAPERS && !over_datagrams)
        add_hidden_hello(builder, role);
    if ((profile & STAGE_FLAVOUR) == STAGE_OUTSIDE)
        hf_builder_path_check(builder, HF_PATH_CHECK_BASIC);
    hf_builder_observe(builder, look, NULL);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    if (config == NULL)
        abort();
    return config;
}

/* Certificates and keys, all of them and in this order, so that they are the same in every program. */
static void prepare(void)
{
    static const enum make_certificate_key kinds[] = {MAKE_KEY_P256, MAKE_KEY_RSA2048};
    static bool is_prepared;
    if (is_prepared)
        return;
    is_prepared = true;
    steady_install();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        (void)lab_identity(LAB_SERVER, kinds[i]);
        (void)lab_identity(LAB_CLIENT, kinds[i]);
    }
    (void)raw_lab_public(LAB_SERVER);
    (void)raw_lab_public(LAB_CLIENT);
    (void)ech_lab_list(ECH_LAB_PUBLIC);
    if (keepers_new(64, 3600) != 0)
        abort();
}

/* libFuzzer's: before the first input, whose time this is not. */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    prepare();
    return 0;
}

struct hf_config *stage_config(enum hf_role role, bool over_datagrams, uint8_t profile)
{
    static struct hf_config *configs[2][2][STAGE_ALL + 1];
    profile &= STAGE_ALL;
    struct hf_config **config = &configs[role == HF_SERVER][over_datagrams][profile];
    prepare();
    if (*config == NULL)
        *config = make(role, over_datagrams, profile);
    return *config;
}
