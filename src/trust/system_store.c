/* Files are read whole, up to HF_TRUST_FILE_MAX bytes, then given to the same calls that take bytes. */
#include "trust/system_store.h"

#include <stdio.h>

#include "base/buffer.h"
#include "trust/anchors.h"

/* Where distributions keep their CAs in one file: Debian and its kin, Fedora and its kin, SUSE, Alpine and the BSDs. */
static const char *const store_paths[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                          "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
                                          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"};

#define CHUNK 65536

static enum hf_error read_all(FILE *file, struct hf_buffer *into)
{
    for (;;) {
        uint8_t *at = hf_buffer_reserve(into, CHUNK);
        if (at == NULL)
            return HF_ERR_no_memory;
        size_t len = fread(at, 1, CHUNK, file);
        hf_buffer_grew(into, len);
        if (len < CHUNK)
            return ferror(file) ? HF_ERR_file_unreadable : HF_OK;
    }
}

static enum hf_error read_file(const char *path, struct hf_buffer *into)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return HF_ERR_file_unreadable;
    enum hf_error error = read_all(file, into);
    (void)fclose(file);
    return error;
}

/* A DER certificate begins with a SEQUENCE of a length in two bytes; no PEM text does. */
static bool is_der(struct hf_span bytes)
{
    return bytes.len > 4 && bytes.data[0] == 0x30 && bytes.data[1] >= 0x81 && bytes.data[1] <= 0x83;
}

static enum hf_error add_bytes(struct hf_trust *trust, struct hf_span bytes, bool lenient,
                               struct hf_trust_added *ret_added)
{
    if (!is_der(bytes))
        return hf_trust_add_pem(trust, bytes, lenient, ret_added);
    enum hf_error error = hf_anchors_add_der(trust, bytes, ret_added);
    return error == HF_ERR_bad_certificate_encoding ? HF_ERR_file_malformed : error;
}

static enum hf_error add_file(struct hf_trust *trust, const char *path, bool lenient, struct hf_trust_added *ret_added)
{
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, hf_trust_allocator(trust), HF_TRUST_FILE_MAX);
    enum hf_error error = read_file(path, &buffer);
    if (error == HF_OK)
        error = add_bytes(trust, hf_buffer_span(&buffer), lenient, ret_added);
    else if (ret_added != NULL)
        *ret_added = (struct hf_trust_added){.flaw = "the file cannot be read"};
    hf_buffer_release(&buffer);
    return error;
}

enum hf_error hf_system_store_add_file(struct hf_trust *trust, const char *path, struct hf_trust_added *ret_added)
{
    return add_file(trust, path, /* lenient */ false, ret_added);
}

enum hf_error hf_system_store_add(struct hf_trust *trust, const char **ret_path, struct hf_trust_added *ret_added)
{
    for (size_t i = 0; i < HF_COUNT(store_paths); i++) {
        enum hf_error error = add_file(trust, store_paths[i], /* lenient */ true, ret_added);
        if (error == HF_ERR_file_unreadable || error == HF_ERR_file_malformed)
            continue;
        HF_TRY(error);
        if (ret_path != NULL)
            *ret_path = store_paths[i];
        return HF_OK;
    }
    return HF_ERR_no_trust_anchors;
}
