/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/ca.h"

#include "core/alloc.h"

#include <stdatomic.h>
#include <string.h>

struct daotp_ca {
    atomic_uint references;
    daotp_context *context;
    daotp_ca_transport transport;
    void *self;
    daotp__host_list hosts;
};

/* What the table held when it was first published; a program built then has no more. */
enum { FIRST_SIZE = offsetof(daotp_ca_transport, check) + sizeof((daotp_ca_transport *)0)->check };

static bool is_complete(const daotp_ca_transport *transport)
{
    return transport != NULL && transport->size >= FIRST_SIZE && transport->begin != NULL &&
           transport->step != NULL && transport->descriptor != NULL &&
           transport->timeout_ms != NULL && transport->end != NULL && transport->free != NULL;
}

daotp_status daotp_ca_new(daotp_context *context, const daotp_ca_transport *transport, void *self,
                          daotp_ca **ca)
{
    bool complete = is_complete(transport);

    if (ca != NULL)
        *ca = NULL;
    if (ca != NULL && context != NULL && complete) {
        *ca = daotp__new(sizeof **ca);
        if (*ca != NULL) {
            atomic_init(&(*ca)->references, 1);
            (*ca)->context = daotp__context_ref(context);
            memcpy(&(*ca)->transport, transport,
                   transport->size < sizeof *transport ? transport->size : sizeof *transport);
            (*ca)->self = self;
            return DAOTP_OK;
        }
    }
    if (complete)
        transport->free(self);
    return ca == NULL || context == NULL || !complete ? DAOTP_USAGE : DAOTP_MEMORY;
}

daotp_ca *daotp_ca_ref(daotp_ca *ca)
{
    if (ca != NULL)
        atomic_fetch_add_explicit(&ca->references, 1, memory_order_relaxed);
    return ca;
}

void daotp_ca_free(daotp_ca *ca)
{
    daotp_context *context;

    if (ca == NULL || atomic_fetch_sub_explicit(&ca->references, 1, memory_order_acq_rel) != 1)
        return;
    context = ca->context;
    ca->transport.free(ca->self);
    daotp__host_list_free(&ca->hosts);
    daotp__delete(ca);
    daotp_context_free(context);
}

void *daotp__ca_self(const daotp_ca *ca, const daotp_ca_transport *of)
{
    return ca != NULL && ca->transport.begin == of->begin ? ca->self : NULL;
}

const daotp_ca_transport *daotp__ca_transport(const daotp_ca *ca)
{
    return &ca->transport;
}

void *daotp__ca_own(const daotp_ca *ca)
{
    return ca->self;
}

const daotp__host_list *daotp__ca_hosts(const daotp_ca *ca)
{
    return &ca->hosts;
}

daotp_status daotp_ca_allow_host(daotp_ca *ca, const char *host)
{
    return ca != NULL && host != NULL ? daotp__host_list_add(&ca->hosts, host) : DAOTP_USAGE;
}
