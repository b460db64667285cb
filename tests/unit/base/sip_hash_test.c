/* The example of the paper (appendix A), and the first of the vectors that its authors publish. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/sip_hash.h"

static void the_papers_values(void **state)
{
    (void)state;
    uint8_t key[HF_SIP_HASH_KEY_LEN];
    uint8_t bytes[15];
    for (uint8_t i = 0; i < sizeof key; i++)
        key[i] = i;
    for (uint8_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    assert_true(hf_sip_hash(key, hf_span_of(bytes, 15)) == UINT64_C(0xa129ca6149be45e5));
    assert_true(hf_sip_hash(key, hf_span_of(bytes, 0)) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(hf_sip_hash(key, hf_span_of(bytes, 8)) == UINT64_C(0x93f5f5799a932462));
    key[0] ^= 1;
    assert_true(hf_sip_hash(key, hf_span_of(bytes, 15)) != UINT64_C(0xa129ca6149be45e5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_papers_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
