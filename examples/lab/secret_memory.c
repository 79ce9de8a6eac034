/* SPDX-License-Identifier: BSD-2-Clause */
#include "secret_memory.h"

#include <string.h>
#include <sys/mman.h>

/* In front of each block. */
struct front {
    size_t size; /* of the mapping */
    max_align_t block[];
};

void *secret_memory_new(size_t size)
{
    size_t whole = sizeof(struct front) + size;
    struct front *front =
        mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (front == MAP_FAILED)
        return NULL;
    if (madvise(front, whole, MADV_DONTDUMP) != 0) {
        munmap(front, whole);
        return NULL;
    }
    (void)mlock(front, whole); /* if the memory may not be locked, it may be swapped */
    front->size = whole;
    return front->block;
}

void secret_memory_free(void *memory)
{
    struct front *front;
    size_t whole;

    if (memory == NULL)
        return;
    front = (struct front *)((char *)memory - offsetof(struct front, block));
    whole = front->size;
    explicit_bzero(front, whole);
    munmap(front, whole);
}
