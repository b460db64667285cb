/* Names for explanations. The registry has them; what it lacks is shown as a number, so that a list never hides that
 * something was offered. */
#include "negotiate/names.h"

#include "wire/extension.h"

enum { TOLD_MAX = 64 };

enum naming { SUITES, GROUPS, SCHEMES };

/* NULL when the registry has none. */
static const char *find_name(enum naming naming, uint16_t id)
{
    if (naming == SUITES) {
        const struct hf_suite *suite = hf_suite_find(id);
        return suite != NULL ? suite->name : NULL;
    }
    if (naming == GROUPS) {
        const struct hf_group *group = hf_group_find(id);
        return group != NULL ? group->name : NULL;
    }
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(id);
    return scheme != NULL ? scheme->name : NULL;
}

static void add_name(struct hf_text *text, size_t *count, const char *name)
{
    hf_text_add(text, "%s%s", *count > 0 ? ", " : "", name);
    ++*count;
}

static void add_none(struct hf_text *text, size_t count)
{
    if (count == 0)
        hf_text_add(text, "none");
}

static void add_list(struct hf_text *text, enum naming naming, struct hf_span list)
{
    size_t count = 0;
    struct hf_reader reader = hf_reader_of(list);
    while (hf_reader_more(&reader) && count < TOLD_MAX) {
        const uint16_t id = hf_reader_u16(&reader);
        const char *name = find_name(naming, id);
        if (hf_extension_is_grease(id))
            continue;
        if (name != NULL)
            add_name(text, &count, name);
        else
            hf_text_add(text, "%s0x%04x", count++ > 0 ? ", " : "", (unsigned)id);
    }
    add_none(text, count);
}

void hf_negotiate_names_suites(struct hf_text *text, struct hf_span list)
{
    add_list(text, SUITES, list);
}

void hf_negotiate_names_groups(struct hf_text *text, struct hf_span list)
{
    add_list(text, GROUPS, list);
}

void hf_negotiate_names_schemes(struct hf_text *text, struct hf_span list)
{
    add_list(text, SCHEMES, list);
}

void hf_negotiate_names_own_suites(struct hf_text *text, const struct hf_config *config, unsigned generations)
{
    size_t count = 0;
    for (size_t i = 0; i < config->suite_count; i++)
        if ((config->suites[i]->versions & generations) != 0)
            add_name(text, &count, config->suites[i]->name);
    add_none(text, count);
}

void hf_negotiate_names_own_groups(struct hf_text *text, const struct hf_config *config, unsigned generations)
{
    size_t count = 0;
    for (size_t i = 0; i < config->group_count; i++)
        if ((config->groups[i]->versions & generations) != 0)
            add_name(text, &count, config->groups[i]->name);
    add_none(text, count);
}

void hf_negotiate_names_own_schemes(struct hf_text *text, const struct hf_config *config, unsigned generations)
{
    size_t count = 0;
    for (size_t i = 0; i < config->scheme_count; i++)
        if ((config->schemes[i]->handshake & generations) != 0)
            add_name(text, &count, config->schemes[i]->name);
    add_none(text, count);
}

void hf_negotiate_names_protocols(struct hf_text *text, struct hf_span list)
{
    size_t count = 0;
    struct hf_reader reader = hf_reader_of(list);
    struct hf_wire_protocol_name name;
    while (hf_wire_next_protocol_name(&reader, &name) && count < TOLD_MAX) {
        hf_text_add(text, "%s", count++ > 0 ? ", " : "");
        hf_text_add_safe(text, name.protocol);
    }
    add_none(text, count);
}
