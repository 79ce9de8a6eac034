// SPDX-License-Identifier: BSD-2-Clause
// Two enrolments by the C++ wrapper: one that wins, and one whose code is wrong, which throws.
#include "daotp.hpp"

#include <cstdlib>
#include <iostream>

namespace {

std::string ask(const std::string &question)
{
    std::string line;
    std::cout << question << std::endl;
    std::getline(std::cin, line);
    return line;
}

struct person {
    std::string name, upn, password;
};

person next_person()
{
    std::string line = ask("?");
    auto first = line.find(' '), second = line.find(' ', first + 1);
    return {line.substr(0, first), line.substr(first + 1, second - first - 1),
            line.substr(second + 1)};
}

daotp::client make_client(const daotp::context &context, const person &who)
{
    auto trust = daotp::make<daotp::trust>(daotp_trust_new, context.get());
    daotp::check(daotp_trust_add_file(trust.get(), std::getenv("LAB_TRUST"), nullptr));
    auto machine = daotp::make<daotp::credential>(
        daotp_credential_load, context.get(), std::getenv("LAB_MACHINE_CERT"),
        std::getenv("LAB_MACHINE_KEY"), static_cast<daotp_report *>(nullptr));
    auto ca = daotp::make<daotp::ca>(daotp_ca_new_wstep, context.get(), DAOTP_CA_USERNAME);
    daotp::check(daotp_ca_set_url(ca.get(), std::getenv("LAB_CES")), daotp_ca_get_report(ca.get()));

    daotp::client client(context);
    client.set(daotp_client_add_server, std::getenv("LAB_URL"))
        .set(daotp_client_set_trust, trust.get())
        .set(daotp_client_set_identity, machine.get())
        .set(daotp_client_set_ca, ca.get())
        .set(daotp_client_set_key_kind, DAOTP_KEY_P256)
        .set(daotp_client_set_template, std::getenv("LAB_TEMPLATE"), -1, -1)
        .set(daotp_client_set_upn, who.upn.c_str())
        .on_domain([who](std::string_view, unsigned) {
            return std::pair("LAB\\" + who.name, who.password);
        });
    return client;
}

bool wins(const daotp::context &context)
{
    person who = next_person();
    auto client = make_client(context, who);
    client.prepare("LAB\\" + who.name);
    auto won = client.enroll(ask("code " + who.name));
    return daotp_credential_get_upn(won.get()) == who.upn;
}

bool throws(const daotp::context &context)
{
    person who = next_person();
    auto client = make_client(context, who);
    client.prepare("LAB\\" + who.name);
    try {
        client.enroll("000000x");
    } catch (const daotp::error &error) {
        return error.status() == DAOTP_REJECTED &&
               std::string(error.what()).find("OTP-AUTHENTICATION") != std::string::npos;
    }
    return false;
}

} // namespace

int main()
{
    try {
        auto context = daotp::make<daotp::context>(daotp_context_new);
        return wins(context) && throws(context) ? 0 : 1;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
