/* RFC 9147 4.4: after repeated loss, try smaller datagrams; 548 is what any IPv4 host takes, whole. */
#include "datagram/mtu.h"

enum { LOST_TWICE = 2, LOST_OFTEN = 4, SMALL = 548 };

void hf_mtu_init(struct hf_mtu *mtu)
{
    *mtu = (struct hf_mtu){.path = HF_MTU_DEFAULT, .flight = HF_MTU_DEFAULT};
}

void hf_mtu_set(struct hf_mtu *mtu, size_t payload)
{
    if (payload < HF_MTU_MIN)
        payload = HF_MTU_MIN;
    mtu->path = payload < HF_MTU_MAX ? payload : HF_MTU_MAX;
    mtu->flight = mtu->path;
    mtu->is_known = true;
}

void hf_mtu_lost(struct hf_mtu *mtu, unsigned times)
{
    size_t wanted = times >= LOST_OFTEN ? HF_MTU_MIN : times >= LOST_TWICE ? SMALL : mtu->flight;
    if (wanted < mtu->flight && !mtu->is_known)
        mtu->flight = wanted;
}

void hf_mtu_lost_hello(struct hf_mtu *mtu, unsigned times)
{
    bool is_cut = times >= LOST_OFTEN && times % 2 == 0;
    if (!mtu->is_known)
        mtu->flight = is_cut ? SMALL : mtu->path;
}
