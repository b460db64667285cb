/* Runs a fuzz target over the files and folders named, without libFuzzer: the committed corpus replayed by any
 * compiler. The empty input is always run, so a target without a corpus is still called. Exit status 0 when every
 * input was run; a target that finds something aborts. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#pragma weak LLVMFuzzerInitialize

static size_t inputs;

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    static uint8_t data[1 << 20];
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    /* An exact copy on the heap, so that AddressSanitizer sees a read past its end. */
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        return 1;
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
    return 0;
}

static int run_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        perror(path);
        return 1;
    }
    int failed = 0;
    for (int i = 0; i < count; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            failed |= run_file(inner);
        free(entries[i]);
    }
    free(entries);
    return failed;
}

static int run(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return run_folder(path);
    return run_file(path);
}

int main(int count, char **arguments)
{
    if (&LLVMFuzzerInitialize != NULL)
        LLVMFuzzerInitialize(&count, &arguments);
    int failed = 0;
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < count; i++)
        failed |= run(arguments[i]);
    printf("%zu inputs replayed\n", inputs);
    return failed;
}
