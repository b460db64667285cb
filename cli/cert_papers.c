#include "cert_papers.h"

#include "out.h"

bool hf_cert_papers_read(const struct hf_option_list *paths, struct hf_cert_papers *papers, int *ret_exit)
{
    struct hf_failure failure;
    for (size_t i = 0; i < paths->count; i++) {
        struct hf_file *file = &papers->files[i];
        if (!hf_file_read(paths->items[i], file, &failure)) {
            *ret_exit = hf_out_failure(NULL, &failure);
            return false;
        }
        papers->items[i] = (struct hf_inspect_paper){.bytes = file->bytes, .len = file->len, .name = paths->items[i]};
        papers->count++;
    }
    return true;
}

void hf_cert_papers_free(struct hf_cert_papers *papers)
{
    for (size_t i = 0; i < papers->count; i++)
        hf_file_wipe(&papers->files[i]);
    papers->count = 0;
}
