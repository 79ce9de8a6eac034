# SPDX-License-Identifier: BSD-2-Clause
# daotp_install_module(TARGET FOLDER [NAME]): names the file NAME, or as its folder of the sources, and installs it into
# FOLDER below the libraries. /opt/x/lib/FOLDER/NAME.so finds /opt/x/lib/libdaotp.so; a prefix that the
# dynamic linker searches needs no path. See examples/CMakeLists.txt.
function(daotp_install_module target folder)
  get_filename_component(name ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  if(ARGC GREATER 2)
    set(name ${ARGV2})
  endif()
  set(installed_rpath "$ORIGIN/..")
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(installed_rpath "")
  endif()
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../libdaotp")
  if(NOT DAOTP_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${folder})
  install(CODE "set(module \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/${folder}/${name}.so\")
    set(runpath [[${installed_rpath}]])")
  install(CODE [[
    file(RPATH_CHANGE FILE "${module}" OLD_RPATH "$ORIGIN/../libdaotp" NEW_RPATH "${runpath}")]])
endfunction()
