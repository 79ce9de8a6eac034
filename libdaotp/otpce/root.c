/* SPDX-License-Identifier: BSD-2-Clause */
#include "otpce/root.h"

daotp_status daotp__otpce_root_read(daotp__bytes in, const char *name, daotp__xml_node **root,
                                    daotp_report *report)
{
    char text[DAOTP__XML_FAULT_TEXT];
    daotp__xml_fault fault;
    daotp_status status = daotp__xml_read(in, DAOTP__MAX_OTP_MESSAGE, root, &fault);

    if (status == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, name, "%s",
                                 daotp__xml_fault_describe(&fault, text));
    if (status != DAOTP_OK || daotp__xml_is(*root, DAOTP__OTPCE_NAMESPACE, name))
        return status;
    status = daotp__report_add(report, DAOTP_FINDING_OTP_MESSAGE, 0, name, "root element {%s}%s",
                               (*root)->ns, (*root)->name);
    daotp__xml_free(*root);
    *root = NULL;
    return status;
}
