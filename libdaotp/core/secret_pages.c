/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks for secrets that wait: pages of their own, which are in no core dump, and are not swapped
 * out as far as RLIMIT_MEMLOCK allows. A forked child has them too: it may be what goes on.
 */
#include "core/alloc.h"

#include <string.h>
#include <sys/mman.h>

/* At the front of the pages. Its ticket is an allocation like all others, so that a test sees that
 * the pages are freed, and can refuse them. */
typedef struct page_head {
    size_t size; /* of the mapping */
    void *ticket;
} page_head;

enum { PAGE_HEAD = 32 };

_Static_assert(sizeof(page_head) <= PAGE_HEAD, "the head fits");

static void *map_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    if (madvise(pages, size, MADV_DONTDUMP) != 0) { /* every kernel since 3.4 has it */
        (void)munmap(pages, size);
        return NULL;
    }
    (void)mlock(pages, size); /* where it is not allowed, the secret is still needed */
    return pages;
}

void *daotp__secret_new(size_t size)
{
    page_head head = {.size = size + PAGE_HEAD};
    uint8_t *pages;

    if (size > SIZE_MAX - PAGE_HEAD)
        return NULL;
    head.ticket = daotp__new(1);
    pages = head.ticket != NULL ? map_pages(head.size) : NULL;
    if (pages == NULL) {
        daotp__delete(head.ticket);
        return NULL;
    }
    memcpy(pages, &head, sizeof head);
    return pages + PAGE_HEAD;
}

void daotp__secret_delete(void *pointer)
{
    page_head head;
    uint8_t *pages;

    if (pointer == NULL)
        return;
    pages = (uint8_t *)pointer - PAGE_HEAD;
    memcpy(&head, pages, sizeof head);
    daotp__wipe(pages, head.size);
    (void)munmap(pages, head.size); /* and unlocks */
    daotp__delete(head.ticket);
}
