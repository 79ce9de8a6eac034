/* SPDX-License-Identifier: BSD-2-Clause */
/* An OTP server that never answers: RADIUS requests are read, and dropped. */
#ifndef LAB_OTP_SERVER_H
#define LAB_OTP_SERVER_H

int otp_server_open(int *fd, int *port); /* a UDP socket on 127.0.0.1, at any port */
int otp_server_run(int fd);              /* until it is ended by a signal; closes fd */

#endif
