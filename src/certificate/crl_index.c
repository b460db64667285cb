/* An array of all entries in the order of their serial numbers: heap sort, then halving. */
#include "certificate/crl_index.h"

#include "certificate/der.h"

struct key {
    struct hf_span serial;
    struct hf_span entry;
};

struct hf_crl_index {
    size_t count;
    struct key keys[];
};

/* Shorter numbers first, equal ones in the order of the list. The order need only be one. */
static int compare_serials(struct hf_span a, struct hf_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    for (size_t i = 0; i < a.len; i++)
        if (a.data[i] != b.data[i])
            return a.data[i] < b.data[i] ? -1 : 1;
    return 0;
}

static bool is_before(const struct key *a, const struct key *b)
{
    int order = compare_serials(a->serial, b->serial);
    return order != 0 ? order < 0 : a->entry.data < b->entry.data;
}

static void swap(struct key *a, struct key *b)
{
    struct key kept = *a;
    *a = *b;
    *b = kept;
}

/* Lets the key at `at` sink until none below it is greater. */
static void sink(struct key *keys, size_t count, size_t at)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && is_before(&keys[child], &keys[child + 1]))
            child++;
        if (!is_before(&keys[at], &keys[child]))
            return;
        swap(&keys[at], &keys[child]);
        at = child;
    }
}

static void sort(struct key *keys, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sink(keys, count, i - 1);
    for (size_t left = count; left > 1; left--) {
        swap(&keys[0], &keys[left - 1]);
        sink(keys, left - 1, 0);
    }
}

/* The next entry of the list; false at its end. */
static bool take(struct hf_der *list, struct key *ret_key)
{
    if (!hf_der_more(list))
        return false;
    ret_key->entry = hf_der_take_whole(list, HF_DER_SEQUENCE);
    struct hf_der whole = hf_der_of(ret_key->entry);
    struct hf_der inside = hf_der_enter(&whole, HF_DER_SEQUENCE);
    ret_key->serial = hf_der_integer(&inside);
    return !list->reader.bad;
}

enum hf_error hf_crl_index_new(const struct hf_allocator *allocator, struct hf_span revoked,
                               struct hf_crl_index **ret_index)
{
    struct key key;
    size_t count = 0;
    for (struct hf_der list = hf_der_of(revoked); take(&list, &key);)
        count++;
    struct hf_crl_index *index = hf_allocation_new(allocator, sizeof *index + count * sizeof *index->keys);
    if (index == NULL)
        return HF_ERR_no_memory;
    struct hf_der list = hf_der_of(revoked);
    while (index->count < count && take(&list, &index->keys[index->count]))
        index->count++;
    sort(index->keys, index->count);
    *ret_index = index;
    return HF_OK;
}

void hf_crl_index_free(struct hf_crl_index *index, const struct hf_allocator *allocator)
{
    hf_allocation_free(allocator, index);
}

struct hf_span hf_crl_index_find(const struct hf_crl_index *index, struct hf_span serial)
{
    size_t from = 0;
    size_t to = index->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare_serials(index->keys[middle].serial, serial) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < index->count && hf_span_equal(index->keys[from].serial, serial);
    return found ? index->keys[from].entry : hf_span_of(NULL, 0);
}
