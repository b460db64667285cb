#include "handshake/psk_external.h"

#include "handshake/psk_choice.h"
#include "negotiate/suite.h"
#include "schedule/psk_import.h"
#include "wire/read.h"
#include "wire/write.h"

enum { IMPORTED_OVERHEAD = 8 }; /* of an ImportedIdentity: two lengths, protocol, KDF */

static const enum hf_hash_id hashes[] = {HF_HASH_SHA256, HF_HASH_SHA384};

/* ---- both ---- */

/* The key for this target, imported under the name that goes over the wire. */
static enum hf_error import(const struct hf_handshake *handshake, const struct hf_psk_import *from,
                            const struct hf_secret *external, struct hf_secret *ret_key)
{
    HF_WIPED_SCHEDULE13 struct hf_schedule13 schedule = {0};
    struct hf_psk_import import = *from;
    HF_TRY(hf_handshake_begin_schedule13(handshake, import.hash, &schedule));
    import.toolbox = handshake->config->toolbox;
    import.prefix = schedule.prefix;
    return hf_psk_import_derive(&import, external, ret_key);
}

static enum hf_session_key_kind kind_of(bool imported)
{
    return imported ? HF_SESSION_KEY_IMPORTED : HF_SESSION_KEY_13;
}

/* A key that is not in the config: its length is 0 where the application has none either. */
static void ask_application(const struct hf_config *config, const struct hf_shared_key_facts *wanted,
                            struct hf_secret *ret_key, enum hf_hash_id *ret_hash)
{
    const struct hf_psk question = {
        .identity = wanted->identity.data,
        .identity_len = wanted->identity.len,
        .imported = wanted->kind == HF_SESSION_KEY_IMPORTED,
        .context = wanted->context.data,
        .context_len = wanted->context.len,
    };
    enum hf_psk_hash hash = HF_PSK_SHA256;
    ret_key->len = 0;
    if (config->psk13_find == NULL)
        return;
    const size_t len = config->psk13_find(config->psk13_find_context, &question, ret_key->bytes, &hash);
    *ret_hash = hf_config_psk13_hash(hash);
    if (len >= HF_PSK_KEY_MIN && len <= HF_PSK_KEY_MAX && *ret_hash != HF_HASH_NONE)
        ret_key->len = (uint8_t)len;
}

void hf_psk_external_look_up(const struct hf_config *config, const struct hf_shared_key_facts *wanted,
                             struct hf_secret *ret_key, enum hf_hash_id *ret_hash)
{
    for (const struct hf_config_psk13 *psk = config->psks13; psk != NULL; psk = psk->next)
        if (kind_of(psk->imported) == wanted->kind && hf_span_equal(hf_config_psk13_identity(psk), wanted->identity) &&
            hf_span_equal(hf_config_psk13_context(psk), wanted->context)) {
            *ret_key = psk->key;
            *ret_hash = psk->hash;
            return;
        }
    ask_application(config, wanted, ret_key, ret_hash);
}

/* ---- client ---- */

static bool has_suite_of(const struct hf_config *config, enum hf_hash_id hash)
{
    for (size_t i = 0; i < config->suite_count; i++)
        if (config->suites[i]->hash == hash && (config->suites[i]->versions & HF_VERSION_BIT_13) != 0)
            return true;
    return false;
}

static void add_offer(struct hf_work *work, const struct hf_work_psk *psk, struct hf_span identity)
{
    work->past->psks[work->offer.psk_count] = *psk;
    work->offer.psks[work->offer.psk_count++] = (struct hf_hello_psk){.identity = identity, .hash = psk->hash};
}

static enum hf_error mark(const struct hf_handshake *handshake, const struct hf_config_psk13 *psk,
                          struct hf_digest *ret_mark)
{
    const struct hf_shared_key_facts facts = {
        .kind = kind_of(psk->imported),
        .hash = psk->hash,
        .identity = hf_config_psk13_identity(psk),
        .context = hf_config_psk13_context(psk),
        .key = &psk->key,
    };
    return hf_shared_key_mark(handshake, &facts, ret_mark);
}

static enum hf_error offer_imported(struct hf_handshake *handshake, const struct hf_config_psk13 *psk,
                                    enum hf_hash_id target, struct hf_writer *names)
{
    const size_t from = names->len;
    const struct hf_wire_imported_identity name = {
        .external_identity = hf_config_psk13_identity(psk),
        .context = hf_config_psk13_context(psk),
        .target_protocol = hf_config_transport(handshake->config)->version13,
        .target_kdf = hf_psk_import_kdf(target),
    };
    hf_wire_write_imported_identity(names, &name);
    if (!hf_writer_end(names))
        return HF_ERR_internal;
    const struct hf_span identity = hf_span_part(hf_writer_span(names), from, SIZE_MAX);
    const struct hf_psk_import wish = {.hash = psk->hash, .target = target, .identity = identity};
    struct hf_work_psk added = {
        .kind = HF_PSK_IMPORTED, .hash = target, .name = name.external_identity, .context = name.context};
    enum hf_error error = import(handshake, &wish, &psk->key, &added.key);
    if (error == HF_OK)
        error = mark(handshake, psk, &added.mark);
    if (error == HF_OK)
        add_offer(handshake->work, &added, identity);
    hf_wipe(&added, sizeof added);
    return error;
}

/* One of them as it is, or one for each hash. */
static enum hf_error offer(struct hf_handshake *handshake, const struct hf_config_psk13 *psk, enum hf_hash_id hash,
                           struct hf_writer *names)
{
    if (handshake->work->offer.psk_count == HF_HELLO_PSKS_MAX || !has_suite_of(handshake->config, hash))
        return HF_OK;
    if (psk->imported)
        return offer_imported(handshake, psk, hash, names);
    if (psk->hash != hash)
        return HF_OK;
    struct hf_work_psk added = {
        .kind = HF_PSK_EXTERNAL, .hash = hash, .key = psk->key, .name = hf_config_psk13_identity(psk)};
    enum hf_error error = mark(handshake, psk, &added.mark);
    if (error == HF_OK)
        add_offer(handshake->work, &added, added.name);
    hf_wipe(&added, sizeof added);
    return error;
}

/* Memory for all names at once, so that none moves. */
static enum hf_error reserve_names(struct hf_handshake *handshake, struct hf_writer *ret_names)
{
    struct hf_buffer *buffer = &handshake->work->psk_names;
    size_t len = 1;
    for (const struct hf_config_psk13 *psk = handshake->config->psks13; psk != NULL; psk = psk->next)
        len += HF_COUNT(hashes) * (IMPORTED_OVERHEAD + psk->identity_len + psk->context_len);
    uint8_t *room = hf_buffer_reserve(buffer, len);
    if (room == NULL)
        return HF_ERR_no_memory;
    hf_buffer_grew(buffer, len);
    *ret_names = hf_writer_of(room, len);
    return HF_OK;
}

enum hf_error hf_psk_external_offer(struct hf_handshake *handshake)
{
    struct hf_writer names;
    if (handshake->config->psks13 == NULL)
        return HF_OK;
    HF_TRY(hf_handshake_need_past(handshake));
    HF_TRY(reserve_names(handshake, &names));
    for (const struct hf_config_psk13 *psk = handshake->config->psks13; psk != NULL; psk = psk->next)
        for (size_t i = 0; i < HF_COUNT(hashes); i++)
            HF_TRY(offer(handshake, psk, hashes[i], &names));
    return HF_OK;
}

/* ---- server ---- */

/* A name of the hello: what it says if it is that of an imported key, for the protocol that we speak. */
struct name {
    struct hf_span whole;
    uint16_t index;
    bool imported;
    struct hf_wire_imported_identity parts;
    enum hf_hash_id target;
};

static void read_name(const struct hf_handshake *handshake, struct hf_span whole, struct name *ret_name)
{
    struct hf_wire_imported_identity *parts = &ret_name->parts;
    ret_name->whole = whole;
    ret_name->imported = hf_wire_read_imported_identity(whole, parts) == HF_OK &&
                         parts->target_protocol == handshake->protocol->version &&
                         hf_psk_import_hash(parts->target_kdf) != HF_HASH_NONE;
    ret_name->target = ret_name->imported ? hf_psk_import_hash(parts->target_kdf) : HF_HASH_NONE;
}

static bool is_named(const struct hf_config_psk13 *psk, const struct name *name)
{
    const struct hf_span identity = hf_config_psk13_identity(psk);
    if (!psk->imported)
        return hf_span_equal(identity, name->whole);
    return name->imported && hf_span_equal(identity, name->parts.external_identity) &&
           hf_span_equal(hf_config_psk13_context(psk), name->parts.context);
}

/* A suite of its hash in common, and after a HelloRetryRequest that very hash (RFC 9846 4.2.4, 4.3.11). */
static bool fits(const struct hf_handshake *handshake, enum hf_hash_id hash)
{
    const struct hf_work *work = handshake->work;
    const struct hf_negotiate_suite_wish wish = {.generation = HF_VERSION_BIT_13, .hash = hash};
    return hf_psk_choice_suits_retry(handshake, hash) &&
           hf_negotiate_suite_find(handshake->config, &work->facts, &wish) != NULL;
}

/* Takes the key of this name, if it fits. */
static enum hf_error take(struct hf_handshake *handshake, const struct name *name,
                          const struct hf_shared_key_facts *found)
{
    struct hf_work *work = handshake->work;
    const bool imported = found->kind == HF_SESSION_KEY_IMPORTED;
    const enum hf_hash_id target = imported ? name->target : found->hash;
    if (!fits(handshake, target))
        return HF_OK;
    HF_TRY(hf_handshake_need_past(handshake));
    struct hf_work_psk *psk = &work->past->psks[0];
    *psk = (struct hf_work_psk){.kind = HF_PSK_EXTERNAL,
                                .hash = target,
                                .key = *found->key,
                                .name = found->identity,
                                .context = found->context};
    HF_TRY(hf_shared_key_mark(handshake, found, &psk->mark));
    if (imported) {
        const struct hf_psk_import wish = {.hash = found->hash, .target = target, .identity = name->whole};
        psk->kind = HF_PSK_IMPORTED;
        HF_TRY(import(handshake, &wish, found->key, &psk->key));
    }
    work->psk_index = name->index;
    work->has_psk = true;
    return HF_OK;
}

/* What this name of the hello says, as a key of this kind. */
static struct hf_shared_key_facts facts_of(const struct name *name, bool imported)
{
    return (struct hf_shared_key_facts){
        .kind = kind_of(imported),
        .identity = imported ? name->parts.external_identity : name->whole,
        .context = imported ? name->parts.context : hf_span_of(NULL, 0),
    };
}

static enum hf_error find_here(struct hf_handshake *handshake, const struct name *names, size_t count)
{
    for (const struct hf_config_psk13 *psk = handshake->config->psks13; psk != NULL; psk = psk->next)
        for (size_t i = 0; i < count && !handshake->work->has_psk; i++) {
            struct hf_shared_key_facts found = facts_of(&names[i], psk->imported);
            found.hash = psk->hash;
            found.key = &psk->key;
            if (is_named(psk, &names[i]))
                HF_TRY(take(handshake, &names[i], &found));
        }
    return HF_OK;
}

static enum hf_error ask(struct hf_handshake *handshake, const struct name *name, bool imported)
{
    HF_WIPED struct hf_secret key = {0};
    struct hf_shared_key_facts found = facts_of(name, imported);
    ask_application(handshake->config, &found, &key, &found.hash);
    found.key = &key;
    return key.len == 0 ? HF_OK : take(handshake, name, &found);
}

static enum hf_error find_outside(struct hf_handshake *handshake, const struct name *names, size_t count)
{
    if (handshake->config->psk13_find == NULL)
        return HF_OK;
    for (size_t i = 0; i < count && !handshake->work->has_psk; i++) {
        if (names[i].imported)
            HF_TRY(ask(handshake, &names[i], /* imported= */ true));
        if (!handshake->work->has_psk)
            HF_TRY(ask(handshake, &names[i], /* imported= */ false));
    }
    return HF_OK;
}

enum hf_error hf_psk_external_find(struct hf_handshake *handshake)
{
    struct name names[HF_PSK_CHOICE_TRIES_MAX] = {0};
    struct hf_reader list = hf_reader_of(handshake->work->facts.psk_identities);
    struct hf_wire_psk_identity identity;
    size_t count = 0;
    if (!hf_config_has_psk13(handshake->config))
        return HF_OK;
    for (; count < HF_COUNT(names) && hf_wire_next_psk_identity(&list, &identity); count++) {
        names[count].index = (uint16_t)count;
        read_name(handshake, identity.identity, &names[count]);
    }
    HF_TRY(find_here(handshake, names, count));
    return find_outside(handshake, names, count);
}
