/* The subcommands of `handfast cert` that look at files: show, check, sort. argv[0] is the subcommand; each returns the
 * exit status. */
#ifndef HF_CLI_CERT_LOOK_H
#define HF_CLI_CERT_LOOK_H

int hf_cert_look_show(int argc, char **argv);
int hf_cert_look_check(int argc, char **argv);
int hf_cert_look_sort(int argc, char **argv);

#endif
