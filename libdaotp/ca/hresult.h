/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DAOTP_CA_HRESULT_H
#define DAOTP_CA_HRESULT_H

#include <daotp/catalogue.h>

const char *daotp__hresult_name(uint32_t hresult); /* its symbolic name, or "unknown" */
daotp_finding_number daotp__hresult_finding(uint32_t hresult);

#endif
