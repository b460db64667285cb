/* Code points to names: the first two columns of the registries' rows, nothing else of them. */
#include "names.h"

#include <stdio.h>
#include <string.h>

struct row {
    unsigned id;
    const char *name;
};

static const struct row groups[] = {
#define HF_GROUP(id, name, ...) {id, name},
#include "registry/groups.def"
#undef HF_GROUP
};

static const struct row schemes[] = {
#define HF_SIGNATURE_SCHEME(id, name, ...) {id, name},
#include "registry/signature_schemes.def"
#undef HF_SIGNATURE_SCHEME
};

static const struct row suites[] = {
#define HF_SUITE(id, name, ...) {id, name},
#include "registry/suites.def"
#undef HF_SUITE
};

static const char *find(const struct row *rows, size_t count, unsigned id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].id == id)
            return rows[i].name;
    return NULL;
}

const char *bogo_names_group(unsigned id)
{
    return find(groups, sizeof groups / sizeof groups[0], id);
}

const char *bogo_names_scheme(unsigned id)
{
    return find(schemes, sizeof schemes / sizeof schemes[0], id);
}

const char *bogo_names_suite(unsigned id)
{
    return find(suites, sizeof suites / sizeof suites[0], id);
}

const char *bogo_names_list(const struct bogo_numbers *numbers, const char *(*name)(unsigned id), size_t *ret_unknown)
{
    static char list[1024];
    size_t len = 0;
    *ret_unknown = 0;
    list[0] = '\0';
    for (size_t i = 0; i < numbers->count; i++) {
        const char *one = name(numbers->values[i]);
        if (one == NULL)
            ++*ret_unknown;
        else
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len == 0 ? "" : ":", one);
    }
    return list;
}
