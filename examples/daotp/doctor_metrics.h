/* SPDX-License-Identifier: BSD-2-Clause */
/* What the doctor found, for the textfile collector of Prometheus' node_exporter. */
#ifndef DOCTOR_METRICS_H
#define DOCTOR_METRICS_H

#include <daotp/daotp.h>

/* The file is whole at any moment: it is written beside, and renamed. False: it was said why. */
bool doctor_metrics_write(const char *path, const daotp_doctor *doctor, int64_t now_s);

#endif
