/* Hellos for tests, written without the code under test as far as that is possible. */
#include "support/hello_bodies.h"

#include <stdlib.h>
#include <string.h>

#include "extension/write.h"

static const uint8_t random_bytes[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const uint8_t share_bytes[32] = {0xaa, 0xbb};
static uint8_t protocols[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

static void want(bool sound)
{
    if (!sound)
        abort();
}

struct hf_span hello_random(void)
{
    return hf_span_of(random_bytes, sizeof random_bytes);
}

void hello_config(struct hf_config *config)
{
    memset(config, 0, sizeof *config);
    config->allocator = hf_allocation_standard;
    config->min_version = HF_TLS12;
    config->max_version = HF_TLS13;
    for (size_t i = 0; i < hf_suite_count(); i++)
        if (hf_suite_is_current(hf_suite_at(i)))
            config->suites[config->suite_count++] = hf_suite_at(i);
    for (size_t i = 0; i < hf_group_count(); i++)
        if (!hf_key_exchange_has_field(hf_group_at(i)->key_exchange))
            config->groups[config->group_count++] = hf_group_at(i);
    for (size_t i = 0; i < hf_signature_scheme_count(); i++)
        if (!hf_signature_scheme_at(i)->historic)
            config->schemes[config->scheme_count++] = hf_signature_scheme_at(i);
    config->key_share_count = 1;
    config->alpn = protocols;
    config->alpn_len = sizeof protocols;
    config->extended_master_secret_demanded = true;
    config->max_handshake_message = 65536;
}

void hello_offer(const struct hf_config *config, struct hf_client_offer *offer)
{
    *offer = (struct hf_client_offer){
        .config = config,
        .generations = HF_VERSION_BIT_12 | HF_VERSION_BIT_13,
        .legacy_version = HF_TLS12,
        .versions = {HF_TLS13, HF_TLS12},
        .version_count = 2,
        .random = hello_random(),
        .session_id = hf_span_of(random_bytes, 32),
        .server_name = hf_span_of_text("server.lan"),
        .shares = {{.group = 0x001d, .key_exchange = hf_span_of(share_bytes, sizeof share_bytes)}},
        .share_count = 1,
    };
}

void hello_written(struct hf_client_offer *offer, struct hello_bytes *into)
{
    struct hf_writer writer = hf_writer_of(into->data, sizeof into->data);
    want(hf_extension_write_client_hello(offer, &writer) == HF_OK);
    into->span = hf_writer_span(&writer);
}

static unsigned digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, c);
    want(c != 0 && at != NULL);
    return (unsigned)(at - digits);
}

void hello_add(struct hello_bytes *block, uint16_t type, const char *hex)
{
    struct hf_writer writer = {.data = block->data, .len = block->span.len, .room = sizeof block->data};
    hf_writer_u16(&writer, type);
    const size_t mark = hf_writer_open(&writer, 2);
    for (; *hex != 0; hex++) {
        if (*hex == ' ')
            continue;
        hf_writer_u8(&writer, (uint8_t)(digit(hex[0]) << 4 | digit(hex[1])));
        hex++;
    }
    hf_writer_close(&writer, mark, 2);
    want(hf_writer_end(&writer));
    block->span = hf_writer_span(&writer);
}

void hello_client_body(struct hf_span block, struct hello_bytes *into)
{
    struct hf_writer writer = hf_writer_of(into->data, sizeof into->data);
    hf_writer_u16(&writer, 0x0303);
    hf_writer_bytes(&writer, hello_random());
    hf_writer_u8(&writer, 0);
    hf_writer_u16(&writer, 6);
    hf_writer_u16(&writer, 0x1301);
    hf_writer_u16(&writer, 0xc02f);
    hf_writer_u16(&writer, 0xc02b);
    hf_writer_u16(&writer, 0x0100);
    hf_writer_vector(&writer, 2, block);
    want(hf_writer_end(&writer));
    into->span = hf_writer_span(&writer);
}

void hello_server_body(struct hf_span random, uint16_t suite, struct hf_span block, struct hello_bytes *into)
{
    struct hf_writer writer = hf_writer_of(into->data, sizeof into->data);
    hf_writer_u16(&writer, 0x0303);
    hf_writer_bytes(&writer, random);
    hf_writer_vector(&writer, 1, hello_random());
    hf_writer_u16(&writer, suite);
    hf_writer_u8(&writer, 0);
    hf_writer_vector(&writer, 2, block);
    want(hf_writer_end(&writer));
    into->span = hf_writer_span(&writer);
}

void hello_block_body(struct hf_span block, struct hello_bytes *into)
{
    struct hf_writer writer = hf_writer_of(into->data, sizeof into->data);
    hf_writer_vector(&writer, 2, block);
    want(hf_writer_end(&writer));
    into->span = hf_writer_span(&writer);
}
