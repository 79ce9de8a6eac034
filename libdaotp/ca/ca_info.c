/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/ca_info.h"

#include "ca/hresult.h"
#include "ca/issued.h"
#include "core/alloc.h"
#include "core/array.h"
#include "core/utf8.h"

#include <string.h>

/* The properties, in the order in which they are asked for (MS-WCCE 3.2.1.4.3.2). */
typedef enum info_part {
    PART_NAME,
    PART_SANITIZED_NAME,
    PART_DNS_NAME,
    PART_TEMPLATES,
    PART_CERTIFICATE_COUNT,
    PART_CERTIFICATE,
    PART_CHAIN,
    PART_COUNT
} info_part;

static const struct {
    uint32_t id;
    daotp__property_type type;
    const char *name;
} part_rows[PART_COUNT] = {
    [PART_NAME] = {0x06, DAOTP__PROPERTY_STRING, "the name (CR_PROP_CANAME)"},
    [PART_SANITIZED_NAME] = {0x07, DAOTP__PROPERTY_STRING,
                             "the sanitized name (CR_PROP_SANITIZEDCANAME)"},
    [PART_DNS_NAME] = {0x16, DAOTP__PROPERTY_STRING, "the DNS name (CR_PROP_DNSNAME)"},
    [PART_TEMPLATES] = {0x1D, DAOTP__PROPERTY_STRING, "the templates (CR_PROP_TEMPLATES)"},
    [PART_CERTIFICATE_COUNT] = {0x0B, DAOTP__PROPERTY_LONG,
                                "the number of its certificates (CR_PROP_CASIGCERTCOUNT)"},
    [PART_CERTIFICATE] = {0x0C, DAOTP__PROPERTY_BINARY, "its certificate (CR_PROP_CASIGCERT)"},
    [PART_CHAIN] = {0x0D, DAOTP__PROPERTY_BINARY,
                    "the chain of its certificate (CR_PROP_CASIGCERTCHAIN)"}};

typedef struct info_template {
    const char *name, *oid;
} info_template;

struct daotp_ca_info {
    info_part part;
    char *texts[PART_TEMPLATES + 1]; /* the last text is split into templates */
    info_template *templates;
    size_t template_count, template_capacity;
    uint32_t newest; /* the index of the newest certificate */
    daotp__chain chain;
};

daotp_status daotp__ca_info_new(daotp_ca_info **info)
{
    *info = daotp__new(sizeof **info);
    if (*info == NULL)
        return DAOTP_MEMORY;
    daotp__chain_init(&(*info)->chain, DAOTP__MAX_CHAIN);
    return DAOTP_OK;
}

void daotp_ca_info_free(daotp_ca_info *info)
{
    if (info == NULL)
        return;
    for (size_t i = 0; i <= PART_TEMPLATES; i++)
        daotp__delete(info->texts[i]);
    daotp__delete(info->templates);
    daotp__chain_free(&info->chain);
    daotp__delete(info);
}

bool daotp__ca_info_question(const daotp_ca_info *info, daotp__property_question *question)
{
    if (info->part == PART_COUNT)
        return false;
    *question = (daotp__property_question){.id = part_rows[info->part].id,
                                           .type = part_rows[info->part].type};
    if (info->part >= PART_CERTIFICATE)
        question->index = info->newest;
    return true;
}

/* ---- the answers ----------------------------------------------------------------------------- */

static daotp_status add_template(daotp_ca_info *info, const char *name, const char *oid)
{
    info_template *list = daotp__array_reserve(info->templates, info->template_count,
                                               &info->template_capacity, sizeof *list);

    if (list == NULL)
        return DAOTP_MEMORY;
    info->templates = list;
    list[info->template_count++] = (info_template){name, oid};
    return DAOTP_OK;
}

/* Ends the line at *at with a NUL and returns it; *at moves to the next line. */
static char *cut_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');

    *at = end != NULL ? end + 1 : line + strlen(line);
    if (end != NULL)
        *end = '\0';
    daotp__utf8_make_plain(line);
    return line;
}

/* Each template has two lines: name and object identifier, which may be empty. */
static daotp_status cut_templates(daotp_ca_info *info, char *list)
{
    daotp_status status = DAOTP_OK;
    char *name;

    while (status == DAOTP_OK && *list != '\0') {
        if (info->template_count == DAOTP__MAX_TEMPLATES)
            return DAOTP_PEER;
        name = cut_line(&list);
        status = add_template(info, name, cut_line(&list));
    }
    return status;
}

static daotp_status take_string(daotp_ca_info *info, daotp__bytes value)
{
    bool is_list = info->part == PART_TEMPLATES;
    size_t max = is_list ? DAOTP__MAX_TEMPLATE_LIST : DAOTP__MAX_TEXT;
    char *text;

    if (value.len / 2 > max)
        return DAOTP_PEER;
    text = daotp__ndr_text(value, max);
    if (text == NULL)
        return DAOTP_MEMORY;
    if (strlen(text) >= max) { /* the text was cut off there */
        daotp__delete(text);
        return DAOTP_PEER;
    }
    info->texts[info->part] = text;
    if (is_list)
        return cut_templates(info, text);
    daotp__utf8_make_plain(text);
    return DAOTP_OK;
}

static daotp_status take_count(daotp_ca_info *info, daotp__bytes value)
{
    daotp__ndr ndr = {.in = value};
    uint32_t count = daotp__ndr_u32(&ndr);

    if (ndr.failed || count == 0 || count > DAOTP__MAX_CA_CERTIFICATES)
        return DAOTP_PEER;
    info->newest = count - 1;
    return DAOTP_OK;
}

static daotp_status take_chain(daotp_ca_info *info, daotp__bytes value)
{
    daotp_status status;
    daotp__chain pool;

    daotp__chain_init(&pool, DAOTP__MAX_CHAIN);
    status = daotp__issued_collect(value, &pool, NULL, "", NULL);
    if (status == DAOTP_OK)
        status = daotp__issued_climb(&pool, &info->chain);
    daotp__chain_free(&pool);
    return status;
}

static daotp_status take_property_value(daotp_ca_info *info, daotp__bytes value)
{
    switch (info->part) {
    case PART_CERTIFICATE_COUNT:
        return take_count(info, value);
    case PART_CERTIFICATE:
        return daotp__chain_add(&info->chain, value, "", NULL);
    case PART_CHAIN:
        return take_chain(info, value);
    default:
        return take_string(info, value);
    }
}

/* Note a property that the CA did not give. If the CA does not know its name, the call fails;
 * any other missing property is only reported. */
static daotp_status note_gap(const daotp_ca_info *info, uint32_t result, const char *subject,
                             daotp_report *report)
{
    const char *name = part_rows[info->part].name;

    if (info->part == PART_NAME)
        return daotp__report_add(report, daotp__hresult_finding(result), result, subject,
                                 "GetCAProperty: 0x%08X %s", (unsigned)result,
                                 daotp__hresult_name(result));
    if (result != 0)
        return daotp__report_add(report, DAOTP_FINDING_CA_PROPERTY, result, subject,
                                 "%s: 0x%08X %s", name, (unsigned)result,
                                 daotp__hresult_name(result));
    return daotp__report_add(report, DAOTP_FINDING_CA_PROPERTY, 0, subject,
                             "%s: an answer that cannot be read", name);
}

daotp_status daotp__ca_info_take(daotp_ca_info *info, daotp__bytes stub, const char *subject,
                                 daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__bytes value;
    uint32_t result;
    const char *why;

    if (!daotp__property_read(stub, &value, &result, &why))
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_MESSAGE, 0, subject, "%s", why);
    if (result == 0)
        status = take_property_value(info, value);
    if (status == DAOTP_MEMORY)
        return status;
    if (result != 0 || status != DAOTP_OK)
        status = note_gap(info, result, subject, report);
    info->part++;
    return status;
}

/* ---- what is told ---------------------------------------------------------------------------- */

static const char *told_text(const daotp_ca_info *info, info_part part)
{
    return info != NULL && info->texts[part] != NULL ? info->texts[part] : "";
}

const char *daotp_ca_info_get_name(const daotp_ca_info *info)
{
    return told_text(info, PART_NAME);
}

const char *daotp_ca_info_get_sanitized_name(const daotp_ca_info *info)
{
    return told_text(info, PART_SANITIZED_NAME);
}

const char *daotp_ca_info_get_dns_name(const daotp_ca_info *info)
{
    return told_text(info, PART_DNS_NAME);
}

size_t daotp_ca_info_get_template_count(const daotp_ca_info *info)
{
    return info != NULL ? info->template_count : 0;
}

const char *daotp_ca_info_get_template_name(const daotp_ca_info *info, size_t index)
{
    return info != NULL && index < info->template_count ? info->templates[index].name : "";
}

const char *daotp_ca_info_get_template_oid(const daotp_ca_info *info, size_t index)
{
    return info != NULL && index < info->template_count ? info->templates[index].oid : "";
}

size_t daotp_ca_info_get_count(const daotp_ca_info *info)
{
    return info != NULL ? info->chain.count : 0;
}

const void *daotp_ca_info_get_certificate(const daotp_ca_info *info, size_t index, size_t *len)
{
    bool has = info != NULL && index < info->chain.count;

    if (len != NULL)
        *len = has ? info->chain.list[index].len : 0;
    return has ? info->chain.list[index].data : NULL;
}

daotp_status daotp_ca_info_copy_pem(const daotp_ca_info *info, char **pem, size_t *len)
{
    return daotp__chain_copy_pem(info != NULL ? &info->chain : NULL, pem, len);
}
