/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file status.h
 * The status that a call returns. The details are in the report of the handle.
 */
#ifndef DAOTP_STATUS_H
#define DAOTP_STATUS_H

#include <daotp/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The kinds of result; the numbers never change. From a call that gives a verdict, DAOTP_OK always
 * means *accepted*. Rejected and undecided differ, and neither is success.
 */
typedef enum daotp_status {
    DAOTP_OK = 0,            /**< done, or accepted */
    DAOTP_AGAIN = 1,         /**< a flow is waiting: poll its descriptor, then step again */
    DAOTP_CHALLENGE = 2,     /**< the peer wants another round that this protocol cannot give */
    DAOTP_USAGE = 3,         /**< an argument is wrong, or the call is out of order */
    DAOTP_CONFIGURATION = 4, /**< a setting, a file or the build cannot work */
    DAOTP_MEMORY = 5,        /**< memory ran out */
    DAOTP_NETWORK = 6,       /**< a peer could not be reached, or the connection broke */
    DAOTP_PEER = 7,          /**< a peer, or a file, does not follow its format or protocol */
    DAOTP_TIMEOUT = 8,       /**< a deadline passed */
    DAOTP_REJECTED = 9,      /**< the verdict is no */
    DAOTP_UNDECIDED = 10,    /**< there is no verdict */
    DAOTP_CANCELLED = 11,    /**< the caller cancelled */
    DAOTP_INTERNAL = 12      /**< a fault of this library or of the system below it */
} daotp_status;

/**
 * The name of a status: "ok", "again", "challenge", "usage", ...
 * @param status  any number
 * @return a static string, never NULL, "unknown" for a number this version does not know.
 * Any thread.
 * @since 0.1
 */
DAOTP_API const char *daotp_status_name(daotp_status status);

#ifdef __cplusplus
}
#endif
#endif
