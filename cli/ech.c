/* `handfast ech` makes a key and its configuration; the rest is what connect and serve share. */
#define _GNU_SOURCE
#include "ech.h"

#include "commands.h"
#include "file.h"
#include "out.h"

#include <string.h>

struct flags {
    const char *out;
    size_t longest;
    size_t id; /* one more than it; 0: a random one */
};

static const struct hf_option ech_options[] = {
    {.name = "out",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = offsetof(struct flags, out),
     .help = "write to this new file, which only its owner may read;\ndefault: standard output"},
    {.name = "longest",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = offsetof(struct flags, longest),
     .max = 255,
     .help =
         "characters of the longest name behind NAME: hellos are padded\nto it, so that their length tells nothing"},
    {.name = "id",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = offsetof(struct flags, id),
     .max = 256,
     .help = "1 to 256: which of a server's keys it is; default: a random one"},
};

#define FIELD(name) offsetof(struct hf_settings, ech.name)

const struct hf_option hf_ech_client_options[] = {
    {.name = "ech",
     .value = "LIST|FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(configs),
     .help =
         "encrypt the ClientHello, and with it the name, to this\nECHConfigList: base64 as in DNS, or a file of it or "
         "of PEM\n(RFC 9934); no connection without"},
    {.name = "ech-retry",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(retries),
     .help = "where the server could not open it and says what can be opened,\ntry once more with that"},
    {.name = "ech-grease",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(greases),
     .help = "send random bytes that look like an encrypted ClientHello"},
};
const size_t hf_ech_client_option_count = sizeof hf_ech_client_options / sizeof hf_ech_client_options[0];

const struct hf_option hf_ech_server_options[] = {
    {.name = "ech",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(keys),
     .help = "open encrypted ClientHellos with this key (handfast ech); may be\nrepeated. Clients that use another are "
             "told "
             "of its configuration"},
    {.name = "ech-old",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(old_keys),
     .help = "such a key that clients may still use, and are not told of"},
};
const size_t hf_ech_server_option_count = sizeof hf_ech_server_options / sizeof hf_ech_server_options[0];

static int make(const char *name, const struct flags *flags)
{
    char pem[HF_ECH_PEM_MAX];
    struct hf_failure failure = {.alert = HF_ALERT_none, .by = HF_BY_SETTINGS, .depth = -1};
    const struct hf_ech_wish wish = {.public_name = name,
                                     .name_max = (uint8_t)flags->longest,
                                     .id = (uint8_t)(flags->id - 1),
                                     .any_id = flags->id == 0};
    failure.error = hf_ech_generate(&wish, pem, sizeof pem);
    if (failure.error == HF_ERR_setting_invalid)
        return hf_out_usage("ech", "\"%s\" is no name of a host that clients take for a public name", name);
    bool done = failure.error == HF_OK;
    if (done && flags->out != NULL)
        done = hf_file_write_new(flags->out, pem, HF_FILE_PRIVATE, &failure);
    else if (done)
        (void)fputs(pem, stdout);
    explicit_bzero(pem, sizeof pem);
    return done ? HF_EXIT_FINE : hf_out_failure("ech", &failure);
}

int hf_cli_ech(int argc, char **argv)
{
    struct flags flags = {.out = NULL};
    const struct hf_option_group groups[] = {
        {"What is made", ech_options, sizeof ech_options / sizeof ech_options[0], &flags}};
    const struct hf_option_page page = {
        .command = "ech",
        .synopsis = "NAME [flags]",
        .about = "Makes a key for Encrypted Client Hello (RFC 9849) and the configuration that clients encrypt to,\n"
                 "as PEM (RFC 9934). NAME is the public name: it stands in the clear in place of the true one, and\n"
                 "the server must have a certificate for it. The ECHCONFIG block is what belongs into DNS.",
        .notes = "example:\n  handfast ech public.example --out ech.pem\n"
                 "  handfast serve --ech ech.pem ...; handfast connect HOST:PORT --ech ech.pem ...\n\n" HF_CLI_STATUSES,
        .groups = groups,
        .group_count = 1,
        .words_max = 1,
    };
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.count == 0)
        return hf_out_usage("ech", "for which public name? NAME is missing");
    return make(words.items[0], &flags);
}

/* What is no file is the list itself. */
static bool give_configs(struct hf_builder *builder, const struct hf_settings_ech *ech, struct hf_failure *ret_failure)
{
    const char *configs = ech->configs;
    struct hf_file file;
    if (ech->again != NULL) {
        hf_builder_ech_configs(builder, ech->again, ech->again_len);
    } else if (!hf_file_exists(configs)) {
        hf_builder_ech_configs_text(builder, configs, strlen(configs));
    } else {
        if (!hf_file_read(configs, &file, ret_failure))
            return false;
        hf_builder_ech_configs_text(builder, file.bytes, file.len);
        hf_file_wipe(&file);
    }
    hf_builder_ech_demand(builder);
    return true;
}

bool hf_ech_give(struct hf_builder *builder, const struct hf_settings_ech *ech, enum hf_role role,
                 struct hf_failure *ret_failure)
{
    for (size_t i = 0; i < ech->keys.count; i++)
        hf_builder_ech_file(builder, ech->keys.items[i], /* retry= */ true);
    for (size_t i = 0; i < ech->old_keys.count; i++)
        hf_builder_ech_file(builder, ech->old_keys.items[i], /* retry= */ false);
    if (role == HF_CLIENT && ech->greases)
        hf_builder_ech_grease(builder, true);
    return ech->configs == NULL || give_configs(builder, ech, ret_failure);
}

const char *hf_ech_tell(const struct hf_connection *connection, char *into, size_t room)
{
    static const char *const states[] = {
        [HF_ECH_NONE] = "",
        [HF_ECH_GREASED] = "random bytes sent",
        [HF_ECH_OFFERED] = "offered",
        [HF_ECH_ACCEPTED] = "accepted",
        [HF_ECH_REJECTED] = "not opened",
    };
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    (void)snprintf(into, room, "%s%s%s", states[info.state],
                   info.public_name[0] == '\0' ? "" : "; in the clear stands ", info.public_name);
    return into;
}

static void print_base64(FILE *to, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        const size_t left = len - i < 3 ? len - i : 3;
        unsigned long group = (unsigned long)bytes[i] << 16;
        group |= left > 1 ? (unsigned long)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? bytes[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            (void)fputc(k <= left ? digits[group >> (18 - 6 * k) & 63] : '=', to);
    }
}

void hf_ech_tell_retry(FILE *to, const struct hf_connection *connection)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    if (info.retry_configs == NULL)
        return;
    (void)fputs("for one further try: --ech ", to);
    print_base64(to, info.retry_configs, info.retry_configs_len);
    (void)fputc('\n', to);
}

bool hf_ech_keep_retry(const struct hf_connection *connection, struct hf_settings_ech *ech)
{
    static uint8_t kept[HF_ECH_CONFIGS_MAX];
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    if (!ech->retries || ech->again != NULL || info.retry_configs == NULL || info.retry_configs_len > sizeof kept)
        return false;
    memcpy(kept, info.retry_configs, info.retry_configs_len);
    ech->again = kept;
    ech->again_len = info.retry_configs_len;
    return true;
}
