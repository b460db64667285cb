/* RFC 9846 7.1: HkdfLabel = uint16 length | opaque label<7..255> = "tls13 " + label | opaque context<0..255>. */
#include "schedule/expand_label.h"

#include "base/writer.h"
#include "crypto/hkdf.h"

#define PREFIX         "tls13 " /* over datagrams "dtls13": RFC 9147 5.9 */
#define HKDF_LABEL_MAX (2 + 1 + 255 + 1 + 255)

enum hf_error hf_expand_label(const struct hf_expand_label *input, const struct hf_secret *secret, uint8_t *into,
                              size_t len)
{
    uint8_t info[HKDF_LABEL_MAX];
    struct hf_writer writer = hf_writer_of(info, sizeof info);

    hf_writer_uint(&writer, 2, len);
    size_t mark = hf_writer_open(&writer, 1);
    hf_writer_bytes(&writer, hf_span_of_text(input->prefix == NULL ? PREFIX : input->prefix));
    hf_writer_bytes(&writer, input->label);
    hf_writer_close(&writer, mark, 1);
    hf_writer_vector(&writer, 1, input->context);
    if (!hf_writer_end(&writer) || len > 255 * hf_hash_len(input->hash)) {
        hf_wipe(into, len);
        return HF_ERR_wrong_call;
    }
    return hf_hkdf_expand(input->toolbox, input->hash, secret, hf_writer_span(&writer), into, len);
}

enum hf_error hf_expand_label_secret(const struct hf_expand_label *input, const struct hf_secret *secret, size_t len,
                                     struct hf_secret *ret_secret)
{
    HF_WIPED struct hf_secret expanded = {.len = (uint8_t)len};
    if (len > HF_SECRET_MAX)
        return HF_ERR_wrong_call;
    HF_TRY(hf_expand_label(input, secret, expanded.bytes, len));
    *ret_secret = expanded;
    return HF_OK;
}
