/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/ca.h"

#include "core/alloc.h"
#include "core/extension.h"

#include <stdatomic.h>
#include <string.h>

struct daotp_ca {
    atomic_uint references;
    daotp_context *context;
    daotp_ca_transport transport;
    void *self;
    daotp__host_list hosts;
    daotp_report report; /* only of setters */
};

/* The size of the table in its first published version: a smaller one is refused. */
enum { FIRST_SIZE = offsetof(daotp_ca_transport, needs) + sizeof((daotp_ca_transport *)0)->needs };

static bool is_transport_complete(const daotp_ca_transport *transport)
{
    return transport != NULL && transport->size >= FIRST_SIZE && transport->begin != NULL &&
           transport->step != NULL && transport->descriptor != NULL &&
           transport->timeout_ms != NULL && transport->end != NULL && transport->free != NULL;
}

daotp_status daotp_ca_new(daotp_context *context, const daotp_ca_transport *transport, void *self,
                          daotp_ca **out)
{
    void (*end)(void *self) = is_transport_complete(transport) ? transport->free : NULL;
    daotp_status status;
    void *object;
    daotp_ca *ca;

    if (out != NULL)
        *out = NULL;
    status = daotp__extension_new(out != NULL ? context : NULL, end, self, sizeof *ca, &object);
    if (status != DAOTP_OK || out == NULL)
        return status;
    ca = object;
    atomic_init(&ca->references, 1);
    ca->context = daotp__context_ref(context);
    daotp__extension_copy(&ca->transport, sizeof ca->transport, transport, transport->size);
    ca->self = self;
    daotp__report_init(&ca->report, context);
    *out = ca;
    return DAOTP_OK;
}

daotp_ca *daotp_ca_ref(daotp_ca *ca)
{
    if (ca != NULL)
        atomic_fetch_add_explicit(&ca->references, 1, memory_order_relaxed);
    return ca;
}

void daotp_ca_unref(daotp_ca *ca)
{
    daotp_context *context;

    if (ca == NULL || atomic_fetch_sub_explicit(&ca->references, 1, memory_order_acq_rel) != 1)
        return;
    context = ca->context;
    ca->transport.free(ca->self);
    daotp__host_list_free(&ca->hosts);
    daotp__report_end(&ca->report);
    daotp__delete(ca);
    daotp_context_unref(context);
}

daotp_report *daotp_ca_get_report(daotp_ca *ca)
{
    return ca != NULL ? &ca->report : NULL;
}

void *daotp_ca_get_self(const daotp_ca *ca, const daotp_ca_transport *transport)
{
    bool is_of = ca != NULL && transport != NULL && ca->transport.begin == transport->begin;

    return is_of ? ca->self : NULL;
}

const daotp_ca_transport *daotp_ca_get_transport(const daotp_ca *ca, void **self)
{
    if (self != NULL)
        *self = ca != NULL ? ca->self : NULL;
    return ca != NULL ? &ca->transport : NULL;
}

const daotp_ca_transport *daotp__ca_transport(const daotp_ca *ca)
{
    return &ca->transport;
}

void *daotp__ca_own(const daotp_ca *ca)
{
    return ca->self;
}

bool daotp__ca_has_need(const daotp_ca *ca, daotp_ca_need need)
{
    return ca->transport.needs != NULL && (ca->transport.needs(ca->self) & need) != 0;
}

const daotp__host_list *daotp__ca_hosts(const daotp_ca *ca)
{
    return &ca->hosts;
}

daotp_status daotp_ca_allow_host(daotp_ca *ca, const char *host)
{
    daotp_status status;

    if (ca == NULL)
        return DAOTP_USAGE;
    status = host != NULL ? daotp__host_list_add(&ca->hosts, host) : DAOTP_USAGE;
    if (status == DAOTP_OK)
        return DAOTP_OK;
    return daotp__report_refuse(&ca->report, status, "allowed host",
                                "neither a host nor a suffix, or one too many");
}

daotp_context *daotp__ca_context(const daotp_ca *ca)
{
    return ca->context;
}
