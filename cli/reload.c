#define _POSIX_C_SOURCE 200809L
#include "reload.h"

#include <handfast/token.h>

#include "out.h"
#include "report.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

static void add_list(struct hf_changes *changes, const struct hf_option_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        hf_changes_add(changes, list->items[i]);
}

/* Of --admit only what names a file: @FILE; of --trust-domain what stands behind the name. */
static void add_named(struct hf_changes *changes, const struct hf_option_list *list, char mark)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *at = strchr(list->items[i], mark);
        if (at != NULL && (mark != '@' || at == list->items[i]))
            hf_changes_add(changes, at + 1);
    }
}

static void add_all(struct hf_changes *changes, const struct hf_settings *settings)
{
    add_list(changes, &settings->certs);
    for (size_t i = 0; i < settings->keys.count; i++)
        if (!hf_token_is_uri(settings->keys.items[i]))
            hf_changes_add(changes, settings->keys.items[i]);
    add_list(changes, &settings->raw_keys);
    add_list(changes, &settings->staples);
    hf_changes_add(changes, settings->passfile);
    hf_changes_add(changes, settings->psk_file);
    hf_changes_add(changes, settings->psk13_file);
    add_list(changes, &settings->ech.keys);
    add_list(changes, &settings->ech.old_keys);
    add_list(changes, &settings->authorities);
    add_list(changes, &settings->trust.folders);
    add_list(changes, &settings->trust.keys);
    add_named(changes, &settings->trust.domains, '=');
    add_named(changes, &settings->admit, '@');
    add_list(changes, &settings->crls);
    add_list(changes, &settings->responses);
}

bool hf_reload_begin(struct hf_reload *reload, const char *how, int *ret_exit)
{
    bool watch = how != NULL && strcmp(how, "watch") == 0;
    reload->is_on = how != NULL;
    if (how == NULL)
        return true;
    hf_changes_init(&reload->changes);
    add_all(&reload->changes, reload->settings);
    if (hf_changes_begin(&reload->changes, watch))
        return true;
    if (hf_watch_is_built_in())
        hf_out_error("serve: --reload watch: this system gives no more of inotify; --reload signal waits for SIGHUP");
    else
        hf_out_error("serve: --reload watch needs libuv, which this program was built without; --reload signal waits "
                     "for SIGHUP");
    *ret_exit = HF_EXIT_USAGE;
    return false;
}

void hf_reload_end(struct hf_reload *reload)
{
    if (reload->is_on)
        hf_changes_end(&reload->changes);
}

int hf_reload_fd(const struct hf_reload *reload)
{
    return reload->is_on ? hf_changes_fd(&reload->changes) : -1;
}

uint64_t hf_reload_deadline(const struct hf_reload *reload)
{
    return reload->is_on ? hf_changes_deadline(&reload->changes) : UINT64_MAX;
}

/* ---- telling ---- */

static void tell_json(const struct hf_reload *reload, const struct hf_failure *failure)
{
    bool first = true;
    const char *comma = "";
    putchar('{');
    hf_out_json_member(stdout, &first, "event", failure == NULL ? "reloaded" : "not_reloaded");
    hf_out_json_number(stdout, &first, "number", (long long)reload->number);
    printf(", \"changed\": [");
    for (size_t i = 0; i < reload->changes.count; i++) {
        if (!reload->changes.changed[i])
            continue;
        printf("%s", comma);
        hf_out_json_text(stdout, reload->changes.paths[i]);
        comma = ", ";
    }
    printf("]");
    if (failure != NULL) {
        printf(", \"failure\": ");
        hf_report_failure_json(stdout, failure);
    }
    printf("}\n");
}

static void tell_text(const struct hf_reload *reload, const struct hf_failure *failure)
{
    char text[2048];
    const char *comma = "";
    enum hf_out_style style = failure == NULL ? HF_OUT_GREEN : HF_OUT_RED;
    printf("%s%s%s #%lu,", hf_out_style(stdout, style), failure == NULL ? "reloaded" : "not reloaded",
           hf_out_style(stdout, HF_OUT_PLAIN), reload->number);
    for (size_t i = 0; i < reload->changes.count; i++) {
        if (!reload->changes.changed[i])
            continue;
        printf("%s %s", comma, reload->changes.paths[i]);
        comma = ",";
    }
    printf("%s", comma[0] == '\0' ? " no file changed" : " changed");
    if (failure != NULL) {
        hf_out_explain(failure, text, sizeof text);
        printf("; what was loaded before stays: %s", text);
    }
    printf("\n");
}

static void tell(const struct hf_reload *reload, const struct hf_failure *failure)
{
    flockfile(stdout);
    if (reload->json)
        tell_json(reload, failure);
    else
        tell_text(reload, failure);
    (void)fflush(stdout);
    funlockfile(stdout);
}

/* ---- loading ---- */

static bool put(const struct hf_reload *reload, struct hf_config *config, struct hf_failure *ret_failure)
{
    ret_failure->error = hf_current_replace(reload->current, config);
    return ret_failure->error == HF_OK;
}

static bool load(const struct hf_reload *reload, struct hf_failure *ret_failure)
{
    struct hf_config *config =
        hf_settings_config_again(reload->settings, HF_SERVER, reload->observer, reload->kept, ret_failure);
    bool fine = config != NULL && put(reload, config, ret_failure);
    hf_config_drop(config);
    return fine;
}

bool hf_reload_turn(struct hf_reload *reload, uint64_t now_ms)
{
    struct hf_failure failure = {.alert = HF_ALERT_none, .by = HF_BY_SETTINGS, .depth = -1};
    if (!reload->is_on || !hf_changes_due(&reload->changes, now_ms))
        return false;
    reload->number++;
    bool is_loaded = load(reload, &failure);
    tell(reload, is_loaded ? NULL : &failure);
    return is_loaded;
}
