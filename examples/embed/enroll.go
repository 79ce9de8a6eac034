// SPDX-License-Identifier: BSD-2-Clause

// An enrolment from Go by cgo, on the installed headers alone. A goroutine is a thread for as long as
// it is in C, so the blocking calls are right; a client is given to one goroutine whole.
package main

/*
#include <daotp/daotp.h>
#include <stdlib.h>
#include <string.h>

typedef struct person { char *name, *password; } person;

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    const person *p = user;

    (void)host, (void)origin;
    return attempt > 1 ? DAOTP_CONFIGURATION
                       : daotp_domain_credential_set(answer, p->name, p->password, strlen(p->password));
}

static daotp_status set_person(daotp_client *client, person *p)
{
    return daotp_client_set_domain_callback(client, on_domain, p);
}
*/
import "C"

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unsafe"
)

var in = bufio.NewReader(os.Stdin)

func ask(question string) string {
	fmt.Println(question)
	line, _ := in.ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}

// C's copy, to be freed.
func text(s string) *C.char { return C.CString(s) }

func must(status C.daotp_status, report *C.daotp_report) {
	if status == C.DAOTP_OK {
		return
	}
	fmt.Fprintln(os.Stderr, C.GoString(C.daotp_status_name(status)))
	if report != nil {
		fmt.Fprintln(os.Stderr, C.GoString(C.daotp_report_get_text(report)))
	}
	os.Exit(1)
}

func setUp(context *C.daotp_context, client *C.daotp_client, report *C.daotp_report, upn string) {
	var trust *C.daotp_trust
	var machine *C.daotp_credential
	var ca *C.daotp_ca

	must(C.daotp_trust_new(context, &trust), nil)
	must(C.daotp_trust_add_file(trust, text(os.Getenv("LAB_TRUST")), nil), nil)
	must(C.daotp_credential_load(context, text(os.Getenv("LAB_MACHINE_CERT")),
		text(os.Getenv("LAB_MACHINE_KEY")), nil, &machine), nil)
	must(C.daotp_ca_new_wstep(context, C.DAOTP_CA_USERNAME, &ca), nil)
	must(C.daotp_ca_set_url(ca, text(os.Getenv("LAB_CES"))), C.daotp_ca_get_report(ca))
	must(C.daotp_client_add_server(client, text(os.Getenv("LAB_URL"))), report)
	must(C.daotp_client_set_trust(client, trust), report)
	must(C.daotp_client_set_identity(client, machine), report)
	must(C.daotp_client_set_ca(client, ca), report)
	must(C.daotp_client_set_key_kind(client, C.DAOTP_KEY_P256), report)
	must(C.daotp_client_set_template(client, text(os.Getenv("LAB_TEMPLATE")), -1, -1), report)
	must(C.daotp_client_set_upn(client, text(upn)), report)
	C.daotp_ca_unref(ca)
	C.daotp_credential_unref(machine)
	C.daotp_trust_unref(trust)
}

func main() {
	var context *C.daotp_context
	var client *C.daotp_client
	var won *C.daotp_credential

	words := strings.Fields(ask("?"))
	who := (*C.person)(C.calloc(1, C.sizeof_person))
	who.name, who.password = text("LAB\\"+words[0]), text(words[2])
	must(C.daotp_context_new(&context), nil)
	must(C.daotp_client_new(context, &client), nil)
	report := C.daotp_client_get_report(client)
	setUp(context, client, report, words[1])
	must(C.set_person(client, who), report)
	must(C.daotp_client_prepare(client, who.name), report)
	code := ask("code " + words[0])
	otp := text(code)
	status := C.daotp_client_enroll(client, otp, C.size_t(len(code)), &won)
	C.memset(unsafe.Pointer(otp), 0, C.size_t(len(code)))
	must(status, report)
	if C.GoString(C.daotp_credential_get_upn(won)) != words[1] {
		os.Exit(1)
	}
	C.daotp_credential_unref(won)
	C.daotp_client_free(client)
	C.daotp_context_unref(context)
	fmt.Println("enrolled")
}
