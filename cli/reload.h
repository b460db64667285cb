/* `serve --reload`: certificates, keys, CAs, lists and rules loaded anew while connections go on. All of it is made
 * first and put in place at once; whatever is wrong with one file is told, and everything stays as it was. */
#ifndef HF_CLI_RELOAD_H
#define HF_CLI_RELOAD_H

#include <handfast/current.h>

#include "changes.h"
#include "settings.h"

struct hf_reload {
    const struct hf_settings *settings;
    const struct hf_settings_observer *observer;
    const struct hf_settings_kept *kept;
    struct hf_current *current; /* whose config is replaced */
    bool json;
    bool is_on;
    unsigned long number; /* of tries */
    struct hf_changes changes;
};

/* Begins to look for changes, which is to be done before the first config is made; the fields above `is_on` are filled
 * in, `current` only before the first turn. how: "watch", "signal" or NULL, which is never.
 * False: said on stderr, exit status in *ret_exit. End it in either case. */
bool hf_reload_begin(struct hf_reload *reload, const char *how, int *ret_exit);
void hf_reload_end(struct hf_reload *reload);

/* What the loop polls for reading (-1: nothing), and when it must come again at the latest. */
int hf_reload_fd(const struct hf_reload *reload);
uint64_t hf_reload_deadline(const struct hf_reload *reload);

/* To be called each time round: loads if it is time to, and tells what came of it. True: there is another config now.
 */
bool hf_reload_turn(struct hf_reload *reload, uint64_t now_ms);

#endif
