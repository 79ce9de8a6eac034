/* SPDX-License-Identifier: BSD-2-Clause */
/* `daotp doctor --fix-script`: commands that mend what was found, for review. Nothing is run. */
#ifndef TOOL_DOCTOR_FIX_H
#define TOOL_DOCTOR_FIX_H

#include <daotp/daotp.h>

/* The commands of each row that failed, on standard output. of_shell: those for a shell of this
 * machine; else PowerShell for Windows. What the other one would do, or nobody, is a comment. */
void doctor_fix_print(daotp_doctor *doctor, bool of_shell);

#endif
