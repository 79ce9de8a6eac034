/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/run.h"

/* The cost of a signature check, in units of one check with RSA-2048 or P-256. 200 units take at
 * most 50 ms. */
static size_t cost_of(const daotp__public_key *key)
{
    unsigned light = key->algorithm == DAOTP__OID_RSA ? 4096 : 256; /* the rest is EC and EdDSA */

    if (key->algorithm == DAOTP__OID_RSA && key->exponent.len > 4)
        return 10;
    return key->bits > light ? 4 : 1;
}

bool daotp__run_spend(daotp__run *run, const daotp__node *issuer)
{
    size_t cost = cost_of(&issuer->public_key);

    if (run->signatures_left < cost) {
        run->is_exhausted = true;
        return false;
    }
    run->signatures_left -= cost;
    return true;
}

void daotp__run_forget(daotp__run *run, const daotp__node *node)
{
    daotp__signature_cache_forget(&run->signatures, node);
    daotp__missing_forget(&run->missing, node);
}
