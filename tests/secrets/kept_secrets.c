/* Run under valgrind by the tests secrets.kept_secrets…: real connections of TLS 1.2 and 1.3 that resume by ticket,
 * with secrets marked undefined on their way through the library, so that valgrind complains of every branch and every
 * address that depends on them:
 *
 *   the key that seals and opens tickets      from hf_ticket_keys_add on
 *   the session's secret inside a ticket      from its opening up to the key schedule, which takes it in
 *   what Finished and a binder must be        from the key schedule up to the comparison
 *
 * The linker's --wrap (CMakeLists.txt) puts a hook at each of these places; the functions themselves are the library's.
 * What the protocol shows anyway is marked defined again: sealed tickets, whether a tag or a Finished was right, what a
 * ticket has beside the secret. Not watched: the comparison of GCM's tag inside libcrypto (CRYPTO_memcmp), whose
 * outcome it branches on. The controls do two of these things as they must not be done, and must be found out. */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <valgrind/memcheck.h>

#include "schedule/schedule12.h"
#include "schedule/schedule13.h"
#include "session/ticket.h"
#include "support/resume_lab.h"

static enum hf_role driven; /* whose code runs */
static bool leaks_ticket, leaks_finished;
static size_t tickets_opened, judged, compared;
static int wrong;

static void expect(const char *what, bool truth)
{
    if (!truth)
        printf("%s is wrong\n", what);
    wrong |= !truth;
}

static void hide(void *bytes, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, len);
}

static void show(const void *bytes, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(bytes, len);
}

/* ---- hooks ---- */

/* Whether the tag was right shows in what follows. */
int __real_EVP_CipherFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *len);
int __wrap_EVP_CipherFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *len);
int __wrap_EVP_CipherFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *len)
{
    VALGRIND_DISABLE_ERROR_REPORTING;
    int done = __real_EVP_CipherFinal_ex(context, out, len);
    VALGRIND_ENABLE_ERROR_REPORTING;
    show(&done, sizeof done);
    return done;
}

/* What was sealed goes over the wire. */
enum hf_error __real_hf_ticket_keys_seal(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span plain, struct hf_writer *writer);
enum hf_error __wrap_hf_ticket_keys_seal(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span plain, struct hf_writer *writer);
enum hf_error __wrap_hf_ticket_keys_seal(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span plain, struct hf_writer *writer)
{
    const size_t before = writer->len;
    enum hf_error error = __real_hf_ticket_keys_seal(keys, tools, plain, writer);
    struct hf_span sealed = hf_span_part(hf_writer_span(writer), before, SIZE_MAX);
    show(sealed.data, sealed.len);
    return error;
}

/* All that came out depends on the key; of it the session's secret stays hidden. */
enum hf_error __real_hf_ticket_keys_open(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span sealed, struct hf_writer *writer,
                                         enum hf_ticket_keys_age *ret_age);
enum hf_error __wrap_hf_ticket_keys_open(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span sealed, struct hf_writer *writer,
                                         enum hf_ticket_keys_age *ret_age);
enum hf_error __wrap_hf_ticket_keys_open(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                         struct hf_span sealed, struct hf_writer *writer,
                                         enum hf_ticket_keys_age *ret_age)
{
    enum hf_error error = __real_hf_ticket_keys_open(keys, tools, sealed, writer, ret_age);
    struct hf_span plain = hf_writer_span(writer);
    show(plain.data, plain.len);
    if (error != HF_OK || *ret_age == HF_TICKET_KEYS_NONE)
        return error;
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    expect("a ticket's inside", hf_ticket_read(plain, &ticket) == HF_OK && ticket.session.secret.len >= 32);
    uint8_t *secret = memmem(writer->data, plain.len, ticket.session.secret.bytes, ticket.session.secret.len);
    if (secret == NULL)
        return HF_ERR_internal;
    tickets_opened++;
    hide(secret, ticket.session.secret.len);
    if (leaks_ticket && *secret == 3)
        puts("a branch on a session's secret");
    return error;
}

/* Here the secret ends: what is made of it is watched no further, but the making is. */
enum hf_error __real_hf_schedule12_resume(struct hf_schedule12 *schedule, const struct hf_secret *master,
                                          bool extended);
enum hf_error __wrap_hf_schedule12_resume(struct hf_schedule12 *schedule, const struct hf_secret *master,
                                          bool extended);
enum hf_error __wrap_hf_schedule12_resume(struct hf_schedule12 *schedule, const struct hf_secret *master, bool extended)
{
    enum hf_error error = __real_hf_schedule12_resume(schedule, master, extended);
    show(schedule, sizeof *schedule);
    return error;
}

enum hf_error __real_hf_schedule13_early(struct hf_schedule13 *schedule, const struct hf_secret *psk);
enum hf_error __wrap_hf_schedule13_early(struct hf_schedule13 *schedule, const struct hf_secret *psk);
enum hf_error __wrap_hf_schedule13_early(struct hf_schedule13 *schedule, const struct hf_secret *psk)
{
    enum hf_error error = __real_hf_schedule13_early(schedule, psk);
    show(schedule, sizeof *schedule);
    return error;
}

/* What the other end's Finished or binder must be; one's own is sent. */
static enum hf_error judge(enum hf_error error, enum hf_role sender, struct hf_digest *expected)
{
    if (error != HF_OK || sender == driven)
        return error;
    judged++;
    hide(expected->bytes, expected->len);
    return error;
}

enum hf_error __real_hf_schedule12_finished(const struct hf_schedule12 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data);
enum hf_error __wrap_hf_schedule12_finished(const struct hf_schedule12 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data);
enum hf_error __wrap_hf_schedule12_finished(const struct hf_schedule12 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data)
{
    return judge(__real_hf_schedule12_finished(schedule, sender, digest, ret_verify_data), sender, ret_verify_data);
}

enum hf_error __real_hf_schedule13_finished(const struct hf_schedule13 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data);
enum hf_error __wrap_hf_schedule13_finished(const struct hf_schedule13 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data);
enum hf_error __wrap_hf_schedule13_finished(const struct hf_schedule13 *schedule, enum hf_role sender,
                                            const struct hf_digest *digest, struct hf_digest *ret_verify_data)
{
    return judge(__real_hf_schedule13_finished(schedule, sender, digest, ret_verify_data), sender, ret_verify_data);
}

enum hf_error __real_hf_schedule13_binder(const struct hf_schedule13 *schedule, enum hf_psk_kind kind,
                                          const struct hf_digest *hello, struct hf_digest *ret_binder);
enum hf_error __wrap_hf_schedule13_binder(const struct hf_schedule13 *schedule, enum hf_psk_kind kind,
                                          const struct hf_digest *hello, struct hf_digest *ret_binder);
enum hf_error __wrap_hf_schedule13_binder(const struct hf_schedule13 *schedule, enum hf_psk_kind kind,
                                          const struct hf_digest *hello, struct hf_digest *ret_binder)
{
    return judge(__real_hf_schedule13_binder(schedule, kind, hello, ret_binder), HF_CLIENT, ret_binder);
}

/* Equal or not: that bit shows. */
bool __real_hf_secret_equal(struct hf_span a, struct hf_span b);
bool __wrap_hf_secret_equal(struct hf_span a, struct hf_span b);
bool __wrap_hf_secret_equal(struct hf_span a, struct hf_span b)
{
    uint8_t undefined = 0;
    bool is_hidden = b.len > 0 && VALGRIND_GET_VBITS(b.data, &undefined, 1) == 1 && undefined == 0xff;
    bool equal = leaks_finished ? memcmp(a.data, b.data, a.len) == 0 : __real_hf_secret_equal(a, b);
    show(&equal, sizeof equal);
    show(a.data, a.len);
    show(b.data, b.len);
    compared += is_hidden ? 1 : 0;
    return equal;
}

/* ---- connections ---- */

static const uint8_t key_name[HF_TICKET_KEY_NAME_LEN] = "kept secrets";
static struct hf_ticket_keys *keys;
static struct hf_session_cache *cache;

static void keep(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, keys);
}

static void make_keepers(void)
{
    uint8_t key[HF_TICKET_KEY_LEN];
    memset(key, 0x42, sizeof key);
    hide(key, sizeof key);
    keys = hf_ticket_keys_new();
    cache = hf_session_cache_new(16, 3600);
    expect("a key", keys != NULL && cache != NULL && hf_ticket_keys_add(keys, key_name, key) == HF_OK);
}

static size_t move_to(struct hf_connection *from, struct hf_connection *to, enum hf_role receiver)
{
    driven = receiver;
    return lab_move(from, to, SIZE_MAX);
}

static void run(struct lab_pair *pair)
{
    size_t moved;
    do {
        moved = move_to(pair->client, pair->server, HF_SERVER);
        moved += move_to(pair->server, pair->client, HF_CLIENT);
    } while (moved > 0);
}

static void begin(struct lab_pair *pair, enum hf_version version, const struct resume_store *store)
{
    const struct lab_side client = {
        .who = LAB_CLIENT, .min = version, .max = version, .more = hf_builder_session_tickets};
    const struct lab_side server = {.min = version, .max = version, .more = keep};
    driven = HF_CLIENT;
    resume_lab_begin(pair, &(struct resume_visit){.client = &client, .server = &server}, store);
}

static bool is_resumed(const struct lab_pair *pair)
{
    struct hf_session_info info;
    hf_session_info(pair->server, &info);
    return info.opened && info.resumed && hf_peer(pair->server) != NULL;
}

static void first(enum hf_version version, struct resume_store *store)
{
    struct lab_pair pair;
    begin(&pair, version, store);
    run(&pair);
    (void)lab_event_first(pair.client, HF_EVENT_SESSION);
    expect("a session",
           hf_session_bytes(pair.client, store->client.at, sizeof store->client.at, &store->client.len) == HF_OK);
    lab_pair_close(&pair);
}

static void resume(enum hf_version version)
{
    static struct resume_store store;
    struct lab_pair pair;
    const size_t opened_before = tickets_opened;
    store = (struct resume_store){.id_len = 0};
    first(version, &store);
    begin(&pair, version, &store);
    run(&pair);
    expect("a resumption", is_resumed(&pair) && tickets_opened == opened_before + 1);
    lab_pair_close(&pair);
}

/* The last byte of a hello of 1.3 is a binder's. */
static void refuse_binder(void)
{
    static struct resume_store store;
    uint8_t hello[2048];
    size_t len = 0;
    struct lab_pair pair;
    store = (struct resume_store){.id_len = 0};
    first(HF_TLS13, &store);
    begin(&pair, HF_TLS13, &store);
    hf_drain(pair.client, hello, sizeof hello, &len);
    hello[len - 1] ^= 1;
    driven = HF_SERVER;
    expect("a forged binder", hf_feed(pair.server, hello, len, LAB_NOW_MS) == HF_ERR_psk_binder_wrong);
    lab_pair_close(&pair);
}

int main(int count, char **words)
{
    leaks_ticket = count > 1 && strcmp(words[1], "leak-ticket") == 0;
    leaks_finished = count > 1 && strcmp(words[1], "leak-finished") == 0;
    make_keepers();
    resume(HF_TLS12);
    resume(HF_TLS13);
    refuse_binder();
    /* two Finished of each of the five connections that opened, and two binders */
    expect("what was compared", judged == compared && compared == 12);
    hf_ticket_keys_drop(keys);
    hf_session_cache_drop(cache);
    return wrong;
}
