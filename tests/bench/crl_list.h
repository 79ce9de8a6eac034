/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long CRLs, fast: random serial numbers of 16 to 19 octets that can be made again from a seed, a
 * date and a reason with each (50.5 octets an entry), and what RFC 5280 5 asks of a CRL.
 */
#ifndef BENCH_CRL_LIST_H
#define BENCH_CRL_LIST_H

#include "chain.h"

struct crl_list {
    size_t entries;
    uint64_t seed;
    bool is_sorted; /* by serial number; the same ones */
};

struct crl_serial {
    uint8_t len, bytes[19];
};

/* The one that was made as this, which is its place too unless the list is sorted. */
struct crl_serial crl_list_serial(const struct crl_list *list, size_t index);
/* One that is not in it; any index. */
struct crl_serial crl_list_absent(const struct crl_list *list, size_t index);

/* So many to look up, in no order, in it or not; to be freed. */
struct crl_serial *crl_list_pool(const struct crl_list *list, bool are_present, size_t count);

/* A file in dir that goes when the program ends, however it ends: it has no name there, but the
 * path is good in this process and its children. */
struct crl_file {
    char path[32];
    int fd;
};

struct crl_file crl_file_make(const char *dir);
void crl_file_close(struct crl_file *file);

/* Write the list, signed by the issuer, into a file, in a process of its own: it takes as much
 * memory as the file. */
void crl_list_write(const struct crl_list *list, const struct chain_issuer *issuer,
                    const char *path);

#endif
