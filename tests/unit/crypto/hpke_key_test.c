/* Keys of HPKE: made, written, read again, and the same key comes out; what is no such key is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "certificate/pem.h"
#include "crypto/hpke_key.h"

enum { PEM_MAX = 4096 };

static const uint16_t kems[] = {HF_HPKE_KEM_P256, HF_HPKE_KEM_P384, HF_HPKE_KEM_P521, HF_HPKE_KEM_X25519,
                                HF_HPKE_KEM_X448};

static struct hf_toolbox *toolbox;

static int set_up(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static struct hf_span private_of(const struct hf_hpke_key *key)
{
    return hf_span_of(key->private_bytes, key->private_len);
}

static struct hf_span public_of(const struct hf_hpke_key *key)
{
    return hf_span_of(key->public_bytes, key->public_len);
}

static void a_key_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(kems); i++) {
        struct hf_hpke_key made, read, again;
        struct hf_buffer der, pem;
        hf_buffer_init(&der, &hf_allocation_standard, PEM_MAX);
        hf_buffer_init(&pem, &hf_allocation_standard, PEM_MAX);
        assert_int_equal(hf_hpke_key_generate(kems[i], &made, &der), HF_OK);
        assert_int_equal(hf_pem_write("PRIVATE KEY", hf_buffer_span(&der), &pem), HF_OK);
        assert_int_equal(hf_hpke_key_read_pem(toolbox, &hf_allocation_standard, hf_buffer_span(&pem), &read), HF_OK);
        assert_int_equal(read.kem, kems[i]);
        assert_int_equal(made.public_len, hf_hpke_public_len(kems[i]));
        assert_true(hf_span_equal(private_of(&made), private_of(&read)));
        assert_true(hf_span_equal(public_of(&made), public_of(&read)));
        assert_int_equal(hf_hpke_key_of(toolbox, &hf_allocation_standard, kems[i], private_of(&made), &again), HF_OK);
        assert_true(hf_span_equal(public_of(&made), public_of(&again)));
        hf_buffer_release(&der);
        hf_buffer_release(&pem);
    }
}

/* The key of RFC 8410 10.3, which is for signing. */
static const char ed25519[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                              "-----END PRIVATE KEY-----\n";

static void what_is_none_is_refused(void **state)
{
    struct hf_hpke_key key;
    struct hf_buffer der;
    static const uint8_t bytes[HF_HPKE_PRIVATE_MAX] = {1};
    (void)state;
    hf_buffer_init(&der, &hf_allocation_standard, PEM_MAX);
    assert_int_equal(hf_hpke_key_read_pem(toolbox, &hf_allocation_standard, hf_span_of_text(ed25519), &key),
                     HF_ERR_unsupported_key);
    assert_int_equal(hf_hpke_key_read_pem(toolbox, &hf_allocation_standard, hf_span_of_text("no key"), &key),
                     HF_ERR_file_malformed);
    assert_int_equal(hf_hpke_key_generate(0x6666, &key, &der), HF_ERR_unsupported_key);
    assert_int_equal(hf_hpke_key_of(toolbox, &hf_allocation_standard, 0x6666, hf_span_of(bytes, 32), &key),
                     HF_ERR_unsupported_key);
    for (size_t i = 0; i < HF_COUNT(kems); i++)
        assert_int_equal(hf_hpke_key_of(toolbox, &hf_allocation_standard, kems[i], hf_span_of(bytes, 31), &key),
                         HF_ERR_unsupported_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_comes_back),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
