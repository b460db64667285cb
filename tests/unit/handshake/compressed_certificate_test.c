/* Compressed certificates through whole handshakes, of either end, and what a peer may not do with them. RFC 8879. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/compression.h>

#include "compression/brotli.h"
#include "compression/zlib.h"
#include "compression/zstd.h"
#include "support/lab_check.h"
#include "support/puppet.h"
#include "support/raw_lab.h"

/* ---- algorithms of the test's own ---- */

enum { COPIED = 0xfe00, MARKED, MARK = 0x77, HEADER = 4 };

static bool copy(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context;
    *ret_len = bytes_len;
    return hf_span_copy(hf_span_of(bytes, bytes_len), into, room);
}

static bool copy_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context;
    return compressed_len == len && hf_span_copy(hf_span_of(compressed, len), into, len);
}

static bool mark(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    if (room <= bytes_len)
        return false;
    into[0] = MARK;
    const bool fits = copy(context, bytes, bytes_len, into + 1, room - 1, ret_len);
    ++*ret_len;
    return fits;
}

static bool unmark(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    return compressed_len > 1 && compressed[0] == MARK &&
           copy_back(context, compressed + 1, compressed_len - 1, into, len);
}

static const struct hf_certificate_compression copied = {COPIED, copy, copy_back, NULL};
static const struct hf_certificate_compression marked = {MARKED, mark, unmark, NULL};
static const struct hf_certificate_compression takes_copied = {COPIED, NULL, copy_back, NULL};
static const struct hf_certificate_compression sends_copied = {COPIED, copy, NULL, NULL};

/* ---- what goes over the wire ---- */

static unsigned seen_plain[2], seen_compressed[2]; /* by the role of who sent it */
static size_t seen_len[2];
static unsigned seen_algorithm;

static void look(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    const size_t role = context != NULL ? HF_SERVER : HF_CLIENT;
    (void)connection;
    if (!what->sent)
        return;
    seen_plain[role] += strcmp(what->message, "Certificate") == 0;
    if (strcmp(what->message, "CompressedCertificate") != 0)
        return;
    seen_compressed[role]++;
    seen_len[role] = what->len;
    seen_algorithm = (unsigned)(what->bytes[HEADER] << 8 | what->bytes[HEADER + 1]);
}

static void (*of_client)(struct hf_builder *builder);
static void (*of_server)(struct hf_builder *builder);

static void client(struct hf_builder *builder)
{
    hf_builder_observe(builder, look, NULL);
    if (of_client != NULL)
        of_client(builder);
}

static void server(struct hf_builder *builder)
{
    static char is_server;
    hf_builder_observe(builder, look, &is_server);
    if (of_server != NULL)
        of_server(builder);
}

static void forget(void)
{
    memset(seen_plain, 0, sizeof seen_plain);
    memset(seen_compressed, 0, sizeof seen_compressed);
    memset(seen_len, 0, sizeof seen_len);
    seen_algorithm = 0;
}

static void open_pair(struct lab_pair *pair, enum hf_version version)
{
    forget();
    lab_pair_open(pair, &(struct lab_side){.min = version, .max = version, .more = client},
                  &(struct lab_side){.min = version, .max = version, .more = server});
}

/* Runs a handshake of what of_client and of_server say; both open and talk. */
static void run(enum hf_version version)
{
    struct lab_pair pair;
    open_pair(&pair, version);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_assert_data(&pair, pair.client, pair.server);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_pair_close(&pair);
}

static void assert_seen(unsigned of_client_compressed, unsigned of_server_compressed)
{
    assert_int_equal(seen_compressed[HF_CLIENT], of_client_compressed);
    assert_int_equal(seen_plain[HF_CLIENT], 1 - of_client_compressed);
    assert_int_equal(seen_compressed[HF_SERVER], of_server_compressed);
    assert_int_equal(seen_plain[HF_SERVER], 1 - of_server_compressed);
}

/* ---- handshakes ---- */

static const char *names;

static void both(struct hf_builder *builder)
{
    hf_builder_certificate_compression(builder, HF_COMPRESSION_BOTH, names);
}

static void by_copies(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder, &copied);
}

static void every_algorithm_both_ways(void **state)
{
    static const struct {
        const char *name;
        bool (*available)(void);
        unsigned id;
    } all[] = {{"zlib", hf_zlib_available, 1}, {"brotli", hf_brotli_available, 2}, {"zstd", hf_zstd_available, 3}};
    (void)state;
    of_client = of_server = both;
    for (size_t i = 0; i < HF_COUNT(all); i++) {
        names = all[i].name;
        if (!all[i].available())
            continue;
        run(HF_TLS13);
        assert_seen(1, 1);
        assert_int_equal(seen_algorithm, all[i].id);
        print_message("%s: Certificate of %zu bytes\n", names, seen_len[HF_SERVER]);
    }
    of_client = of_server = by_copies;
    run(HF_TLS13);
    assert_seen(1, 1);
}

static void take(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder, &takes_copied);
}

static void send(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder, &sends_copied);
}

static void each_direction_by_itself(void **state)
{
    (void)state;
    of_client = take, of_server = send;
    run(HF_TLS13);
    assert_seen(0, 1);
    of_client = send, of_server = take;
    run(HF_TLS13);
    assert_seen(1, 0);
    of_client = send, of_server = send;
    run(HF_TLS13);
    assert_seen(0, 0);
    of_client = NULL, of_server = by_copies;
    run(HF_TLS13);
    assert_seen(0, 0);
}

/* RFC 8879 3: it is ignored. */
static void nothing_changes_in_tls12(void **state)
{
    (void)state;
    of_client = of_server = by_copies;
    run(HF_TLS12);
    assert_seen(0, 0);
}

static void copies_then_marks(struct hf_builder *builder)
{
    by_copies(builder);
    hf_builder_certificate_compression_own(builder, &marked);
}

static void marks_then_copies(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder, &marked);
    by_copies(builder);
}

static void the_sender_has_the_choice(void **state)
{
    (void)state;
    of_client = copies_then_marks, of_server = marks_then_copies;
    run(HF_TLS13);
    assert_seen(1, 1);
    assert_int_equal(seen_algorithm, COPIED); /* of the last, the client's */
    of_client = marks_then_copies, of_server = copies_then_marks;
    run(HF_TLS13);
    assert_int_equal(seen_algorithm, MARKED);
}

static const char response[] = "a response for the leaf";
static const uint8_t scts[] = {0, 5, 0, 3, 1, 2, 3};

static void staples(struct hf_builder *builder)
{
    by_copies(builder);
    hf_builder_identity_ocsp(builder, 0, response, sizeof response);
    hf_builder_identity_scts(builder, 0, scts, sizeof scts);
}

static void asks_both(struct hf_builder *builder)
{
    staples(builder);
    hf_builder_ask_staples(builder, true);
    hf_builder_ask_scts(builder, true);
}

static void asks_scts(struct hf_builder *builder)
{
    staples(builder);
    hf_builder_ask_staples(builder, false);
    hf_builder_ask_scts(builder, true);
}

static void asks_none(struct hf_builder *builder)
{
    staples(builder);
    hf_builder_ask_staples(builder, false);
}

/* Papers go along as they are asked for. */
static void papers_are_compressed_too(void **state)
{
    static void (*const asks[])(struct hf_builder *) = {asks_none, asks_scts, asks_both};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(asks); i++) {
        struct lab_pair pair;
        of_client = of_server = asks[i];
        open_pair(&pair, HF_TLS13);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_seen(1, 1);
        const struct hf_connection *const ends[] = {pair.client, pair.server};
        for (size_t end = 0; end < 2; end++) {
            size_t len;
            (void)hf_peer_ocsp(hf_peer(ends[end]), 0, &len);
            assert_int_equal(len, i == 2 ? sizeof response : 0);
            (void)hf_peer_scts(hf_peer(ends[end]), 0, &len);
            assert_int_equal(len, i >= 1 ? sizeof scts : 0);
        }
        lab_pair_close(&pair);
    }
}

static void client_by_key(struct hf_builder *builder)
{
    by_copies(builder);
    raw_lab_identity(builder, LAB_CLIENT);
    raw_lab_trust(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw");
}

static void server_by_key(struct hf_builder *builder)
{
    by_copies(builder);
    raw_lab_identity(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw:x509");
    raw_lab_trust(builder, LAB_CLIENT);
}

static void raw_public_keys_are_compressed_too(void **state)
{
    (void)state;
    of_client = client_by_key, of_server = server_by_key;
    run(HF_TLS13);
    assert_seen(1, 1);
    assert_true(seen_len[HF_SERVER] < 200);
}

/* An empty Certificate is short enough. */
static void nobody_is_not_compressed(void **state)
{
    struct lab_pair pair;
    (void)state;
    forget();
    of_client = of_server = by_copies;
    lab_pair_open(&pair, &(struct lab_side){.anonymous = true, .more = client},
                  &(struct lab_side){.client_auth = HF_CLIENT_AUTH_REQUEST, .more = server});
    (void)lab_pair_run(&pair);
    assert_seen(0, 1);
    assert_null(hf_failure(pair.server));
    assert_true(lab_event(pair.server, HF_EVENT_UNAUTHENTICATED));
    lab_pair_close(&pair);
}

/* What comes out is judged as what comes plain. */
static void an_expired_certificate_is_expired(void **state)
{
    struct lab_pair pair;
    (void)state;
    forget();
    of_client = of_server = by_copies;
    lab_pair_open(&pair, &(struct lab_side){.more = client},
                  &(struct lab_side){.who = LAB_SERVER_EXPIRED, .more = server});
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_certificate_expired, HF_BY_US, HF_ALERT_certificate_expired});
    assert_int_equal(seen_compressed[HF_SERVER], 1);
    lab_pair_close(&pair);
}

/* ---- what a peer may not do ---- */

/* A message of the test's own instead of the peer's Certificate: algorithm, length that is said, then bytes. */
struct forged {
    uint16_t algorithm;
    uint32_t len;
    struct hf_span bytes;
    struct lab_failure failure;
};

static void send_forged(struct puppet *puppet, const struct forged *forged)
{
    uint8_t room[256];
    struct hf_writer body = hf_writer_of(room, sizeof room);
    hf_writer_u16(&body, forged->algorithm);
    hf_writer_u24(&body, forged->len);
    hf_writer_vector(&body, 3, forged->bytes);
    assert_true(hf_writer_end(&body));
    puppet_send_message(puppet, 25, hf_writer_span(&body));
}

static void assert_forged_refused(const struct forged *forged, bool by_client)
{
    struct lab_pair pair;
    open_pair(&pair, HF_TLS13);
    struct hf_connection *liar = by_client ? pair.server : pair.client;
    struct hf_connection *judge = by_client ? pair.client : pair.server;
    struct puppet *puppet = puppet_take(liar);
    puppet_stop_before(puppet, HF_MESSAGE_certificate);
    (void)lab_pair_run(&pair);
    send_forged(puppet, forged);
    (void)lab_pair_run(&pair);
    lab_assert_failed(judge, &forged->failure);
    lab_pair_close(&pair);
}

static void lies_are_refused(void **state)
{
    static const uint8_t empty[] = {0, 0, 0, 0}, more[] = {0, 0, 0, 0, 0}, broken[] = {0, 0, 0};
    const struct lab_failure not_unpacked = {HF_ERR_certificate_not_decompressed, HF_BY_US, HF_ALERT_bad_certificate};
    const struct forged forged[] = {
        {MARKED, 4, hf_span_of(empty, 4), {HF_ERR_illegal_parameter, HF_BY_US, HF_ALERT_illegal_parameter}},
        {1, 4, hf_span_of(empty, 4), {HF_ERR_illegal_parameter, HF_BY_US, HF_ALERT_illegal_parameter}},
        {COPIED, 3, hf_span_of(empty, 4), not_unpacked},
        {COPIED, 4, hf_span_of(more, 5), not_unpacked},
        {COPIED, 0, hf_span_of(empty, 4), not_unpacked},
        {COPIED,
         65537,
         hf_span_of(empty, 4),
         {HF_ERR_uncompressed_certificate_too_long, HF_BY_US, HF_ALERT_bad_certificate}},
        {COPIED,
         0xffffff,
         hf_span_of(empty, 4),
         {HF_ERR_uncompressed_certificate_too_long, HF_BY_US, HF_ALERT_bad_certificate}},
        {COPIED, 65536, hf_span_of(empty, 4), not_unpacked},
        {COPIED, 3, hf_span_of(broken, 3), {HF_ERR_decode_error, HF_BY_US, HF_ALERT_decode_error}},
        {COPIED, 4, hf_span_of(NULL, 0), {HF_ERR_decode_error, HF_BY_US, HF_ALERT_decode_error}},
    };
    (void)state;
    of_client = of_server = take;
    for (size_t i = 0; i < HF_COUNT(forged); i++) {
        assert_forged_refused(&forged[i], /* by_client= */ true);
        assert_forged_refused(&forged[i], /* by_client= */ false);
    }
    struct forged none = {
        COPIED, 4, hf_span_of(empty, 4), {HF_ERR_server_sent_no_certificate, HF_BY_US, HF_ALERT_decode_error}};
    assert_forged_refused(&none, /* by_client= */ true);
    none.failure = (struct lab_failure){HF_ERR_certificate_missing, HF_BY_US, HF_ALERT_certificate_required};
    assert_forged_refused(&none, /* by_client= */ false);
}

/* To who did not say that it takes any, though its config sends them. */
static void unasked_it_is_unexpected(void **state)
{
    static const uint8_t empty[] = {0, 0, 0, 0};
    const struct forged forged = {
        COPIED, 4, hf_span_of(empty, 4), {HF_ERR_unexpected_message, HF_BY_US, HF_ALERT_unexpected_message}};
    (void)state;
    of_client = of_server = send;
    assert_forged_refused(&forged, /* by_client= */ true);
    assert_forged_refused(&forged, /* by_client= */ false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_both_ways), cmocka_unit_test(each_direction_by_itself),
        cmocka_unit_test(nothing_changes_in_tls12),  cmocka_unit_test(the_sender_has_the_choice),
        cmocka_unit_test(papers_are_compressed_too), cmocka_unit_test(raw_public_keys_are_compressed_too),
        cmocka_unit_test(nobody_is_not_compressed),  cmocka_unit_test(an_expired_certificate_is_expired),
        cmocka_unit_test(lies_are_refused),          cmocka_unit_test(unasked_it_is_unexpected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
