/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file daotp.h
 * All of libdaotp for applications. What extenders implement is in daotp/sys/.
 */
#ifndef DAOTP_DAOTP_H
#define DAOTP_DAOTP_H

#include <daotp/account.h>
#include <daotp/ca.h>
#include <daotp/ca_info.h>
#include <daotp/catalogue.h>
#include <daotp/client.h>
#include <daotp/context.h>
#include <daotp/credential.h>
#include <daotp/crl.h>
#include <daotp/describe.h>
#include <daotp/doctor.h>
#include <daotp/domain.h>
#include <daotp/fetcher.h>
#include <daotp/key.h>
#include <daotp/prefetch.h>
#include <daotp/profile.h>
#include <daotp/ra.h>
#include <daotp/radius.h>
#include <daotp/report.h>
#include <daotp/requirements.h>
#include <daotp/responder.h>
#include <daotp/search.h>
#include <daotp/status.h>
#include <daotp/store.h>
#include <daotp/templates.h>
#include <daotp/trust.h>
#include <daotp/verify.h>
#include <daotp/version.h>

#endif
