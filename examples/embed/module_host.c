/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host of modules, such as a login service that never ends: it opens, calls and closes a module
 * over and over, and looks what that leaves: descriptors, threads, mappings, heap. After the first
 * tenth nothing may grow.
 *
 *   module_host MODULE.so COUNT
 */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct footprint {
    size_t descriptors, threads, mappings, heap;
} footprint;

static size_t count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count;
}

static size_t count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t count = 0;
    int c;

    if (file == NULL)
        return 0;
    while ((c = getc(file)) != EOF)
        count += c == '\n';
    (void)fclose(file);
    return count;
}

static footprint measure_footprint(void)
{
    footprint f = {.descriptors = count_entries("/proc/self/fd"),
                   .threads = count_entries("/proc/self/task"),
                   .mappings = count_lines("/proc/self/maps")};

    f.heap = mallinfo2().uordblks;
    return f;
}

static bool run_module(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int (*authenticate)(void);
    bool is_good;

    if (module == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return false;
    }
    *(void **)&authenticate = dlsym(module, "module_authenticate");
    is_good = authenticate != NULL && authenticate() == 0;
    return dlclose(module) == 0 && is_good;
}

static void print_footprint(const char *when, footprint f)
{
    printf("%s: %zu descriptors, %zu threads, %zu mappings, %zu bytes of heap\n", when,
           f.descriptors, f.threads, f.mappings, f.heap);
}

int main(int argc, char **argv)
{
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 10, good = 0;
    footprint before = {0}, after;
    bool is_flat;

    for (size_t i = 0; i < count && argc > 1; i++) {
        if (i == count / 10 + 1)
            before = measure_footprint();
        good += run_module(argv[1]);
    }
    after = measure_footprint();
    print_footprint("before", before);
    print_footprint("after", after);
    is_flat = after.descriptors <= before.descriptors && after.threads <= before.threads &&
              after.mappings <= before.mappings + 2 && after.heap <= before.heap + 16 * 1024;
    printf("%zu of %zu, %s\n", good, count, is_flat ? "flat" : "it grows");
    return good == count && is_flat ? 0 : 1;
}
