/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file base.h
 * Included by every other header of libdaotp: fixed-width types and the export attribute.
 */
#ifndef DAOTP_BASE_H
#define DAOTP_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define DAOTP_API __attribute__((visibility("default")))
#else
#define DAOTP_API
#endif

#endif
