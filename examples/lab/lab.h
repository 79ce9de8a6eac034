/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab: a certification authority, an OTP responder, a FreeRADIUS, an MIT KDC and their
 * users, on loopback ports, in one directory; and ways to break them. Real peers for tests and
 * for the demonstration, written without libdaotp, so that its requests get a second opinion.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

/*
 * `daotp lab ...`; argv[0] is "lab". Commands:
 *
 *   up [OPTION...] DIR                 make and start: --json, --kdc or --no-kdc, --radius or
 *                                      --no-radius; KDC and FreeRADIUS if installed, otherwise
 *   down DIR                           stop what `up` started; the files stay
 *   status [--json] DIR                what runs, what is broken
 *   break DIR NAME, mend DIR NAME      one fault
 *   faults [--json]                    their names
 *   totp DIR USER [STEPS]              the code of now, or of so many 30 s steps later
 *   ca DIR                             internal: the CA in the foreground
 *
 * Answers 0, 2 (a peer did not start or does not run), 64 usage, 70 internal, 71 memory,
 * 78 configuration. DIR/env and DIR/lab.json tell where everything is.
 */
int lab_main(int argc, char **argv);

#endif
