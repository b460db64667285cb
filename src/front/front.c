/* Only what is in the clear is looked at: the first hello, and behind it, amid records that are none of ours to read,
 * the second one, which nothing but a HelloRetryRequest leads to. Whether there was one is for the server to say: it
 * refuses a hello that it did not ask for. RFC 9849 7.1. */
#include "front/front.h"

#include "base/text.h"
#include "config/transport.h"
#include "extension/read.h"
#include "handshake/ech.h"
#include "negotiate/version.h"
#include "seam/record.h"

enum {
    CHUNK = HF_RECORD_CONTENT_MAX, /* taken in one call */
    RECORDS_BESIDE = 0x10000,      /* headers of a hello's records, which its sender may cut as it likes */
    FIRST_VERSION = 0x0301,        /* RFC 9846 5.1: of records with a first hello */
    LATER_VERSION = 0x0303,
    ALERT_FATAL = 2
};

/* ---- life ---- */

static void refuse_config(struct hf_failure *ret_failure, enum hf_error error)
{
    if (ret_failure == NULL)
        return;
    *ret_failure = (struct hf_failure){.error = error, .by = HF_BY_SETTINGS, .depth = -1};
    struct hf_text where = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add(&where, "hf_ech_front_new");
    if (error != HF_ERR_setting_invalid)
        return;
    struct hf_text wanted = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    hf_text_add(&wanted, "a config of a server over streams with keys (hf_builder_ech_key)");
}

static size_t hello_max(const struct hf_config *config)
{
    return config->max_handshake_message;
}

struct hf_ech_front *hf_ech_front_new(struct hf_config *config, struct hf_failure *ret_failure)
{
    if (config->role != HF_SERVER || hf_config_transport(config) != &hf_transport_stream || config->ech.keys == NULL) {
        refuse_config(ret_failure, HF_ERR_setting_invalid);
        return NULL;
    }
    struct hf_ech_front *front = hf_allocation_new(&config->allocator, sizeof *front);
    if (front == NULL) {
        refuse_config(ret_failure, HF_ERR_no_memory);
        return NULL;
    }
    const struct hf_allocator *allocator = &config->allocator;
    front->config = hf_config_hold(config);
    front->failure.depth = -1;
    hf_buffer_init(&front->wire, allocator, hello_max(config) + RECORDS_BESIDE + CHUNK);
    hf_buffer_init(&front->output, allocator, 2 * hello_max(config) + RECORDS_BESIDE + (size_t)2 * CHUNK);
    hf_hello_reader_init(&front->reader, allocator, hello_max(config));
    return front;
}

/* What is needed to open hellos, once none is to come. */
static void forget(struct hf_ech_front *front)
{
    hf_hpke_free(front->opened.hpke);
    front->opened = (struct hf_ech_opened){.key = NULL};
    hf_hello_reader_release(&front->reader);
    front->stage = HF_FRONT_NONE;
}

void hf_ech_front_free(struct hf_ech_front *front)
{
    if (front == NULL)
        return;
    struct hf_config *config = front->config;
    forget(front);
    hf_buffer_release(&front->wire);
    hf_buffer_release(&front->output);
    hf_allocation_free(&config->allocator, front->server_name);
    hf_allocation_wipe(&config->allocator, front, sizeof *front);
    hf_config_drop(config);
}

/* ---- failing ---- */

static void set_text(char *into, size_t room, const char *text)
{
    struct hf_text writes = hf_text_of(into, room);
    if (text != NULL && into[0] == '\0')
        hf_text_add(&writes, "%s", text);
}

static enum hf_error explain(struct hf_ech_front *front, enum hf_error error, const struct hf_ech_fault *fault)
{
    set_text(front->failure.where, sizeof front->failure.where, fault->where);
    set_text(front->failure.wanted, sizeof front->failure.wanted, fault->wanted);
    return error;
}

static void write_alert(struct hf_ech_front *front, enum hf_alert alert)
{
    struct hf_writer record = hf_writer_of(front->alert, sizeof front->alert);
    hf_writer_u8(&record, HF_CONTENT_ALERT);
    hf_writer_u16(&record, LATER_VERSION);
    hf_writer_u16(&record, 2);
    hf_writer_u8(&record, ALERT_FATAL);
    hf_writer_u8(&record, (uint8_t)alert);
    front->alert_len = hf_writer_end(&record) ? record.len : 0;
}

static enum hf_error fail(struct hf_ech_front *front, enum hf_error error)
{
    const enum hf_alert alert = hf_error_alert13(error);
    front->state = HF_ECH_FRONT_FAILED;
    front->failure.error = error;
    front->failure.by = HF_BY_US;
    front->failure.alert = (uint16_t)alert;
    if (alert != HF_ALERT_none)
        write_alert(front, alert);
    forget(front);
    hf_buffer_release(&front->wire);
    hf_buffer_release(&front->output);
    return error;
}

/* ---- hellos ---- */

static struct hf_ech_opener opener_of(const struct hf_ech_front *front)
{
    return (struct hf_ech_opener){front->config, &front->config->allocator};
}

static enum hf_error keep_name(struct hf_ech_front *front, struct hf_span name)
{
    if (name.len == 0 || front->server_name != NULL)
        return HF_OK;
    char *copy = hf_allocation_new(&front->config->allocator, name.len + 1);
    if (copy == NULL)
        return HF_ERR_no_memory;
    front->server_name = copy;
    return hf_span_copy(name, copy, name.len) ? HF_OK : HF_ERR_internal;
}

/* As a server checks what it opened: handshake/ech_choice.c. */
static enum hf_error check_inner(struct hf_ech_front *front, struct hf_span inner)
{
    static const struct hf_ech_fault fault = {.where = "the encrypted ClientHello",
                                              .wanted = "an inner hello of TLS 1.3"};
    struct hf_client_hello_facts facts;
    HF_TRY(hf_extension_read_client_hello(inner, &facts, &front->failure));
    if (!facts.is_inner || hf_negotiate_version_offers_old(&facts))
        return explain(front, HF_ERR_ech_inner_wrong, &fault);
    return keep_name(front, facts.host_name);
}

static enum hf_error open_hello(struct hf_ech_front *front, struct hf_span hello, struct hf_buffer *inner)
{
    const struct hf_ech_opener opener = opener_of(front);
    struct hf_ech_fault fault = {.where = NULL};
    const bool first = front->stage == HF_FRONT_FIRST;
    enum hf_error error = first ? hf_ech_open_first(&opener, hello, &front->opened, inner, &fault)
                                : hf_ech_open_second(&opener, hello, &front->opened, inner, &fault);
    if (error == HF_OK && first && front->opened.hpke != NULL)
        error = hf_ech_log(&opener, front->opened.hpke, hf_span_part(hello, 2, HF_RANDOM_LEN),
                           hf_span_of(front->opened.key->bytes, front->opened.key->len));
    return error == HF_OK ? HF_OK : explain(front, error, &fault);
}

/* RFC 9849 7: no inner hello comes from the network. What reads badly is for whoever gets it. */
static enum hf_error check_outer(struct hf_ech_front *front, struct hf_span hello)
{
    static const struct hf_ech_fault fault = {.where = "encrypted_client_hello in ClientHello"};
    struct hf_client_hello_facts facts;
    struct hf_failure ignored = {0};
    if (hf_extension_read_client_hello(hello, &facts, &ignored) == HF_OK && facts.is_inner)
        return explain(front, HF_ERR_illegal_parameter, &fault);
    return HF_OK;
}

/* From here on everything goes through as it is. */
static void pass(struct hf_ech_front *front)
{
    front->state = HF_ECH_FRONT_PASSED;
    front->read = 0;
    forget(front);
}

static enum hf_error pass_inner(struct hf_ech_front *front, struct hf_span inner)
{
    const bool first = front->stage == HF_FRONT_FIRST;
    HF_TRY(check_inner(front, inner));
    HF_TRY(hf_hello_reader_write(inner, first ? FIRST_VERSION : LATER_VERSION, &front->output));
    hf_buffer_consume(&front->wire, front->read);
    front->read = 0;
    hf_hello_reader_release(&front->reader);
    front->state = HF_ECH_FRONT_OPENED;
    front->stage = first ? HF_FRONT_SECOND : HF_FRONT_NONE;
    if (!first)
        forget(front);
    return HF_OK;
}

static enum hf_error take_hello(struct hf_ech_front *front)
{
    const struct hf_span hello = hf_hello_reader_body(&front->reader);
    struct hf_buffer inner;
    hf_buffer_init(&inner, &front->config->allocator, 2 * hello_max(front->config));
    enum hf_error error = open_hello(front, hello, &inner);
    if (error == HF_OK && front->opened.hpke == NULL) {
        error = check_outer(front, hello);
        pass(front);
    } else if (error == HF_OK) {
        error = pass_inner(front, hf_buffer_span(&inner));
    }
    hf_buffer_release(&inner);
    return error;
}

/* ---- records ---- */

/* A hello as far as it is there. *ret_more: it is dealt with, and there may be more. */
static enum hf_error read_hello(struct hf_ech_front *front, bool *ret_more)
{
    static const struct hf_ech_fault broken = {.where = "the second ClientHello"};
    const struct hf_span rest = hf_span_part(hf_buffer_span(&front->wire), front->read, SIZE_MAX);
    enum hf_hello_reading reading;
    size_t len;
    HF_TRY(hf_hello_reader_take(&front->reader, rest, &len, &reading));
    front->read += len;
    *ret_more = reading != HF_HELLO_NEEDS_MORE;
    if (reading == HF_HELLO_WHOLE)
        return take_hello(front);
    if (reading == HF_HELLO_NONE && front->stage == HF_FRONT_SECOND)
        return explain(front, HF_ERR_unexpected_message, &broken);
    if (reading == HF_HELLO_NONE)
        pass(front);
    return HF_OK;
}

static enum hf_error move(struct hf_ech_front *front, size_t len)
{
    if (!hf_buffer_append(&front->output, hf_span_part(hf_buffer_span(&front->wire), 0, len)))
        return HF_ERR_no_memory;
    hf_buffer_consume(&front->wire, len);
    return HF_OK;
}

/* Behind the first hello: records other than those of a second one, as they are. */
static enum hf_error pass_records(struct hf_ech_front *front, bool *ret_more)
{
    const struct hf_span wire = hf_buffer_span(&front->wire);
    struct hf_reader header = hf_reader_of(wire);
    *ret_more = false;
    if (front->record_left > 0) {
        const size_t len = front->record_left < wire.len ? front->record_left : wire.len;
        *ret_more = len > 0;
        front->record_left -= len;
        return move(front, len);
    }
    const uint8_t type = hf_reader_u8(&header);
    (void)hf_reader_u16(&header);
    const size_t len = hf_reader_u16(&header);
    if (wire.len == 0)
        return HF_OK;
    if (type == HF_CONTENT_HANDSHAKE || hf_buffer_len(&front->reader.message) > 0 || front->read > 0)
        return read_hello(front, ret_more);
    if (wire.len < HF_HELLO_READER_HEADER)
        return HF_OK;
    front->record_left = HF_HELLO_READER_HEADER + len;
    *ret_more = true;
    return HF_OK;
}

static enum hf_error go_on(struct hf_ech_front *front)
{
    bool more = true;
    while (more) {
        more = false;
        if (front->stage == HF_FRONT_FIRST)
            HF_TRY(read_hello(front, &more));
        else if (front->stage == HF_FRONT_SECOND)
            HF_TRY(pass_records(front, &more));
        else
            HF_TRY(move(front, hf_buffer_len(&front->wire)));
    }
    return HF_OK;
}

/* What comes behind a hello that has too many records is not looked at. */
static enum hf_error take(struct hf_ech_front *front, struct hf_span bytes)
{
    if (!hf_buffer_append(&front->wire, bytes))
        return HF_ERR_no_memory;
    HF_TRY(go_on(front));
    if (hf_buffer_len(&front->wire) == 0)
        hf_buffer_release(&front->wire); /* whoever idles holds none */
    if (front->stage != HF_FRONT_NONE && hf_buffer_len(&front->wire) > hello_max(front->config) + RECORDS_BESIDE)
        return HF_ERR_handshake_message_too_long;
    return HF_OK;
}

enum hf_error hf_ech_front_feed(struct hf_ech_front *front, const void *bytes, size_t len, size_t *ret_taken)
{
    const struct hf_span chunk = hf_span_part(hf_span_of(bytes, len), 0, CHUNK);
    *ret_taken = 0;
    if (front->state == HF_ECH_FRONT_FAILED)
        return front->failure.error;
    if (hf_buffer_len(&front->output) > 0 || len == 0)
        return HF_OK;
    enum hf_error error = take(front, chunk);
    if (error != HF_OK)
        return fail(front, error);
    *ret_taken = chunk.len;
    return HF_OK;
}

/* ---- what comes out ---- */

size_t hf_ech_front_output(const struct hf_ech_front *front, const uint8_t **ret_bytes)
{
    const struct hf_span output = hf_buffer_span(&front->output);
    *ret_bytes = output.data;
    return output.len;
}

void hf_ech_front_drained(struct hf_ech_front *front, size_t len)
{
    hf_buffer_consume(&front->output, len);
    if (hf_buffer_len(&front->output) == 0)
        hf_buffer_release(&front->output);
}

size_t hf_ech_front_alert(const struct hf_ech_front *front, const uint8_t **ret_bytes)
{
    *ret_bytes = front->alert;
    return front->alert_len;
}

void hf_ech_front_info(const struct hf_ech_front *front, struct hf_ech_front_info *ret_info)
{
    *ret_info = (struct hf_ech_front_info){
        .state = front->state,
        .server_name = front->server_name == NULL ? "" : front->server_name,
        .failure = front->state == HF_ECH_FRONT_FAILED ? &front->failure : NULL,
    };
}
