# SPDX-License-Identifier: BSD-2-Clause
# The RADIUS client against servers that it did not make. Included by CMakeLists.txt.
daotp_program(flow_radius_hostile ${CMAKE_CURRENT_LIST_DIR}/test_radius_hostile.c)
add_test(NAME flow_radius_hostile COMMAND flow_radius_hostile)
set_tests_properties(flow_radius_hostile PROPERTIES LABELS flow TIMEOUT 120 SKIP_RETURN_CODE 77)

daotp_program(radius_driver ${CMAKE_CURRENT_LIST_DIR}/radius_driver.c)
add_test(NAME flow_radius_freeradius COMMAND ${CMAKE_CURRENT_LIST_DIR}/radius_freeradius.sh
  $<TARGET_FILE:daotp_tool> $<TARGET_FILE:radius_driver>)
set_tests_properties(flow_radius_freeradius PROPERTIES LABELS flow TIMEOUT 300 SKIP_RETURN_CODE 77)

# An OTP server for which every code is right, and what needs one.
daotp_program(radius_accept ${CMAKE_CURRENT_LIST_DIR}/radius_accept.c)
add_test(NAME flow_serve_workers COMMAND ${CMAKE_CURRENT_LIST_DIR}/serve_workers.sh
  $<TARGET_FILE:daotp_tool> $<TARGET_FILE:radius_accept>)
set_tests_properties(flow_serve_workers PROPERTIES LABELS flow TIMEOUT 300 SKIP_RETURN_CODE 77)
