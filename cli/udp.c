/* A listener's datagrams over one socket. */
#define _POSIX_C_SOURCE 200809L
#include "udp.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include <handfast/socket.h>

#include "out.h"

ssize_t hf_udp_receive(int fd, char into[static HF_UDP_ROOM], struct sockaddr_storage *ret_from,
                       socklen_t *ret_from_len)
{
    *ret_from_len = sizeof *ret_from;
    return recvfrom(fd, into, HF_UDP_ROOM, MSG_DONTWAIT, (struct sockaddr *)ret_from, ret_from_len);
}

bool hf_udp_send(struct hf_listener *listener, int fd)
{
    struct hf_outgoing out;
    while (hf_listener_output(listener, &out)) {
        ssize_t len = sendto(fd, out.wire, out.len, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)out.address,
                             (socklen_t)out.address_len);
        if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS))
            return false;
        hf_listener_sent(listener); /* whatever else kept it from going: it counts as lost on the way */
    }
    return true;
}

void hf_udp_tell_moved(struct hf_guest *guest, bool json)
{
    char before[HF_ENDPOINT_TEXT_ROOM];
    size_t len;
    const uint8_t *address = hf_association_address(guest->association, &len);
    (void)snprintf(before, sizeof before, "%s", guest->address);
    hf_endpoint_say(address, len, guest->address);
    guest->moved = false;
    if (!json) {
        printf("#%lu %s %s %smoved%s here from %s, and receives here\n", guest->number,
               guest->handshake[0] != '\0' ? guest->handshake : "--------", guest->address,
               hf_out_style(stdout, HF_OUT_GREEN), hf_out_style(stdout, HF_OUT_PLAIN), before);
        return;
    }
    bool first = true;
    putchar('{');
    hf_out_json_member(stdout, &first, "event", "moved");
    hf_out_json_number(stdout, &first, "connection", (long long)guest->number);
    hf_out_json_member(stdout, &first, "from", before);
    hf_out_json_member(stdout, &first, "address", guest->address);
    printf("}\n");
}

static uint64_t count_refused(const struct hf_listener *listener)
{
    struct hf_listener_counts counts;
    hf_listener_counts(listener, &counts);
    return counts.refused;
}

void hf_udp_tell_refused(const struct hf_listener *listener, bool json, uint64_t *told)
{
    const uint64_t refused = count_refused(listener);
    if (refused == *told)
        return;
    *told = refused;
    flockfile(stdout);
    if (json) {
        bool first = true;
        putchar('{');
        hf_out_json_member(stdout, &first, "event", "refused");
        hf_out_json_number(stdout, &first, "hellos", (long long)refused);
        printf("}\n");
    } else {
        printf("refused a hello before its address was shown: no version, suite or group in common (%llu so far)\n",
               (unsigned long long)refused);
    }
    (void)fflush(stdout);
    funlockfile(stdout);
}
