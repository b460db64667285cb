/* A stack of pairs for each exchange, under one lock that is held for moving a pointer; pairs are made outside it.
 * Invariant: a pair is in the pool or with one who took it, never both. */
#include "config/key_share_pool.h"

#include "crypto/lock.h"

#include <unistd.h>

struct stack {
    enum hf_key_exchange_id id;
    size_t count;
    struct hf_key_exchange **pairs; /* `each` of them have room */
};

struct hf_key_share_pool {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    struct hf_lock *lock;
    long process; /* whose pairs these are */
    size_t each;
    size_t stack_count;
    struct stack stacks[HF_KEY_SHARE_POOL_KINDS_MAX];
    struct hf_key_exchange *room[]; /* the stacks' */
};

enum hf_error hf_key_share_pool_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                    const struct hf_key_share_kinds *kinds, size_t each,
                                    struct hf_key_share_pool **ret_pool)
{
    if (kinds->count > HF_KEY_SHARE_POOL_KINDS_MAX || each > HF_KEY_SHARE_POOL_MAX)
        return HF_ERR_wrong_call;
    struct hf_key_share_pool *pool =
        hf_allocation_new(allocator, sizeof *pool + kinds->count * each * sizeof(struct hf_key_exchange *));
    if (pool == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = hf_lock_new(&pool->lock);
    if (error != HF_OK) {
        hf_allocation_free(allocator, pool);
        return error;
    }
    pool->toolbox = toolbox;
    pool->allocator = allocator;
    pool->process = getpid();
    pool->each = each;
    pool->stack_count = kinds->count;
    for (size_t i = 0; i < kinds->count; i++)
        pool->stacks[i] = (struct stack){.id = kinds->ids[i], .pairs = pool->room + i * each};
    *ret_pool = pool;
    return HF_OK;
}

static void empty(struct hf_key_share_pool *pool)
{
    for (size_t i = 0; i < pool->stack_count; i++) {
        struct stack *stack = &pool->stacks[i];
        while (stack->count > 0)
            hf_key_exchange_free(stack->pairs[--stack->count]);
    }
}

void hf_key_share_pool_free(struct hf_key_share_pool *pool)
{
    if (pool == NULL)
        return;
    empty(pool);
    hf_lock_free(pool->lock);
    hf_allocation_free(pool->allocator, pool);
}

/* False: it is not held. In a child of a fork the parent's pairs go first. */
static bool enter(struct hf_key_share_pool *pool)
{
    if (!hf_lock_take(pool->lock))
        return false;
    const long process = getpid();
    if (pool->process != process)
        empty(pool);
    pool->process = process;
    return true;
}

static struct stack *find(struct hf_key_share_pool *pool, enum hf_key_exchange_id id)
{
    for (size_t i = 0; i < pool->stack_count; i++) {
        if (pool->stacks[i].id == id)
            return &pool->stacks[i];
    }
    return NULL;
}

/* The exchange that lacks a pair most; NONE: all are full. */
static enum hf_key_exchange_id scarcest(struct hf_key_share_pool *pool)
{
    enum hf_key_exchange_id id = HF_KEY_EXCHANGE_NONE;
    size_t fewest = pool->each;
    if (!enter(pool))
        return HF_KEY_EXCHANGE_NONE;
    for (size_t i = 0; i < pool->stack_count; i++) {
        if (pool->stacks[i].count < fewest) {
            fewest = pool->stacks[i].count;
            id = pool->stacks[i].id;
        }
    }
    hf_lock_give(pool->lock);
    return id;
}

/* False: another thread was faster, and it is full. */
static bool put(struct hf_key_share_pool *pool, struct hf_key_exchange *pair)
{
    if (!enter(pool))
        return false;
    struct stack *stack = find(pool, hf_key_exchange_id_of(pair));
    const bool has_room = stack != NULL && stack->count < pool->each;
    if (has_room)
        stack->pairs[stack->count++] = pair;
    hf_lock_give(pool->lock);
    return has_room;
}

size_t hf_key_share_pool_fill(struct hf_key_share_pool *pool, size_t most)
{
    size_t made = 0;
    while (pool != NULL && made < most) {
        struct hf_key_exchange *pair = NULL;
        const enum hf_key_exchange_id id = scarcest(pool);
        if (id == HF_KEY_EXCHANGE_NONE || hf_key_exchange_new(pool->toolbox, pool->allocator, id, &pair) != HF_OK)
            break;
        if (!put(pool, pair)) {
            hf_key_exchange_free(pair);
            break;
        }
        made++;
    }
    return made;
}

struct hf_key_exchange *hf_key_share_pool_take(struct hf_key_share_pool *pool, enum hf_key_exchange_id id)
{
    struct hf_key_exchange *pair = NULL;
    if (pool == NULL || !enter(pool))
        return NULL;
    struct stack *stack = find(pool, id);
    if (stack != NULL && stack->count > 0) {
        pair = stack->pairs[--stack->count];
        stack->pairs[stack->count] = NULL;
    }
    hf_lock_give(pool->lock);
    return pair;
}

enum hf_error hf_key_share_pool_make(const struct hf_config *config, const struct hf_allocator *allocator,
                                     enum hf_key_exchange_id id, struct hf_key_exchange **ret_exchange)
{
    struct hf_key_exchange *pair = hf_key_share_pool_take(config->key_shares, id);
    if (pair == NULL)
        return hf_key_exchange_new(config->toolbox, allocator, id, ret_exchange);
    *ret_exchange = pair;
    return HF_OK;
}
