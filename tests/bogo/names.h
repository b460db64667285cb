/* The runner speaks in code points, the library in names: what stands between, from the library's own registries. */
#ifndef HF_BOGO_NAMES_H
#define HF_BOGO_NAMES_H

#include "flags.h"

/* The name of a group, signature scheme or cipher suite; NULL when the library has none of this number. */
const char *bogo_names_group(unsigned id);
const char *bogo_names_scheme(unsigned id);
const char *bogo_names_suite(unsigned id);

/* A list for a builder, "a:b:c", in a static room that the next call overwrites; numbers without a name are left out,
 * and counted in *ret_unknown. */
const char *bogo_names_list(const struct bogo_numbers *numbers, const char *(*name)(unsigned id), size_t *ret_unknown);

#endif
