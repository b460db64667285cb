/* Linked both ways. */
#include "listener/queue.h"

void hf_queue_join(struct hf_queue *queue, struct hf_queue_node *node)
{
    if (node->is_queued)
        return;
    node->is_queued = true;
    node->before = queue->last;
    node->behind = NULL;
    if (queue->last == NULL)
        queue->first = node;
    else
        queue->last->behind = node;
    queue->last = node;
}

void hf_queue_leave(struct hf_queue *queue, struct hf_queue_node *node)
{
    if (!node->is_queued)
        return;
    node->is_queued = false;
    if (node->before == NULL)
        queue->first = node->behind;
    else
        node->before->behind = node->behind;
    if (node->behind == NULL)
        queue->last = node->before;
    else
        node->behind->before = node->before;
    node->before = NULL;
    node->behind = NULL;
}

struct hf_association *hf_queue_first(const struct hf_queue *queue)
{
    return queue->first == NULL ? NULL : queue->first->of;
}
