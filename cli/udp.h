/* A listener's datagrams over one socket. Addresses are what recvfrom gives. */
#ifndef HF_CLI_UDP_H
#define HF_CLI_UDP_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <handfast/listener.h>

#include "guest.h"

enum { HF_UDP_ROOM = 65536 }; /* bytes: any datagram fits */

enum { HF_UDP_AT_ONCE = 16 }; /* datagrams taken in a turn at most: then let what they lead to be sent */

/* Takes a datagram: its length, and who sent it; negative: none is there. */
ssize_t hf_udp_receive(int fd, char into[static HF_UDP_ROOM], struct sockaddr_storage *ret_from,
                       socklen_t *ret_from_len);

/* Sends what waits. False: the socket takes no more now. */
bool hf_udp_send(struct hf_listener *listener, int fd);

/* Prints that a guest has moved, from the address told until now to the one that the listener has. */
void hf_udp_tell_moved(struct hf_guest *guest, bool json);

/* Prints how many hellos the listener has refused, when there are more than *told: of clients that nothing could come
 * of before they had shown where they are, nothing else is kept. */
void hf_udp_tell_refused(const struct hf_listener *listener, bool json, uint64_t *told);

#endif
