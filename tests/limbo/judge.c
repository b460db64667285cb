/* Judges one case of x509-limbo after the other: questions come in on standard input as lines, one answer line each
 * goes out. tests/limbo/run writes the questions, out of the suite's JSON; the lines, in this order, are
 *
 *     purpose server|client      now SECONDS      depth COUNT      name DNS-OR-IP      mailbox ADDRESS
 *     root HEX      sent HEX (the leaf first)      crl HEX
 *     judge
 *
 * Lines that do not apply are left out. An answer is tab-separated: error, depth, signature checks, steps, wanted, got.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificate/general_name.h"
#include "crypto/toolbox.h"
#include "trust/revocation.h"

#define LINE_MAX_LEN 4194304
#define BLOCKS_MAX   256

struct judge {
    struct hf_toolbox *toolbox;
    struct hf_trust *trust;
    struct hf_trust_policy policy;
    struct hf_trust_question question;
    struct hf_span sent[BLOCKS_MAX];
    uint8_t *blocks[BLOCKS_MAX];
    size_t block_count;
    char name[1024];
    char mailboxes[8][256];
    size_t mailbox_count;
    struct hf_revocation *revocation; /* NULL while no CRL was given; then it must tell of every certificate */
    enum hf_error unreadable;         /* of a root or a CRL */
};

static void stop(const char *why)
{
    fprintf(stderr, "limbo_judge: %s\n", why);
    exit(2);
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    stop("a digit is not hexadecimal");
    return 0;
}

/* The bytes live until the case was judged. */
static struct hf_span take_block(struct judge *judge, const char *digits)
{
    size_t len = strlen(digits) / 2;
    if (judge->block_count == BLOCKS_MAX)
        stop("too many certificates");
    uint8_t *bytes = malloc(len + 1);
    if (bytes == NULL)
        stop("no memory");
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(digit_of(digits[2 * i]) << 4 | digit_of(digits[2 * i + 1]));
    judge->blocks[judge->block_count++] = bytes;
    return hf_span_of(bytes, len);
}

static void begin(struct judge *judge)
{
    hf_trust_free(judge->trust);
    hf_revocation_free(judge->revocation);
    for (size_t i = 0; i < judge->block_count; i++)
        free(judge->blocks[i]);
    *judge = (struct judge){.toolbox = judge->toolbox, .policy = hf_trust_policy_default};
    judge->trust = hf_trust_new(&hf_allocation_standard);
    if (judge->trust == NULL)
        stop("no memory");
    judge->question = (struct hf_trust_question){
        .purpose = HF_PURPOSE_SERVER, .toolbox = judge->toolbox, .allocator = &hf_allocation_standard};
}

static void add_root(struct judge *judge, const char *digits)
{
    enum hf_error error = hf_trust_add_der(judge->trust, take_block(judge, digits));
    if (error != HF_OK)
        judge->unreadable = error;
}

static void add_crl(struct judge *judge, const char *digits)
{
    const char *flaw = NULL;
    if (judge->revocation == NULL)
        judge->revocation = hf_revocation_new(&hf_allocation_standard);
    if (judge->revocation == NULL)
        stop("no memory");
    enum hf_error error = hf_revocation_add_crl(judge->revocation, take_block(judge, digits), &flaw);
    if (error != HF_OK)
        judge->unreadable = error;
}

static void add_sent(struct judge *judge, const char *digits)
{
    judge->sent[judge->question.certificate_count++] = take_block(judge, digits);
}

static void add_mailbox(struct judge *judge, const char *address)
{
    if (judge->mailbox_count == HF_COUNT(judge->mailboxes))
        stop("too many mailboxes");
    snprintf(judge->mailboxes[judge->mailbox_count++], sizeof judge->mailboxes[0], "%s", address);
}

/* Whether the leaf has this mailbox: the one kind of name that the suite asks of clients, and that hf_trust_verify
 * leaves to the rules of admission. */
static bool has_mailbox(const struct hf_certificate *leaf, const char *address)
{
    struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (name.kind == HF_GENERAL_NAME_EMAIL && hf_span_equal(name.value, hf_span_of_text(address)))
            return true;
    return false;
}

static enum hf_error check_mailboxes(const struct judge *judge)
{
    struct hf_certificate leaf;
    HF_TRY(hf_certificate_read(judge->sent[0], &leaf, NULL));
    for (size_t i = 0; i < judge->mailbox_count; i++)
        if (!has_mailbox(&leaf, judge->mailboxes[i]))
            return HF_ERR_name_mismatch;
    return HF_OK;
}

static void answer(struct judge *judge)
{
    struct hf_verdict verdict = {.error = judge->unreadable, .depth = -1};
    judge->question.certificates = judge->sent;
    judge->question.policy = &judge->policy;
    judge->question.revocation = judge->revocation;
    judge->question.name = judge->name[0] != '\0' ? judge->name : NULL;
    enum hf_error error = judge->unreadable;
    if (error == HF_OK)
        error = hf_trust_prepare(judge->trust, judge->toolbox);
    if (error == HF_OK)
        error = hf_trust_verify(judge->trust, &judge->question, &verdict);
    if (error == HF_OK)
        error = check_mailboxes(judge);
    printf("%s\t%d\t%u\t%u\t%s\t%s\n", error == HF_OK ? "ok" : hf_error_name(error), verdict.depth,
           verdict.signature_checks, verdict.steps, verdict.wanted, verdict.got);
    fflush(stdout);
    begin(judge);
}

static void obey(struct judge *judge, const char *word, const char *value)
{
    if (strcmp(word, "judge") == 0)
        answer(judge);
    else if (strcmp(word, "purpose") == 0)
        judge->question.purpose = strcmp(value, "client") == 0 ? HF_PURPOSE_CLIENT : HF_PURPOSE_SERVER;
    else if (strcmp(word, "now") == 0)
        judge->question.now_s = strtoll(value, NULL, 10);
    else if (strcmp(word, "depth") == 0)
        judge->policy.depth_max = (size_t)strtoul(value, NULL, 10);
    else if (strcmp(word, "name") == 0)
        snprintf(judge->name, sizeof judge->name, "%s", value);
    else if (strcmp(word, "mailbox") == 0)
        add_mailbox(judge, value);
    else if (strcmp(word, "root") == 0)
        add_root(judge, value);
    else if (strcmp(word, "sent") == 0)
        add_sent(judge, value);
    else if (strcmp(word, "crl") == 0)
        add_crl(judge, value);
    else
        stop("an unknown line");
}

int main(void)
{
    struct judge *judge = calloc(1, sizeof *judge);
    char *line = malloc(LINE_MAX_LEN);
    if (judge == NULL || line == NULL || hf_toolbox_new(&hf_allocation_standard, &judge->toolbox) != HF_OK)
        stop("no memory");
    begin(judge);
    while (fgets(line, LINE_MAX_LEN, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *value = strchr(line, ' ');
        if (value != NULL)
            *value++ = '\0';
        obey(judge, line, value == NULL ? "" : value);
    }
    begin(judge);
    hf_trust_free(judge->trust);
    hf_toolbox_free(judge->toolbox);
    free(line);
    free(judge);
    return 0;
}
