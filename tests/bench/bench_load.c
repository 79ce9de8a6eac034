/* SPDX-License-Identifier: BSD-2-Clause */
/* What loading the library costs, beside what its dependencies cost alone, each time in a process
 * of its own. */
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_NAMES = 1, ROUNDS = 301 };

static const char definitions[] =
    "load       dlopen() with all symbols bound at once, in a fresh process; the median of 301\n"
    "deps       an empty library that needs the same others: what these cost alone\n"
    "deps_ratio libdaotp (with its dependencies) to its dependencies alone (aim: below 1.1)\n"
    "size_kib   octets of the library that are loaded (text, data), in KiB\n";

typedef struct row {
    const char *names[MAX_NAMES];
    size_t count;
} row;

static double now_us(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* In a process of its own: what is loaded once stays. */
static double load_once(const row *what)
{
    double took = -1;
    int ends[2];

    if (pipe(ends) != 0)
        exit(70);
    if (fork() == 0) {
        double from = now_us();
        bool ok = true;

        for (size_t i = 0; i < what->count; i++)
            ok = dlopen(what->names[i], RTLD_NOW | RTLD_LOCAL) != NULL && ok;
        took = ok ? now_us() - from : -1;
        _exit(write(ends[1], &took, sizeof took) != sizeof took);
    }
    close(ends[1]);
    if (read(ends[0], &took, sizeof took) != sizeof took)
        took = -1;
    close(ends[0]);
    (void)wait(NULL);
    return took;
}

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *times)
{
    qsort(times, ROUNDS, sizeof *times, compare);
    return times[ROUNDS / 2];
}

/* ---- the file -------------------------------------------------------------------------------- */

typedef struct image {
    char *bytes;
    size_t len, loaded, relocations, needed;
} image;

static void read_dynamic(image *lib, const Elf64_Dyn *dynamic)
{
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        lib->needed += dynamic->d_tag == DT_NEEDED;
        if (dynamic->d_tag == DT_RELASZ || dynamic->d_tag == DT_PLTRELSZ)
            lib->relocations += dynamic->d_un.d_val / sizeof(Elf64_Rela);
    }
}

static void read_image(image *lib, const char *path)
{
    FILE *file = fopen(path, "rb");
    const Elf64_Ehdr *head;
    const Elf64_Shdr *sections;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        exit(66);
    lib->len = (size_t)ftell(file);
    rewind(file);
    lib->bytes = malloc(lib->len);
    if (lib->bytes == NULL || fread(lib->bytes, 1, lib->len, file) != lib->len)
        exit(70);
    fclose(file);
    head = (const Elf64_Ehdr *)(const void *)lib->bytes;
    sections = (const Elf64_Shdr *)(const void *)(lib->bytes + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++) {
        if ((sections[i].sh_flags & SHF_ALLOC) != 0)
            lib->loaded += sections[i].sh_size;
        if (sections[i].sh_type == SHT_DYNAMIC)
            read_dynamic(lib,
                         (const Elf64_Dyn *)(const void *)(lib->bytes + sections[i].sh_offset));
    }
}

int main(void)
{
    static double times[4][ROUNDS];
    static const char *const names[] = {"libdaotp", "deps", "libcurl", "libfido2"};
    row rows[4] = {
        {{LIBRARY}, 1}, {{DEPENDENCIES}, 1}, {{"libcurl.so.4"}, 1}, {{"libfido2.so.1"}, 1}};
    image lib = {0};
    double results[4];

    read_image(&lib, LIBRARY);
    for (int round = 0; round < ROUNDS; round++) /* in turn, so that a busy moment meets all */
        for (int i = 0; i < 4; i++)
            times[i][round] = load_once(&rows[i]);
    for (int i = 0; i < 4; i++) {
        results[i] = median(times[i]);
        if (results[i] < 0)
            printf("%-10s not here\n", names[i]);
        else
            printf("%-10s %8.0f us\n", names[i], results[i]);
    }
    printf("relocations %zu, dependencies named %zu\n%s", lib.relocations, lib.needed, definitions);
    printf("deps_ratio=%.3f size_kib=%zu\n", results[0] / results[1], lib.loaded / 1024);
    free(lib.bytes);
    return 0;
}
