/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/missing.h"

void daotp__missing_add(daotp__missing_list *missing, daotp__missing_kind kind, daotp__bytes url,
                        const daotp__node *node, const daotp__node *issuer)
{
    for (size_t i = 0; i < missing->count; i++)
        if (missing->list[i].kind == kind && daotp__bytes_equal(missing->list[i].url, url) &&
            (kind != DAOTP__MISSING_OCSP || missing->list[i].node == node))
            return;
    if (missing->count < DAOTP__MAX_MISSING)
        missing->list[missing->count++] = (daotp__missing){kind, url, node, issuer};
}

void daotp__missing_forget(daotp__missing_list *missing, const daotp__node *node)
{
    for (size_t i = missing->count; i > 0; i--)
        if (missing->list[i - 1].node == node || missing->list[i - 1].issuer == node)
            missing->list[i - 1] = missing->list[--missing->count];
}
