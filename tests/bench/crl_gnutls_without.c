/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of crl_gnutls.c where GnuTLS was not found. */
#include "crl_measure.h"

const crl_fn crl_gnutls = NULL;
