/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file base.h
 * What every other header of libdaotp stands on: fixed-width types and the export mark.
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
