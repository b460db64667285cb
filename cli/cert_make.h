/* The subcommands of `handfast cert` that make something: ca, issue, renew, pair. argv[0] is the subcommand; each
 * returns the exit status. */
#ifndef HF_CLI_CERT_MAKE_H
#define HF_CLI_CERT_MAKE_H

int hf_cert_make_ca(int argc, char **argv);
int hf_cert_make_issue(int argc, char **argv);
int hf_cert_make_renew(int argc, char **argv);
int hf_cert_make_pair(int argc, char **argv);

#endif
