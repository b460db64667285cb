/* The rules for all extensions, in this order: the block is well-formed, none comes twice, a known one stands where it
 * may, an answer answers what was offered, pre_shared_key is last; then its own verb. RFC 9846 4.3, 4.3.11. */
#include "extension/walk.h"

#include "base/text.h"
#include "extension/table.h"

enum { ANSWERS = HF_PLACE_SH12 | HF_PLACE_SH13 | HF_PLACE_HRR | HF_PLACE_EE | HF_PLACE_CT };

enum hf_error hf_extension_walk_fail(const struct hf_extension_reading *reading, enum hf_error error,
                                     const char *extension)
{
    reading->failure->error = error;
    struct hf_text where = hf_text_of(reading->failure->where, sizeof reading->failure->where);
    if (extension != NULL)
        hf_text_add(&where, "%s in ", extension);
    hf_text_add(&where, "%s", hf_extension_place_name(reading->place));
    return error;
}

static enum hf_error fail_at(const struct hf_extension_walk *walk, enum hf_error error, uint16_t type)
{
    return hf_extension_walk_fail(&walk->reading, error, hf_extension_name(type));
}

static enum hf_message message_of(enum hf_extension_place place)
{
    switch (place) {
    case HF_PLACE_CH:
        return HF_MESSAGE_client_hello;
    case HF_PLACE_SH12:
    case HF_PLACE_SH13:
        return HF_MESSAGE_server_hello;
    case HF_PLACE_HRR:
        return HF_MESSAGE_hello_retry_request;
    case HF_PLACE_EE:
        return HF_MESSAGE_encrypted_extensions;
    case HF_PLACE_CT:
        return HF_MESSAGE_certificate;
    case HF_PLACE_CR:
        return HF_MESSAGE_certificate_request;
    case HF_PLACE_NST:
        return HF_MESSAGE_new_session_ticket;
    }
    return HF_MESSAGE_unknown;
}

/* A payload that nobody here uses must still be what its definition says. */
static enum hf_error check_syntax(const struct hf_extension_walk *walk, const struct hf_wire_extension *extension)
{
    union hf_wire_any any;
    const enum hf_message message = message_of(walk->reading.place);
    return hf_wire_read_any(hf_extension_payload_shape(extension->type, message), extension->data, &any);
}

static enum hf_error call_verb(struct hf_extension_walk *walk, enum hf_extension_row row,
                               const struct hf_wire_extension *extension)
{
    const struct hf_extension_entry *entry = hf_extension_table_at(row);
    if (walk->hello != NULL && entry->take != NULL)
        return entry->take(&walk->reading, extension->data, walk->hello);
    if (walk->answer != NULL && entry->check != NULL)
        return entry->check(&walk->reading, extension->data, walk->answer);
    return check_syntax(walk, extension);
}

/* RFC 9846 4.3: a known extension in a wrong message is illegal_parameter, an answer to nothing is
 * unsupported_extension, an unknown one is ignored where the sender asks or offers. */
static enum hf_error check_place(const struct hf_extension_walk *walk, enum hf_extension_row row)
{
    const enum hf_extension_place place = walk->reading.place;
    const bool is_answer = (place & ANSWERS) != 0;
    if (row == HF_EXTENSION_ROWS)
        return is_answer ? HF_ERR_unsolicited_extension : HF_OK;
    if ((hf_extension_row_places(row) & place) == 0)
        return HF_ERR_misplaced_extension;
    if (is_answer && !hf_extension_table_at(row)->free && !hf_extension_set_has(walk->offered, row))
        return HF_ERR_unsolicited_extension;
    return HF_OK;
}

static enum hf_error visit(struct hf_extension_walk *walk, const struct hf_wire_extension *extension)
{
    const enum hf_extension_row row = hf_extension_row_of(extension->type);
    if (walk->reading.place == HF_PLACE_CH && hf_extension_set_has(walk->present, HF_ROW_pre_shared_key)) {
        struct hf_text got = hf_text_of(walk->reading.failure->got, sizeof walk->reading.failure->got);
        hf_text_add(&got, "it stands behind pre_shared_key, which must be last");
        return fail_at(walk, HF_ERR_illegal_parameter, extension->type); /* RFC 9846 4.3.11 */
    }
    enum hf_error error = check_place(walk, row);
    if (error == HF_OK && row != HF_EXTENSION_ROWS)
        error = call_verb(walk, row, extension);
    if (error != HF_OK)
        return fail_at(walk, error, extension->type);
    hf_extension_set_add(&walk->present, row);
    return HF_OK;
}

/* For the explanation only: the first known extension that came twice. */
static const char *find_twice(struct hf_span block)
{
    struct hf_extension_set seen = {0};
    struct hf_reader list = hf_reader_of(block);
    struct hf_wire_extension extension;
    while (hf_wire_step_extension(&list, &extension)) {
        const enum hf_extension_row row = hf_extension_row_of(extension.type);
        if (hf_extension_set_has(seen, row))
            return hf_extension_name(extension.type);
        hf_extension_set_add(&seen, row);
    }
    return "unknown extension";
}

enum hf_error hf_extension_walk(struct hf_extension_walk *walk, struct hf_span block)
{
    const enum hf_error error = hf_wire_extensions_check(block);
    if (error == HF_ERR_duplicate_extension)
        return hf_extension_walk_fail(&walk->reading, error, find_twice(block));
    if (error != HF_OK)
        return hf_extension_walk_fail(&walk->reading, error, NULL);
    struct hf_reader list = hf_reader_of(block);
    struct hf_wire_extension extension;
    while (hf_wire_step_extension(&list, &extension))
        HF_TRY(visit(walk, &extension));
    return hf_reader_end(&list) ? HF_OK : hf_extension_walk_fail(&walk->reading, HF_ERR_decode_error, NULL);
}
