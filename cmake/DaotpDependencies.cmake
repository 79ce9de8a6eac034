# SPDX-License-Identifier: BSD-2-Clause
# What is linked, found once; a feature that cannot be built fails here, loudly.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(LibXml2 2.9.10 REQUIRED)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares>=1.16)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle>=3.7)

# llhttp where there is one, http-parser elsewhere (Debian 12); the latter has no .pc file.
find_path(LLHTTP_INCLUDE_DIR llhttp.h)
find_library(LLHTTP_LIBRARY llhttp)
if(LLHTTP_INCLUDE_DIR AND LLHTTP_LIBRARY)
  set(DAOTP_HTTP_SYNTAX llhttp)
  set(DAOTP_HTTP_SYNTAX_FLAG -lllhttp)
  set(DAOTP_HTTP_SYNTAX_LIBRARY ${LLHTTP_LIBRARY})
  set(DAOTP_HTTP_SYNTAX_INCLUDE_DIR ${LLHTTP_INCLUDE_DIR})
else()
  find_path(HTTP_PARSER_INCLUDE_DIR http_parser.h REQUIRED)
  find_library(HTTP_PARSER_LIBRARY http_parser REQUIRED)
  set(DAOTP_HTTP_SYNTAX http_parser)
  set(DAOTP_HTTP_SYNTAX_FLAG -lhttp_parser)
  set(DAOTP_HTTP_SYNTAX_LIBRARY ${HTTP_PARSER_LIBRARY})
  set(DAOTP_HTTP_SYNTAX_INCLUDE_DIR ${HTTP_PARSER_INCLUDE_DIR})
endif()

if(DAOTP_WITH_RADCLI)
  pkg_check_modules(RADCLI REQUIRED IMPORTED_TARGET radcli>=1.2.11)
endif()
if(DAOTP_WITH_KRB5)
  pkg_check_modules(KRB5 REQUIRED IMPORTED_TARGET krb5 krb5-gssapi)
  # Where krb5.pc says -isystem, CMake takes it for an include folder at the first configuration and for
  # an option at the second, and everything would be compiled twice.
  find_path(DAOTP_KRB5_INCLUDE_DIR krb5.h HINTS ${KRB5_INCLUDE_DIRS} PATH_SUFFIXES mit-krb5 REQUIRED)
  set_target_properties(PkgConfig::KRB5 PROPERTIES INTERFACE_COMPILE_OPTIONS ""
    INTERFACE_INCLUDE_DIRECTORIES ${DAOTP_KRB5_INCLUDE_DIR})
endif()
if(DAOTP_WITH_TOOLS)
  pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent libevent_openssl)
  pkg_check_modules(OATH REQUIRED IMPORTED_TARGET liboath)
endif()
if(DAOTP_WITH_TESTS)
  find_package(cmocka REQUIRED)
endif()
