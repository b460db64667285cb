/* The subcommands. Each gets its own name as argv[0] and returns the exit status of the program. */
#ifndef HF_CLI_COMMANDS_H
#define HF_CLI_COMMANDS_H

int hf_cli_connect(int argc, char **argv);
int hf_cli_serve(int argc, char **argv);
int hf_cli_demo(int argc, char **argv);
int hf_cli_bench(int argc, char **argv);
int hf_cli_ech(int argc, char **argv);

/* The exit statuses, as every help page tells them. */
#define HF_CLI_STATUSES                                                                                                \
    "exit status: 0 fine, and confirmed by the peer; 2 usage; 10-19 we refused the peer;\n"                            \
    "20-29 the peer refused us; 30-39 nothing in common; 40-49 network; 50-59 local files;\n"                          \
    "60 a defect or limit of ours."

#endif
