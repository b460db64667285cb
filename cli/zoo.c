/* The rows of docs/FAILURES.md that a server can show: all but those of local files, H23 and H24. Everything is made
 * anew by the library's own authority, and what that makes is sound: most rows put sound papers in the wrong place. */
#define _POSIX_C_SOURCE 200809L
#include "zoo.h"

#include <handfast/authority.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"
#include "file.h"
#include "out.h"
#include "stop.h"

enum { DAY_S = 86400, CA_AGE_DAYS = 60, CA_DAYS = 3650, LEAF_DAYS = 30, ANSWER_MS = 5000, CHAIN_ROOM = 16384 };

/* A certificate with its key. */
enum leaf {
    GOOD = 0,
    NONE,
    STRANGER,        /* of another CA */
    SELF_SIGNED,     /* the other CA's root itself */
    GAP,             /* with its root, but without its intermediate */
    ELSEWHERE,       /* for another name */
    WITHOUT_ADDRESS, /* for the name, but not for 127.0.0.1 */
    EXPIRED,
    TOO_EARLY,
    NAMELESS,          /* with a common name only */
    UNDER_EXPIRED,     /* with a certificate of its issuer that has expired */
    UNDER_CONSTRAINED, /* ... that may issue for other names only */
    WRONG_PURPOSE,     /* a server's at a client, a client's at a server */
    RSA
};

/* Which root the client is given. */
enum root { OWN_ROOT = 0, OTHER_ROOT, REBUILT_ROOT };

struct hf_zoo_row {
    size_t number;
    const char *what;
    enum leaf server;
    enum leaf client;
    enum root root;
    enum hf_zoo_act act;
    bool by_address; /* the client is told no name: it proves 127.0.0.1 */
    bool dtls;
    bool asks_later; /* who the client is, once it sent a request for a page: it is told to */
    struct {         /* of struct hf_settings */
        const char *client_auth;
        const char *later;
        const char *max_version;
        const char *suites;
        const char *sigalgs;
        const char *historic;
        const char *revocation;
        const char *admit;
        size_t rsa_bits_min;
        bool no_intermediates;
    } sets;
};

static const struct hf_zoo_row rows[] = {
    {.number = 1, .what = "its CA is not the one that the client trusts", .root = OTHER_ROOT},
    {.number = 2, .what = "it leaves out the intermediate certificate", .server = GAP},
    {.number = 3, .what = "its certificate is signed by itself", .server = SELF_SIGNED},
    {.number = 4, .what = "its CA was made anew, with the old name", .root = REBUILT_ROOT},
    {.number = 5, .what = "its certificate is for another name", .server = ELSEWHERE},
    {.number = 6, .what = "its certificate is not for its address", .server = WITHOUT_ADDRESS, .by_address = true},
    {.number = 7, .what = "its certificate has a common name, and no other", .server = NAMELESS},
    {.number = 8, .what = "its certificate has expired", .server = EXPIRED},
    {.number = 9, .what = "its certificate is not valid yet", .server = TOO_EARLY},
    {.number = 10, .what = "the intermediate certificate that it sends has expired", .server = UNDER_EXPIRED},
    {.number = 11, .what = "its certificate is a client's", .server = WRONG_PURPOSE},
    {.number = 12, .what = "its CA may not issue for its name", .server = UNDER_CONSTRAINED},
    {.number = 13,
     .what = "it takes RSA keys of 4096 bits, and the client's has 2048",
     .client = RSA,
     .sets = {.rsa_bits_min = 4096}},
    {.number = 14, .what = "it requires a certificate, and the client has none", .client = NONE},
    {.number = 15, .what = "the client's certificate is of a CA that it does not know", .client = STRANGER},
    {.number = 16, .what = "the client leaves out its intermediate certificate", .client = GAP},
    {.number = 17, .what = "the client's certificate has expired", .client = EXPIRED},
    {.number = 18, .what = "the client's certificate is a server's", .client = WRONG_PURPOSE},
    {.number = 19,
     .what = "it takes RSA signatures only, and the client's key is for ECDSA",
     .server = RSA,
     .sets = {.sigalgs = "rsa_pss_rsae_sha256"}},
    {.number = 20, .what = "it demands to know of revocation, and has no CRL", .sets = {.revocation = "hard"}},
    {.number = 21,
     .what = "it takes no intermediate certificates, and the client has one",
     .sets = {.no_intermediates = true}},
    {.number = 22, .what = "it does not admit this client", .sets = {.admit = "spiffe://zoo/somebody-else"}},
    {.number = 25, .what = "it speaks HTTP without TLS", .act = HF_ZOO_PLAIN},
    {.number = 26, .what = "it takes no version of the client's", .act = HF_ZOO_OLD},
    {.number = 27,
     .what = "it takes no suite of the client's",
     .sets = {.max_version = "1.2", .suites = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", .historic = "cbc"}},
    {.number = 28, .what = "it has no identity for the client's name", .act = HF_ZOO_KNOWS_NOBODY},
    {.number = 29,
     .what = "it asks who the client is when it has a request, and the client declines",
     .asks_later = true,
     .sets = {.client_auth = "none", .historic = "renegotiation-ask", .later = "present"}},
    {.number = 30, .what = "it asks for no certificate, as behind a load balancer", .sets = {.client_auth = "none"}},
    {.number = 31, .what = "it cuts the connection after the first message", .act = HF_ZOO_CUT},
    {.number = 32, .what = "it is silent (DTLS)", .act = HF_ZOO_SILENT, .dtls = true},
};

/* ---- Papers. ---- */

struct papers {
    struct hf_authority *own;
    struct hf_authority *other;
    int64_t now_s;
    const char *folder;
    struct hf_failure *failure;
};

static bool make_authority(const struct papers *papers, const char *name, struct hf_authority **ret_authority)
{
    int64_t then_s = papers->now_s - (int64_t)CA_AGE_DAYS * DAY_S;
    const struct hf_authority_settings settings = {
        .name = name, .key = HF_AUTHORITY_P256, .validity = hf_authority_validity_days(then_s, CA_AGE_DAYS + CA_DAYS)};
    return hf_authority_new(&settings, ret_authority, papers->failure) == HF_OK;
}

static struct hf_authority_validity validity_of(enum leaf leaf, int64_t now_s)
{
    struct hf_authority_validity validity = hf_authority_validity_days(now_s, LEAF_DAYS);
    int64_t shift_s = leaf == EXPIRED ? -(int64_t)(LEAF_DAYS + 3) * DAY_S : leaf == TOO_EARLY ? (int64_t)3 * DAY_S : 0;
    validity.not_before_s += shift_s;
    validity.not_after_s += shift_s;
    return validity;
}

static bool write_file(const struct papers *papers, char *path, const char *name, const char *text)
{
    (void)snprintf(path, HF_ZOO_PATH_ROOM, "%.4000s/%.100s", papers->folder, name);
    bool is_key = strstr(name, ".key") != NULL;
    return hf_file_replace(path, text, is_key ? HF_FILE_PRIVATE : HF_FILE_PUBLIC, papers->failure);
}

struct pair {
    char *chain_path;
    char *key_path;
    const char *chain_name;
    const char *key_name;
};

static bool write_pair(const struct papers *papers, const struct pair *pair, const char *chain, const char *key)
{
    return write_file(papers, pair->chain_path, pair->chain_name, chain) &&
           write_file(papers, pair->key_path, pair->key_name, key);
}

static bool write_root_as_leaf(const struct papers *papers, const struct pair *pair)
{
    char *key = NULL;
    if (hf_authority_key_pem(papers->other, HF_AUTHORITY_ROOT, NULL, &key) != HF_OK)
        return false;
    bool done = write_pair(papers, pair, hf_authority_certificate_pem(papers->other, HF_AUTHORITY_ROOT), key);
    hf_authority_text_free(key);
    return done;
}

static bool spoils(enum leaf leaf)
{
    return leaf == UNDER_EXPIRED || leaf == UNDER_CONSTRAINED;
}

/* The issuer gets another certificate, for the name and the key that it has; what it issued stays as it is. */
static bool spoil_issuer(const struct papers *papers, enum leaf leaf)
{
    static const char *const permitted[] = {"elsewhere.test"};
    int64_t then_s = papers->now_s - (int64_t)CA_AGE_DAYS * DAY_S;
    const struct hf_authority_settings expired = {.validity = hf_authority_validity_days(then_s, CA_AGE_DAYS - 3)};
    const struct hf_authority_settings constrained = {
        .validity = hf_authority_validity_days(then_s, CA_DAYS), .permitted = permitted, .permitted_count = 1};
    return hf_authority_renew_issuer(papers->own, HF_AUTHORITY_SERVER, leaf == UNDER_EXPIRED ? &expired : &constrained,
                                     papers->failure) == HF_OK;
}

/* What is sent behind the leaf, where that is not what the authority gave; else NULL. */
static const char *wrong_issuer(const struct papers *papers, enum leaf leaf)
{
    if (leaf == GAP)
        return hf_authority_certificate_pem(papers->own, HF_AUTHORITY_ROOT);
    return spoils(leaf) ? hf_authority_certificate_pem(papers->own, HF_AUTHORITY_SERVER) : NULL;
}

static bool write_chain(const struct papers *papers, const struct pair *pair, enum leaf leaf,
                        const struct hf_authority_issued *issued)
{
    static const char end[] = "-----END CERTIFICATE-----\n";
    const char *issuer = wrong_issuer(papers, leaf);
    const char *leaf_end = strstr(issued->chain_pem, end);
    char chain[CHAIN_ROOM];
    if (issuer == NULL || leaf_end == NULL)
        return write_pair(papers, pair, issued->chain_pem, issued->key_pem);
    int leaf_len = (int)(leaf_end - issued->chain_pem) + (int)sizeof end - 1;
    (void)snprintf(chain, sizeof chain, "%.*s%s", leaf_len, issued->chain_pem, issuer);
    return write_pair(papers, pair, chain, issued->key_pem);
}

static bool write_leaf(const struct papers *papers, const struct pair *pair, enum leaf leaf, bool of_server)
{
    static const char *const address[] = {"127.0.0.1"};
    bool as_server = of_server != (leaf == WRONG_PURPOSE);
    bool has_address = as_server && leaf != WITHOUT_ADDRESS && leaf != ELSEWHERE && leaf != UNDER_CONSTRAINED;
    const struct hf_authority_wish wish = {
        .role = as_server ? HF_AUTHORITY_SERVER : HF_AUTHORITY_CLIENT,
        .name = leaf == ELSEWHERE ? "elsewhere.test"
                : as_server       ? "server.test"
                                  : "client",
        .names = has_address ? address : NULL,
        .names_count = has_address ? 1 : 0,
        .key = leaf == RSA ? HF_AUTHORITY_RSA2048 : HF_AUTHORITY_P256,
        .validity = validity_of(leaf, papers->now_s),
        .unfit_without_names = leaf == NAMELESS,
    };
    struct hf_authority_issued issued = {.chain_pem = NULL};
    if (leaf == SELF_SIGNED)
        return write_root_as_leaf(papers, pair);
    if (hf_authority_issue(leaf == STRANGER ? papers->other : papers->own, &wish, &issued, papers->failure) != HF_OK)
        return false;
    bool done = (!spoils(leaf) || spoil_issuer(papers, leaf)) && write_chain(papers, pair, leaf, &issued);
    hf_authority_issued_wipe(&issued);
    return done;
}

enum { OWN_ROOT_PATH, ROOT_PATH, SERVER_PATH, SERVER_KEY_PATH, CLIENT_PATH, CLIENT_KEY_PATH };

static bool write_all(const struct papers *papers, struct hf_zoo *zoo)
{
    const struct hf_zoo_row *row = zoo->row;
    const struct pair server = {zoo->paths[SERVER_PATH], zoo->paths[SERVER_KEY_PATH], "server.pem", "server.key"};
    const struct pair client = {zoo->paths[CLIENT_PATH], zoo->paths[CLIENT_KEY_PATH], "client.pem", "client.key"};
    return write_file(papers, zoo->paths[OWN_ROOT_PATH], "clients-ca.pem",
                      hf_authority_certificate_pem(papers->own, HF_AUTHORITY_ROOT)) &&
           write_file(
               papers, zoo->paths[ROOT_PATH], "ca.pem",
               hf_authority_certificate_pem(row->root == OWN_ROOT ? papers->own : papers->other, HF_AUTHORITY_ROOT)) &&
           write_leaf(papers, &server, row->server, /* of_server= */ true) &&
           (row->client == NONE || write_leaf(papers, &client, row->client, /* of_server= */ false));
}

static bool make_papers(struct hf_zoo *zoo, const char *folder, struct hf_failure *ret_failure)
{
    struct papers papers = {.now_s = (int64_t)time(NULL), .folder = folder, .failure = ret_failure};
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return hf_file_fail(HF_ERR_file_not_written, folder, errno, ret_failure);
    bool done = make_authority(&papers, "zoo", &papers.own) &&
                make_authority(&papers, zoo->row->root == REBUILT_ROOT ? "zoo" : "other", &papers.other) &&
                write_all(&papers, zoo);
    hf_authority_free(papers.own);
    hf_authority_free(papers.other);
    return done;
}

/* ---- Settings. ---- */

static const struct hf_zoo_row *find(size_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

static int refuse_number(size_t number)
{
    char known[160] = "";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = strlen(known);
        (void)snprintf(known + len, sizeof known - len, " %zu", rows[i].number);
    }
    return hf_out_usage("serve", "no server fails in way %zu of docs/FAILURES.md; these are there:%s", number, known);
}

static void set(struct hf_zoo *zoo, struct hf_settings *settings)
{
    const struct hf_zoo_row *row = zoo->row;
    settings->certs = (struct hf_option_list){.items = {zoo->paths[SERVER_PATH]}, .count = 1};
    settings->keys = (struct hf_option_list){.items = {zoo->paths[SERVER_KEY_PATH]}, .count = 1};
    settings->authorities = (struct hf_option_list){.items = {zoo->paths[OWN_ROOT_PATH]}, .count = 1};
    settings->send_anyway = true;
    settings->dtls = row->dtls;
    settings->client_auth = row->sets.client_auth;
    settings->later = row->sets.later;
    settings->max_version = row->sets.max_version;
    settings->suites = row->sets.suites;
    settings->sigalgs = row->sets.sigalgs;
    settings->historic = row->sets.historic;
    settings->revocation = row->sets.revocation;
    if (row->sets.rsa_bits_min != 0)
        settings->trust.rsa_bits_min = row->sets.rsa_bits_min;
    if (row->sets.no_intermediates)
        settings->trust.intermediates_max = 0;
    if (row->sets.admit != NULL)
        settings->admit = (struct hf_option_list){.items = {row->sets.admit}, .count = 1};
}

bool hf_zoo_prepare(struct hf_zoo *zoo, size_t number, const char *folder, struct hf_settings *settings, int *ret_exit)
{
    struct hf_failure failure = {.error = HF_ERR_no_memory, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    zoo->row = find(number);
    if (zoo->row == NULL) {
        *ret_exit = refuse_number(number);
        return false;
    }
    zoo->act = zoo->row->act;
    zoo->asks_later = zoo->row->asks_later;
    if (!make_papers(zoo, folder, &failure)) {
        *ret_exit = hf_out_failure("serve", &failure);
        return false;
    }
    set(zoo, settings);
    return true;
}

void hf_zoo_tell(const struct hf_zoo *zoo, const char *address)
{
    const struct hf_zoo_row *row = zoo->row;
    printf("H%zu: %s\ntry: handfast connect %s %s --ca %s%s", row->number, row->what, address,
           row->dtls         ? "--dtls --check"
           : row->asks_later ? "--http / --post-handshake-auth decline"
                             : "--diagnose",
           zoo->paths[ROOT_PATH], row->by_address ? "" : " --name server.test");
    if (row->client != NONE)
        printf(" --cert %s --key %s --send-anyway", zoo->paths[CLIENT_PATH], zoo->paths[CLIENT_KEY_PATH]);
    printf("\n");
    (void)fflush(stdout);
}

/* ---- Those that speak no TLS. ---- */

/* A fatal alert in a record of TLS 1.2: RFC 9846 5.1, 6. */
static const unsigned char too_old[] = {21, 3, 3, 0, 2, 2, HF_ALERT_protocol_version};
static const unsigned char nobody[] = {21, 3, 3, 0, 2, 2, HF_ALERT_unrecognized_name};
static const char plain[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

static void act(enum hf_zoo_act what, int fd)
{
    char dropped[16384];
    (void)hf_endpoint_wait(fd, /* until_writable= */ false, ANSWER_MS);
    (void)recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);
    if (what == HF_ZOO_PLAIN)
        (void)send(fd, plain, sizeof plain - 1, MSG_NOSIGNAL);
    else if (what == HF_ZOO_OLD)
        (void)send(fd, too_old, sizeof too_old, MSG_NOSIGNAL);
    else if (what == HF_ZOO_KNOWS_NOBODY)
        (void)send(fd, nobody, sizeof nobody, MSG_NOSIGNAL);
    hf_endpoint_hang_up(fd, /* linger= */ true);
}

void hf_zoo_run(const struct hf_zoo *zoo, int listener, bool once)
{
    char address[HF_ENDPOINT_TEXT_ROOM];
    char dropped[2048];
    while (!hf_stop_asked()) {
        struct pollfd poller = {.fd = listener, .events = POLLIN};
        if (poll(&poller, 1, 1000) <= 0)
            continue;
        if (zoo->act == HF_ZOO_SILENT) {
            (void)recv(listener, dropped, sizeof dropped, MSG_DONTWAIT);
            continue;
        }
        int fd = hf_endpoint_accept(listener, address);
        if (fd < 0)
            continue;
        act(zoo->act, fd);
        if (once)
            return;
    }
}
