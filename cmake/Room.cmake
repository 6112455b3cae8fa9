# One function makes a room: an object library that names its sources and the rooms it may include.
# Rooms gather in the library vitascope (cmake/Library.cmake); tests link the rooms they need.
#
#   vita_room(weights SOURCES safetensors.cc config.cc DEPENDS core [LIBRARIES PkgConfig::X] [ISA_SOURCES kernel.cc])
#
# ISA_SOURCES are compiled once per instruction set (AVX-512, AVX2 and the plain x86-64 baseline) with the
# definition VITA_ISA=avx512|avx2|baseline, which names the namespace the code lives in; the caller chooses
# at run time (see src/core/cpu.h). VNNI_SOURCES have a fourth build, VITA_ISA=avx512_vnni. Such files must not
# instantiate std templates: the linker keeps one copy of a template, and it could be the AVX-512 one. ISA_PREFIX
# goes before the namespace's name: for a second build of files that another room compiles too.
set_property(GLOBAL PROPERTY VITA_ROOMS "")
set(VITA_PRODUCT_DIR ${PROJECT_SOURCE_DIR}/src)

set(VITA_ISA_FLAGS_avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mfma -mf16c -mprefer-vector-width=512)
set(VITA_ISA_FLAGS_avx512_vnni ${VITA_ISA_FLAGS_avx512} -mavx512vnni)
set(VITA_ISA_FLAGS_avx2 -mavx2 -mfma -mf16c)
set(VITA_ISA_FLAGS_baseline "")
# GCC 12 warns about its own intrinsics headers (GCC bug 105593) and about structures filled under a mask.
set(VITA_ISA_WARNINGS -Wno-uninitialized -Wno-maybe-uninitialized)

function(vita_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wno-psabi -fno-math-errno -fno-trapping-math)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include
                                              ${PROJECT_SOURCE_DIR}/src)
endfunction()

# A room under src/ becomes part of the library `vitascope`; those with PROGRAM_ONLY and others (the training
# renderer) do not.
function(vita_room name)
  cmake_parse_arguments(ROOM "PROGRAM_ONLY" "ISA_PREFIX" "SOURCES;ISA_SOURCES;VNNI_SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  foreach(room ${ROOM_DEPENDS})
    if(NOT TARGET vita_${room})
      message(FATAL_ERROR "Room ${name} depends on room ${room}, which has not been added before it.")
    endif()
  endforeach()
  set(target vita_${name})
  set(objects ${target})
  add_library(${target} OBJECT ${ROOM_SOURCES})
  vita_compile_options(${target})
  foreach(isa avx512_vnni avx512 avx2 baseline)
    set(sources ${ROOM_VNNI_SOURCES})
    if(NOT isa STREQUAL avx512_vnni)
      list(PREPEND sources ${ROOM_ISA_SOURCES})
    endif()
    if(sources)
      add_library(${target}_${isa} OBJECT ${sources})
      vita_compile_options(${target}_${isa})
      target_compile_definitions(${target}_${isa} PRIVATE VITA_ISA=${ROOM_ISA_PREFIX}${isa})
      target_compile_options(${target}_${isa} PRIVATE -O3 -ffast-math -fno-finite-math-only ${VITA_ISA_WARNINGS}
                                                      ${VITA_ISA_FLAGS_${isa}})
      list(APPEND objects ${target}_${isa})
    endif()
  endforeach()
  foreach(room ${ROOM_DEPENDS})
    target_link_libraries(${target} PUBLIC vita_${room})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_LIBRARIES})
  set_target_properties(${target} PROPERTIES VITA_DEPENDS "${ROOM_DEPENDS}" VITA_OBJECTS "${objects}"
                                             VITA_LIBRARIES "${ROOM_LIBRARIES}")
  cmake_path(IS_PREFIX VITA_PRODUCT_DIR ${CMAKE_CURRENT_SOURCE_DIR} in_product)
  if(in_product AND NOT ROOM_PROGRAM_ONLY)
    set_property(GLOBAL APPEND PROPERTY VITA_ROOMS ${name})
  endif()
endfunction()

# Links an executable, a test or a library against rooms and all rooms below them. Object libraries do not
# carry the objects of the libraries that they use, so each one is named here, once.
function(vita_use_rooms target)
  set(seen "")
  set(queue ${ARGN})
  while(queue)
    list(POP_FRONT queue room)
    if(room IN_LIST seen)
      continue()
    endif()
    if(NOT TARGET vita_${room})
      message(FATAL_ERROR "${target} uses room ${room}, which does not exist.")
    endif()
    list(APPEND seen ${room})
    get_target_property(below vita_${room} VITA_DEPENDS)
    list(APPEND queue ${below})
  endwhile()
  foreach(room ${seen})
    get_target_property(objects vita_${room} VITA_OBJECTS)
    target_link_libraries(${target} PRIVATE ${objects})
  endforeach()
endfunction()
