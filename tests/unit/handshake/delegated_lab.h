/* Delegated credentials made by hand for delegated_test.c: certificates that permit them and certificates that do not,
 * and credentials that say whatever a test wants. */
#ifndef HF_TESTS_UNIT_HANDSHAKE_DELEGATED_LAB_H
#define HF_TESTS_UNIT_HANDSHAKE_DELEGATED_LAB_H

#include "certificate/pem.h"
#include "crypto/private_key.h"
#include "identity/chain_file.h"
#include "identity/delegation.h"
#include "identity/own_key.h"
#include "registry/signature_scheme.h"
#include "support/lab.h"
#include "support/private_ca.h"

#define P256_SHA256        0x0403
#define P384_SHA384        0x0503
#define ED25519            0x0807
#define RSA_PSS_PSS_SHA256 0x0809
#define DAY                86400
#define TAKES              "ecdsa_secp256r1_sha256:ed25519"

static struct hf_authority *authority;
static struct hf_authority_issued permits[2], permits_not[2]; /* by role */
static struct hf_toolbox *toolbox;

static struct hf_authority_issued issue(enum hf_role role, bool delegates)
{
    const struct hf_authority_wish wish = {
        .role = role == HF_SERVER ? HF_AUTHORITY_SERVER : HF_AUTHORITY_CLIENT,
        .name = role == HF_SERVER ? "server.lab" : "billing",
        .delegates = delegates,
    };
    return hf_private_ca_issue_wish(authority, &wish, -60, -30); /* it ends 23 days behind the lab's day */
}

static int set_up(void **state)
{
    (void)state;
    authority = hf_private_ca_new("lab", HF_AUTHORITY_P256);
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (int role = 0; role < 2; role++) {
        permits[role] = issue((enum hf_role)role, true);
        permits_not[role] = issue((enum hf_role)role, false);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int role = 0; role < 2; role++) {
        hf_authority_issued_wipe(&permits[role]);
        hf_authority_issued_wipe(&permits_not[role]);
    }
    hf_toolbox_free(toolbox);
    hf_authority_free(authority);
    return 0;
}

/* ---- credentials, made by hand ---- */

/* What a credential says; zeros: the right thing. */
struct terms {
    enum hf_role role;    /* for whom it is signed */
    int64_t end_s;        /* from the lab's day on; 0: a day */
    uint16_t scheme;      /* 0: ecdsa_secp256r1_sha256 */
    uint16_t signed_by;   /* likewise */
    enum hf_key_type key; /* of its key; 0: P-256 */
    bool damaged;         /* a bit of its signature */
    bool of_another;      /* signed over another certificate */
    bool permits_not;     /* its certificate does not */
};

struct made {
    char credential[4096];
    char key[4096];
    size_t credential_len, key_len;
    const struct hf_authority_issued *by;
};

static void copy_text(const struct hf_buffer *from, char into[4096], size_t *ret_len)
{
    assert_true(hf_span_copy(hf_buffer_span(from), into, 4096));
    *ret_len = hf_buffer_len(from);
}

static struct hf_chain_file chain_of(const struct hf_authority_issued *issued)
{
    struct hf_chain_file file;
    struct hf_failure failure;
    assert_int_equal(
        hf_chain_file_read(&hf_allocation_standard, hf_span_of_text(issued->chain_pem), 4, &file, &failure), HF_OK);
    return file;
}

/* What is signed of it, as RFC 9345 4 lays it out. */
static size_t write_said(const struct terms *terms, const struct hf_certificate *leaf, const struct hf_private_key *key,
                         uint8_t room[1024])
{
    const int64_t end_s = LAB_NOW_S + (terms->end_s == 0 ? DAY : terms->end_s);
    struct hf_buffer spki;
    struct hf_writer writer = hf_writer_of(room, 1024);
    hf_buffer_init(&spki, &hf_allocation_standard, 1024);
    assert_int_equal(hf_private_key_spki(key, &spki), HF_OK);
    hf_writer_u32(&writer, (uint32_t)(end_s - leaf->not_before_s));
    hf_writer_u16(&writer, terms->scheme == 0 ? P256_SHA256 : terms->scheme);
    hf_writer_vector(&writer, 3, hf_buffer_span(&spki));
    hf_writer_u16(&writer, terms->signed_by == 0 ? P256_SHA256 : terms->signed_by);
    hf_buffer_release(&spki);
    assert_true(hf_writer_end(&writer));
    return writer.len;
}

static size_t sign(const struct terms *terms, struct hf_span content, uint8_t signature[HF_SIGNATURE_MAX])
{
    const struct hf_authority_issued *by = &(terms->permits_not ? permits_not : permits)[terms->role];
    struct hf_private_key *key;
    struct hf_signature_kind kind;
    size_t len;
    assert_int_equal(hf_private_key_read_pem(toolbox, &hf_allocation_standard, hf_span_of_text(by->key_pem),
                                             hf_span_of(NULL, 0), &key),
                     HF_OK);
    assert_true(hf_own_key_kind(P256_SHA256, HF_KEY_P256, &kind));
    assert_int_equal(
        hf_private_key_sign(key, kind, content, (struct hf_signature_room){signature, HF_SIGNATURE_MAX}, &len), HF_OK);
    hf_private_key_free(key);
    if (terms->damaged)
        signature[len - 1] ^= 1;
    return len;
}

/* The certificate is that of `whose`; the role within is the terms'. */
static void make(const struct terms *terms, enum hf_role whose, struct made *ret_made)
{
    uint8_t said[1024], signature[HF_SIGNATURE_MAX], whole[2048];
    struct hf_buffer text, content;
    struct hf_private_key *key;
    const struct hf_authority_issued *by = &(terms->permits_not ? permits_not : permits)[whose];
    struct hf_chain_file chain = chain_of(by);
    struct hf_chain_file other = chain_of(&permits_not[whose]);
    struct terms signing = *terms;
    signing.role = whose;
    hf_buffer_init(&text, &hf_allocation_standard, 4096);
    hf_buffer_init(&content, &hf_allocation_standard, 8192);
    assert_int_equal(hf_private_key_generate(toolbox, &hf_allocation_standard,
                                             terms->key == HF_KEY_NONE ? HF_KEY_P256 : terms->key, 2048, &key),
                     HF_OK);
    const struct hf_span says = hf_span_of(said, write_said(terms, &chain.parsed[0], key, said));
    assert_int_equal(hf_delegation_content(terms->role, (terms->of_another ? other : chain).spans[0], says, &content),
                     HF_OK);
    const size_t len = sign(&signing, hf_buffer_span(&content), signature);
    struct hf_writer writer = hf_writer_of(whole, sizeof whole);
    hf_writer_bytes(&writer, says);
    hf_writer_vector(&writer, 2, hf_span_of(signature, len));
    assert_true(hf_writer_end(&writer));
    assert_int_equal(hf_pem_write("DELEGATED CREDENTIAL", hf_writer_span(&writer), &text), HF_OK);
    copy_text(&text, ret_made->credential, &ret_made->credential_len);
    hf_buffer_release(&text);
    assert_int_equal(hf_private_key_write_pem(key, &text), HF_OK);
    copy_text(&text, ret_made->key, &ret_made->key_len);
    ret_made->by = by;
    hf_private_key_free(key);
    hf_buffer_release(&text);
    hf_buffer_release(&content);
    hf_chain_file_release(&hf_allocation_standard, &chain);
    hf_chain_file_release(&hf_allocation_standard, &other);
}

#endif
