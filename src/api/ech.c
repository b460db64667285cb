/* Keys and configurations of Encrypted Client Hello, made: <handfast/ech.h>. */
#include <handfast/ech.h>

#include "certificate/pem.h"
#include "config/ech_config.h"
#include "crypto/hpke_key.h"
#include "crypto/random.h"

enum { LIST_MAX = 1024, LIST_PREFIX = 2 };

static enum hf_error choose_id(const struct hf_ech_wish *wish, uint8_t *ret_id)
{
    *ret_id = wish->id;
    return wish->any_id ? hf_random_system.fill(hf_random_system.context, ret_id, 1) : HF_OK;
}

static enum hf_error write_list(const struct hf_ech_wish *wish, const struct hf_hpke_key *key, struct hf_writer *list)
{
    struct hf_ech_config_wish config = {
        .kem = key->kem,
        .public_key = hf_span_of(key->public_bytes, key->public_len),
        .name_max = wish->name_max,
        .public_name = hf_span_of_text(wish->public_name),
    };
    HF_TRY(choose_id(wish, &config.id));
    const size_t mark = hf_writer_open(list, LIST_PREFIX);
    hf_ech_config_write(&config, list);
    hf_writer_close(list, mark, LIST_PREFIX);
    return hf_writer_end(list) ? HF_OK : HF_ERR_internal;
}

static enum hf_error write_pem(const struct hf_ech_wish *wish, struct hf_buffer *der, struct hf_buffer *pem)
{
    HF_WIPED_HPKE_KEY struct hf_hpke_key key = {.kem = 0};
    uint8_t bytes[LIST_MAX];
    struct hf_writer list = hf_writer_of(bytes, sizeof bytes);
    HF_TRY(hf_hpke_key_generate(HF_HPKE_KEM_X25519, &key, der));
    HF_TRY(write_list(wish, &key, &list));
    HF_TRY(hf_pem_write("PRIVATE KEY", hf_buffer_span(der), pem));
    return hf_pem_write("ECHCONFIG", hf_writer_span(&list), pem);
}

static enum hf_error give(struct hf_span text, char *into, size_t room)
{
    if (text.len >= room || !hf_span_copy(text, into, room))
        return HF_ERR_wrong_call;
    into[text.len] = '\0';
    return HF_OK;
}

enum hf_error hf_ech_generate(const struct hf_ech_wish *wish, char *into, size_t room)
{
    const struct hf_span name = hf_span_of_text(wish->public_name);
    struct hf_buffer der, pem;
    if (name.len > HF_ECH_PUBLIC_NAME_MAX || !hf_ech_config_is_public_name(name))
        return HF_ERR_setting_invalid;
    hf_buffer_init(&der, &hf_allocation_standard, LIST_MAX);
    hf_buffer_init(&pem, &hf_allocation_standard, HF_ECH_PEM_MAX);
    enum hf_error error = write_pem(wish, &der, &pem);
    if (error == HF_OK)
        error = give(hf_buffer_span(&pem), into, room);
    hf_buffer_release(&der);
    hf_buffer_release(&pem);
    return error;
}
