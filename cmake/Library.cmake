# The library `vitascope`: all rooms of the product in one file, static unless BUILD_SHARED_LIBS says otherwise,
# and how it is installed.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(VITA_PUBLIC_HEADERS control.h engine.h error.h export.h frame.h session.h)
set(VITA_HEADER_ONLY nlohmann_json::nlohmann_json)
# pkg-config modules behind the imported targets, for those who link the static library.
set(VITA_MODULES_PkgConfig::CRYPTO libcrypto)
set(VITA_MODULES_PkgConfig::GSTREAMER gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0)
set(VITA_MODULES_PkgConfig::WEBRTC gstreamer-webrtc-1.0 gstreamer-sdp-1.0 gstreamer-rtp-1.0)

list(TRANSFORM VITA_PUBLIC_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/vita/)
add_library(vita_library)
set_target_properties(vita_library PROPERTIES
  OUTPUT_NAME vitascope EXPORT_NAME vitascope LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
add_library(vitascope::vitascope ALIAS vita_library)
target_compile_features(vita_library PUBLIC cxx_std_20)
target_sources(vita_library PUBLIC FILE_SET HEADERS
  BASE_DIRS ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include
  FILES ${VITA_PUBLIC_HEADERS} ${PROJECT_BINARY_DIR}/include/vita/version.h)

set(VITA_PKGCONFIG_REQUIRES "")
set(VITA_PKGCONFIG_LIBS "")
get_property(rooms GLOBAL PROPERTY VITA_ROOMS)
set(libraries "")
foreach(room ${rooms})
  get_target_property(objects vita_${room} VITA_OBJECTS)
  foreach(object ${objects})
    target_sources(vita_library PRIVATE $<TARGET_OBJECTS:${object}>)
  endforeach()
  get_target_property(of_room vita_${room} VITA_LIBRARIES)
  list(APPEND libraries ${of_room})
endforeach()
list(REMOVE_DUPLICATES libraries)
list(REMOVE_ITEM libraries ${VITA_HEADER_ONLY})
foreach(library ${libraries})
  target_link_libraries(vita_library PRIVATE ${library})
  if(VITA_MODULES_${library})
    list(APPEND VITA_PKGCONFIG_REQUIRES ${VITA_MODULES_${library}})
  elseif(library STREQUAL "Threads::Threads")
    list(APPEND VITA_PKGCONFIG_LIBS -pthread)
  elseif(library MATCHES "::")
    message(FATAL_ERROR "cmake/Library.cmake does not know how those who link the library find ${library}.")
  else()
    list(APPEND VITA_PKGCONFIG_LIBS -l${library})
  endif()
endforeach()
if(BUILD_SHARED_LIBS)
  set(VITA_PKGCONFIG_REQUIRES "")
  set(VITA_PKGCONFIG_LIBS "")
else()
  list(APPEND VITA_PKGCONFIG_LIBS -lstdc++ -lm)
endif()
list(JOIN VITA_PKGCONFIG_REQUIRES " " VITA_PKGCONFIG_REQUIRES)
list(JOIN VITA_PKGCONFIG_LIBS " " VITA_PKGCONFIG_LIBS)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/vitascope)
file(RELATIVE_PATH VITA_PREFIX_FROM_PKGCONFIG /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/vitascope.pc.in ${PROJECT_BINARY_DIR}/vitascope.pc @ONLY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/vitascopeConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/vitascopeConfig.cmake INSTALL_DESTINATION ${package_dir}
                              PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vitascopeConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS vita_library EXPORT vitascope FILE_SET HEADERS)
install(EXPORT vitascope NAMESPACE vitascope:: FILE vitascopeTargets.cmake DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/vitascopeConfig.cmake ${PROJECT_BINARY_DIR}/vitascopeConfigVersion.cmake
        DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/vitascope.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models/world DESTINATION ${CMAKE_INSTALL_DATADIR}/vitascope/models)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/web DESTINATION ${CMAKE_INSTALL_DATADIR}/vitascope)
