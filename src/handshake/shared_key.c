#include "handshake/shared_key.h"

#include "handshake/psk.h"
#include "handshake/psk_external.h"

enum { HEAD_LEN = 1 + 1 + 4 };

/* The lengths stand before the texts, so that no two keys give the same bytes. */
enum hf_error hf_shared_key_mark(const struct hf_handshake *handshake, const struct hf_shared_key_facts *facts,
                                 struct hf_digest *ret_mark)
{
    uint8_t room[HEAD_LEN];
    struct hf_writer head = hf_writer_of(room, sizeof room);
    hf_writer_u8(&head, (uint8_t)facts->kind);
    hf_writer_u8(&head, (uint8_t)facts->hash);
    hf_writer_u16(&head, (uint16_t)facts->identity.len);
    hf_writer_u16(&head, (uint16_t)facts->context.len);
    const struct hf_span parts[] = {hf_writer_span(&head), facts->identity, facts->context, hf_secret_span(facts->key)};
    if (!hf_writer_end(&head))
        return HF_ERR_internal;
    return hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, parts, HF_COUNT(parts), ret_mark);
}

enum hf_error hf_shared_key_keep(struct hf_handshake *handshake, const struct hf_shared_key_facts *facts,
                                 const struct hf_digest *mark)
{
    const size_t len = facts->identity.len + facts->context.len;
    struct hf_shared_key *kept = hf_allocation_new(handshake->allocator, sizeof *kept + len);
    if (kept == NULL)
        return HF_ERR_no_memory;
    hf_allocation_free(handshake->allocator, handshake->shared_key);
    handshake->shared_key = kept;
    kept->kind = facts->kind;
    kept->mark = *mark;
    kept->identity_len = facts->identity.len;
    kept->context_len = facts->context.len;
    if (!hf_span_copy(facts->identity, kept->name, len) ||
        !hf_span_copy(facts->context, kept->name + kept->identity_len, kept->context_len))
        return HF_ERR_internal;
    return HF_OK;
}

bool hf_shared_key_may_last(const struct hf_handshake *handshake)
{
    const struct hf_shared_key *key = handshake->shared_key;
    return key == NULL || key->identity_len + key->context_len <= HF_SESSION_KEY_NAME_MAX;
}

enum hf_error hf_shared_key_name(const struct hf_handshake *handshake, struct hf_session_key *ret_name)
{
    const struct hf_shared_key *key = handshake->shared_key;
    *ret_name = (struct hf_session_key){.kind = HF_SESSION_KEY_NONE};
    if (key == NULL)
        return HF_OK;
    ret_name->kind = key->kind;
    ret_name->identity_len = (uint16_t)key->identity_len;
    ret_name->context_len = (uint16_t)key->context_len;
    const struct hf_span name = hf_span_of(key->name, key->identity_len + key->context_len);
    return hf_span_copy(name, ret_name->name, sizeof ret_name->name) ? HF_OK : HF_ERR_wrong_call;
}

struct hf_span hf_shared_key_own_mark(const struct hf_handshake *handshake)
{
    return handshake->shared_key == NULL ? hf_span_of(NULL, 0) : hf_digest_span(&handshake->shared_key->mark);
}

static struct hf_shared_key_facts facts_of(const struct hf_session_key *name)
{
    return (struct hf_shared_key_facts){
        .kind = name->kind,
        .identity = hf_session_key_identity(name),
        .context = hf_session_key_context(name),
    };
}

enum hf_error hf_shared_key_recall(struct hf_handshake *handshake, bool *ret_found)
{
    HF_WIPED struct hf_secret key = {0};
    struct hf_work *work = handshake->work;
    struct hf_shared_key_facts facts = facts_of(&work->past->session.key);
    work->past->session_mark.len = 0;
    *ret_found = true;
    if (facts.kind == HF_SESSION_KEY_NONE)
        return HF_OK;
    if (facts.kind == HF_SESSION_KEY_12) {
        const struct hf_config_psk *psk = hf_config_psk_find(handshake->config, facts.identity);
        if (psk != NULL)
            key = psk->key;
    } else {
        hf_psk_external_look_up(handshake->config, &facts, &key, &facts.hash);
    }
    *ret_found = key.len > 0;
    facts.key = &key;
    return *ret_found ? hf_shared_key_mark(handshake, &facts, &work->past->session_mark) : HF_OK;
}

enum hf_error hf_shared_key_resume(struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    const struct hf_shared_key_facts facts = facts_of(&work->past->session.key);
    if (facts.kind == HF_SESSION_KEY_NONE)
        return HF_OK;
    HF_TRY(hf_shared_key_keep(handshake, &facts, &work->past->session_mark));
    if (facts.kind == HF_SESSION_KEY_12)
        hf_psk_begin(handshake);
    else
        hf_proofs_demand_psk(&handshake->proofs, /* stands_for_certificate= */ true);
    return HF_OK;
}
