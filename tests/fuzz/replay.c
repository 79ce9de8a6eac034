/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs every file of the directories given through the fuzz target it is linked with. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

static void run(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1); /* its own size, for AddressSanitizer */

    if (file == NULL || fread(data, 1, size, file) != size) {
        perror(path);
        exit(1);
    }
    (void)fclose(file);
    (void)fprintf(stderr, "%s\n", path); /* the last one is the culprit */
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static unsigned run_all(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    unsigned count = 0;

    if (dir == NULL) {
        perror(folder);
        exit(1);
    }
    while ((entry = readdir(dir)) != NULL) {
        char path[4096];
        struct stat st;

        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        run(path, (size_t)st.st_size);
        count++;
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    for (int i = 1; i < argc; i++)
        count += run_all(argv[i]);
    (void)printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
