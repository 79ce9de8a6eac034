/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/hresult.h"

static const struct {
    uint32_t value;
    const char *name;
    daotp_finding_number finding;
} rows[] = {
#define ROW(value, name, finding) {value, #name, DAOTP_FINDING_##finding},
#include "ca/hresult.def"
#undef ROW
};

const char *daotp__hresult_name(uint32_t hresult)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value == hresult)
            return rows[i].name;
    return "unknown";
}

daotp_finding_number daotp__hresult_finding(uint32_t hresult)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].value == hresult)
            return rows[i].finding;
    return DAOTP_FINDING_CA_DENIED;
}
