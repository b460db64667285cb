/* The bytes of a session:
 *   format(1) version(2) suite(2) created(8) lifetime(4) issued(8) age_add(4) early_max(4) early_guard(8)
 *   alpn<0..32> id<1..32> secret<32..48> ticket<0..8192> chain<0..2^24-1> seal(32)
 * The chain is a list of certificates, each behind three bytes of length. A session that began with a shared key has
 * another format, with key(1) identity<0..256> context<0..256> behind the format. A new field is a new format. */
#include "session/session.h"

enum {
    FORMAT = 4,
    FORMAT_OF_KEYS,
    FIXED_LEN = 1 + 2 + 2 + 8 + 4 + 8 + 4 + 4 + 8 + 1 + 1 + 1 + 2 + 3,
    CERTIFICATE_MAX = 65535
};

void hf_session_wipe(struct hf_session *session)
{
    hf_wipe(session, sizeof *session);
}

size_t hf_session_chain_length(const struct hf_session *session)
{
    size_t len = 0;
    for (size_t i = 0; i < session->chain_count; i++)
        len += 3 + session->chain[i].len;
    return len;
}

size_t hf_session_length(const struct hf_session *session)
{
    return FIXED_LEN + hf_session_key_length(session) + session->alpn_len + session->id.len + session->secret.len +
           session->ticket.len + hf_session_chain_length(session) + HF_SESSION_SEAL_LEN;
}

void hf_session_write_chain(const struct hf_session *session, struct hf_writer *writer)
{
    for (size_t i = 0; i < session->chain_count; i++)
        hf_writer_vector(writer, 3, session->chain[i]);
}

static enum hf_error digest(struct hf_span body, const struct hf_session_seal *seal, struct hf_digest *ret_digest)
{
    const struct hf_span parts[] = {seal->policy, body};
    if (seal->policy.len != HF_SESSION_POLICY_LEN)
        return HF_ERR_internal;
    return hf_hash_once(seal->toolbox, HF_HASH_SHA256, parts, HF_COUNT(parts), ret_digest);
}

static void write_body(const struct hf_session *session, struct hf_writer *writer)
{
    hf_writer_u8(writer, session->key.kind == HF_SESSION_KEY_NONE ? FORMAT : FORMAT_OF_KEYS);
    hf_session_write_key(session, writer);
    hf_writer_u16(writer, session->version);
    hf_writer_u16(writer, session->suite);
    hf_writer_u64(writer, (uint64_t)session->created_s);
    hf_writer_u32(writer, session->lifetime_s);
    hf_session_write_early(session, writer);
    hf_writer_vector(writer, 1, hf_span_of(session->id.bytes, session->id.len));
    hf_writer_vector(writer, 1, hf_secret_span(&session->secret));
    hf_writer_vector(writer, 2, session->ticket);
    size_t list = hf_writer_open(writer, 3);
    hf_session_write_chain(session, writer);
    hf_writer_close(writer, list, 3);
}

enum hf_error hf_session_write(const struct hf_session *session, const struct hf_session_seal *seal,
                               struct hf_writer *writer)
{
    struct hf_digest sealed;
    size_t from = writer->len;
    write_body(session, writer);
    if (!hf_writer_end(writer))
        return HF_ERR_internal;
    HF_TRY(digest(hf_span_part(hf_writer_span(writer), from, SIZE_MAX), seal, &sealed));
    hf_writer_bytes(writer, hf_digest_span(&sealed));
    return hf_writer_end(writer) ? HF_OK : HF_ERR_internal;
}

static void read_id(struct hf_reader *reader, struct hf_session_id *id)
{
    struct hf_span bytes = hf_reader_vector(reader, 1, 1, HF_SESSION_ID_MAX);
    if (hf_span_copy(bytes, id->bytes, sizeof id->bytes))
        id->len = bytes.len;
}

void hf_session_read_chain(struct hf_reader *reader, struct hf_session *session)
{
    while (hf_reader_more(reader) && session->chain_count < HF_SESSION_CHAIN_MAX)
        session->chain[session->chain_count++] = hf_reader_vector(reader, 3, 1, CERTIFICATE_MAX);
}

static void read_list(struct hf_reader *reader, struct hf_session *session)
{
    struct hf_reader list = hf_reader_of(hf_reader_vector(reader, 3, 0, HF_SESSION_BYTES_MAX));
    hf_session_read_chain(&list, session);
    if (!hf_reader_end(&list))
        hf_reader_spoil(reader);
}

void hf_session_read_times(struct hf_reader *reader, struct hf_session *session)
{
    uint64_t created = hf_reader_u64(reader);
    session->lifetime_s = hf_reader_u32(reader);
    if (created > INT64_MAX - HF_SESSION_LIFETIME_MAX13 || session->lifetime_s > HF_SESSION_LIFETIME_MAX13)
        hf_reader_spoil(reader);
    else
        session->created_s = (int64_t)created;
}

struct hf_span hf_session_alpn(const struct hf_session *session)
{
    return hf_span_of(session->alpn, session->alpn_len);
}

void hf_session_write_early(const struct hf_session *session, struct hf_writer *writer)
{
    hf_writer_u64(writer, session->issued_ms);
    hf_writer_u32(writer, session->age_add);
    hf_writer_u32(writer, session->early_max);
    hf_writer_u64(writer, session->early_guard);
    hf_writer_vector(writer, 1, hf_session_alpn(session));
}

void hf_session_read_early(struct hf_reader *reader, struct hf_session *session)
{
    session->issued_ms = hf_reader_u64(reader);
    session->age_add = hf_reader_u32(reader);
    session->early_max = hf_reader_u32(reader);
    session->early_guard = hf_reader_u64(reader);
    struct hf_span alpn = hf_reader_vector(reader, 1, 0, HF_SESSION_ALPN_MAX);
    if (hf_span_copy(alpn, session->alpn, sizeof session->alpn))
        session->alpn_len = (uint8_t)alpn.len;
}

struct hf_span hf_session_key_identity(const struct hf_session_key *key)
{
    return hf_span_of(key->name, key->identity_len);
}

struct hf_span hf_session_key_context(const struct hf_session_key *key)
{
    return hf_span_of(key->name + key->identity_len, key->context_len);
}

bool hf_session_is_anonymous(const struct hf_session *session)
{
    return session->chain_count == 0 && session->key.kind == HF_SESSION_KEY_NONE;
}

size_t hf_session_key_length(const struct hf_session *session)
{
    const struct hf_session_key *key = &session->key;
    return key->kind == HF_SESSION_KEY_NONE ? 0 : (size_t)1 + 2 + key->identity_len + 2 + key->context_len;
}

void hf_session_write_key(const struct hf_session *session, struct hf_writer *writer)
{
    if (session->key.kind == HF_SESSION_KEY_NONE)
        return;
    hf_writer_u8(writer, (uint8_t)session->key.kind);
    hf_writer_vector(writer, 2, hf_session_key_identity(&session->key));
    hf_writer_vector(writer, 2, hf_session_key_context(&session->key));
}

void hf_session_read_key(struct hf_reader *reader, struct hf_session *session)
{
    struct hf_session_key *key = &session->key;
    const uint8_t kind = hf_reader_u8(reader);
    const struct hf_span identity = hf_reader_vector(reader, 2, 0, sizeof key->name);
    const struct hf_span context = hf_reader_vector(reader, 2, 0, sizeof key->name - identity.len);
    if (kind == HF_SESSION_KEY_NONE || kind >= HF_SESSION_KEY_KINDS ||
        !hf_span_copy(identity, key->name, sizeof key->name) ||
        !hf_span_copy(context, key->name + identity.len, sizeof key->name - identity.len)) {
        hf_reader_spoil(reader);
        return;
    }
    key->kind = (enum hf_session_key_kind)kind;
    key->identity_len = (uint16_t)identity.len;
    key->context_len = (uint16_t)context.len;
}

struct hf_span hf_session_read_secret(struct hf_reader *reader)
{
    struct hf_span secret = hf_reader_vector(reader, 1, HF_SESSION_SECRET_MIN, HF_SESSION_SECRET_LEN);
    if (secret.len != HF_SESSION_SECRET_MIN && secret.len != HF_SESSION_SECRET_LEN)
        hf_reader_spoil(reader);
    return secret;
}

enum hf_error hf_session_read(struct hf_span bytes, struct hf_session *ret_session)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    struct hf_reader reader = hf_reader_of(hf_span_part(bytes, 0, HF_SESSION_BYTES_MAX));
    const uint8_t format = hf_reader_u8(&reader);
    if (format != FORMAT && format != FORMAT_OF_KEYS)
        return HF_ERR_decode_error;
    if (format == FORMAT_OF_KEYS)
        hf_session_read_key(&reader, &session);
    session.version = hf_reader_u16(&reader);
    session.suite = hf_reader_u16(&reader);
    hf_session_read_times(&reader, &session);
    hf_session_read_early(&reader, &session);
    read_id(&reader, &session.id);
    struct hf_span secret = hf_session_read_secret(&reader);
    session.ticket = hf_reader_vector(&reader, 2, 0, HF_SESSION_TICKET_MAX);
    read_list(&reader, &session);
    (void)hf_reader_bytes(&reader, HF_SESSION_SEAL_LEN);
    if (!hf_reader_end(&reader) || bytes.len > HF_SESSION_BYTES_MAX || !hf_secret_set(&session.secret, secret))
        return HF_ERR_decode_error;
    *ret_session = session;
    return HF_OK;
}

bool hf_session_is_sealed(struct hf_span bytes, const struct hf_session_seal *seal)
{
    struct hf_digest sealed;
    if (bytes.len < HF_SESSION_SEAL_LEN)
        return false;
    struct hf_span body = hf_span_part(bytes, 0, bytes.len - HF_SESSION_SEAL_LEN);
    struct hf_span claimed = hf_span_part(bytes, body.len, HF_SESSION_SEAL_LEN);
    return digest(body, seal, &sealed) == HF_OK && hf_secret_equal(claimed, hf_digest_span(&sealed));
}

bool hf_session_is_current(const struct hf_session *session, int64_t now_s)
{
    return now_s >= session->created_s && now_s - session->created_s < (int64_t)session->lifetime_s;
}
