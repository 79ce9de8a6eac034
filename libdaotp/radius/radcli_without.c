/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiled instead of radcli.c in a build without libradcli. */
#include "radius/dictionary.h"

static daotp_status left_out(daotp_report *report)
{
    return daotp__report_add(report, DAOTP_FINDING_BUILD_WITHOUT, 0, "RADIUS dictionary",
                             "DAOTP_WITH_RADCLI is off");
}

daotp_status daotp__radius_text_parse(const char *text, daotp__radius_attribute_fn tell, void *user)
{
    (void)text, (void)tell, (void)user;
    return left_out(NULL);
}

daotp_status daotp__radius_text_write(daotp__bytes attributes, daotp__buffer *out)
{
    (void)attributes, (void)out;
    return left_out(NULL);
}

daotp_status daotp__radius_import(const char *path, daotp__radius_import_fn tell, void *user,
                                  daotp_report *report)
{
    (void)path, (void)tell, (void)user;
    return left_out(report);
}
