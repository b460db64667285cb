/* The bytes inside a ticket:
 *   format(1) version(2) suite(2) created(8) lifetime(4) issued(8) age_add(4) early_max(4) early_guard(8)
 *   alpn<0..32> secret<32..48> policy(32) chain<0..32>
 * and, in another format, behind the first byte the name of a shared key as session.c has it. A new field is a new
 * format. Whatever held them in the clear is wiped. */
#include "session/ticket.h"

enum { FORMAT = 3, FORMAT_OF_KEYS };

void hf_ticket_wipe(struct hf_ticket *ticket)
{
    hf_wipe(ticket, sizeof *ticket);
}

void hf_ticket_write(const struct hf_ticket *ticket, struct hf_writer *writer)
{
    const struct hf_session *session = &ticket->session;
    hf_writer_u8(writer, session->key.kind == HF_SESSION_KEY_NONE ? FORMAT : FORMAT_OF_KEYS);
    hf_session_write_key(session, writer);
    hf_writer_u16(writer, session->version);
    hf_writer_u16(writer, session->suite);
    hf_writer_u64(writer, (uint64_t)session->created_s);
    hf_writer_u32(writer, session->lifetime_s);
    hf_session_write_early(session, writer);
    hf_writer_vector(writer, 1, hf_secret_span(&session->secret));
    hf_writer_bytes(writer, hf_span_of(ticket->policy, sizeof ticket->policy));
    hf_writer_vector(writer, 1, hf_span_of(ticket->chain, ticket->has_chain ? sizeof ticket->chain : 0));
}

enum hf_error hf_ticket_read(struct hf_span bytes, struct hf_ticket *ret_ticket)
{
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    struct hf_session *session = &ticket.session;
    struct hf_reader reader = hf_reader_of(bytes);
    const uint8_t format = hf_reader_u8(&reader);
    if (format != FORMAT && format != FORMAT_OF_KEYS)
        return HF_ERR_decode_error;
    if (format == FORMAT_OF_KEYS)
        hf_session_read_key(&reader, session);
    session->version = hf_reader_u16(&reader);
    session->suite = hf_reader_u16(&reader);
    hf_session_read_times(&reader, session);
    hf_session_read_early(&reader, session);
    struct hf_span secret = hf_session_read_secret(&reader);
    struct hf_span policy = hf_reader_bytes(&reader, sizeof ticket.policy);
    struct hf_span chain = hf_reader_vector(&reader, 1, 0, sizeof ticket.chain);
    ticket.has_chain = chain.len > 0;
    if (!hf_reader_end(&reader) || (ticket.has_chain && chain.len != sizeof ticket.chain) ||
        !hf_secret_set(&session->secret, secret) || !hf_span_copy(policy, ticket.policy, sizeof ticket.policy) ||
        !hf_span_copy(chain, ticket.chain, sizeof ticket.chain))
        return HF_ERR_decode_error;
    *ret_ticket = ticket;
    return HF_OK;
}

enum hf_error hf_ticket_seal(const struct hf_ticket *ticket, struct hf_ticket_keys *keys,
                             const struct hf_ticket_tools *tools, struct hf_writer *writer)
{
    uint8_t plain[HF_TICKET_PLAIN_MAX];
    struct hf_writer inside = hf_writer_of(plain, sizeof plain);
    hf_ticket_write(ticket, &inside);
    enum hf_error error = hf_writer_end(&inside) ? HF_OK : HF_ERR_internal;
    if (error == HF_OK)
        error = hf_ticket_keys_seal(keys, tools, hf_writer_span(&inside), writer);
    hf_wipe(plain, sizeof plain);
    return error;
}

enum hf_error hf_ticket_open(struct hf_span sealed, struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                             struct hf_ticket *ret_ticket, enum hf_ticket_keys_age *ret_age)
{
    uint8_t plain[HF_TICKET_PLAIN_MAX];
    struct hf_writer inside = hf_writer_of(plain, sizeof plain);
    enum hf_ticket_keys_age age = HF_TICKET_KEYS_NONE;
    *ret_age = HF_TICKET_KEYS_NONE;
    enum hf_error error = hf_ticket_keys_open(keys, tools, sealed, &inside, &age);
    if (error == HF_OK && age != HF_TICKET_KEYS_NONE && hf_ticket_read(hf_writer_span(&inside), ret_ticket) == HF_OK)
        *ret_age = age;
    hf_wipe(plain, sizeof plain);
    return error;
}
