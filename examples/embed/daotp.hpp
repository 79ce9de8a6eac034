// SPDX-License-Identifier: BSD-2-Clause
// A wrapper for C++17, on the installed C headers alone: handles that free themselves, a status that
// is thrown with the report's words. A program takes this file and changes it as it likes.
#ifndef EMBED_DAOTP_HPP
#define EMBED_DAOTP_HPP

#include <daotp/daotp.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace daotp {

class error : public std::runtime_error {
public:
    error(daotp_status status, daotp_report *report)
        : std::runtime_error(words(status, report)), status_(status)
    {
    }
    daotp_status status() const noexcept { return status_; }

private:
    static std::string words(daotp_status status, daotp_report *report)
    {
        return report != nullptr ? daotp_report_get_text(report) : daotp_status_name(status);
    }
    daotp_status status_;
};

inline void check(daotp_status status, daotp_report *report = nullptr)
{
    if (status != DAOTP_OK)
        throw error(status, report);
}

template <auto Free> struct deleter {
    template <typename T> void operator()(T *handle) const noexcept { Free(handle); }
};
template <typename T, auto Free> using handle = std::unique_ptr<T, deleter<Free>>;

using context = handle<daotp_context, daotp_context_unref>;
using trust = handle<daotp_trust, daotp_trust_unref>;
using credential = handle<daotp_credential, daotp_credential_unref>;
using ca = handle<daotp_ca, daotp_ca_unref>;
using key = handle<daotp_key, daotp_key_unref>;

// Calls make(arguments..., &out).
template <typename Handle, typename Make, typename... Arguments>
Handle make(Make make_one, Arguments... arguments)
{
    typename Handle::pointer out = nullptr;
    check(make_one(arguments..., &out));
    return Handle(out);
}

class client {
public:
    using domain_function =
        std::function<std::pair<std::string, std::string>(std::string_view host, unsigned attempt)>;

    explicit client(const context &of) : client_(make<owned>(daotp_client_new, of.get())) {}

    // Any setter of the C interface: set(daotp_client_set_upn, "alice@corp.example").
    template <typename Set, typename... Arguments> client &set(Set setter, Arguments... arguments)
    {
        check(setter(client_.get(), arguments...), report());
        return *this;
    }
    client &on_domain(domain_function ask)
    {
        ask_ = std::make_unique<domain_function>(std::move(ask));
        return set(daotp_client_set_domain_callback, &client::ask_c, ask_.get());
    }
    void prepare(const std::string &user)
    {
        check(daotp_client_prepare(client_.get(), user.c_str()), report());
    }
    credential enroll(std::string_view code)
    {
        daotp_credential *won = nullptr;
        check(daotp_client_enroll(client_.get(), code.data(), code.size(), &won), report());
        return credential(won);
    }
    daotp_report *report() const noexcept { return daotp_client_get_report(client_.get()); }

private:
    using owned = handle<daotp_client, daotp_client_free>;

    // No exception may pass through C.
    static daotp_status ask_c(void *user, const char *host, daotp_host_origin, uint32_t attempt,
                              daotp_domain_credential *answer) noexcept
    {
        try {
            auto [name, password] = (*static_cast<domain_function *>(user))(host, attempt);
            return daotp_domain_credential_set(answer, name.c_str(), password.data(),
                                               password.size());
        } catch (...) {
            return DAOTP_CONFIGURATION;
        }
    }
    std::unique_ptr<domain_function> ask_; // before client_: it outlives it
    owned client_;
};

} // namespace daotp

#endif
