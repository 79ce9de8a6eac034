/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_crl. */
#ifndef DAOTP_X509_CRL_HANDLE_H
#define DAOTP_X509_CRL_HANDLE_H

#include "x509/crl.h"

#include <daotp/crl.h>

const daotp__crl *daotp__crl_handle_view(const daotp_crl *crl); /* borrowed */

#endif
