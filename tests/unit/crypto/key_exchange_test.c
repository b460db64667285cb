/* Key exchange: published vectors, both ends together, and every bad share refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/key_exchange.h"
#include "support/test_allocator.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    const char *source;
    enum hf_key_exchange_id id;
    const char *private_key;
    const char *share; /* that belongs to it; NULL: the source does not say */
    const char *peer_share;
    const char *secret;
};

static const struct vector vectors[] = {
    {"RFC 7748 6.1", HF_KEY_EXCHANGE_X25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
     "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {"RFC 7748 5.2", HF_KEY_EXCHANGE_X25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", NULL,
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
    {"RFC 7748 5.2", HF_KEY_EXCHANGE_X448,
     "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
     NULL,
     "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
     "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6"
     "f"},
    {"RFC 5903 8.1", HF_KEY_EXCHANGE_P256, "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
     "04 DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180"
     "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
     "04 D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
     "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
     "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE"},
    {"NIST CAVS 11.0 ECC validity, static unified, P-384, count 0", HF_KEY_EXCHANGE_P384,
     "f865418473e5bf7d2e1bbcd9bd5a9270c003a9dd35e778133ca59fcab4bb64fe24d6800e7047bdd033abc8bfa8db35b5",
     "04 32b72ab9b558249dcbc6cbade234f58e4f7aa5d3f6420ea99a5f997e8c2a91fb7fd83779d0d2169428683771c745fd1a"
     "c749e02a3719bb56bf1dfc4ba3820309c01ab6e84cb29db7cdd80f127233f5295687f8178f3a8704c1063b84c2ee472f",
     "04 d1bf2ac21637d66d6398aac01dcd56ac6f065fb45d1f6f16747bab9e9b01b4630b59b20927aea147355bf41838acb482"
     "4c9e23f1c5a41647d094086bf4ed31708651f21d996c47780688ac10f77deee2e43b5241b6caecd2fd5444bc50472e0e",
     "a781430e6078a179df3f9ee27cd8fdc6188f161b6c4ccc4053ef6c6ca6fc222946883a53c06db08f0a020023ced055aa"},
    {"the same, P-521, count 1", HF_KEY_EXCHANGE_P521,
     "01a23de55fb7ad153e7e65d21ad10c77fdf2072b2a5aa116aaf1bc31a345420c1fe8eaccbbcdeb07b73ba2fa706c7498"
     "e3a4828f348b00af9df1551780e709a7754c",
     "04 00ed7bc3a95ef74dc3a9893a5ec7c9fab723c16dc21b30341c374c25e1334dada7f92d62967f3bca4da70b0a77fa0732dac0"
     "5a3d19cb04e50b3cd1894549ac1d3c6e"
     "01c30d23ea4c140aabfba3753ce40c788010342c15c51d2dd6e9b079194e593ba965ea419ef37746f954027fa1b8159ccd3b"
     "54aece67451c7e892d6f6e1fb44c548c",
     "04 01474af758238005238b2fa253c4f9c557de664d64c66d7d88f334555997591ccc242ff3c6d0e34d07fc835aaae024c2bd21"
     "f2ba5c0b0a8ac3fdd90e1c479cb8e538"
     "00a721b04654204ca19064b37a4abf4247413a6d29e9211a0df9d50975c7d8d4654dc04a478455ea24993f0fef5460f189c4"
     "729c15fba385fd85ef42ae7610e39450",
     "01e8ff7a8c57b017f8b8266adab65fe2c417173566087e15c5fc972071cc560ac93908a806468bc44b8312a8a48464886ca0"
     "d767db938447387a348f3f56c6463796"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_hex private_key = hf_test_hex_of(vectors[i].private_key);
        struct hf_test_hex peer_share = hf_test_hex_of(vectors[i].peer_share);
        struct hf_key_exchange *exchange;
        HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = 0};
        assert_int_equal(hf_key_exchange_from_private(toolbox, &hf_allocation_standard, vectors[i].id,
                                                      hf_test_hex_span(&private_key), &exchange),
                         HF_OK);
        assert_int_equal(hf_key_exchange_id_of(exchange), vectors[i].id);
        if (vectors[i].share != NULL)
            assert_true(hf_test_hex_equal(hf_key_exchange_share(exchange), vectors[i].share));
        assert_int_equal(hf_key_exchange_finish(exchange, hf_test_hex_span(&peer_share), &premaster), HF_OK);
        assert_true(hf_test_hex_equal(hf_span_of(premaster.bytes, premaster.len), vectors[i].secret));
        hf_key_exchange_free(exchange);
    }
}

static struct hf_key_exchange *make(enum hf_key_exchange_id id)
{
    struct hf_key_exchange *exchange = NULL;
    assert_int_equal(hf_key_exchange_new(toolbox, &hf_allocation_standard, id, &exchange), HF_OK);
    return exchange;
}

static enum hf_error answer(enum hf_key_exchange_id id, struct hf_span share, struct hf_writer *own,
                            struct hf_premaster *premaster)
{
    struct hf_key_exchange_question question = {.id = id, .peer_share = share};
    return hf_key_exchange_answer(toolbox, &hf_allocation_standard, &question, own, premaster);
}

/* A pair made before serves as one made in the answer, of a hybrid for its half; one of another group does not. */
static void test_prepared(void **state)
{
    (void)state;
    for (enum hf_key_exchange_id id = HF_KEY_EXCHANGE_NONE + 1; id < HF_KEY_EXCHANGE_COUNT; id++) {
        const enum hf_key_exchange_id classic = hf_key_exchange_classic(id);
        uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX];
        struct hf_writer own = hf_writer_of(bytes, sizeof bytes);
        HF_WIPED_PREMASTER struct hf_premaster theirs = {.len = 0};
        HF_WIPED_PREMASTER struct hf_premaster ours = {.len = 0};
        assert_false(hf_key_exchange_has_kem(classic));
        assert_true(classic == id || hf_key_exchange_has_kem(id));
        if (!hf_key_exchange_available(toolbox, id) || classic == HF_KEY_EXCHANGE_NONE)
            continue; /* ML-KEM alone has nothing that could be prepared for an answer */
        struct hf_key_exchange *offer = make(id), *prepared = make(classic);
        struct hf_key_exchange *other =
            make(classic == HF_KEY_EXCHANGE_P384 ? HF_KEY_EXCHANGE_P256 : HF_KEY_EXCHANGE_P384);
        struct hf_key_exchange_question question = {id, hf_key_exchange_share(offer), other};
        assert_int_equal(hf_key_exchange_answer(toolbox, &hf_allocation_standard, &question, &own, &theirs),
                         HF_ERR_wrong_call);
        assert_int_equal(own.len, 0);
        question.prepared = prepared;
        assert_int_equal(hf_key_exchange_answer(toolbox, &hf_allocation_standard, &question, &own, &theirs), HF_OK);
        assert_int_equal(own.len, hf_key_exchange_answer_len(id));
        if (classic == id)
            assert_true(hf_span_equal(hf_writer_span(&own), hf_key_exchange_share(prepared)));
        assert_int_equal(hf_key_exchange_finish(offer, hf_writer_span(&own), &ours), HF_OK);
        assert_true(hf_span_equal(hf_span_of(ours.bytes, ours.len), hf_span_of(theirs.bytes, theirs.len)));
        hf_key_exchange_free(offer);
        hf_key_exchange_free(prepared);
        hf_key_exchange_free(other);
    }
    assert_int_equal(hf_key_exchange_classic(HF_KEY_EXCHANGE_X25519MLKEM768), HF_KEY_EXCHANGE_X25519);
    assert_int_equal(hf_key_exchange_classic(HF_KEY_EXCHANGE_SECP384R1MLKEM1024), HF_KEY_EXCHANGE_P384);
}

static const size_t secret_lens[HF_KEY_EXCHANGE_COUNT] = {0,  32, 56, 32,  48,  66,  64,  64,  80,
                                                          32, 32, 32, 256, 384, 512, 768, 1024};

static void test_both_ends(void **state)
{
    (void)state;
    for (enum hf_key_exchange_id id = HF_KEY_EXCHANGE_NONE + 1; id < HF_KEY_EXCHANGE_COUNT; id++) {
        if (!hf_key_exchange_available(toolbox, id))
            continue;
        struct hf_key_exchange *offer = make(id);
        uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX + 1] = {0x5a};
        struct hf_writer own = hf_writer_of(bytes, sizeof bytes);
        HF_WIPED_PREMASTER struct hf_premaster theirs = {.len = 0};
        HF_WIPED_PREMASTER struct hf_premaster ours = {.len = 0};
        hf_writer_u8(&own, 0x5a); /* an answer goes behind what is there */
        assert_int_equal(hf_key_exchange_share(offer).len, hf_key_exchange_offer_len(id));
        assert_int_equal(answer(id, hf_key_exchange_share(offer), &own, &theirs), HF_OK);
        assert_true(hf_writer_end(&own));
        assert_int_equal(own.len, 1 + hf_key_exchange_answer_len(id));
        assert_int_equal(bytes[0], 0x5a);
        assert_int_equal(hf_key_exchange_finish(offer, hf_span_of(bytes + 1, own.len - 1), &ours), HF_OK);
        assert_int_equal(ours.len, secret_lens[id]);
        assert_true(hf_span_equal(hf_span_of(ours.bytes, ours.len), hf_span_of(theirs.bytes, theirs.len)));
        hf_key_exchange_free(offer);
    }
    hf_key_exchange_free(NULL);
}

/* No key share is used twice (RFC 9846 4.3.8): each pair is new. */
static void test_pairs_differ(void **state)
{
    (void)state;
    for (enum hf_key_exchange_id id = HF_KEY_EXCHANGE_NONE + 1; id < HF_KEY_EXCHANGE_COUNT; id++) {
        if (!hf_key_exchange_available(toolbox, id))
            continue;
        struct hf_key_exchange *a = make(id);
        struct hf_key_exchange *b = make(id);
        assert_false(hf_span_equal(hf_key_exchange_share(a), hf_key_exchange_share(b)));
        hf_key_exchange_free(a);
        hf_key_exchange_free(b);
    }
}

/* Both ends must refuse the share, and write nothing. */
static void assert_refused(enum hf_key_exchange_id id, struct hf_span offered, struct hf_span answered)
{
    struct hf_key_exchange *offer = make(id);
    uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX];
    struct hf_writer own = hf_writer_of(bytes, sizeof bytes);
    struct hf_premaster premaster = {.len = 0};
    assert_int_equal(answer(id, offered, &own, &premaster), HF_ERR_bad_key_share);
    assert_int_equal(own.len, 0);
    assert_int_equal(hf_key_exchange_finish(offer, answered, &premaster), HF_ERR_bad_key_share);
    assert_int_equal(premaster.len, 0);
    hf_key_exchange_free(offer);
}

static void test_wrong_lengths(void **state)
{
    (void)state;
    for (enum hf_key_exchange_id id = HF_KEY_EXCHANGE_NONE + 1; id < HF_KEY_EXCHANGE_COUNT; id++) {
        if (!hf_key_exchange_available(toolbox, id) || hf_key_exchange_has_field(id))
            continue;
        struct hf_key_exchange *peer = make(id);
        uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX + 1] = {0};
        size_t offer_len = hf_key_exchange_offer_len(id);
        size_t answer_len = hf_key_exchange_answer_len(id);
        assert_true(hf_span_copy(hf_key_exchange_share(peer), bytes, sizeof bytes));
        assert_refused(id, hf_span_of(bytes, 0), hf_span_of(bytes, 0));
        assert_refused(id, hf_span_of(bytes, 1), hf_span_of(bytes, 1));
        assert_refused(id, hf_span_of(bytes, offer_len - 1), hf_span_of(bytes, answer_len - 1));
        assert_refused(id, hf_span_of(bytes, offer_len + 1), hf_span_of(bytes, answer_len + 1));
        hf_key_exchange_free(peer);
    }
}

/* Off the curve, compressed, hybrid form, the point at infinity in a field of the right length, a coordinate that is
 * not below the field's prime (RFC 9846 4.3.8.2, SEC 1 2.3.4). */
static void test_bad_points(void **state)
{
    static const enum hf_key_exchange_id curves[] = {HF_KEY_EXCHANGE_P256, HF_KEY_EXCHANGE_P384, HF_KEY_EXCHANGE_P521};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(curves); i++) {
        struct hf_key_exchange *peer = make(curves[i]);
        uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX] = {0};
        size_t len = hf_key_exchange_offer_len(curves[i]);
        struct hf_span share = hf_span_of(bytes, len);
        assert_true(hf_span_copy(hf_key_exchange_share(peer), bytes, sizeof bytes));
        bytes[len - 1] ^= 1;
        assert_refused(curves[i], share, share);
        bytes[len - 1] ^= 1;
        for (uint8_t form = 0; form < 8; form++) {
            bytes[0] = form;
            if (form != 4)
                assert_refused(curves[i], share, share);
        }
        bytes[0] = 2;
        assert_refused(curves[i], hf_span_of(bytes, 1 + len / 2), hf_span_of(bytes, 1 + len / 2));
        bytes[0] = 4;
        for (size_t at = 1; at < len; at++)
            bytes[at] = 0;
        assert_refused(curves[i], share, share);
        for (size_t at = 1; at < len; at++)
            bytes[at] = 0xff;
        assert_refused(curves[i], share, share);
        hf_key_exchange_free(peer);
    }
}

/* Points of small order make an output of zeros (RFC 7748 7, RFC 9846 7.4.2). */
static void test_small_order(void **state)
{
    static const char *const x25519[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t x448[56] = {0};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(x25519); i++) {
        struct hf_test_hex point = hf_test_hex_of(x25519[i]);
        assert_refused(HF_KEY_EXCHANGE_X25519, hf_test_hex_span(&point), hf_test_hex_span(&point));
    }
    assert_refused(HF_KEY_EXCHANGE_X448, hf_span_of(x448, 56), hf_span_of(x448, 56));
    x448[0] = 1;
    assert_refused(HF_KEY_EXCHANGE_X448, hf_span_of(x448, 56), hf_span_of(x448, 56));
}

/* A number that is the prime plus `difference`. */
static struct hf_span near_prime(enum hf_key_exchange_id id, int difference, uint8_t room[1024])
{
    uint8_t generator_room[1];
    struct hf_writer prime = hf_writer_of(room, 1024);
    struct hf_writer generator = hf_writer_of(generator_room, sizeof generator_room);
    assert_int_equal(hf_key_exchange_write_field(toolbox, id, &prime, &generator), HF_OK);
    assert_int_equal(generator_room[0], 2); /* RFC 7919 A */
    for (size_t at = 0; at < 8; at++) {     /* the primes begin and end with 64 ones */
        assert_int_equal(room[at], 0xff);
        assert_int_equal(room[prime.len - 1 - at], 0xff);
    }
    room[prime.len - 1] = (uint8_t)(room[prime.len - 1] + difference);
    return hf_writer_span(&prime);
}

/* RFC 7919 5.1: 2 to p - 2. */
static void test_fields_refuse(void **state)
{
    static const uint8_t zeros[1024];
    static const uint8_t one[] = {1};
    uint8_t room[1024];
    (void)state;
    for (enum hf_key_exchange_id id = HF_KEY_EXCHANGE_FFDHE2048; id <= HF_KEY_EXCHANGE_FFDHE4096; id++) {
        size_t len = hf_key_exchange_offer_len(id);
        assert_refused(id, hf_span_of(zeros, 0), hf_span_of(zeros, 0));
        assert_refused(id, hf_span_of(zeros, 1), hf_span_of(zeros, 1));
        assert_refused(id, hf_span_of(zeros, len), hf_span_of(zeros, len));
        assert_refused(id, hf_span_of(one, 1), hf_span_of(one, 1));
        struct hf_span minus_one = near_prime(id, -1, room);
        assert_refused(id, minus_one, minus_one);
        struct hf_span prime = near_prime(id, 0, room);
        assert_refused(id, prime, prime);
        uint8_t longer[1025] = {0};
        longer[len] = 2;
        assert_refused(id, hf_span_of(longer, len + 1), hf_span_of(longer, len + 1));
    }
}

/* A peer may leave leading zeros out (RFC 5246 4.4: numbers have no fixed length): 2 is a number of the field. */
static void test_fields_take_short(void **state)
{
    static const uint8_t two[] = {2};
    uint8_t padded[256] = {[255] = 2};
    struct hf_premaster a = {.len = 0};
    struct hf_premaster b = {.len = 0};
    (void)state;
    struct hf_key_exchange *offer = make(HF_KEY_EXCHANGE_FFDHE2048);
    assert_int_equal(hf_key_exchange_finish(offer, hf_span_of(two, 1), &a), HF_OK);
    assert_int_equal(hf_key_exchange_finish(offer, hf_span_of(padded, 256), &b), HF_OK);
    /* 2 is the generator, so the secret is our own share. */
    assert_true(hf_span_equal(hf_span_of(a.bytes, a.len), hf_key_exchange_share(offer)));
    assert_true(hf_span_equal(hf_span_of(a.bytes, a.len), hf_span_of(b.bytes, b.len)));
    hf_key_exchange_free(offer);
}

/* draft-ietf-tls-ecdhe-mlkem 4: X25519MLKEM768 has ML-KEM first, the SecP ones the curve. A bad half of either kind is
 * refused; where it stands shows the order. */
static void test_hybrids(void **state)
{
    struct hf_premaster premaster;
    uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX];
    (void)state;
    if (!hf_key_exchange_available(toolbox, HF_KEY_EXCHANGE_X25519MLKEM768)) {
        struct hf_key_exchange *none = NULL;
        struct hf_writer own = hf_writer_of(bytes, sizeof bytes);
        assert_int_equal(hf_key_exchange_new(toolbox, &hf_allocation_standard, HF_KEY_EXCHANGE_X25519MLKEM768, &none),
                         HF_ERR_unsupported_here);
        assert_int_equal(answer(HF_KEY_EXCHANGE_X25519MLKEM768, hf_span_of(bytes, 1216), &own, &premaster),
                         HF_ERR_unsupported_here);
        skip();
    }
    static const struct {
        enum hf_key_exchange_id id;
        size_t classic_at_offer;
        size_t classic_at_answer;
        size_t classic_len;
        size_t kem_at_offer;
    } hybrids[] = {
        {HF_KEY_EXCHANGE_X25519MLKEM768, 1184, 1088, 32, 0},
        {HF_KEY_EXCHANGE_SECP256R1MLKEM768, 0, 0, 65, 65},
        {HF_KEY_EXCHANGE_SECP384R1MLKEM1024, 0, 0, 97, 97},
    };
    for (size_t i = 0; i < HF_COUNT(hybrids); i++) {
        struct hf_key_exchange *offer = make(hybrids[i].id);
        struct hf_span share = hf_key_exchange_share(offer);
        uint8_t own_bytes[HF_KEY_EXCHANGE_SHARE_MAX];
        struct hf_writer own = hf_writer_of(own_bytes, sizeof own_bytes);
        assert_int_equal(answer(hybrids[i].id, share, &own, &premaster), HF_OK);
        /* zeros for the curve's half are a bad point */
        assert_true(hf_span_copy(share, bytes, sizeof bytes));
        for (size_t at = 0; at < hybrids[i].classic_len; at++) {
            bytes[hybrids[i].classic_at_offer + at] = 0;
            own_bytes[hybrids[i].classic_at_answer + at] = 0;
        }
        assert_refused(hybrids[i].id, hf_span_of(bytes, share.len), hf_writer_span(&own));
        /* coefficients not below 3329 are a bad encapsulation key (FIPS 203 7.2) */
        assert_true(hf_span_copy(share, bytes, sizeof bytes));
        bytes[hybrids[i].kem_at_offer] = 0xff;
        bytes[hybrids[i].kem_at_offer + 1] = 0xff;
        own.len = 0;
        assert_int_equal(answer(hybrids[i].id, hf_span_of(bytes, share.len), &own, &premaster), HF_ERR_bad_key_share);
        hf_key_exchange_free(offer);
    }
}

/* draft-ietf-tls-mlkem 4: the shares are ML-KEM's key and ciphertext and nothing else, and the secret is its own. A key
 * with coefficients that are not below 3329 is refused (FIPS 203 7.2); a ciphertext that was changed gives another
 * secret, which shows at Finished (6.3). */
static void test_ml_kem_alone(void **state)
{
    static const enum hf_key_exchange_id alone[] = {HF_KEY_EXCHANGE_MLKEM512, HF_KEY_EXCHANGE_MLKEM768,
                                                    HF_KEY_EXCHANGE_MLKEM1024};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(alone); i++) {
        struct hf_key_exchange *offer = NULL;
        struct hf_premaster theirs = {.len = 0}, ours = {.len = 0};
        uint8_t bytes[HF_KEY_EXCHANGE_SHARE_MAX];
        uint8_t own_bytes[HF_KEY_EXCHANGE_SHARE_MAX];
        struct hf_writer own = hf_writer_of(own_bytes, sizeof own_bytes);
        assert_true(hf_key_exchange_has_kem(alone[i]));
        if (!hf_key_exchange_available(toolbox, alone[i])) {
            assert_int_equal(hf_key_exchange_new(toolbox, &hf_allocation_standard, alone[i], &offer),
                             HF_ERR_unsupported_here);
            continue;
        }
        offer = make(alone[i]);
        struct hf_span share = hf_key_exchange_share(offer);
        assert_int_equal(answer(alone[i], share, &own, &theirs), HF_OK);
        own_bytes[0] ^= 1;
        assert_int_equal(hf_key_exchange_finish(offer, hf_writer_span(&own), &ours), HF_OK);
        assert_int_equal(ours.len, 32);
        assert_false(hf_span_equal(hf_span_of(ours.bytes, ours.len), hf_span_of(theirs.bytes, theirs.len)));
        assert_true(hf_span_copy(share, bytes, sizeof bytes));
        bytes[0] = bytes[1] = 0xff;
        own.len = 0;
        assert_int_equal(answer(alone[i], hf_span_of(bytes, share.len), &own, &theirs), HF_ERR_bad_key_share);
        assert_int_equal(own.len, 0);
        hf_key_exchange_free(offer);
    }
}

static void test_refused(void **state)
{
    struct hf_key_exchange *exchange = NULL;
    struct hf_premaster premaster;
    uint8_t bytes[65] = {0};
    (void)state;
    assert_false(hf_key_exchange_available(toolbox, HF_KEY_EXCHANGE_NONE));
    assert_false(hf_key_exchange_available(toolbox, HF_KEY_EXCHANGE_COUNT));
    assert_int_equal(hf_key_exchange_offer_len(HF_KEY_EXCHANGE_NONE), 0);
    assert_int_equal(hf_key_exchange_answer_len(HF_KEY_EXCHANGE_COUNT), 0);
    assert_int_equal(hf_key_exchange_new(toolbox, &hf_allocation_standard, HF_KEY_EXCHANGE_NONE, &exchange),
                     HF_ERR_unsupported_here);
    assert_int_equal(hf_key_exchange_from_private(toolbox, &hf_allocation_standard, HF_KEY_EXCHANGE_X25519,
                                                  hf_span_of(bytes, 31), &exchange),
                     HF_ERR_wrong_call);
    assert_int_equal(hf_key_exchange_from_private(toolbox, &hf_allocation_standard, HF_KEY_EXCHANGE_X25519MLKEM768,
                                                  hf_span_of(bytes, 32), &exchange),
                     HF_ERR_unsupported_here);
    /* zero is no private key of a curve */
    assert_int_equal(hf_key_exchange_from_private(toolbox, &hf_allocation_standard, HF_KEY_EXCHANGE_P256,
                                                  hf_span_of(bytes, 32), &exchange),
                     HF_ERR_crypto_failed);
    assert_null(exchange);

    exchange = make(HF_KEY_EXCHANGE_P256);
    struct hf_writer tight = hf_writer_of(bytes, 64);
    assert_int_equal(answer(HF_KEY_EXCHANGE_P256, hf_key_exchange_share(exchange), &tight, &premaster),
                     HF_ERR_internal);
    assert_int_equal(tight.len, 0);
    hf_key_exchange_free(exchange);
}

static void test_no_memory(void **state)
{
    struct hf_test_allocator test;
    struct hf_key_exchange *exchange = NULL;
    static const uint8_t private_key[32] = {1};
    (void)state;
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_key_exchange_new(toolbox, &test.allocator, HF_KEY_EXCHANGE_X25519, &exchange),
                     HF_ERR_no_memory);
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_key_exchange_from_private(toolbox, &test.allocator, HF_KEY_EXCHANGE_X25519,
                                                  hf_span_of(private_key, 32), &exchange),
                     HF_ERR_no_memory);
    hf_test_allocator_init(&test, 0);
    assert_int_equal(hf_key_exchange_new(toolbox, &test.allocator, HF_KEY_EXCHANGE_P256, &exchange), HF_OK);
    hf_key_exchange_free(exchange);
    assert_int_equal(test.live, 0);
}

static int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),           cmocka_unit_test(test_both_ends),
        cmocka_unit_test(test_prepared),          cmocka_unit_test(test_pairs_differ),
        cmocka_unit_test(test_wrong_lengths),     cmocka_unit_test(test_bad_points),
        cmocka_unit_test(test_small_order),       cmocka_unit_test(test_fields_refuse),
        cmocka_unit_test(test_fields_take_short), cmocka_unit_test(test_hybrids),
        cmocka_unit_test(test_ml_kem_alone),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
