# SPDX-License-Identifier: BSD-2-Clause
# The request submitted by HTTP Negotiate, to Apache and with tickets of an MIT KDC. Included by
# CMakeLists.txt.
daotp_flow_script(negotiate)
daotp_allow_negotiate_leak(flow_negotiate)
