/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks for secrets that are kept for some time: separate pages, excluded from core dumps, and
 * locked in memory as far as RLIMIT_MEMLOCK allows. A forked child gets them too, because it may
 * continue the work. A freed block is wiped, and a few are kept for the next secret: mapping a
 * page, and the page fault that follows, cost more than most uses of a secret. */
#include "core/alloc.h"
#include "core/limits.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(pages, size)   ((void)(pages), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(pages, size) ((void)(pages), (void)(size))
#endif

/* The header at the start of the pages. Its ticket is an ordinary allocation, so that tests
 * notice pages that are not freed, and can make the allocation fail. */
typedef struct page_head {
    size_t size; /* the size of the mapping */
    void *ticket;
} page_head;

enum { PAGE = 4096, PAGE_HEAD = 32 };

_Static_assert(sizeof(page_head) <= PAGE_HEAD, "the head fits");

/* The spare blocks. If the lock is busy, pages are mapped or unmapped instead: no thread waits
 * for it, so a fork is safe at any time. */
static struct {
    atomic_flag busy;
    size_t count, octets;
    struct {
        void *pages;
        size_t size;
    } blocks[DAOTP__SPARE_SECRET_BLOCKS];
} spare = {.busy = ATOMIC_FLAG_INIT};

static void *take_spare_pages(size_t size)
{
    void *pages = NULL;

    if (atomic_flag_test_and_set_explicit(&spare.busy, memory_order_acquire))
        return NULL;
    for (size_t i = spare.count; pages == NULL && i-- > 0;) {
        if (spare.blocks[i].size != size)
            continue;
        pages = spare.blocks[i].pages;
        spare.octets -= size;
        spare.blocks[i] = spare.blocks[--spare.count];
        ASAN_UNPOISON_MEMORY_REGION(pages, size);
    }
    atomic_flag_clear_explicit(&spare.busy, memory_order_release);
    return pages;
}

static bool keep_spare_pages(void *pages, size_t size)
{
    bool kept;

    if (atomic_flag_test_and_set_explicit(&spare.busy, memory_order_acquire))
        return false;
    kept = spare.count < DAOTP__SPARE_SECRET_BLOCKS &&
           size <= DAOTP__SPARE_SECRET_OCTETS - spare.octets;
    if (kept) {
        spare.blocks[spare.count].pages = pages;
        spare.blocks[spare.count++].size = size;
        spare.octets += size;
        ASAN_POISON_MEMORY_REGION(pages, size);
    }
    atomic_flag_clear_explicit(&spare.busy, memory_order_release);
    return kept;
}

/* Runs when the library is unloaded. Pages that are still in use then are not kept as spare
 * after they are freed. */
__attribute__((destructor)) static void unmap_spare_pages(void)
{
    if (atomic_flag_test_and_set_explicit(&spare.busy, memory_order_acquire))
        return;
    while (spare.count > 0) {
        spare.count--;
        ASAN_UNPOISON_MEMORY_REGION(spare.blocks[spare.count].pages,
                                    spare.blocks[spare.count].size);
        (void)munmap(spare.blocks[spare.count].pages, spare.blocks[spare.count].size);
    }
}

static void *map_pages(size_t size)
{
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    if (madvise(pages, size, MADV_DONTDUMP) != 0) { /* every kernel since 3.4 has it */
        (void)munmap(pages, size);
        return NULL;
    }
    return pages;
}

/* Locked at each use, because locks are not inherited by a forked child. */
static void *obtain_pages(size_t size)
{
    void *pages = take_spare_pages(size);

    if (pages == NULL)
        pages = map_pages(size);
    if (pages != NULL)
        (void)mlock(pages, size); /* if locking is not allowed, the secret is still needed */
    return pages;
}

void *daotp__secret_new(size_t size)
{
    page_head head;
    uint8_t *pages;

    if (size > SIZE_MAX - PAGE_HEAD - PAGE)
        return NULL;
    head.size = (size + PAGE_HEAD + PAGE - 1) / PAGE * PAGE;
    head.ticket = daotp__new(1);
    pages = head.ticket != NULL ? obtain_pages(head.size) : NULL;
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
    if (!keep_spare_pages(pages, head.size))
        (void)munmap(pages, head.size); /* which also unlocks them */
    daotp__delete(head.ticket);
}
