/* ec_point_formats, RFC 8422 5.1.2: the list holds "uncompressed" (0), ours nothing else. A list without it is refused
 * with illegal_parameter, from either end. */
#include "extension/ec_point_formats.h"

#include "base/text.h"
#include "wire/read.h"

enum { UNCOMPRESSED = 0 };

static void write_uncompressed(struct hf_writer *payload)
{
    hf_writer_u8(payload, 1);
    hf_writer_u8(payload, UNCOMPRESSED);
}

static enum hf_error read_formats(const struct hf_extension_reading *reading, struct hf_span payload,
                                  struct hf_span *ret_formats)
{
    struct hf_wire_ec_point_formats list;
    HF_TRY(hf_wire_read_ec_point_formats(payload, &list));
    if (!hf_wire_list_has(list.formats, 1, UNCOMPRESSED)) {
        struct hf_text wanted = hf_text_of(reading->failure->wanted, sizeof reading->failure->wanted);
        hf_text_add(&wanted, "a list with the uncompressed format");
        return HF_ERR_illegal_parameter;
    }
    *ret_formats = list.formats;
    return HF_OK;
}

bool hf_ec_point_formats_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_12) == 0)
        return false;
    write_uncompressed(payload);
    return true;
}

enum hf_error hf_ec_point_formats_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                       struct hf_client_hello_facts *facts)
{
    return read_formats(reading, payload, &facts->point_formats);
}

bool hf_ec_point_formats_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                               struct hf_writer *payload)
{
    (void)place;
    if (!answer->point_formats)
        return false;
    write_uncompressed(payload);
    return true;
}

enum hf_error hf_ec_point_formats_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_server_hello_facts *facts)
{
    (void)facts;
    struct hf_span formats;
    return read_formats(reading, payload, &formats);
}
