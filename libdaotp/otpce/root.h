/* SPDX-License-Identifier: BSD-2-Clause */
/* The root element of either message. */
#ifndef DAOTP_OTPCE_ROOT_H
#define DAOTP_OTPCE_ROOT_H

#include "otpce/message.h"
#include "xml/xml.h"

/* To be freed with daotp__xml_free(); NULL unless DAOTP_OK. */
daotp_status daotp__otpce_root_read(daotp__bytes in, const char *name, daotp__xml_node **root,
                                    daotp_report *report);

#endif
