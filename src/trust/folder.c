/* The folder is gone through once for each file, for the name that comes next: nothing has to be kept or sorted, and
 * what appears or goes meanwhile does no harm. Order is that of bytes, whatever the locale. */
#define _POSIX_C_SOURCE 200809L
#include "trust/folder.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "trust/system_store.h"

#define NAME_ROOM 256

/* False when it is longer than any path may be. */
static bool join(const char *folder, const char *name, char path[HF_FOLDER_PATH_MAX])
{
    struct hf_text text = hf_text_of(path, HF_FOLDER_PATH_MAX);
    hf_text_add(&text, "%s%s%s", folder, name[0] == '\0' ? "" : "/", name);
    return strlen(folder) + 1 + strlen(name) < HF_FOLDER_PATH_MAX;
}

/* Through links: Kubernetes mounts each file as one. What is not there any more is reported when it is read. */
static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* The first name behind `name` takes its place; false: there is none. */
static bool next_name(DIR *listing, char name[NAME_ROOM])
{
    char next[NAME_ROOM] = "";
    const struct dirent *entry;
    rewinddir(listing);
    while ((entry = readdir(listing)) != NULL)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, name) > 0 &&
            (next[0] == '\0' || strcmp(entry->d_name, next) < 0))
            (void)hf_span_copy(hf_span_of(entry->d_name, strlen(entry->d_name) + 1), next, sizeof next);
    (void)hf_span_copy(hf_span_of(next, sizeof next), name, NAME_ROOM);
    return name[0] != '\0';
}

static enum hf_error flawed(struct hf_trust_added *added, const char *flaw)
{
    added->flaw = flaw;
    return HF_ERR_file_malformed;
}

static enum hf_error add_listed(struct hf_trust *trust, DIR *listing, const char *folder,
                                char ret_path[HF_FOLDER_PATH_MAX], struct hf_trust_added *ret_added)
{
    char name[NAME_ROOM] = "";
    size_t files = 0;
    while (next_name(listing, name)) {
        if (!join(folder, name, ret_path))
            return flawed(ret_added, "the path is too long");
        if (is_folder(ret_path))
            continue;
        if (files++ == HF_FOLDER_FILES_MAX)
            return flawed(ret_added, "the folder holds more files than are read");
        HF_TRY(hf_system_store_add_file(trust, ret_path, ret_added));
    }
    (void)join(folder, "", ret_path);
    return files == 0 ? flawed(ret_added, "the folder holds no file") : HF_OK;
}

enum hf_error hf_folder_add(struct hf_trust *trust, const char *folder, char ret_path[HF_FOLDER_PATH_MAX],
                            struct hf_trust_added *ret_added)
{
    *ret_added = (struct hf_trust_added){.flaw = NULL};
    (void)join(folder, "", ret_path);
    DIR *listing = opendir(folder);
    if (listing == NULL) {
        ret_added->flaw = "the folder cannot be read";
        return HF_ERR_file_unreadable;
    }
    enum hf_error error = add_listed(trust, listing, folder, ret_path, ret_added);
    closedir(listing);
    return error;
}
