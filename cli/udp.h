/* A listener's datagrams over one socket. Addresses are what recvfrom gives. */
#ifndef HF_CLI_UDP_H
#define HF_CLI_UDP_H

#include <stdbool.h>

#include <handfast/listener.h>

/* Takes what is there, a few datagrams at most: then let what they lead to be sent. */
void hf_udp_receive(struct hf_listener *listener, int fd);

/* Sends what waits. False: the socket takes no more now. */
bool hf_udp_send(struct hf_listener *listener, int fd);

#endif
