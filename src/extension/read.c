/* Hellos from bytes: the fixed fields by wire/, the extensions by the walk, then what holds between extensions.
 * Everything is read into locals and handed over whole. RFC 9846 4.2, 4.3, 4.4. */
#include "extension/read.h"

#include "base/text.h"
#include "extension/key_share.h"
#include "extension/walk.h"

static const struct hf_failure fresh = {.by = HF_BY_US, .depth = -1};

/* SCSVs are suites that say something else (RFC 5746 3.3, RFC 7507). */
static void note_signalling_suites(struct hf_client_hello_facts *facts)
{
    facts->fallback = hf_wire_list_has(facts->suites, 2, HF_SUITE_FALLBACK);
    if (hf_wire_list_has(facts->suites, 2, HF_SUITE_EMPTY_RENEGOTIATION_INFO))
        facts->secure_renegotiation = true;
}

/* What holds for a hello as a whole, once its extensions were taken. */
static enum hf_error check_client_hello(const struct hf_extension_reading *reading, struct hf_client_hello_facts *facts)
{
    if (!hf_wire_list_has(facts->compressions, 1, 0)) /* RFC 5246 7.4.1.2: null must be among them */
        return hf_extension_walk_fail(reading, HF_ERR_compression_not_null, NULL);
    const enum hf_error error = hf_key_share_check_groups(reading, facts);
    if (error != HF_OK)
        return hf_extension_walk_fail(reading, error, "key_share");
    if (facts->record_size_limit != 0)
        facts->max_fragment_length = 0; /* RFC 8449 5: a server ignores it when both come */
    return HF_OK;
}

static enum hf_error read_client_hello(const struct hf_extension_reading *reading, struct hf_span body,
                                       struct hf_client_hello_facts *facts)
{
    struct hf_wire_client_hello wire;
    if (hf_wire_read_client_hello(body, &wire) != HF_OK)
        return hf_extension_walk_fail(reading, HF_ERR_decode_error, NULL);
    *facts = (struct hf_client_hello_facts){.legacy_version = wire.legacy_version,
                                            .random = wire.random,
                                            .session_id = wire.session_id,
                                            .suites = wire.cipher_suites,
                                            .compressions = wire.compression_methods};
    struct hf_extension_walk walk = {.reading = *reading, .hello = facts};
    if (wire.has_extensions)
        HF_TRY(hf_extension_walk(&walk, wire.extensions));
    facts->present = walk.present;
    note_signalling_suites(facts);
    return check_client_hello(reading, facts);
}

enum hf_error hf_extension_read_client_hello(struct hf_span body, struct hf_client_hello_facts *ret_facts,
                                             struct hf_failure *ret_failure)
{
    struct hf_failure failure = fresh;
    const struct hf_extension_reading reading = {.place = HF_PLACE_CH, .failure = &failure};
    struct hf_client_hello_facts facts;
    const enum hf_error error = read_client_hello(&reading, body, &facts);
    if (error != HF_OK) {
        *ret_failure = failure;
        return error;
    }
    *ret_facts = facts;
    return HF_OK;
}

enum hf_error hf_extension_peek_version(struct hf_span body, uint16_t *ret_version)
{
    struct hf_wire_server_hello wire;
    HF_TRY(hf_wire_read_server_hello(body, &wire));
    struct hf_span payload;
    if (!wire.has_extensions || !hf_wire_extension_find(wire.extensions, HF_EXTENSION_supported_versions, &payload)) {
        *ret_version = wire.legacy_version;
        return HF_OK;
    }
    struct hf_wire_supported_versions_choice choice;
    HF_TRY(hf_wire_read_supported_versions_choice(payload, &choice));
    *ret_version = choice.selected_version;
    return HF_OK;
}

/* The walk of a server's message; the facts gain what it says. */
static enum hf_error walk_answer(const struct hf_extension_reading *reading, struct hf_span block,
                                 struct hf_server_hello_facts *facts)
{
    struct hf_extension_walk walk = {.reading = *reading, .answer = facts};
    if (reading->offer != NULL)
        walk.offered = reading->offer->offered;
    HF_TRY(hf_extension_walk(&walk, block));
    facts->present.bits |= walk.present.bits;
    if (facts->record_size_limit != 0 && facts->max_fragment_length != 0) { /* RFC 8449 5: a server sends one of them */
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "max_fragment_length together with record_size_limit");
        return hf_extension_walk_fail(reading, HF_ERR_illegal_parameter, "record_size_limit");
    }
    return HF_OK;
}

static enum hf_error read_server_hello(const struct hf_extension_reading *reading, struct hf_span body,
                                       struct hf_server_hello_facts *facts)
{
    struct hf_wire_server_hello wire;
    if (hf_wire_read_server_hello(body, &wire) != HF_OK)
        return hf_extension_walk_fail(reading, HF_ERR_decode_error, NULL);
    if (wire.compression_method != 0 && reading->place != HF_PLACE_SH12) /* RFC 9846 4.2.3; in 1.2 it is negotiated */
        return hf_extension_walk_fail(reading, HF_ERR_compression_not_null, NULL);
    *facts = (struct hf_server_hello_facts){.legacy_version = wire.legacy_version,
                                            .version = wire.legacy_version,
                                            .random = wire.random,
                                            .session_id = wire.session_id,
                                            .suite = wire.cipher_suite,
                                            .compression = wire.compression_method};
    return wire.has_extensions ? walk_answer(reading, wire.extensions, facts) : HF_OK;
}

/* The three kinds of ServerHello differ in their place only. */
static enum hf_error read_server_hello_at(struct hf_extension_reading reading, struct hf_span body,
                                          struct hf_server_hello_facts *ret_facts, struct hf_failure *ret_failure)
{
    struct hf_failure failure = fresh;
    reading.failure = &failure;
    struct hf_server_hello_facts facts;
    const enum hf_error error = read_server_hello(&reading, body, &facts);
    if (error != HF_OK) {
        *ret_failure = failure;
        return error;
    }
    *ret_facts = facts;
    return HF_OK;
}

enum hf_error hf_extension_read_server_hello12(struct hf_span body, const struct hf_client_offer *offer,
                                               struct hf_server_hello_facts *ret_facts, struct hf_failure *ret_failure)
{
    const struct hf_extension_reading reading = {.place = HF_PLACE_SH12, .offer = offer};
    return read_server_hello_at(reading, body, ret_facts, ret_failure);
}

enum hf_error hf_extension_read_server_hello13(struct hf_span body, const struct hf_client_offer *offer,
                                               struct hf_server_hello_facts *ret_facts, struct hf_failure *ret_failure)
{
    const struct hf_extension_reading reading = {.place = HF_PLACE_SH13, .offer = offer};
    return read_server_hello_at(reading, body, ret_facts, ret_failure);
}

enum hf_error hf_extension_read_hello_retry_request(struct hf_span body, const struct hf_client_offer *offer,
                                                    struct hf_server_hello_facts *ret_facts,
                                                    struct hf_failure *ret_failure)
{
    const struct hf_extension_reading reading = {.place = HF_PLACE_HRR, .offer = offer};
    return read_server_hello_at(reading, body, ret_facts, ret_failure);
}

enum hf_error hf_extension_read_encrypted_extensions(struct hf_span body, const struct hf_client_offer *offer,
                                                     struct hf_server_hello_facts *facts,
                                                     struct hf_failure *ret_failure)
{
    struct hf_failure failure = fresh;
    const struct hf_extension_reading reading = {.place = HF_PLACE_EE, .offer = offer, .failure = &failure};
    struct hf_server_hello_facts found = *facts;
    struct hf_wire_encrypted_extensions wire;
    enum hf_error error = hf_wire_read_encrypted_extensions(body, &wire);
    if (error != HF_OK)
        hf_extension_walk_fail(&reading, error, NULL);
    else
        error = walk_answer(&reading, wire.extensions, &found);
    if (error != HF_OK) {
        *ret_failure = failure;
        return error;
    }
    *facts = found;
    return HF_OK;
}

enum hf_error hf_extension_read_certificate_request13(struct hf_span body,
                                                      struct hf_certificate_request_facts *ret_facts,
                                                      struct hf_failure *ret_failure)
{
    struct hf_failure failure = fresh;
    const struct hf_extension_reading reading = {.place = HF_PLACE_CR, .failure = &failure};
    struct hf_server_hello_facts found = {0};
    struct hf_wire_certificate_request13 wire;
    enum hf_error error = hf_wire_read_certificate_request13(body, &wire);
    if (error != HF_OK)
        hf_extension_walk_fail(&reading, error, NULL);
    else
        error = walk_answer(&reading, wire.extensions, &found);
    if (error != HF_OK) {
        *ret_failure = failure;
        return error;
    }
    *ret_facts = found.request;
    ret_facts->context = wire.context;
    return HF_OK;
}

enum hf_error hf_extension_read_new_session_ticket(struct hf_span block, uint32_t *ret_early_max,
                                                   struct hf_failure *ret_failure)
{
    struct hf_failure failure = fresh;
    struct hf_server_hello_facts facts = {0};
    struct hf_extension_walk walk = {.reading = {.place = HF_PLACE_NST, .failure = &failure}, .answer = &facts};
    const enum hf_error error = hf_extension_walk(&walk, block);
    if (error != HF_OK)
        *ret_failure = failure;
    else
        *ret_early_max = facts.early_max;
    return error;
}
