/* Each certificate of the path but the anchor, from the leaf up, by what was stapled, then by OCSP responses, then by
 * CRLs. One source that revokes decides; of the others one that says good is enough. */
#include "trust/revocation.h"

#include "base/buffer.h"
#include "certificate/name.h"
#include "certificate/ocsp.h"
#include "certificate/pem.h"
#include "trust/crl_status.h"
#include "trust/ocsp_status.h"

struct item {
    uint8_t *bytes;
    size_t len;
    struct hf_crl_index *index; /* of a CRL; else NULL */
};

struct hf_revocation {
    const struct hf_allocator *allocator;
    enum hf_revocation_mode mode;
    int64_t age_max_s;
    struct item *items; /* of both kinds */
    size_t count;
    size_t room;
    struct hf_crl *crls; /* over the items' bytes */
    size_t crl_count;
    size_t crl_room;
    struct hf_span *responses;
    size_t response_count;
    size_t response_room;
};

struct hf_revocation *hf_revocation_new(const struct hf_allocator *allocator)
{
    struct hf_revocation *revocation = hf_allocation_new(allocator, sizeof *revocation);
    if (revocation != NULL)
        *revocation = (struct hf_revocation){.allocator = allocator, .mode = HF_REVOCATION_HARD};
    return revocation;
}

void hf_revocation_free(struct hf_revocation *revocation)
{
    if (revocation == NULL)
        return;
    for (size_t i = 0; i < revocation->count; i++) {
        hf_crl_index_free(revocation->items[i].index, revocation->allocator);
        hf_allocation_free(revocation->allocator, revocation->items[i].bytes);
    }
    hf_allocation_free(revocation->allocator, revocation->items);
    hf_allocation_free(revocation->allocator, revocation->crls);
    hf_allocation_free(revocation->allocator, revocation->responses);
    hf_allocation_free(revocation->allocator, revocation);
}

/* Twice the room, for one more element of `size` bytes; NULL, and nothing changed, when there is no memory. */
static void *grown(const struct hf_revocation *revocation, void *old, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return old;
    size_t more = *room == 0 ? 4 : 2 * *room;
    uint8_t *memory = hf_allocation_array(revocation->allocator, more, size);
    if (memory == NULL)
        return NULL;
    if (count > 0)
        (void)hf_span_copy(hf_span_of(old, count * size), memory, count * size);
    hf_allocation_free(revocation->allocator, old);
    *room = more;
    return memory;
}

/* Keeps a copy of the bytes. */
static enum hf_error keep(struct hf_revocation *revocation, struct hf_span bytes, struct hf_span *ret_kept)
{
    if (revocation->count == HF_REVOCATION_ITEMS_MAX)
        return HF_ERR_file_malformed;
    struct item *items =
        grown(revocation, revocation->items, revocation->count, &revocation->room, sizeof *revocation->items);
    if (items == NULL)
        return HF_ERR_no_memory;
    revocation->items = items;
    uint8_t *copy = hf_allocation_copy(revocation->allocator, bytes);
    if (copy == NULL)
        return HF_ERR_no_memory;
    revocation->items[revocation->count++] = (struct item){.bytes = copy, .len = bytes.len};
    *ret_kept = hf_span_of(copy, bytes.len);
    return HF_OK;
}

static enum hf_error add_crl_der(struct hf_revocation *revocation, struct hf_span der, const char **ret_flaw)
{
    struct hf_certificate_flaw flaw;
    struct hf_crl crl;
    struct hf_span kept;
    if (hf_crl_read(der, &crl, &flaw) != HF_OK) {
        *ret_flaw = flaw.what;
        return HF_ERR_file_malformed;
    }
    struct hf_crl *crls =
        grown(revocation, revocation->crls, revocation->crl_count, &revocation->crl_room, sizeof *revocation->crls);
    if (crls == NULL)
        return HF_ERR_no_memory;
    revocation->crls = crls;
    HF_TRY(keep(revocation, der, &kept));
    HF_TRY(hf_crl_read(kept, &crl, NULL));
    struct item *item = &revocation->items[revocation->count - 1];
    HF_TRY(hf_crl_index_new(revocation->allocator, crl.revoked, &item->index));
    crl.index = item->index;
    revocation->crls[revocation->crl_count++] = crl;
    return HF_OK;
}

static enum hf_error add_crl_block(struct hf_revocation *revocation, const struct hf_pem_block *block,
                                   const char **ret_flaw)
{
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, revocation->allocator, HF_REVOCATION_LEN_MAX);
    enum hf_error error = hf_pem_decode(block, &buffer, NULL);
    if (error == HF_OK)
        error = add_crl_der(revocation, hf_buffer_span(&buffer), ret_flaw);
    hf_buffer_release(&buffer);
    return error;
}

static enum hf_error add_crl_pem(struct hf_revocation *revocation, struct hf_span text, const char **ret_flaw)
{
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    enum hf_pem_found found;
    bool any = false;
    *ret_flaw = "it holds no X509 CRL block";
    while ((found = hf_pem_next(&pem, &block)) == HF_PEM_BLOCK) {
        if (!hf_pem_has_label(&block, "X509 CRL"))
            continue;
        *ret_flaw = "the base64 of a CRL is not right";
        HF_TRY(add_crl_block(revocation, &block, ret_flaw));
        any = true;
    }
    if (found == HF_PEM_FLAWED)
        *ret_flaw = pem.flaw;
    return any && found == HF_PEM_NONE ? HF_OK : HF_ERR_file_malformed;
}

enum hf_error hf_revocation_add_crl(struct hf_revocation *revocation, struct hf_span bytes, const char **ret_flaw)
{
    bool der = bytes.len > 1 && bytes.data[0] == HF_DER_SEQUENCE && bytes.data[1] >= 0x80;
    return der ? add_crl_der(revocation, bytes, ret_flaw) : add_crl_pem(revocation, bytes, ret_flaw);
}

enum hf_error hf_revocation_add_ocsp(struct hf_revocation *revocation, struct hf_span bytes, const char **ret_flaw)
{
    struct hf_ocsp ocsp;
    if (hf_ocsp_read(bytes, &ocsp) != HF_OK) {
        *ret_flaw = "it is not one OCSP response in DER";
        return HF_ERR_file_malformed;
    }
    struct hf_span *responses = grown(revocation, revocation->responses, revocation->response_count,
                                      &revocation->response_room, sizeof *revocation->responses);
    if (responses == NULL)
        return HF_ERR_no_memory;
    revocation->responses = responses;
    HF_TRY(keep(revocation, bytes, &revocation->responses[revocation->response_count]));
    revocation->response_count++;
    return HF_OK;
}

void hf_revocation_set(struct hf_revocation *revocation, enum hf_revocation_mode mode, int64_t age_max_s)
{
    revocation->mode = mode;
    revocation->age_max_s = age_max_s;
}

enum hf_revocation_mode hf_revocation_mode(const struct hf_revocation *revocation)
{
    return revocation == NULL ? HF_REVOCATION_OFF : revocation->mode;
}

int64_t hf_revocation_age_max(const struct hf_revocation *revocation)
{
    return revocation == NULL ? 0 : revocation->age_max_s;
}

size_t hf_revocation_count(const struct hf_revocation *revocation)
{
    return revocation == NULL ? 0 : revocation->count;
}

struct hf_span hf_revocation_item(const struct hf_revocation *revocation, size_t i)
{
    return hf_span_of(revocation->items[i].bytes, revocation->items[i].len);
}

/* One path being judged. */
struct judgement {
    const struct hf_path *path;
    const struct hf_trust_question *question;
    struct hf_status_question asked;
    struct hf_revocation_result *result;
    struct hf_finding *finding;
};

/* What was stapled with this certificate; empty: nothing. */
static struct hf_span staple_of(const struct hf_trust_question *question, const struct hf_certificate *certificate)
{
    for (size_t i = 0; question->staples != NULL && i < question->certificate_count; i++)
        if (hf_span_equal(question->certificates[i], certificate->der))
            return question->staples[i];
    return hf_span_of(NULL, 0);
}

static enum hf_error ask_ocsp(const struct judgement *judgement, struct hf_span response, struct hf_status *status)
{
    struct hf_status found;
    HF_TRY(hf_ocsp_status(&judgement->asked, response, &found));
    if (found.kind > status->kind || status->told[0] == '\0')
        *status = found;
    return HF_OK;
}

/* RFC 7633 4.2.2: the leaf says that its holder staples; that counts against a peer that was asked to, and so does a
 * response that is worth nothing, which anybody can make. The same of CAs is about what they issue (4.2.1), which the
 * CA sees to. */
static bool lacks_staple(const struct judgement *judgement, const struct hf_status *stapled)
{
    return judgement->asked.subject == judgement->path->nodes[0] && judgement->asked.subject->must_staple &&
           judgement->question->staples != NULL && stapled->kind == HF_STATUS_NONE;
}

static enum hf_error ask_set(const struct judgement *judgement, const struct hf_revocation *revocation,
                             struct hf_status *status)
{
    struct hf_status by_crl;
    if (revocation == NULL || status->kind == HF_STATUS_REVOKED)
        return HF_OK;
    for (size_t i = 0; i < revocation->response_count; i++)
        HF_TRY(ask_ocsp(judgement, revocation->responses[i], status));
    HF_TRY(hf_crl_status(&judgement->asked, revocation->crls, revocation->crl_count, &by_crl));
    if (by_crl.kind > status->kind || (by_crl.kind == status->kind && by_crl.told[0] != '\0'))
        *status = by_crl;
    return HF_OK;
}

static enum hf_error ask_given(const struct judgement *judgement, struct hf_status *status)
{
    HF_TRY(ask_set(judgement, judgement->question->revocation, status));
    return ask_set(judgement, judgement->question->fetched, status);
}

static void add_address(struct hf_text *hint, const char *what, struct hf_span uri)
{
    if (uri.len == 0)
        return;
    hf_text_add(hint, "; %s ", what);
    hf_text_add_safe(hint, uri);
}

static enum hf_error refuse(struct judgement *judgement, size_t depth, enum hf_error error,
                            const struct hf_status *status)
{
    struct hf_finding *finding = judgement->finding;
    *finding = (struct hf_finding){
        .error = error, .depth = (int)depth, .certificate = judgement->asked.subject, .since_s = status->since_s};
    struct hf_text wanted = hf_text_of(finding->wanted, sizeof finding->wanted);
    struct hf_text got = hf_text_of(finding->got, sizeof finding->got);
    struct hf_text hint = hf_text_of(finding->hint, sizeof finding->hint);
    hf_text_add(&got, "%s", status->told[0] != '\0' ? status->told : "neither CRL nor OCSP response");
    if (error == HF_ERR_certificate_revoked)
        return error;
    hf_text_add(&wanted, error == HF_ERR_staple_missing
                             ? "a stapled OCSP response that says good, as its certificate promises, of "
                             : "a current CRL or OCSP response of ");
    hf_name_print(judgement->asked.issuer->subject, &wanted);
    hf_text_add(&hint, "give a current one (--crl, --ocsp)");
    add_address(&hint, "the CRL is at", judgement->asked.subject->crl_url);
    add_address(&hint, "OCSP is at", judgement->asked.subject->ocsp_url);
    return error;
}

/* Keeps what there is to tell of a path that passes: of the leaf's good status, or of the first unknown one. */
static void note(struct judgement *judgement, size_t depth, const struct hf_status *status)
{
    struct hf_revocation_result *result = judgement->result;
    bool unknown = status->kind == HF_STATUS_NONE;
    int64_t until_s = unknown ? judgement->question->now_s : status->until_s;
    result->until_s = until_s < result->until_s ? until_s : result->until_s;
    result->missing |= unknown ? UINT32_C(1) << depth : 0;
    if (result->state == HF_REVOCATION_UNKNOWN || (!unknown && depth > 0))
        return;
    struct hf_text told = hf_text_of(result->told, sizeof result->told);
    result->state = unknown ? HF_REVOCATION_UNKNOWN : HF_REVOCATION_GOOD;
    if (unknown && depth > 0) {
        hf_text_add(&told, "of ");
        hf_name_print(judgement->asked.subject->subject, &told);
        hf_text_add(&told, ": ");
    }
    hf_text_add(&told, "%s", status->told[0] != '\0' ? status->told : "neither CRL nor OCSP response of its CA");
}

static enum hf_error judge_one(struct judgement *judgement, size_t depth)
{
    struct hf_status status = {.kind = HF_STATUS_NONE};
    enum hf_revocation_mode mode = hf_revocation_mode(judgement->question->revocation);
    judgement->asked.subject = judgement->path->nodes[depth];
    judgement->asked.issuer = judgement->path->nodes[depth + 1];
    struct hf_span staple = staple_of(judgement->question, judgement->asked.subject);
    if (staple.len > 0)
        HF_TRY(ask_ocsp(judgement, staple, &status));
    if (lacks_staple(judgement, &status))
        return refuse(judgement, depth, HF_ERR_staple_missing, &status);
    if (mode != HF_REVOCATION_OFF)
        HF_TRY(ask_given(judgement, &status));
    if (status.kind == HF_STATUS_REVOKED)
        return refuse(judgement, depth, HF_ERR_certificate_revoked, &status);
    if (status.kind == HF_STATUS_NONE && mode == HF_REVOCATION_HARD && !judgement->question->leaves_open)
        return refuse(judgement, depth, HF_ERR_revocation_unknown, &status);
    if (mode != HF_REVOCATION_OFF || status.kind == HF_STATUS_GOOD)
        note(judgement, depth, &status);
    return HF_OK;
}

enum hf_error hf_revocation_check(struct hf_search *search, struct hf_finding *ret_finding)
{
    const struct hf_trust_question *question = search->question;
    struct judgement judgement = {.path = &search->path,
                                  .question = question,
                                  .asked = {.asked = question,
                                            .policy = search->policy,
                                            .age_max_s = hf_revocation_age_max(question->revocation),
                                            .signature_checks = &search->signature_checks},
                                  .result = &search->revocation,
                                  .finding = ret_finding};
    search->revocation = (struct hf_revocation_result){.state = HF_REVOCATION_NOT_CHECKED, .until_s = INT64_MAX};
    if (question->revocation == NULL && question->staples == NULL)
        return HF_OK;
    for (size_t depth = 0; depth + 1 < search->path.count; depth++)
        HF_TRY(judge_one(&judgement, depth));
    return HF_OK;
}
