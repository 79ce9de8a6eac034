/* SPDX-License-Identifier: BSD-2-Clause */
/* In the place of radius_radcli.c where libradcli was not found. */
#include "radius_load.h"

#include <stddef.h>

const radius_load_fn radius_load_radcli = NULL;
