/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CA returns: whichever certificate in it is wanted, its chain is found and ends. */
#include "fuzz.h"

#include "ca/issued.h"

static void order_for(const daotp__chain *pool, size_t wanted)
{
    daotp__certificate leaf, at, above;
    daotp_status status;
    daotp__chain chain;

    HOLDS(daotp__certificate_read(pool->list[wanted], &leaf));
    daotp__chain_init(&chain, DAOTP__MAX_CHAIN);
    HOLDS(daotp__issued_order(pool, leaf.spki, &chain, &status) && status == DAOTP_OK);
    HOLDS(chain.count >= 1 && chain.count <= pool->count);
    HOLDS(daotp__certificate_read(chain.list[0], &at));
    HOLDS(daotp__bytes_equal(at.spki, leaf.spki));
    for (size_t i = 1; i < chain.count; i++) {
        HOLDS(daotp__certificate_read(chain.list[i], &above));
        HOLDS(daotp__bytes_equal(at.issuer, above.subject));
        for (size_t k = 0; k < i; k++)
            HOLDS(!daotp__bytes_equal(chain.list[k], chain.list[i]));
        at = above;
    }
    daotp__chain_free(&chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__chain pool, none;
    daotp_status status;

    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    daotp__chain_init(&none, DAOTP__MAX_CHAIN);
    status = daotp__issued_collect((daotp__bytes){data, size}, &pool, NULL, "", NULL);
    HOLDS(status == DAOTP_OK || status == DAOTP_PEER);
    HOLDS(pool.count <= DAOTP__MAX_CHAIN);
    for (size_t i = 0; i < pool.count; i++)
        order_for(&pool, i);
    HOLDS(!daotp__issued_order(&pool, (daotp__bytes){(const uint8_t *)"x", 1}, &none, &status) &&
          status == DAOTP_PEER && none.count == 0);
    /* the same once more adds nothing */
    if (daotp__issued_collect((daotp__bytes){data, size}, &pool, NULL, "", NULL) == DAOTP_OK &&
        status == DAOTP_OK)
        HOLDS(pool.count <= DAOTP__MAX_CHAIN);
    daotp__chain_free(&pool);
    daotp__chain_free(&none);
    return 0;
}
