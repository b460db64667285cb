#include "support/demand.h"

#include "crypto/toolbox.h"

const struct hf_toolbox *demand_toolbox(void)
{
    static struct hf_toolbox *made;
    if (made == NULL)
        demand(hf_toolbox_new(&hf_allocation_standard, &made) == HF_OK);
    return made;
}
