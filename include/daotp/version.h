/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file version.h
 * The version of the headers, and of the library that is running.
 */
#ifndef DAOTP_VERSION_H
#define DAOTP_VERSION_H

#include <daotp/base.h>

/** Major version of these headers. */
#define DAOTP_VERSION_MAJOR 0
/** Minor version of these headers. */
#define DAOTP_VERSION_MINOR 1
/** Patch level of these headers. */
#define DAOTP_VERSION_PATCH 0
/** The same as text. */
#define DAOTP_VERSION_TEXT "0.1.0"
/** The same as one number that can be compared: major * 10000 + minor * 100 + patch. */
#define DAOTP_VERSION_NUMBER 100

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Version of the library that is running, as text ("0.1.0").
 * @return a static string, never NULL. Any thread.
 * @since 0.1
 */
DAOTP_API const char *daotp_version(void);

/**
 * The version of the library that is running, as DAOTP_VERSION_NUMBER counts it. Any thread.
 * @return major * 10000 + minor * 100 + patch
 * @since 0.1
 */
DAOTP_API uint32_t daotp_version_number(void);

#ifdef __cplusplus
}
#endif
#endif
