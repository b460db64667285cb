/* A queue of associations that can be left from the middle. */
#ifndef HF_LISTENER_QUEUE_H
#define HF_LISTENER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct hf_association;

/* Lies in the association. Zeros, but for `of`: in no queue. */
struct hf_queue_node {
    struct hf_queue_node *before;
    struct hf_queue_node *behind;
    bool is_queued;
    struct hf_association *of;
};

struct hf_queue {
    struct hf_queue_node *first;
    struct hf_queue_node *last;
};

/* At the end; a node that is in the queue stays where it is. */
void hf_queue_join(struct hf_queue *queue, struct hf_queue_node *node);

/* Nothing happens to a node that is in no queue. */
void hf_queue_leave(struct hf_queue *queue, struct hf_queue_node *node);

/* NULL: empty. */
struct hf_association *hf_queue_first(const struct hf_queue *queue);

#endif
