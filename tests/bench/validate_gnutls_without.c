/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of validate_gnutls.c where GnuTLS was not found. */
#include "validate_measure.h"

const validate_fn validate_gnutls = NULL;
