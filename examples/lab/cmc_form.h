/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The form of a CMC request beyond what AD CS looks at: RFC 5652 versions and algorithm
 * sets, DER and its order, the Dummy signer as Windows writes it. A CA would not mind; the
 * lab does, because what comes here is our own library's output.
 */
#ifndef LAB_CMC_FORM_H
#define LAB_CMC_FORM_H

#include <stddef.h>

#include "cmc.h"

struct verdict cmc_form_check(const unsigned char *der, size_t len);

#endif
