/* SPDX-License-Identifier: BSD-2-Clause */
/* The templates of a policy service, as the application sees them. */
#include "ca/templates.h"

#include "core/alloc.h"

#include <string.h>
#include <strings.h>

static void free_template_ca(daotp__template_ca *ca)
{
    daotp__delete(ca->subject);
    daotp__buffer_free(&ca->certificate);
    for (size_t i = 0; i < ca->url_count; i++)
        daotp__delete(ca->urls[i].url);
}

void daotp_templates_free(daotp_templates *templates)
{
    if (templates == NULL)
        return;
    for (size_t i = 0; i < templates->count; i++)
        for (size_t k = 0; k < DAOTP__TEMPLATE_TEXTS; k++)
            daotp__delete(templates->list[i].text[k]);
    for (size_t i = 0; i < templates->ca_count; i++)
        free_template_ca(&templates->cas[i]);
    daotp__delete(templates->list);
    daotp__delete(templates->cas);
    daotp__delete(templates);
}

size_t daotp_templates_get_count(const daotp_templates *templates)
{
    return templates != NULL ? templates->count : 0;
}

static bool has_template_name(const daotp__offered_template *template, const char *name)
{
    static const daotp_template_text names[] = {DAOTP_TEMPLATE_NAME, DAOTP_TEMPLATE_DISPLAY_NAME,
                                                DAOTP_TEMPLATE_OID};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (template->text[names[i]] != NULL && strcasecmp(template->text[names[i]], name) == 0)
            return true;
    return false;
}

size_t daotp_templates_find(const daotp_templates *templates, const char *name)
{
    size_t count = daotp_templates_get_count(templates), at = 0;

    while (at < count && (name == NULL || !has_template_name(&templates->list[at], name)))
        at++;
    return at;
}

const char *daotp_templates_get_text(const daotp_templates *templates, size_t at,
                                     daotp_template_text field)
{
    const char *text;

    if (at >= daotp_templates_get_count(templates) || field < DAOTP_TEMPLATE_NAME ||
        field > DAOTP_TEMPLATE_RA_PURPOSES)
        return "";
    text = templates->list[at].text[field];
    return text != NULL ? text : "";
}

int64_t daotp_templates_get_number(const daotp_templates *templates, size_t at,
                                   daotp_template_number field)
{
    if (at >= daotp_templates_get_count(templates) || field < DAOTP_TEMPLATE_SCHEMA ||
        field > DAOTP_TEMPLATE_GENERAL_FLAGS)
        return -1;
    return templates->list[at].number[field];
}

size_t daotp_templates_get_ca_count(const daotp_templates *templates, size_t at)
{
    return at < daotp_templates_get_count(templates) ? templates->list[at].ca_count : 0;
}

static const daotp__template_ca *ca_of_template(const daotp_templates *templates, size_t at,
                                                size_t ca)
{
    if (ca >= daotp_templates_get_ca_count(templates, at))
        return NULL;
    return &templates->cas[templates->list[at].cas[ca]];
}

const char *daotp_templates_get_ca_name(const daotp_templates *templates, size_t at, size_t ca)
{
    const daotp__template_ca *found = ca_of_template(templates, at, ca);

    return found != NULL ? found->subject : "";
}

const char *daotp_templates_get_ca_url(const daotp_templates *templates, size_t at, size_t ca,
                                       daotp_ca_authentication authentication)
{
    const daotp__template_ca *found = ca_of_template(templates, at, ca);

    for (size_t i = 0; found != NULL && i < found->url_count; i++)
        if (authentication == DAOTP_CA_ANY || authentication == found->urls[i].how)
            return found->urls[i].url;
    return "";
}

const void *daotp_templates_get_ca_certificate(const daotp_templates *templates, size_t at,
                                               size_t ca, size_t *len)
{
    const daotp__template_ca *found = ca_of_template(templates, at, ca);

    if (len != NULL)
        *len = found != NULL ? found->certificate.len : 0;
    return found != NULL ? found->certificate.data : NULL;
}
